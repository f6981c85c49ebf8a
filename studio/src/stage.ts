// The stage: chords, bar numbers, the roll of the song and that of its result, one scroll for both.
import { Chords } from "./chords";
import { colour, onScheme } from "./colours";
import { button, el, icon } from "./dom";
import type { Player, Side } from "./player";
import { drawRuler, Roll, type View } from "./roll";
import { barAt, clock } from "./time";
import type { HeardData, SongData } from "./types";

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
  marked: [number, number] | null = null; // bars from 0, the last one included
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
    const song = this.baseSong;
    const ticks = bars && song ? [song.bars[bars[0]], song.bars[bars[1] + 1]] as [number, number] : null;
    this.rolls.base.marked = this.rolls.result.marked = ticks;
    this.player.loop = this.player.loop && ticks ? ticks : this.player.loop;
    this.redraw();
    this.onMark();
  }

  get markedTicks(): [number, number] | null { return this.rolls.base.marked; }

  private show(): void {
    this.sizes();
    this.chords.base.load(this.baseSong, (tick) => tick * this.scale);
    this.chords.result.load(this.resultSong, (tick) => tick * this.scale);
    this.lists();
    this.redraw();
  }

  private sizes(): void {
    const end = this.baseSong?.bars.at(-1) ?? 0;
    this.sizer.style.width = `${Math.max(end * this.scale + END_ROOM, 1)}px`;
  }

  private view(): View {
    return { left: this.scroller.scrollLeft / this.scale, scale: this.scale, width: this.scroller.clientWidth };
  }

  private jump(bar: number): void { if (this.baseSong) { this.player.seek(this.baseSong.bars[bar]); this.reveal(this.baseSong.bars[bar]); } }

  private reveal(tick: number): void {
    const x = tick * this.scale, left = this.scroller.scrollLeft, width = this.scroller.clientWidth;
    if (x < left + 20 || x > left + width - 80) this.scroller.scrollLeft = Math.max(0, x - width * 0.2);
  }

  zoom(factor: number, at = this.scroller.clientWidth / 2): void {
    const tick = (this.scroller.scrollLeft + at) / this.scale;
    const least = (this.scroller.clientWidth - END_ROOM) / Math.max(this.baseSong?.bars.at(-1) ?? 1, 1);
    this.scale = Math.min(Math.max(this.scale * factor, Math.min(least, 0.05)), 0.6);
    this.sizes();
    for (const chords of Object.values(this.chords)) chords.place((t) => t * this.scale);
    this.scroller.scrollLeft = tick * this.scale - at;
    this.redraw();
  }

  fit(): void {
    const end = this.baseSong?.bars.at(-1) ?? 1, width = this.scroller.clientWidth || 800;
    const all = (width - END_ROOM) / end;
    const bar = (this.baseSong?.bars[1] ?? 1920);
    this.scale = Math.max(all, Math.min(48 / bar, 0.05)); // no bar is narrower than its chord
    this.sizes();
    for (const chords of Object.values(this.chords)) chords.place((t) => t * this.scale);
    this.scroller.scrollLeft = 0;
    this.redraw();
  }

  private pointing(): void {
    const tickAt = (event: PointerEvent) => (event.clientX - this.scroller.getBoundingClientRect().left + this.scroller.scrollLeft) / this.scale;
    let first = -1;
    this.ruler.addEventListener("pointerdown", (event) => {
      if (!this.baseSong) return;
      first = barAt(this.baseSong, tickAt(event));
      this.ruler.setPointerCapture(event.pointerId);
      if (event.shiftKey && this.marked) first = this.marked[0];
      this.mark([first, Math.max(first, barAt(this.baseSong, tickAt(event)))]);
    });
    this.ruler.addEventListener("pointermove", (event) => {
      if (first < 0 || !this.baseSong) return;
      const now = barAt(this.baseSong, Math.max(tickAt(event), 0));
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
      const key = JSON.stringify(voices.map((v) => [v.track.name, v.track.part]));
      if (list.dataset.key !== key) {
        list.dataset.key = key;
        list.replaceChildren(...voices.map((voice, i) => el("li", {},
          el("span", { class: "dot" }), el("span", { class: voice.track.part === "melody" ? "name tune" : "name", title: voice.track.name }, voice.track.name),
          el("button", { type: "button", class: "ms", "aria-label": `Mute ${voice.track.name}`, title: "Mute", onclick: () => this.player.set(side, i, { muted: !this.player.voices(side)[i].muted }) }, "M"),
          el("button", { type: "button", class: "ms", "aria-label": `Solo ${voice.track.name}`, title: "Solo", onclick: () => this.player.set(side, i, { solo: !this.player.voices(side)[i].solo }) }, "S"),
          side === "result" && voice.track.part !== "melody" ? el("button", { type: "button", class: "ms lock", "aria-label": `Keep ${voice.track.name} when it is made again`, title: "Keep this part when it is made again", onclick: () => this.player.set(side, i, { locked: !this.player.voices(side)[i].locked }) }, icon("lock")) : el("span"),
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

  redraw(): void { this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); }); }

  private paint(): void {
    const song = this.baseSong;
    if (!song || !this.scroller.clientWidth) return;
    const tick = this.player.position();
    if (this.player.playing && this.follow) this.keep(tick);
    const view = this.view();
    drawRuler(this.ruler, song, view, song.sections, this.markedTicks);
    for (const side of ["base", "result"] as Side[]) {
      const roll = this.rolls[side];
      roll.cursor = tick;
      if (roll.song) roll.draw(view);
      this.chords[side].sounding(tick);
    }
    const bar = barAt(song, tick);
    this.position.max = String(song.bars.length - 2);
    this.position.value = String(bar);
    this.position.setAttribute("aria-valuetext", `bar ${bar + 1} of ${song.bars.length - 1}, ${clock(this.player.sheet?.time.toSeconds(tick) ?? 0)}`);
    if (this.player.playing) this.redraw();
  }

  private keep(tick: number): void {
    const x = tick * this.scale, left = this.scroller.scrollLeft, width = this.scroller.clientWidth;
    if (x < left || x > left + width * 0.85) this.scroller.scrollLeft = Math.max(0, x - width * 0.15);
  }

  followAgain(): void { this.follow = true; }
}
