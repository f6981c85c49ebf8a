// The results of the sitting, and what is done with the one at hand: takes, bars anew, take away.
import * as api from "./api";
import { button, el, field, icon, say, styled, uid } from "./dom";
import type { About, ResultInfo, Track } from "./types";

export interface Chosen { info: ResultInfo; take: number }

export function described(info: ResultInfo): string {
  const s = info.settings;
  const style = info.style ?? (s.to || "like a song");
  const of = (by: Record<string, string>) => Object.entries(by ?? {}).map(([part, word]) => `${part} ${word}`).join(", ");
  const more = [
    info.bars ? `bars ${info.bars.first}–${info.bars.last} anew${info.bars.parts.length ? ` (${info.bars.parts.join(", ")})` : ""}` : "",
    s.keep?.length ? `the song's own track ${s.keep.join(", ")}` : "", s.locked?.length ? `${s.locked.join(", ")} kept` : "", s.strength !== 1 ? `strength ${s.strength}` : "",
    s.parts.join(", "), s.melody === "drop" ? "no tune" : s.melody === "ornament" ? "tune ornamented" : "", s.harmony !== "enrich" ? s.harmony : "", s.key, s.tempo ? `${s.tempo} bpm` : "",
    s.level, s.count_in ? "count-in" : "", s.intro ? `intro ${s.intro}` : "", s.ending, s.energy ? `energy ${s.energy}` : "", s.enter ? `enter ${s.enter}` : "", of(s.figure), of(s.density), of(s.register),
    `seed ${info.bars ? info.bars.seed : s.seed}`,
  ].filter(Boolean);
  return `${style} · ${more.join(" · ")}`;
}

export class Results {
  readonly root = el("section", { class: "results", "aria-label": "Results" });
  readonly bar = el("div", { class: "result-bar" });

  constructor(private readonly about: About, private readonly on: {
    choose: (info: ResultInfo, take: number) => void; again: (info: ResultInfo) => void; drop: (info: ResultInfo) => void;
    redo: (first: number, last: number, parts: string[], seed: number) => void; undo: () => void; forth: () => void;
    sheet: () => void;
  }) {}

  load(list: ResultInfo[], shown: Chosen | null): void {
    const rows = [...list].reverse().map((info) => {
      const now = shown?.info.result === info.result;
      return el("li", { class: now ? "now" : "" },
        el("button", { type: "button", class: "pick", "aria-pressed": String(now), disabled: info.state !== "done", onclick: () => this.on.choose(info, 0) },
          el("strong", {}, styled(info.style ?? info.settings.to)), el("span", {}, described(info).split(" · ").slice(1).join(" · ")),
          info.state !== "done" && el("em", {}, { making: "being made", stopped: "stopped", failed: info.message || "failed" }[info.state] ?? info.state)),
        button(`Make ${described(info)} again`, "again", () => this.on.again(info)),
        button(`Throw ${described(info)} away`, "close", () => this.on.drop(info)));
    });
    this.root.replaceChildren(...(list.length ? [el("h2", {}, "Results"), el("ul", {}, ...rows)] : []));
  }

  /** The bar over the rolls: takes, undo, bars anew, take away. */
  tools(shown: Chosen | null, tracks: Track[], marked: [number, number] | null, history: { back: boolean; forth: boolean }, bars: [number, number]): void {
    if (!shown) { this.bar.replaceChildren(); return; }
    const { info, take } = shown;
    const takes = info.takes > 1 && el("div", { class: "segments", role: "group", "aria-label": "Takes" },
      ...Array.from({ length: info.takes }, (_, i) => el("button", { type: "button", "aria-pressed": String(i === take), title: info.scores ? `score ${info.scores[i]}` : "", onclick: () => this.on.choose(info, i) }, `Take ${i + 1}`)));
    const undo = button("Undo: the result before", "undo", () => this.on.undo(), { disabled: !history.back });
    const forth = button("Redo: the result after", "redo", () => this.on.forth(), { disabled: !history.forth });
    this.bar.replaceChildren(...[takes, undo, forth, this.anew(tracks, marked, bars), el("button", { type: "button", class: "small", onclick: () => this.on.sheet() }, icon("sheet"), "Sheet"), this.away(info, take, tracks)].filter(Boolean) as Node[]);
  }

  private anew(tracks: Track[], marked: [number, number] | null, [least, most]: [number, number]): HTMLElement {
    const bounds = { type: "number", min: String(least), max: String(most) };
    const from = el("input", { ...bounds, value: String(marked?.[0] ?? 1) });
    const to = el("input", { ...bounds, value: String(marked?.[1] ?? Math.min(4, most)) });
    const parts = tracks.filter((t) => t.part !== "melody");
    const boxes = parts.map((t) => el("input", { type: "checkbox", checked: true, value: t.part }));
    const form = el("form", { class: "pop-form", onsubmit: (event: Event) => {
      event.preventDefault();
      const chosen = boxes.filter((b) => b.checked).map((b) => b.value);
      menu.removeAttribute("open");
      this.on.redo(Number(from.value), Number(to.value), chosen.length === boxes.length ? [] : chosen, Math.floor(Math.random() * 10000));
    } },
      el("div", { class: "grid" }, field("From bar", from), field("to bar", to)),
      el("fieldset", {}, el("legend", {}, "Who plays anew"), el("div", { class: "pills small" }, ...parts.map((t, i) => el("label", { class: "pill" }, boxes[i], el("span", {}, t.name))))),
      el("button", { type: "submit", class: "small accent" }, "Make these again"));
    const menu = popup(marked ? `Bars ${marked[0]}–${marked[1]} anew` : "Bars anew", "again", form);
    if (marked) menu.classList.add("ready");
    return menu;
  }

  private away(info: ResultInfo, take: number, tracks: Track[]): HTMLElement {
    const link = (file: string, label: string, drag = false) => {
      const url = api.fileUrl(info.result, file, take);
      const node = el("a", { href: url, download: "", class: "away-link", draggable: drag }, el("span", {}, label), icon("down"));
      node.onclick = (event) => { event.preventDefault(); void fetched(node, url); };
      if (drag) node.ondragstart = (event) => event.dataTransfer?.setData("DownloadURL", `audio/midi:${info.title} ${label}.mid:${new URL(url, location.href).href}`);
      return node;
    };
    const files = Object.keys(this.about.files);
    const has = (name: string) => files.includes(name);
    return popup("Download", "down", el("div", { class: "away" },
      ...([["song.mid", "MIDI", true], ["song.musicxml", "MusicXML"], ["score.pdf", "Sheet music, PDF"], ["song.mp3", "Sound, MP3"], ["song.wav", "Sound, WAV"], ["roll.png", "Picture"],
        ["parts.zip", "Parts, each in its key, PDF"], ["tracks.zip", "MIDI of each part"], ["stems.zip", "Sound of each part"], ["all.zip", "All of it, ZIP"]] as [string, string, boolean?][])
        .filter(([name]) => has(name)).map(([name, label, drag]) => link(name, label, drag)),
      el("p", { class: "hint" }, "One part: click, or drag it into your DAW."),
      el("div", { class: "pills small" }, ...tracks.map((t, i) => link(`track-${i + 1}.mid`, t.name, true)))), "accent");
  }
}

/** Fetch a file and hand it over; the link says that it is at work. */
async function fetched(link: HTMLElement, url: string): Promise<void> {
  if (link.classList.contains("busy")) return;
  link.classList.add("busy");
  link.setAttribute("aria-busy", "true");
  try {
    const { blob, name } = await api.patiently(() => api.download(url), (s) => say(`Others are before you: ${s} seconds.`));
    const anchor = el("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  } catch (error) {
    say((error as Error).message, "wrong");
  } finally {
    link.classList.remove("busy");
    link.removeAttribute("aria-busy");
  }
}

/** A button that opens a box below it. */
export function popup(label: string, glyph: string, content: HTMLElement, kind = ""): HTMLDetailsElement {
  const id = uid("pop");
  const node = el("details", { class: `pop ${kind}` }, el("summary", { class: `small ${kind}` }, icon(glyph), label), el("div", { class: "pop-box", id }, content));
  node.addEventListener("toggle", () => {
    if (!node.open) return;
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key !== "Escape") return;
      if (event.type === "pointerdown" && node.contains(event.target as Node)) return;
      node.open = false;
      if (event instanceof KeyboardEvent) node.querySelector("summary")!.focus();
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    const box = node.querySelector<HTMLElement>(".pop-box")!;
    box.classList.toggle("leftward", node.getBoundingClientRect().left > innerWidth / 2);
  });
  return node;
}
