// What was heard, above the rolls, each mended where it stands.
import { button, el, field, pretty, select } from "./dom";
import type { HeardData, Mends } from "./types";

const METERS = ["2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "2/2", "3/8", "6/8", "9/8", "12/8"];
const KEYS = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const MINOR = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"];

export class Facts {
  readonly root = el("div", { class: "facts" });

  constructor(private readonly onMend: (mends: Mends) => void) {}

  load(song: HeardData | null): void {
    if (!song) { this.root.replaceChildren(); return; }
    const mends = song.mends;
    const keys = [...KEYS.map((n, i) => [`${i} major`, pretty(`${n} major`)]), ...MINOR.map((n, i) => [`${i} minor`, pretty(`${n} minor`)])] as [string, string][];
    const key = select(keys, `${song.key.tonic} ${song.key.mode}`, (v) => {
      const [tonic, mode] = v.split(" ");
      this.onMend({ ...mends, key: { tonic: Number(tonic), mode } });
    });
    const meters = METERS.includes(song.meter) ? METERS : [song.meter, ...METERS];
    const meter = select(meters.map((m) => [m, m]), song.meter, (v) => {
      const [a, b] = v.split("/").map(Number);
      if (a && b) this.onMend({ ...mends, meter: [a, b], chords: mends.chords });
    }, { disabled: song.lead_sheet });
    const tempo = el("input", { type: "number", min: "20", max: "400", step: "1", value: String(Math.round(song.bpm)), onchange: () => {
      const bpm = Number(tempo.value);
      if (bpm >= 20 && bpm <= 400) this.onMend({ ...mends, tempo: bpm });
    } });
    const tunes = song.sources.map((s, i) => [String(i), s.name] as [string, string]).filter((_, i) => !song.sources[i].drum);
    const tune = tunes.length > 1 && field("Tune", select(tunes, String(song.melody ?? ""), (v) => this.onMend({ ...mends, melody: Number(v) })));
    const beat = song.ticks * 4 / song.meters[0][2];
    const move = (by: number) => this.onMend({ ...mends, bar_at: Math.max(0, Math.round((this.line(song) + by * beat - song.shift) / song.step)) });
    this.root.replaceChildren(
      field("Key", key), field("Meter", meter), field("Tempo", tempo), ...(tune ? [tune] : []),
      ...(song.lead_sheet ? [] : [el("div", { class: "field" }, el("span", { class: "label", id: "bar-lines" }, "Bar lines"),
        el("div", { class: "pair", role: "group", "aria-labelledby": "bar-lines" },
          button("Bar lines a beat earlier", "left", () => move(-1)), button("Bar lines a beat later", "right", () => move(1))))]),
      ...(Object.keys(mends).some((name) => name !== "chords" || mends.chords?.length) ? [el("button", { type: "button", class: "small plain", onclick: () => this.onMend({}) }, "As it was heard")] : []),
      el("p", { class: "hint" }, `${song.bar_count} bars`, song.swing > 1.15 ? ", swinging" : "", ". Click a chord to mend it; drag over the bar numbers to mark bars."));
  }

  /** A bar line that the song has for sure: the second, so that there is room before it. */
  private line(song: HeardData): number { return song.bars[Math.min(2, song.bars.length - 1)]; }
}
