// What the server sends. Times are ticks.
export type Note = [start: number, duration: number, pitch: number, velocity: number];
export interface Track { name: string; part: string; program: number; drum: boolean; notes: Note[]; source?: number | null }
export type ChordRow = [start: number, symbol: string, root: number, quality: string, bass: number];
export interface SongData {
  ticks: number; title: string; end: number; pickup: number;
  bars: number[]; meters: [number, number, number][]; tempos: [number, number][];
  keys: [number, number, string][]; chords: ChordRow[]; tracks: Track[];
}
export interface Mends {
  key?: { tonic: number; mode: string }; meter?: [number, number]; bar_at?: number;
  melody?: number; tempo?: number; chords?: { start: number; chord: string }[];
}
export interface HeardData extends SongData {
  step: number; shift: number; lead_sheet: boolean;
  key: { tonic: number; mode: string; name: string };
  meter: string; bpm: number; swing: number; bar_count: number;
  sections: [number, string][]; melody: number | null; report: string[]; mends: Mends;
  sources: { name: string; program: number; drum: boolean; count: number }[];
}
export interface TakeData extends SongData { score: number; swing: number; before: number }
export interface SongInfo {
  song: string; title: string; made: number; state: string;
  key?: { name: string }; meter?: string; bpm?: number; bar_count?: number; report?: boolean;
}
export interface Settings {
  to: string; like: string | null; strength: number; parts: string[]; melody: string;
  harmony: string; key: string; tempo: number | null; seed: number; takes: number;
  instruments: Record<string, number>; feel: number | null; level: string;
  count_in: boolean; intro: number; ending: string; energy: string; enter: string;
  density: Record<string, string>; register: Record<string, string>; figure: Record<string, string>;
  keep: string[]; locked: string[]; earlier: string | null; take: number;
}
export interface ResultInfo {
  result: string; song: string; title: string; settings: Settings; made: number;
  bars: { first: number; last: number; parts: string[]; of: string; seed: number } | null;
  state: string; takes: number; scores?: number[]; style?: string; notes?: string[]; message?: string;
}
export interface Style { name: string; parts: string[]; known: string[]; manners: string[] }
export interface About {
  styles: Style[]; parts: string[]; instruments: Record<string, [number, string][]>; keys: string[]; harmonies: string[];
  words: { melodies: string[]; levels: string[]; endings: string[]; most_intro: number; densities: string[]; registers: string[]; figures: string[]; timekeepers: string[] };
  compose: { styles: string[]; forms: string[]; meters: string[]; most_bars: number; classic: string[] };
  files: Record<string, string>; examples: { name: string; title: string }[];
  limits: { upload_bytes: number; song_bars: number; takes: number; compose_notes: number };
}
export type JobEvent =
  | { event: "begin" }
  | { event: "plan"; bars: number[]; before: number }
  | { event: "bar"; done: number; all: number }
  | { event: "music"; take: number; bar: number; tracks: Track[] }
  | { event: "end"; state: string; message: string };
