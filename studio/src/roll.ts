// A piano roll on a canvas that draws only what is seen.
import { colour, tint } from "./colours";
import { last, lead } from "./time";
import type { Note, SongData, Track } from "./types";

export interface View { left: number; scale: number; width: number } // first tick, pixels a tick, pixels
interface Strip { track: Track; notes: Note[]; longest: number[] }

const DRUM_KEYS = [[35, 36], [38, 40, 37, 39], [42, 44, 46], [51, 53, 59], [49, 57, 52, 55], [41, 43, 45, 47, 48, 50]];
const DRUM_ROW = 7;

export class Roll {
  private strips: Strip[] = [];
  private drums: Strip[] = [];
  private low = 48;
  private high = 72;
  song: SongData | null = null;
  silent = new Set<Track>();
  until = Infinity; // what comes after is not made yet
  marked: [number, number] | null = null;
  cursor = 0;
  cursorOn = true;
  faint = false; // the side that is not heard

  constructor(readonly canvas: HTMLCanvasElement) {}

  load(song: SongData | null): void {
    this.song = song;
    const all = (song?.tracks ?? []).map((track) => strip(track));
    this.strips = all.filter((s) => !s.track.drum && s.notes.length).reverse();
    this.drums = all.filter((s) => s.track.drum && s.notes.length);
    const pitches = this.strips.flatMap((s) => s.notes.map((n) => n[2]));
    this.low = pitches.reduce((a, b) => Math.min(a, b), 60) - 2;
    this.high = pitches.reduce((a, b) => Math.max(a, b), 67) + 2;
  }

  draw(view: View): void {
    const { canvas, song } = this;
    const ratio = devicePixelRatio || 1, width = view.width, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const pen = canvas.getContext("2d")!;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (!song) return;
    const end = view.left + width / view.scale;
    const x = (tick: number) => (tick - view.left) * view.scale;
    const drumHeight = this.drums.length ? DRUM_KEYS.length * DRUM_ROW + 10 : 0;
    const pitched = height - drumHeight, row = pitched / (this.high - this.low + 1);
    const y = (pitch: number) => (this.high - pitch) * row;

    pen.fillStyle = tint("roll-black");
    for (let pitch = this.low; pitch <= this.high; pitch++)
      if ([1, 3, 6, 8, 10].includes(((pitch % 12) + 12) % 12)) pen.fillRect(0, y(pitch), width, row);
    if (drumHeight) { pen.fillStyle = tint("roll-drums"); pen.fillRect(0, pitched + 4, width, drumHeight); }
    this.lines(pen, view, height, x, end);
    if (this.marked) {
      pen.fillStyle = tint("mark");
      pen.fillRect(x(this.marked[0]), 0, (this.marked[1] - this.marked[0]) * view.scale, height);
    }
    pen.globalAlpha = this.faint ? 0.55 : 1;
    for (const s of this.strips) this.notes(pen, s, view, end, x, y, Math.max(row, 2.5));
    for (const s of this.drums) this.strokes(pen, s, view, end, x, pitched + 10);
    pen.globalAlpha = 1;
    if (this.until < song.bars.at(-1)!) {
      pen.fillStyle = tint("veil");
      pen.fillRect(Math.max(x(this.until), 0), 0, width, height);
    }
    if (this.cursorOn) {
      pen.fillStyle = tint("cursor");
      pen.fillRect(Math.round(x(this.cursor)) - 0.5, 0, 1.5, height);
    }
  }

  private lines(pen: CanvasRenderingContext2D, view: View, height: number, x: (tick: number) => number, end: number): void {
    const song = this.song!, barWidth = (song.bars[1] - song.bars[0]) * view.scale;
    if (barWidth > 60) {
      pen.fillStyle = tint("line-beat");
      const first = Math.floor(view.left / song.ticks) * song.ticks;
      for (let tick = first; tick < Math.min(end, song.bars.at(-1)!); tick += song.ticks) pen.fillRect(Math.round(x(tick)), 0, 1, height);
    }
    pen.fillStyle = tint("line-bar");
    const every = barWidth > 7 ? 1 : 4;
    for (let i = last(song.bars, view.left); i < song.bars.length && song.bars[i] <= end; i++)
      if (i % every === 0) pen.fillRect(Math.round(x(song.bars[i])), 0, 1, height);
  }

  private notes(pen: CanvasRenderingContext2D, s: Strip, view: View, end: number, x: (t: number) => number, y: (p: number) => number, row: number): void {
    pen.fillStyle = colour(s.track);
    const mute = this.silent.has(s.track), before = pen.globalAlpha;
    const tune = s.track.part === "melody";
    for (let i = firstSeen(s, view.left); i < s.notes.length && s.notes[i][0] < end; i++) {
      const [start, duration, pitch, velocity] = s.notes[i];
      if (start + duration < view.left) continue;
      pen.globalAlpha = before * (mute ? 0.15 : tune ? 1 : 0.5 + velocity / 255);
      const wide = Math.max(duration * view.scale - 1, 2), high = Math.max(row - 1, 2);
      pen.beginPath();
      pen.roundRect(x(start), y(pitch) + (row - high) / 2, wide, high, Math.min(3, high / 2, wide / 2));
      pen.fill();
    }
    pen.globalAlpha = before;
  }

  private strokes(pen: CanvasRenderingContext2D, s: Strip, view: View, end: number, x: (t: number) => number, top: number): void {
    pen.fillStyle = colour(s.track);
    const before = pen.globalAlpha;
    for (let i = firstSeen(s, view.left - 480); i < s.notes.length && s.notes[i][0] < end; i++) {
      const [start, , pitch, velocity] = s.notes[i];
      const line = DRUM_KEYS.findIndex((keys) => keys.includes(pitch));
      const at = top + (DRUM_KEYS.length - 1 - (line < 0 ? 2 : line)) * DRUM_ROW;
      pen.globalAlpha = before * (this.silent.has(s.track) ? 0.15 : 0.35 + velocity / 200);
      pen.fillRect(x(start), at, Math.max(Math.min(60 * view.scale, 6), 2), DRUM_ROW - 2);
    }
    pen.globalAlpha = before;
  }
}

function strip(track: Track): Strip {
  let longest = 0;
  return { track, notes: track.notes, longest: track.notes.map((n) => (longest = Math.max(longest, n[0] + n[1]))) };
}

/** The first note that may still sound at a tick: all before it have ended. */
function firstSeen(s: Strip, tick: number): number {
  let low = 0, high = s.longest.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (s.longest[middle] < tick) low = middle + 1; else high = middle;
  }
  return low;
}

/** Bar numbers and sections above the rolls. */
export function drawRuler(canvas: HTMLCanvasElement, bars: number[], view: View, sections: [number, string][], marked: [number, number] | null): void {
  const ratio = devicePixelRatio || 1, height = canvas.clientHeight;
  const wide = Math.round(view.width * ratio), high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) { canvas.width = wide; canvas.height = high; }
  const pen = canvas.getContext("2d")!;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, view.width, height);
  const x = (tick: number) => (tick - view.left) * view.scale;
  const end = view.left + view.width / view.scale;
  if (marked) {
    pen.fillStyle = tint("mark-strong");
    pen.fillRect(x(marked[0]), 0, (marked[1] - marked[0]) * view.scale, height);
  }
  pen.font = "500 11px Inter, system-ui, sans-serif";
  pen.textBaseline = "middle";
  const width = (bars[1] - bars[0]) * view.scale;
  const every = [1, 2, 4, 8, 16, 32].find((n) => n * width > 34) ?? 64;
  pen.fillStyle = tint("soft");
  const before = lead(bars); // bars of an introduction have no number
  for (let i = Math.max(last(bars, view.left) - every, before); i < bars.length - 1 && bars[i] <= end; i++)
    if ((i - before) % every === 0) pen.fillText(String(i + 1 - before), x(bars[i]) + 4, height - 9);
  pen.font = "700 11px Inter, system-ui, sans-serif";
  sections.forEach(([begin, name], i) => {
    const from = x(begin), to = x(sections[i + 1]?.[0] ?? bars.at(-1)!);
    if (to < 0 || from > view.width) return;
    pen.fillStyle = tint("section");
    pen.beginPath();
    pen.roundRect(from + 2, 3, Math.max(to - from - 4, 4), 15, 4);
    pen.fill();
    pen.fillStyle = tint("ink");
    pen.fillText(name, Math.max(from, 0) + 9, 11);
  });
}
