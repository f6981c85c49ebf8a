// Play, A/B, loop, count-in, speed, place and loudness.
import { button, el, say } from "./dom";
import type { Player, Side } from "./player";
import type { Stage } from "./stage";
import { barName, clock } from "./time";

export class Transport {
  private play = button("Play", "play", () => { this.stage.followAgain(); this.player.toggle(); }, { class: "round big" });
  private where = el("output", { class: "where", "aria-label": "Place" }, "0:00");
  private sides: Record<Side, HTMLButtonElement>;
  private loop: HTMLButtonElement;
  private count: HTMLButtonElement;
  private meter = el("meter", { min: 0, max: 0.2, value: 0, class: "level", "aria-label": "Loudness" });

  constructor(root: HTMLElement, private readonly player: Player, private readonly stage: Stage) {
    const side = (name: Side, text: string) => el("button", { type: "button", onclick: () => player.turnTo(name) }, text);
    this.sides = { base: side("base", "Song"), result: side("result", "Result") };
    this.loop = button("Loop the marked bars", "loop", () => {
      const ticks = stage.markedTicks ?? (player.sheet ? [player.sheet.song.bars[0], player.sheet.song.bars.at(-1)!] as [number, number] : null);
      player.loop = player.loop ? null : ticks;
      if (player.loop && player.playing && (player.position() < player.loop[0] || player.position() > player.loop[1])) player.seek(player.loop[0]);
      this.show();
    });
    this.count = button("Count in a bar", "count", () => { player.countIn = !player.countIn; this.show(); });
    const speed = el("select", { class: "speed", "aria-label": "Speed", onchange: () => player.setSpeed(Number(speed.value)) },
      ...[0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5].map((v) => el("option", { value: String(v), selected: v === 1 }, `${Math.round(v * 100)} %`)));
    const pitch = el("select", { class: "speed", "aria-label": "Transposed by semitones", onchange: () => { player.transpose = Number(pitch.value); player.seek(player.position()); } },
      ...Array.from({ length: 25 }, (_, i) => i - 12).map((v) => el("option", { value: String(v), selected: v === 0 }, v > 0 ? `+${v}` : v < 0 ? `−${-v}` : "±0")));
    const volume = el("input", { type: "range", min: "0", max: "1.4", step: "0.05", value: "0.9", class: "volume", "aria-label": "Volume", oninput: () => player.setMaster(Number(volume.value)) });
    root.append(
      button("To the beginning", "start", () => player.seek(player.loop?.[0] ?? -Infinity)), this.play, this.where,
      el("div", { class: "segments ab", role: "group", "aria-label": "What is heard (key A)" }, this.sides.base, this.sides.result),
      this.loop, this.count, el("span", { class: "grow" }), speed, pitch, this.meter, volume);
    player.addEventListener("change", () => this.show());
    player.addEventListener("nosound", () => say("This browser gives no sound to the page.", "wrong"));
    document.addEventListener("keydown", (event) => this.key(event));
    const turn = () => { this.move(); requestAnimationFrame(turn); };
    requestAnimationFrame(turn);
    this.show();
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input:not([type=range]),select,textarea,[role=dialog]")) return;
    if (event.key === " " && !target.closest("button,summary,a,input")) { event.preventDefault(); this.stage.followAgain(); this.player.toggle(); }
    else if (event.key.toLowerCase() === "a") this.player.turnTo(this.player.side === "base" ? "result" : "base");
    else if (event.key.toLowerCase() === "l") this.loop.click();
  }

  private show(): void {
    const { player } = this;
    const name = player.playing ? "Pause" : "Play";
    const glyph = player.starting ? "…" : name;
    if (this.play.dataset.is !== glyph) {
      this.play.dataset.is = glyph;
      this.play.replaceChildren(...button(name, player.playing ? "pause" : "play", () => {}).childNodes);
      this.play.setAttribute("aria-label", player.starting ? "Getting the instruments" : name);
      this.play.title = `${name} (space)`;
    }
    this.play.classList.toggle("busy", player.starting || player.waiting);
    this.play.disabled = !player.has("base") && !player.has("result");
    for (const side of ["base", "result"] as Side[]) {
      this.sides[side].setAttribute("aria-pressed", String(player.side === side));
      this.sides[side].disabled = !player.has(side);
    }
    this.loop.setAttribute("aria-pressed", String(player.loop !== null));
    this.count.setAttribute("aria-pressed", String(player.countIn));
  }

  private move(): void {
    const { player } = this, sheet = player.sheet;
    if (!sheet) { if (this.where.textContent !== "0:00") this.where.textContent = "0:00"; return; }
    const tick = player.position();
    const text = `${clock(sheet.time.toSeconds(tick))} / ${clock(player.length)}  ·  ${barName(sheet.song, tick)}`;
    if (this.where.textContent !== text) this.where.textContent = text;
    const level = player.level();
    if (Math.abs(this.meter.value - level) > 0.0001) this.meter.value = level;
  }
}
