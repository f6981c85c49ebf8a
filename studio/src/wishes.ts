// What is wanted: a style and a button; all else stands in folds that say what they hold.
import { button, el, field, icon, select, styled, uid } from "./dom";
import { BeginAndEnd, type Fold, Manner, Players, Sections, TuneAndChords } from "./folds";
import type { About, HeardData, Settings, SongInfo } from "./types";

const PLAIN: Settings = {
  to: "jazz", like: null, strength: 1, parts: [], melody: "keep", harmony: "enrich", key: "", tempo: null, seed: 1, takes: 1,
  instruments: {}, feel: null, level: "", count_in: false, intro: 0, ending: "", energy: "", enter: "",
  density: {}, register: {}, figure: {}, keep: [], locked: [], earlier: null, take: 0,
};

export class Wishes {
  readonly root = el("form", { class: "wishes", "aria-label": "How to make it" });
  private said: Settings = structuredClone(PLAIN);
  private style: string;
  private second = "";
  private share = 0.5;
  private parts = new Set<string>();
  private ownBand = true;
  private songs: SongInfo[] = [];
  private song = "";
  private heard: HeardData | null = null;
  private go = el("button", { type: "submit", class: "go" });
  private stop = el("button", { type: "button", class: "go stop", hidden: true }, "Stop");
  private seedInput = el("input", { type: "number", min: "0", max: "2147483647", step: "1", class: "seed" });
  private mixing = false;
  private open = new Set<string>();
  private told = new Map<string, () => string>();
  private making = false;
  private manner: Manner;
  private folds: Fold[];
  private sections: Sections;

  constructor(private readonly about: About, private readonly onMake: (settings: Settings) => void, private readonly onStop: () => void, private readonly onExample: (file: File) => void) {
    this.style = about.styles.find((s) => s.name === "jazz")?.name ?? about.styles[0].name;
    this.manner = new Manner(about);
    this.sections = new Sections(about);
    this.folds = [new TuneAndChords(about), new Players(about), this.sections, new BeginAndEnd(about)];
    this.root.addEventListener("submit", (event) => { event.preventDefault(); this.onMake(this.settings()); });
    this.root.addEventListener("change", () => this.tell());
    this.stop.onclick = () => this.onStop();
    this.draw();
  }

  settings(): Settings {
    const plain = this.manner.named(this.style);
    const mixed = `${this.style}:${(1 - this.share).toFixed(2)},${this.second}:${this.share.toFixed(2)}`;
    const to = this.said.like ? "" : this.mixed ? mixed : this.sections.styled(plain);
    const band = this.band();
    const playing = <V>(by: Record<string, V>) => Object.fromEntries(Object.entries(by).filter(([part]) => part === "melody" || band.includes(part)));
    const { said } = this;
    return { ...structuredClone(said), to, parts: this.ownBand ? [] : [...this.parts], seed: Number(this.seedInput.value) || 0,
      instruments: playing(said.instruments), density: playing(said.density), register: playing(said.register), figure: playing(said.figure) };
  }

  likeSong(song: string): void { this.said.like = song; this.ownBand = true; this.draw(); }

  /** Which songs there are to take a style from, which one is at hand, and what was heard of it. */
  known(songs: SongInfo[], song: string, heard: HeardData): void {
    if (song !== this.song || JSON.stringify(heard.sections) !== JSON.stringify(this.heard?.sections)) {
      this.said.energy = this.said.enter = "";
      this.sections.clear();
    }
    this.songs = songs;
    this.song = song;
    this.heard = heard;
    if (this.said.like === song || !songs.some((s) => s.song === this.said.like)) this.said.like = null;
    this.draw();
  }

  busy(making: boolean): void {
    this.making = making;
    this.go.hidden = making;
    this.stop.hidden = !making;
    if (making) this.stop.focus({ preventScroll: true });
  }

  /** Another seed: of the same wish the same comes out. */
  another(seed: number): Settings { this.said.seed = seed; this.seedInput.value = String(seed); return this.settings(); }

  /** The settings of a result, to be made again or changed. */
  take(settings: Settings): void {
    this.said = { ...structuredClone(PLAIN), ...structuredClone(settings), keep: [], locked: [], earlier: null, take: 0 };
    const sectional = /(^|,)([A-Z]|\d)[\d-]*:/.test(settings.to);
    this.sections.clear(sectional ? settings.to : "");
    const named = (sectional ? settings.to.replace(/^[^:]*:/, "").split(",")[0] : settings.to).split(",").map((part) => part.split(":"));
    const [style, manner] = named[0][0].split("/");
    if (style) this.style = style;
    this.manner.name = manner ?? "";
    this.second = named[1]?.[0] ?? "";
    this.mixing = Boolean(this.second);
    if (this.second) this.share = Number(named[1][1]);
    this.ownBand = !settings.parts.length;
    this.parts = new Set(settings.parts);
    this.draw();
  }

  private get mixed(): boolean { return this.mixing && Boolean(this.second); }

  private band(): string[] {
    return this.ownBand ? this.about.styles.find((s) => s.name === this.style)?.parts ?? [] : this.about.parts.filter((p) => this.parts.has(p));
  }

  private draw(): void {
    const { about, said } = this;
    if (this.ownBand) this.parts = new Set(this.band());
    const like = this.songs.find((s) => s.song === said.like)?.title;
    this.go.textContent = said.like ? `Make it like ${like ?? "that song"}` : `Make it ${styled(this.style)}${this.mixed ? ` and ${styled(this.second)}` : ""}`;
    this.seedInput.value = String(said.seed);
    this.seedInput.oninput = () => { said.seed = Number(this.seedInput.value) || 0; };
    const name = uid("style");
    const styles = el("fieldset", { class: "styles" }, el("legend", {}, "Style"),
      el("div", { class: "pills small" }, ...about.styles.map((s) => this.radio(name, s.name, !said.like && this.style === s.name, () => { this.style = s.name; said.like = null; this.ownBand = true; this.manner.name = ""; this.draw(); }))));
    const seed = el("div", { class: "seed-row" }, field("Seed", this.seedInput), button("Another seed", "dice", () => { said.seed = Math.floor(Math.random() * 10000); this.seedInput.value = String(said.seed); }),
      field("Takes", select(Array.from({ length: about.limits.takes }, (_, i) => [String(i + 1), String(i + 1)]), String(said.takes), (v) => { said.takes = Number(v); })));
    const kind = !said.like && !this.mixed && this.manner.draw(this.style);
    this.told.clear();
    const at = { said, band: this.band(), heard: this.heard, style: this.style, redraw: () => this.draw() };
    const folds = [
      this.fold("Mix, example, how far", () => this.mixTold(), this.mix()),
      this.fold("Band", () => (said.like ? "the example's" : this.band().join(", ")), this.bandBox()),
      ...this.folds.filter((f) => f.shows(at)).map((f) => this.fold(f.name, () => f.told(at), f.draw(at))),
    ];
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.what;
    this.root.replaceChildren(styles, ...(kind ? [kind] : []), el("div", { class: "make-row" }, this.go, this.stop, seed), el("div", { class: "folds" }, ...folds));
    if (focused) this.root.querySelector<HTMLElement>(`[data-what="${CSS.escape(focused)}"]`)?.focus();
    this.tell();
    this.busy(this.making);
  }

  private fold(name: string, told: () => string, content: HTMLElement): HTMLElement {
    this.told.set(name, told);
    return el("details", { class: "fold", open: this.open.has(name), ontoggle: (event: Event) => { if ((event.target as HTMLDetailsElement).open) this.open.add(name); else this.open.delete(name); } },
      el("summary", {}, el("span", {}, name), el("span", { class: "told", data: { fold: name } })), content);
  }

  /** Each fold says what it holds, so that nobody has to open it to know. */
  private tell(): void {
    for (const node of this.root.querySelectorAll<HTMLElement>(".told")) node.textContent = this.told.get(node.dataset.fold!)?.() ?? "";
  }

  private mixTold(): string {
    const like = this.songs.find((s) => s.song === this.said.like)?.title;
    return [like ? `like ${like}` : "", this.mixed && !like ? `${styled(this.second)} ${Math.round(this.share * 100)} %` : "", this.said.strength !== 1 ? far(this.said.strength) : ""].filter(Boolean).join(", ");
  }

  private mix(): HTMLElement {
    const { about, said } = this;
    const others = this.songs.filter((s) => s.song !== this.song);
    const file = el("input", { type: "file", "aria-label": "Bring a song to take the style from", onchange: () => { if (file.files?.[0]) this.onExample(file.files[0]); } });
    const bring = el("label", { class: "small file-button", title: "Bring a song to take the style from" }, file, icon("plus"), el("span", {}, "A song to sound like"));
    return el("div", { class: "fold-box" },
      el("div", { class: "mixing" },
        this.check("Mix with another style", this.mixing, (on) => { this.mixing = on; if (on) this.second ||= about.styles.find((s) => s.name !== this.style)!.name; this.draw(); }, said.like !== null),
        this.mixing && !said.like && el("div", { class: "mix-row" },
          field("The other style", select(about.styles.filter((s) => s.name !== this.style).map((s) => [s.name, styled(s.name)]), this.second, (v) => { this.second = v; this.draw(); })),
          this.slider("How much of it", 0.1, 0.9, 0.05, this.share, (v) => { this.share = v; }, (v) => `${Math.round(v * 100)} %`))),
      others.length ? el("div", { class: "like-row" }, field("Or like another song", select([["", "–"], ...others.map((s) => [s.song, s.title] as [string, string])], said.like ?? "", (v) => { said.like = v || null; this.ownBand = true; this.draw(); })), bring) : bring,
      this.slider("How far", 0, 2, 0.1, said.strength, (v) => { said.strength = v; }, far));
  }

  private bandBox(): HTMLElement {
    if (this.said.like) return el("p", { class: "hint fold-box" }, "The band is that of the example.");
    return el("fieldset", { class: "band fold-box" }, el("legend", { class: "hidden" }, "Band"),
      el("div", { class: "pills small" }, ...this.about.parts.map((part) => this.chip(part, this.parts.has(part), (on) => {
        this.ownBand = false;
        if (on) this.parts.add(part); else this.parts.delete(part);
        if (!this.parts.size) this.ownBand = true;
        this.draw();
      }))),
      !this.ownBand && el("button", { type: "button", class: "small plain", onclick: () => { this.ownBand = true; this.draw(); } }, `The usual band of ${styled(this.style)}`),
      el("p", { class: "hint" }, "To keep a track of your own song, close the lock beside it."));
  }

  private radio(name: string, value: string, checked: boolean, on: () => void): HTMLElement {
    return el("label", { class: "pill" }, el("input", { type: "radio", name, value, checked, onchange: on, data: { what: `style-${value}` } }), el("span", {}, styled(value)));
  }

  private chip(text: string, checked: boolean, on: (checked: boolean) => void): HTMLElement {
    return el("label", { class: "pill" }, el("input", { type: "checkbox", checked, data: { what: `part-${text}` }, onchange: (event: Event) => on((event.target as HTMLInputElement).checked) }), el("span", {}, text));
  }

  private check(text: string, checked: boolean, on: (checked: boolean) => void, disabled: boolean): HTMLElement {
    return el("label", { class: "check" }, el("input", { type: "checkbox", checked, disabled, data: { what: `check-${text}` }, onchange: (event: Event) => on((event.target as HTMLInputElement).checked) }), text);
  }

  private slider(label: string, min: number, max: number, step: number, value: number, on: (value: number) => void, words: (value: number) => string): HTMLElement {
    const out = el("output", {}, words(value));
    const input = el("input", { type: "range", min: String(min), max: String(max), step: String(step), "aria-valuetext": words(value) });
    input.value = String(value);
    input.oninput = () => { const v = Number(input.value); on(v); out.textContent = words(v); input.setAttribute("aria-valuetext", words(v)); };
    const row = field(label, input, { class: "field slider" });
    row.querySelector("label")!.append(out);
    return row;
  }
}

const far = (v: number): string => (v < 0.5 ? "hardly" : v < 0.9 ? "gently" : v <= 1.1 ? "in style" : v <= 1.5 ? "strongly" : "exaggerated");
