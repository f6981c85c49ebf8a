// The second tab: a new tune in a style, which becomes a song to arrange.
import * as api from "./api";
import { button, el, field, say, select } from "./dom";
import type { About } from "./types";

export function composeTab(root: HTMLElement, about: About, onSong: (song: string) => Promise<void>): void {
  if (!about.composers.length) { root.append(el("p", {}, "There is no composer in this version.")); return; }
  let style = about.composers.includes("jazz") ? "jazz" : about.composers[0];
  let notes = 200;
  const seed = el("input", { type: "number", min: "0", max: "2147483647", value: "1" });
  const length = el("output", {}, `${notes} notes`);
  const slider = el("input", { type: "range", min: "40", max: String(about.limits.compose_notes), step: "20", value: String(notes), oninput: () => { notes = Number(slider.value); length.textContent = `${notes} notes`; } });
  const go = el("button", { type: "submit", class: "go" }, "Compose a tune");
  const bar = el("progress", { max: 1, value: 0, hidden: true, "aria-label": "How far the tune is" });
  const slot = field("Length", slider, { class: "field slider" });
  slot.querySelector("label")!.append(length);
  root.append(el("div", { class: "card" },
    el("h2", {}, "Compose"),
    el("p", { class: "lead" }, "A new tune, note after note, by a network that has read the songs of a style. It opens in Arrange, where it is played, mended and given a band."),
    el("form", { class: "wishes plain-form", onsubmit: (event: Event) => { event.preventDefault(); void work(); } },
      field("Style", select(about.composers.map((c) => [c, c]), style, (v) => { style = v; })), slot,
      el("div", { class: "seed-row" }, field("Seed", seed), button("Another seed", "dice", () => { seed.value = String(Math.floor(Math.random() * 10000)); })),
      go, bar)));

  async function work(): Promise<void> {
    go.disabled = true;
    bar.hidden = false;
    bar.removeAttribute("value");
    try {
      const { song, job } = await api.patiently(() => api.compose({ style, notes, seed: Number(seed.value) || 0 }), (s) => say(`Others are before you: ${s} seconds.`));
      const state = await api.follow(job, (event) => { if (event.event === "bar") bar.value = event.done / event.all; });
      if (state === "done") await onSong(song);
    } catch (error) { say((error as Error).message, "wrong"); } finally { go.disabled = false; bar.hidden = true; }
  }
}
