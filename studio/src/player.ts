// Plays two songs, one of them at a time, at one place: the song and its result.
// Notes go to SpessaSynth a little ahead of time; the clock is the sound's own.
import { WorkletSynthesizer } from "spessasynth_lib";
import { barAt, last, Timeline } from "./time";
import type { Note, SongData, Track } from "./types";

export type Side = "base" | "result";
interface Voice { track: Track; channel: number; muted: boolean; solo: boolean; locked: boolean; volume: number; next: number }
interface Sheet { song: SongData; time: Timeline; voices: Voice[]; until: number; starts: Map<Track, number[]> }

const BOOST = 1.6; // the synthesiser leaves room for more voices than bands have
const AHEAD = 0.18, HIDDEN_AHEAD = 1.4, TURN = 40;
const DRUMS = 9, VOLUME = 7, PAN = 10, SILENCE = 123;
const LOUD: Record<string, number> = { melody: 112, drums: 88, bass: 100 };
const PANS: Record<string, number> = { piano: 52, guitar: 80, keys: 84, strings: 44, winds: 76, synth: 40 };

export class Player extends EventTarget {
  private context?: AudioContext;
  private synth?: WorkletSynthesizer;
  private gain?: GainNode;
  private analyser?: AnalyserNode;
  private ready?: Promise<void>;
  private sheets: Partial<Record<Side, Sheet>> = {};
  private timer = 0;
  private anchor = 0; // context time at which `from` sounds
  private from = 0; // seconds of the song
  private clicked = -1;
  side: Side = "base";
  playing = false;
  waiting = false; // for bars that are not made yet
  starting = false;
  tick = 0;
  loop: [number, number] | null = null;
  countIn = false;
  speed = 1;
  transpose = 0;
  master = 0.9;

  /** Load the synthesiser; browsers let it sound after a click only. */
  private async prepare(): Promise<void> {
    this.ready ??= (async () => {
      const context = new AudioContext({ latencyHint: "interactive" });
      const [font] = await Promise.all([
        fetch("/soundfont").then((answer) => { if (!answer.ok) throw new Error("no soundfont"); return answer.arrayBuffer(); }),
        context.audioWorklet.addModule("/synth.js"),
      ]);
      const synth = new WorkletSynthesizer(context);
      await synth.soundBankManager.addSoundBank(font, "main");
      await synth.isReady;
      this.gain = new GainNode(context, { gain: 0 });
      this.analyser = new AnalyserNode(context, { fftSize: 1024 });
      synth.connect(this.gain);
      this.gain.connect(this.analyser).connect(context.destination);
      this.context = context;
      this.synth = synth;
      this.programs();
    })();
    try { await this.ready; } catch (error) { this.ready = undefined; throw error; }
  }

  /** What one side plays; `until` is the tick before which it stands. */
  load(side: Side, song: SongData | null, until = Infinity): void {
    if (!song) { delete this.sheets[side]; if (this.side === side) this.side = "base"; this.changed(); return; }
    const before = this.sheets[side];
    const kept = new Map(before?.voices.map((v) => [`${v.track.part} ${v.track.name}`, v]));
    const voices: Voice[] = [];
    let channel = 0;
    const starts = new Map<Track, number[]>();
    for (const track of song.tracks) {
      if (!track.drum && channel === DRUMS) channel++;
      const known = kept.get(`${track.part} ${track.name}`);
      const usual = LOUD[track.part] ?? 96;
      voices.push({ track, channel: track.drum ? DRUMS : Math.min(channel++, 15),
        muted: known?.muted ?? false, solo: known?.solo ?? false, locked: known?.locked ?? false, volume: known?.volume ?? usual, next: 0 });
      starts.set(track, track.notes.map((note) => note[0]));
    }
    this.sheets[side] = { song, time: new Timeline(song), voices, until, starts };
    if (this.synth) this.programs();
    this.seekVoices(this.position());
    this.changed();
  }

  has(side: Side): boolean { return side in this.sheets; }
  song(side: Side): SongData | undefined { return this.sheets[side]?.song; }
  voices(side: Side): Voice[] { return this.sheets[side]?.voices ?? []; }
  get sheet(): Sheet | undefined { return this.sheets[this.side]; }
  get length(): number { return this.sheet ? this.sheet.time.toSeconds(this.sheet.song.bars.at(-1)!) : 0; }

  async play(): Promise<void> {
    if (this.playing || !this.sheet || this.starting) return;
    this.starting = true;
    this.changed();
    try {
      await this.prepare();
      await this.context!.resume();
    } finally { this.starting = false; this.changed(); }
    if (this.tick >= this.sheet.song.bars.at(-1)! - 1) this.tick = this.loop?.[0] ?? this.sheet.song.bars[0];
    if (this.tick < this.sheet.song.bars[0]) this.tick = this.sheet.song.bars[0];
    if (this.tick < this.firstNote()) this.tick = this.firstNote(); // nobody waits for a rest
    const lead = this.countIn ? this.count() : 0;
    this.playing = true;
    this.gain!.gain.cancelScheduledValues(0);
    this.gain!.gain.setTargetAtTime(this.master * BOOST, this.context!.currentTime, 0.01);
    this.start(this.tick, 0.06 + lead);
    this.timer = window.setInterval(() => this.turn(), TURN);
    this.changed();
  }

  pause(): void {
    if (!this.playing) return;
    this.tick = this.position();
    this.playing = this.waiting = false;
    clearInterval(this.timer);
    this.gain!.gain.setTargetAtTime(0, this.context!.currentTime, 0.02);
    setTimeout(() => { if (!this.playing) this.synth!.stopAll(true); }, 250);
    this.changed();
  }

  toggle(): void { if (this.playing) this.pause(); else void this.play().catch(() => this.dispatchEvent(new Event("nosound"))); }

  seek(tick: number): void {
    const bars = this.sheet?.song.bars ?? [0];
    this.tick = Math.max(bars[0], Math.min(tick, bars.at(-1)!));
    if (this.playing) { this.quiet(); this.start(this.tick, 0.03); }
    this.changed();
  }

  /** The other side, at the same place. */
  turnTo(side: Side): void {
    if (side === this.side || !this.has(side)) return;
    const { bars } = this.sheets[side]!.song, tick = Math.max(bars[0], Math.min(this.position(), bars.at(-1)!));
    this.quiet();
    this.side = side;
    this.tick = tick;
    if (this.synth) this.programs();
    if (this.playing) this.start(tick, 0.02);
    this.changed();
  }

  /** Where it is, in ticks. */
  position(): number {
    if (!this.playing || !this.sheet || !this.context) return this.tick;
    if (this.waiting) return this.tick;
    const seconds = this.from + Math.max(0, this.context.currentTime - this.anchor) * this.speed;
    return this.sheet.time.toTick(seconds);
  }

  set(side: Side, index: number, change: Partial<Pick<Voice, "muted" | "solo" | "locked" | "volume">>): void {
    const voice = this.sheets[side]?.voices[index];
    if (!voice) return;
    Object.assign(voice, change);
    this.volumes();
    this.changed();
  }

  setMaster(value: number): void {
    this.master = value;
    if (this.playing) this.gain!.gain.setTargetAtTime(value * BOOST, this.context!.currentTime, 0.02);
  }

  setSpeed(value: number): void {
    this.tick = this.position();
    this.speed = value;
    if (this.playing) { this.quiet(); this.start(this.tick, 0.03); }
  }

  /** How loud it is now, 0 to 1. */
  level(): number {
    if (!this.analyser || !this.playing) return 0;
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
  }

  private firstNote(): number {
    const { song } = this.sheet!;
    const first = Math.min(...song.tracks.flatMap((t) => t.notes.length ? [t.notes[0][0]] : []));
    return Number.isFinite(first) && first < song.bars[1] ? Math.floor(first / song.ticks) * song.ticks : song.bars[0];
  }

  private start(tick: number, delay: number): void {
    this.from = this.sheet!.time.toSeconds(tick);
    this.anchor = this.context!.currentTime + delay;
    this.waiting = false;
    this.seekVoices(tick);
    this.turn();
  }

  private seekVoices(tick: number): void {
    for (const sheet of Object.values(this.sheets))
      for (const voice of sheet.voices) {
        const starts = sheet.starts.get(voice.track)!;
        const at = last(starts, tick - 1);
        voice.next = starts.length && starts[at] < tick ? at + 1 : at;
      }
  }

  /** Hand over the notes of the next moment. */
  private turn(): void {
    const sheet = this.sheet, context = this.context!;
    if (!sheet || !this.playing) return;
    const end = Math.min(this.loop && this.side ? this.loop[1] : Infinity, sheet.song.bars.at(-1)!);
    const now = this.position();
    if (this.waiting) {
      if (sheet.until > this.tick + 1) this.start(this.tick, 0.05);
      return;
    }
    if (now >= end) {
      if (this.loop) { this.quiet(); this.start(this.loop[0], 0.02); } else { this.pause(); this.tick = sheet.song.bars[0]; this.changed(); }
      return;
    }
    if (now >= sheet.until) { this.tick = sheet.until; this.waiting = true; this.changed(); return; }
    const ahead = (document.hidden ? HIDDEN_AHEAD : AHEAD) * this.speed;
    const heard = this.from + (context.currentTime - this.anchor) * this.speed + ahead;
    const limit = Math.min(sheet.time.toTick(Math.max(heard, 0)), end, sheet.until);
    for (const voice of sheet.voices) {
      const notes = voice.track.notes;
      while (voice.next < notes.length && notes[voice.next][0] < limit) this.sound(voice, notes[voice.next++], sheet);
    }
  }

  private sound(voice: Voice, [start, duration, pitch, velocity]: Note, sheet: Sheet): void {
    const at = (tick: number) => this.anchor + (sheet.time.toSeconds(tick) - this.from) / this.speed;
    const key = voice.track.drum ? pitch : pitch + this.transpose;
    if (key < 0 || key > 127) return;
    this.synth!.noteOn(voice.channel, key, velocity, { time: at(start) });
    this.synth!.noteOff(voice.channel, key, { time: Math.max(at(start + duration) - 0.005, at(start) + 0.02) });
  }

  /** Sound a bar of clicks; how long it is. */
  private count(): number {
    const sheet = this.sheet!, bar = barAt(sheet.song, this.tick);
    const meter = sheet.song.meters.findLast(([start]) => start <= sheet.song.bars[bar]) ?? sheet.song.meters[0];
    const beat = sheet.song.ticks * 4 / meter[2] * (meter[2] === 8 && meter[1] % 3 === 0 ? 3 : 1);
    const beats = Math.max(1, Math.round(meter[1] * 4 * sheet.song.ticks / meter[2] / beat));
    const seconds = (sheet.time.toSeconds(this.tick + beat) - sheet.time.toSeconds(this.tick)) / this.speed;
    this.synth!.controllerChange(DRUMS, VOLUME, 110);
    for (let i = 0; i < beats; i++) {
      const time = this.context!.currentTime + 0.06 + i * seconds;
      this.synth!.noteOn(DRUMS, i ? 77 : 76, 110, { time });
      this.synth!.noteOff(DRUMS, i ? 77 : 76, { time: time + 0.1 });
    }
    this.clicked = this.context!.currentTime + beats * seconds;
    setTimeout(() => this.volumes(), beats * seconds * 1000);
    return beats * seconds;
  }

  private programs(): void {
    for (const { track, channel } of this.voices(this.side)) {
      this.synth!.programChange(channel, track.program);
      this.synth!.controllerChange(channel, PAN, PANS[track.part] ?? 64);
    }
    this.volumes();
  }

  private volumes(): void {
    if (!this.synth) return;
    const voices = this.voices(this.side), solo = voices.some((v) => v.solo);
    const loud = new Map<number, number>(); // of a channel that several tracks share
    for (const v of voices) loud.set(v.channel, Math.max(loud.get(v.channel) ?? 0, !v.muted && (v.solo || !solo) ? v.volume : 0));
    for (const [channel, volume] of loud)
      if (channel !== DRUMS || this.clicked < this.context!.currentTime) this.synth.controllerChange(channel, VOLUME, volume);
  }

  private quiet(): void {
    if (!this.synth) return;
    for (const voice of this.voices(this.side)) this.synth.controllerChange(voice.channel, SILENCE, 0);
  }

  private changed(): void { this.dispatchEvent(new Event("change")); }
}
