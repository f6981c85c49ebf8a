// The stage: chords, bar numbers, the roll of the song and that of its result, one scroll for both.
import { Chords } from "./chords";
import { colour, onScheme } from "./colours";
import { button, el, icon } from "./dom";
import type { Player, Side } from "./player";
import { drawRuler, Roll, type View } from "./roll";
import { barAt, barName, clock, lead } from "./time";
import type { HeardData, SongData, Track } from "./types";

const END_ROOM = 40;

export class Stage {
  readonly root: HTMLElement;
  private scroller = el("div", { class: "scroller", tabIndex: 0, role: "group", "aria-label": "Piano rolls; arrow keys scroll" });
  private sizer = el("div", { class: "sizer" });
  private ruler = el("canvas", { class: "ruler", "aria-hidden": "true" });
  private rolls: Record<Side, Roll>;
  private panes: Record<Side, HTMLElement>;
  private gutters: Record<Side, HTMLElement>;
  private heads: Record<Side, HTMLElement>;
  private chords: Record<Side, Chords>;
  private scale = 0.05;
  private frame = 0;
  private follow = true;
  private resultSong: SongData | null = null;
  private baseSong: HeardData | null = null;
  marked: [number, number] | null = null; // bars of the axis from 0, the last one included
  private axis = "";
  private position: HTMLInputElement;

  constructor(private readonly player: Player, onMend: (tick: number, symbol: string) => void, private readonly onMark: () => void) {
    const reveal = (tick: number) => this.reveal(tick);
    const canvas = (label: string) => el("canvas", { class: "roll", role: "img", "aria-label": label });
    this.rolls = { base: new Roll(canvas("The song as a piano roll")), result: new Roll(canvas("The result as a piano roll")) };
    this.chords = { base: new Chords(onMend, reveal), result: new Chords(null, reveal) };
    this.gutters = { base: el("ul", { class: "tracks" }), result: el("ul", { class: "tracks" }) };
    this.heads = { base: el("button", { type: "button", class: "side" }), result: el("button", { type: "button", class: "side" }) };
    for (const side of ["base", "result"] as Side[]) this.heads[side].onclick = () => player.turnTo(side);
    const pane = (side: Side) => el("div", { class: `pane ${side}` },
      el("div", { class: "lane" }, this.chords[side].lane), el("div", { class: "stick" }, this.rolls[side].canvas));
    this.panes = { base: pane("base"), result: pane("result") };
    this.sizer.append(el("div", { class: "stick ruler-row" }, this.ruler), this.panes.base, this.panes.result);
    this.scroller.append(this.sizer);
    this.position = el("input", { type: "range", class: "hidden-range", min: "0", step: "1", "aria-label": "Place in the song, bar", oninput: () => this.jump(Number(this.position.value)) });
    this.root = el("div", { class: "stage" },
      el("div", { class: "gutter" },
        el("div", { class: "gutter-top" },
          button("Closer", "plus", () => this.zoom(1.5)), el("button", { type: "button", class: "round", "aria-label": "Farther", title: "Farther", onclick: () => this.zoom(1 / 1.5) }, "–"),
          el("button", { type: "button", class: "small plain", onclick: () => this.fit() }, "All")),
        el("div", { class: "gutter-pane base" }, this.heads.base, this.gutters.base),
        el("div", { class: "gutter-pane result" }, this.heads.result, this.gutters.result)),
      this.scroller, this.position);
    this.scroller.addEventListener("scroll", () => this.redraw(), { passive: true });
    this.scroller.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), event.clientX - this.scroller.getBoundingClientRect().left);
    }, { passive: false });
    for (const kind of ["pointerdown", "wheel", "keydown"]) this.scroller.addEventListener(kind, () => { this.follow = false; }, { passive: true });
    new ResizeObserver(() => this.redraw()).observe(this.scroller);
    onScheme(() => this.show());
    this.pointing();
    player.addEventListener("change", () => { this.lists(); this.redraw(); });
  }

  /** Show a song, and what is made of it, as far as it stands. */
  load(base: HeardData | null, result: SongData | null, name: string, until = Infinity): void {
    const other = base?.bars.at(-1) !== this.baseSong?.bars.at(-1) || base?.title !== this.baseSong?.title;
    this.baseSong = base;
    this.resultSong = result;
    this.rolls.base.load(base);
    this.rolls.result.load(result);
    this.rolls.result.until = until;
    this.heads.base.replaceChildren(el("span", {}, "Your song"));
    this.heads.result.replaceChildren(el("span", {}, name));
    this.root.classList.toggle("two", result !== null);
    const from = this.axis, to = `${this.origin} ${this.end}`;
    this.axis = to;
    if (!other && from !== to) this.mark(null);
    if (other) { this.marked = null; this.fit(); }
    this.show();
  }

  /** What has been made in the meantime. */
  grow(result: SongData, until: number): void {
    this.resultSong = result;
    this.rolls.result.load(result);
    this.rolls.result.until = until;
    this.redraw();
  }

  mark(bars: [number, number] | null): void {
    this.marked = bars;
    const ticks = bars ? [this.bars[bars[0]], this.bars[bars[1] + 1]] as [number, number] : null;
    this.rolls.base.marked = this.rolls.result.marked = ticks;
    this.player.loop = this.player.loop && ticks ? ticks : this.player.loop;
    this.redraw();
    this.onMark();
  }

  get markedTicks(): [number, number] | null { return this.rolls.base.marked; }

  /** The bar lines of both rolls: an introduction stands before 0. */
  get bars(): number[] {
    const base = this.baseSong?.bars ?? [0, 1920], result = this.resultSong?.bars ?? [];
    return result.length > base.length ? result : base;
  }

  private get origin(): number { return Math.min(this.bars[0], 0); }
  private get end(): number { return this.bars.at(-1)!; }
  private place = (tick: number): number => (tick - this.origin) * this.scale;

  private show(): void {
    this.sizes();
    this.chords.base.load(this.baseSong, this.place);
    this.chords.result.load(this.resultSong, this.place);
    this.lists();
    this.redraw();
  }

  private sizes(): void {
    this.sizer.style.width = `${this.place(this.end) + END_ROOM}px`;
  }

  private view(): View {
    return { left: this.scroller.scrollLeft / this.scale + this.origin, scale: this.scale, width: this.scroller.clientWidth };
  }

  private jump(bar: number): void { if (this.baseSong) { this.player.seek(this.bars[bar]); this.reveal(this.bars[bar]); } }

  private reveal(tick: number): void {
    const x = this.place(tick), left = this.scroller.scrollLeft, width = this.scroller.clientWidth;
    if (x < left + 20 || x > left + width - 80) this.scroller.scrollLeft = Math.max(0, x - width * 0.2);
  }

  zoom(factor: number, at = this.scroller.clientWidth / 2): void {
    const tick = (this.scroller.scrollLeft + at) / this.scale + this.origin;
    const least = (this.scroller.clientWidth - END_ROOM) / (this.end - this.origin);
    this.scale = Math.min(Math.max(this.scale * factor, Math.min(least, 0.05)), 0.6);
    this.sizes();
    for (const chords of Object.values(this.chords)) chords.place(this.place);
    this.scroller.scrollLeft = this.place(tick) - at;
    this.redraw();
  }

  fit(): void {
    const width = this.scroller.clientWidth || 800;
    const all = (width - END_ROOM) / (this.end - this.origin);
    const bar = this.bars[1] - this.bars[0];
    this.scale = Math.max(all, Math.min(48 / bar, 0.05)); // no bar is narrower than its chord
    this.sizes();
    for (const chords of Object.values(this.chords)) chords.place(this.place);
    this.scroller.scrollLeft = 0;
    this.redraw();
  }

  private pointing(): void {
    const tickAt = (event: PointerEvent) => (event.clientX - this.scroller.getBoundingClientRect().left + this.scroller.scrollLeft) / this.scale + this.origin;
    let first = -1;
    this.ruler.addEventListener("pointerdown", (event) => {
      if (!this.baseSong) return;
      first = barAt(this, tickAt(event));
      this.ruler.setPointerCapture(event.pointerId);
      if (event.shiftKey && this.marked) first = this.marked[0];
      this.mark([first, Math.max(first, barAt(this, tickAt(event)))]);
    });
    this.ruler.addEventListener("pointermove", (event) => {
      if (first < 0 || !this.baseSong) return;
      const now = barAt(this, tickAt(event));
      this.mark([Math.min(first, now), Math.max(first, now)]);
    });
    this.ruler.addEventListener("pointerup", () => { first = -1; });
    for (const side of ["base", "result"] as Side[])
      this.rolls[side].canvas.addEventListener("click", (event) => {
        this.player.turnTo(side);
        this.player.seek(tickAt(event as PointerEvent));
      });
  }

  /** The tracks at the left: colour, name, mute, solo, volume. */
  private lists(): void {
    for (const side of ["base", "result"] as Side[]) {
      const voices = this.player.voices(side);
      const list = this.gutters[side], solo = voices.some((v) => v.solo);
      const key = JSON.stringify(voices.map((v) => [v.track.name, v.track.part, v.track.source]));
      if (list.dataset.key !== key) {
        list.dataset.key = key;
        list.replaceChildren(...voices.map((voice, i) => el("li", {},
          el("span", { class: "dot" }), el("span", { class: voice.track.part === "melody" ? "name tune" : "name", title: voice.track.name }, voice.track.name),
          el("button", { type: "button", class: "ms", "aria-label": `Mute ${voice.track.name}`, title: "Mute", onclick: () => this.player.set(side, i, { muted: !this.player.voices(side)[i].muted }) }, "M"),
          el("button", { type: "button", class: "ms", "aria-label": `Solo ${voice.track.name}`, title: "Solo", onclick: () => this.player.set(side, i, { solo: !this.player.voices(side)[i].solo }) }, "S"),
          this.lock(side, i, voice.track),
          el("input", { type: "range", min: "0", max: "127", class: "volume", "aria-label": `Volume of ${voice.track.name}`, value: String(voice.volume),
            oninput: (event: Event) => this.player.set(side, i, { volume: Number((event.target as HTMLInputElement).value) }) }))));
      }
      this.rolls[side].silent = new Set(voices.filter((v) => v.muted || (solo && !v.solo)).map((v) => v.track));
      voices.forEach((voice, i) => {
        const row = list.children[i] as HTMLElement;
        (row.children[0] as HTMLElement).style.background = colour(voice.track);
        row.classList.toggle("silent", voice.muted || (solo && !voice.solo));
        row.children[2].setAttribute("aria-pressed", String(voice.muted));
        row.children[3].setAttribute("aria-pressed", String(voice.solo));
        if (row.children[4] instanceof HTMLButtonElement) row.children[4].setAttribute("aria-pressed", String(voice.locked));
      });
      const now = this.player.side === side;
      this.heads[side].setAttribute("aria-pressed", String(now));
      this.panes[side].classList.toggle("heard", now);
      this.rolls[side].faint = !now && this.resultSong !== null;
    }
  }

  /** Of the song: the track stays as it is in what is made. Of the result: the part stays. */
  private lock(side: Side, i: number, track: Track): HTMLElement {
    const own = side === "base";
    if (own ? track.source === null || track.source === undefined : track.part === "melody") return el("span");
    const label = own ? `Keep ${track.name} as it is in what is made` : `Keep ${track.name} when it is made again`;
    const turn = () => {
      const voices = this.player.voices(side), locked = !voices[i].locked;
      voices.forEach((v, k) => { if (k === i || (own && v.track.source === track.source)) this.player.set(side, k, { locked }); });
    };
    return el("button", { type: "button", class: "ms lock", "aria-label": label, title: label, onclick: turn }, icon("lock"));
  }

  redraw(): void { this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); }); }

  private paint(): void {
    const song = this.baseSong;
    if (!song || !this.scroller.clientWidth) return;
    const tick = this.player.position();
    if (this.player.playing && this.follow) this.keep(tick);
    const view = this.view();
    drawRuler(this.ruler, this.bars, view, this.sections(song), this.markedTicks);
    for (const side of ["base", "result"] as Side[]) {
      const roll = this.rolls[side];
      roll.cursor = tick;
      if (roll.song) roll.draw(view);
      this.chords[side].sounding(tick);
    }
    this.position.max = String(this.bars.length - 2);
    this.position.value = String(barAt(this, tick));
    this.position.setAttribute("aria-valuetext", `${barName(this, tick)} of ${song.bars.length - 1}, ${clock(this.player.sheet?.time.toSeconds(tick) ?? 0)}`);
    if (this.player.playing) this.redraw();
  }

  /** The song's sections by the tick at which they begin, with what stands before and behind it. */
  private sections(song: HeardData): [number, string][] {
    const own = song.sections.map(([bar, name]) => [song.bars[bar], name] as [number, string]);
    if (lead(this.bars)) own.unshift([this.bars[0], "Introduction"]);
    if (this.end > song.bars.at(-1)! + 1) own.push([song.bars.at(-1)!, "Ending"]);
    return own;
  }

  private keep(tick: number): void {
    const x = this.place(tick), left = this.scroller.scrollLeft, width = this.scroller.clientWidth;
    if (x < left || x > left + width * 0.85) this.scroller.scrollLeft = Math.max(0, x - width * 0.15);
  }

  followAgain(): void { this.follow = true; }
}
