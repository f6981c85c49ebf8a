// The chords above the roll: one button each, and a small box to mend one.
import { el, icon, pretty, uid } from "./dom";
import type { ChordRow, HeardData } from "./types";

const MAJOR = [[0, ""], [2, "m"], [4, "m"], [5, ""], [7, ""], [9, "m"], [11, "dim"]] as const;
const MINOR = [[0, "m"], [2, "dim"], [3, ""], [5, "m"], [7, ""], [8, ""], [10, ""]] as const;
const FLAT = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"];
const SHARP = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

/** The chords that a key's scale holds. */
export function ofKey(key: { tonic: number; mode: string }): string[] {
  const major = (key.tonic + (key.mode === "minor" ? 3 : 0)) % 12;
  const names = [5, 10, 3, 8, 1, 6, 0].includes(major) ? FLAT : SHARP;
  return (key.mode === "minor" ? MINOR : MAJOR).map(([step, kind]) => names[(key.tonic + step) % 12] + kind);
}

export class Chords {
  readonly lane = el("div", { class: "chords", role: "toolbar", "aria-label": "Chords, left and right arrows move" });
  private buttons: HTMLButtonElement[] = [];
  private rows: ChordRow[] = [];
  private box: HTMLElement | null = null;
  private current = -1;

  constructor(private readonly onMend: ((tick: number, symbol: string) => void) | null, private readonly reveal: (tick: number) => void) {
    this.lane.addEventListener("keydown", (event) => this.move(event));
  }

  load(song: { chords: ChordRow[]; bars: number[] } | null, place: (tick: number) => number): void {
    this.close();
    const end = song?.bars.at(-1) ?? 0;
    this.rows = (song?.chords ?? []).filter((row) => row[0] < end);
    this.buttons = this.rows.map((row, i) => el("button", {
      type: "button", class: row[2] < 0 ? "chord none" : "chord", tabIndex: i ? -1 : 0,
      "aria-label": `${pretty(row[1])}, bar ${this.bar(song!, row[0])}`, disabled: false,
      onclick: () => this.open(i, song as HeardData),
      onfocus: () => { this.buttons.forEach((b, k) => { b.tabIndex = k === i ? 0 : -1; }); },
    }, pretty(row[1])));
    this.lane.replaceChildren(...this.buttons);
    this.place(place);
  }

  place(place: (tick: number) => number): void {
    this.rows.forEach((row, i) => {
      this.buttons[i].style.left = `${place(row[0])}px`;
      const room = i + 1 < this.rows.length ? place(this.rows[i + 1][0]) - place(row[0]) : 200;
      this.buttons[i].style.maxWidth = `${Math.max(room - 2, 8)}px`;
    });
  }

  /** Mark the chord that sounds. */
  sounding(tick: number): void {
    let now = -1;
    for (let low = 0, high = this.rows.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.rows[middle][0] <= tick) { now = middle; low = middle + 1; } else high = middle;
    }
    if (now === this.current) return;
    this.buttons[this.current]?.classList.remove("now");
    this.buttons[now]?.classList.add("now");
    this.current = now;
  }

  private bar(song: { bars: number[] }, tick: number): number {
    return song.bars.findLastIndex((line) => line <= tick) + 1;
  }

  private move(event: KeyboardEvent): void {
    const at = this.buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined || !this.buttons[to]) return;
    event.preventDefault();
    this.reveal(this.rows[to][0]);
    this.buttons[to].focus();
  }

  open(index: number, song: HeardData): void {
    this.close();
    if (!this.onMend) return;
    const [tick, symbol] = this.rows[index], asked = this.buttons[index];
    const done = (said: string | null) => {
      this.close();
      asked.focus();
      if (said !== null && said !== symbol) this.onMend!(tick, said);
    };
    const input = el("input", { type: "text", value: symbol, id: uid("chord"), maxLength: 20, autocomplete: "off", spellcheck: false });
    const box = el("div", { class: "mend", role: "dialog", "aria-label": `Chord in bar ${this.bar(song, tick)}`,
      onkeydown: (event: KeyboardEvent) => { if (event.key === "Escape") done(null); event.stopPropagation(); } },
      el("form", { class: "row", onsubmit: (event: Event) => { event.preventDefault(); done(input.value.trim()); } },
        el("label", { htmlFor: input.id, class: "hidden" }, "Chord symbol"), input,
        el("button", { type: "submit", class: "small accent" }, "Set"),
        el("button", { type: "button", class: "bare", "aria-label": "Leave it as it is", onclick: () => done(null) }, icon("close"))),
      el("div", { class: "choices", role: "group", "aria-label": "Chords of the key" },
        ...ofKey(song.key).map((name) => el("button", { type: "button", class: "small", onclick: () => done(name) }, pretty(name)))),
      el("button", { type: "button", class: "small plain", onclick: () => done("") }, "No change here: go on with the chord before"));
    box.style.left = asked.style.left;
    this.lane.after(box);
    this.box = box;
    const outside = (event: Event) => { if (!box.contains(event.target as Node)) { this.close(); } if (!box.isConnected) document.removeEventListener("pointerdown", outside); };
    document.addEventListener("pointerdown", outside);
    input.focus();
    input.select();
  }

  close(): void { this.box?.remove(); this.box = null; }
}
