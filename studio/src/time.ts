// Ticks and seconds of a song.
import type { SongData } from "./types";

export class Timeline {
  private ticks: number[] = [];
  private seconds: number[] = [];
  private rates: number[] = []; // seconds a tick

  constructor(song: Pick<SongData, "tempos" | "ticks">) {
    let seconds = 0;
    song.tempos.forEach(([tick, bpm], i) => {
      if (i) seconds += (tick - this.ticks[i - 1]) * this.rates[i - 1];
      this.ticks.push(tick);
      this.seconds.push(seconds);
      this.rates.push(60 / (bpm * song.ticks));
    });
  }

  toSeconds(tick: number): number {
    const i = last(this.ticks, tick);
    return this.seconds[i] + (tick - this.ticks[i]) * this.rates[i];
  }

  toTick(seconds: number): number {
    const i = last(this.seconds, seconds);
    return this.ticks[i] + (seconds - this.seconds[i]) / this.rates[i];
  }
}

/** Index of the last of sorted numbers that is not above `value`; 0 where all are. */
export function last(sorted: number[], value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1; else high = middle;
  }
  return Math.max(low - 1, 0);
}

export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The bar (from 0) that a tick lies in. */
export const barAt = (song: Pick<SongData, "bars">, tick: number): number =>
  Math.min(last(song.bars, tick), song.bars.length - 2);

/** How many bars stand before the song itself. */
export const lead = (bars: number[]): number => bars.filter((line) => line < 0).length;

/** What a bar is called: its number in the song, or how far it stands before it. */
export function barName(song: Pick<SongData, "bars">, tick: number): string {
  const number = barAt(song, tick) + 1 - lead(song.bars);
  return number > 0 ? `bar ${number}` : `introduction, ${1 - number} to go`;
}
