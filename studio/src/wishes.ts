// What is wanted: style, mix, example, parts, strength, and the rest under "More".
import { button, el, field, icon, pretty, select, uid } from "./dom";
import type { About, Settings, SongInfo } from "./types";

export class Wishes {
  readonly root = el("form", { class: "wishes", "aria-label": "How to make it" });
  private style: string;
  private second = "";
  private share = 0.5;
  private like: string | null = null;
  private parts = new Set<string>();
  private ownBand = true;
  private melody = true;
  private strength = 1;
  private harmony = "enrich";
  private key = "";
  private tempo: number | null = null;
  private seed = 1;
  private takes = 1;
  private instruments: Record<string, number> = {};
  private feel: number | null = null;
  private songs: SongInfo[] = [];
  private song = "";
  private go = el("button", { type: "submit", class: "go" });
  private stop = el("button", { type: "button", class: "go stop", hidden: true }, "Stop");
  private seedInput = el("input", { type: "number", min: "0", max: "2147483647", step: "1", class: "seed" });
  private open = { mix: false, more: false };
  private making = false;

  constructor(private readonly about: About, private readonly onMake: (settings: Settings) => void, private readonly onStop: () => void, private readonly onExample: (file: File) => void) {
    this.style = about.styles.find((s) => s.name === "jazz")?.name ?? about.styles[0].name;
    this.root.addEventListener("submit", (event) => { event.preventDefault(); this.onMake(this.settings()); });
    this.stop.onclick = () => this.onStop();
    this.draw();
  }

  settings(): Settings {
    const to = this.like ? "" : this.second && this.open.mix
      ? `${this.style}:${(1 - this.share).toFixed(2)},${this.second}:${this.share.toFixed(2)}` : this.style;
    return {
      to, like: this.like, strength: this.strength, parts: this.ownBand ? [] : [...this.parts], melody: this.melody,
      harmony: this.harmony, key: this.key, tempo: this.tempo, seed: Number(this.seedInput.value) || 0, takes: this.takes,
      instruments: this.instruments, feel: this.feel, keep: [], earlier: null, take: 0,
    };
  }

  likeSong(song: string): void { this.like = song; this.ownBand = true; this.draw(); }

  /** Which songs there are to take a style from, and which one is at hand. */
  known(songs: SongInfo[], song: string): void {
    this.songs = songs;
    this.song = song;
    if (this.like === song || !songs.some((s) => s.song === this.like)) this.like = null;
    this.draw();
  }

  busy(making: boolean): void {
    this.making = making;
    this.go.hidden = making;
    this.stop.hidden = !making;
    if (making) this.stop.focus({ preventScroll: true });
  }

  take(settings: Settings): void {
    const named = settings.to.split(",").map((part) => part.split(":"));
    if (named[0][0]) this.style = named[0][0];
    this.second = named[1]?.[0] ?? "";
    this.open.mix = Boolean(this.second);
    if (this.second) this.share = Number(named[1][1]);
    Object.assign(this, { like: settings.like, strength: settings.strength, melody: settings.melody, harmony: settings.harmony,
      key: settings.key, tempo: settings.tempo, takes: settings.takes, seed: settings.seed, instruments: { ...settings.instruments }, feel: settings.feel });
    this.ownBand = !settings.parts.length;
    this.parts = new Set(settings.parts);
    this.draw();
  }

  private band(): string[] { return this.about.styles.find((s) => s.name === this.style)?.parts ?? []; }

  private draw(): void {
    const { about } = this;
    const others = this.songs.filter((s) => s.song !== this.song);
    if (this.ownBand) this.parts = new Set(this.band());
    const label = this.like ? `Make it like ${this.songs.find((s) => s.song === this.like)?.title ?? "that song"}`
      : `Make it ${this.style}${this.open.mix && this.second ? ` and ${this.second}` : ""}`;
    this.go.textContent = label;
    this.seedInput.value = String(this.seed);
    this.seedInput.oninput = () => { this.seed = Number(this.seedInput.value) || 0; };
    const name = uid("style");
    const styles = el("fieldset", { class: "styles" }, el("legend", {}, "Style"),
      el("div", { class: "pills" }, ...about.styles.map((s) => this.radio(name, s.name, s.name, !this.like && this.style === s.name, () => { this.style = s.name; this.like = null; this.ownBand = true; this.draw(); }))));
    const mix = el("div", { class: "mixing" },
      this.check("Mix with another style", this.open.mix, (on) => { this.open.mix = on; if (on) this.second ||= about.styles.find((s) => s.name !== this.style)!.name; this.draw(); }, this.like !== null),
      this.open.mix && !this.like && el("div", { class: "mix-row" },
        field("The other style", select(about.styles.filter((s) => s.name !== this.style).map((s) => [s.name, s.name]), this.second, (v) => { this.second = v; this.draw(); })),
        this.slider("How much of it", 0.1, 0.9, 0.05, this.share, (v) => { this.share = v; }, (v) => `${Math.round(v * 100)} %`)));
    const file = el("input", { type: "file", "aria-label": "Bring a song to take the style from", onchange: () => { if (file.files?.[0]) this.onExample(file.files[0]); } });
    const bring = el("label", { class: "small plain file-button" }, file, "Or like a song that you bring");
    const like = !others.length ? bring : el("div", { class: "like-row" }, field("Or like another song", select([["", "–"], ...others.map((s) => [s.song, s.title] as [string, string])], this.like ?? "", (v) => { this.like = v || null; this.ownBand = true; this.draw(); })), el("label", { class: "small file-button", title: "Bring a song to take the style from" }, file, icon("plus")));
    const band = el("fieldset", { class: "band" }, el("legend", {}, "Band"),
      el("div", { class: "pills small" },
        this.chip("tune", this.melody, (on) => { this.melody = on; this.draw(); }),
        ...(this.like ? [] : about.parts.map((part) => this.chip(part, this.parts.has(part), (on) => {
          this.ownBand = false;
          if (on) this.parts.add(part); else this.parts.delete(part);
          if (!this.parts.size) this.ownBand = true;
          this.draw();
        })))),
      this.like ? el("p", { class: "hint" }, "The band is that of the example.") : !this.ownBand && el("button", { type: "button", class: "small plain", onclick: () => { this.ownBand = true; this.draw(); } }, `The usual band of ${this.style}`));
    const strength = this.slider("How far", 0, 2, 0.1, this.strength, (v) => { this.strength = v; }, (v) => (v < 0.5 ? "hardly" : v < 0.9 ? "gently" : v <= 1.1 ? "in style" : v <= 1.5 ? "strongly" : "exaggerated"));
    const more = el("details", { class: "more", open: this.open.more, ontoggle: (event: Event) => { this.open.more = (event.target as HTMLDetailsElement).open; } }, el("summary", {}, "More"),
      el("div", { class: "grid" },
        field("Chords", select([["keep", "as they are"], ["enrich", "enriched"], ["reharmonise", "reharmonised"]], this.harmony, (v) => { this.harmony = v; })),
        field("Key", select([["", "the song's own"], ...about.keys.map((k) => [k, pretty(k)] as [string, string])], this.key, (v) => { this.key = v; })),
        field("Tempo", el("input", { type: "number", min: "20", max: "400", placeholder: "the song's own", value: this.tempo ?? "", oninput: (event: Event) => { this.tempo = Number((event.target as HTMLInputElement).value) || null; } })),
        field("Takes", select(Array.from({ length: about.limits.takes }, (_, i) => [String(i + 1), String(i + 1)]), String(this.takes), (v) => { this.takes = Number(v); })),
        field("Timing", select([["", "as the style's songs"], ["0", "exactly on the grid"], ["0.5", "a little loose"], ["1", "as players play"]], this.feel === null ? "" : String(this.feel), (v) => { this.feel = v === "" ? null : Number(v); })),
        ...this.players()));
    const seed = el("div", { class: "seed-row" }, field("Seed", this.seedInput), button("Another seed", "dice", () => { this.seed = Math.floor(Math.random() * 10000); this.seedInput.value = String(this.seed); }));
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.what;
    this.root.replaceChildren(styles, mix, like, band, strength, more, el("div", { class: "make-row" }, seed, this.go, this.stop));
    if (focused) this.root.querySelector<HTMLElement>(`[data-what="${CSS.escape(focused)}"]`)?.focus();
    this.busy(this.making);
  }

  /** What the tune and each part of the band are played on. */
  private players(): HTMLElement[] {
    const known = this.about.instruments;
    return ["melody", ...this.about.parts.filter((p) => this.parts.has(p))].filter((part) => known[part] && !this.like).map((part) =>
      field(part === "melody" ? "The tune on" : `${part[0].toUpperCase()}${part.slice(1)} on`,
        select([["", "as usual"], ...known[part].map(([program, name]) => [String(program), name] as [string, string])], String(this.instruments[part] ?? ""), (v) => {
          if (v === "") delete this.instruments[part]; else this.instruments[part] = Number(v);
        })));
  }

  private radio(name: string, value: string, text: string, checked: boolean, on: () => void): HTMLElement {
    return el("label", { class: "pill" }, el("input", { type: "radio", name, value, checked, onchange: on, data: { what: `style-${value}` } }), el("span", {}, text));
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
