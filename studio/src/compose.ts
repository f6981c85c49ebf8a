// The second tab: a new song in a style with its band, which opens in the first; and the classic
// experiment, note after note.
import * as api from "./api";
import { button, el, field, pretty, say, select, styled, uid } from "./dom";
import { Manner } from "./folds";
import type { About, SongInfo } from "./types";

type Opened = (song: string, said: string) => Promise<void>;

export function composeTab(root: HTMLElement, about: About, songs: () => SongInfo[], onSong: Opened): void {
  root.append(el("div", { class: "card" }, el("h2", {}, "Compose"),
    el("p", { class: "lead" }, "A new song: tune and chords are written, then the style's band plays it. It opens in Arrange, where it is played, mended, and made anew in other styles."),
    newSong(about, songs, onSong),
    about.compose.classic.length ? classic(about, onSong) : null));
}

/** A form that has one thing made, shows how far it is, and opens it. */
function form(content: HTMLElement[], label: string, start: () => Promise<{ song: string; job: string }>, onDone: (song: string) => Promise<void>, ...after: HTMLElement[]): HTMLElement {
  const go = el("button", { type: "submit", class: "go" }, label);
  const stop = el("button", { type: "button", class: "small", hidden: true }, "Stop");
  const bar = el("progress", { max: 1, value: 0, hidden: true, "aria-label": "How far it is" });
  return el("form", { class: "wishes plain-form", onsubmit: (event: Event) => { event.preventDefault(); void work(); } }, ...content, el("div", { class: "row" }, go, stop, bar), ...after);

  async function work(): Promise<void> {
    go.disabled = true;
    bar.hidden = stop.hidden = false;
    bar.removeAttribute("value");
    try {
      const { song, job } = await api.patiently(start, (s) => say(`Others are before you: ${s} seconds.`));
      stop.onclick = () => void api.cancel(job).catch((error) => say((error as Error).message, "wrong"));
      const state = await api.follow(job, (event) => { if (event.event === "bar") bar.value = event.done / event.all; });
      if (state === "done") await onDone(song);
    } catch (error) { say((error as Error).message, "wrong"); } finally { go.disabled = false; bar.hidden = stop.hidden = true; }
  }
}

function seedRow(): { row: HTMLElement; value: () => number } {
  const seed = el("input", { type: "number", min: "0", max: "2147483647", value: "1" });
  return { row: el("div", { class: "seed-row" }, field("Seed", seed), button("Another seed", "dice", () => { seed.value = String(Math.floor(Math.random() * 10000)); })), value: () => Number(seed.value) || 0 };
}

function newSong(about: About, songs: () => SongInfo[], onSong: Opened): HTMLElement {
  const { styles, forms, meters, most_bars: most } = about.compose;
  const wish = { form: "", key: "", meter: "", takes: 1, solo: false, like: "" };
  let style = styles.includes("jazz") ? "jazz" : styles[0];
  const manner = new Manner(about), kind = el("div", { class: "kind" });
  const shown = () => kind.replaceChildren(...[manner.draw(style)].filter(Boolean) as HTMLElement[]);
  const name = uid("compose-style");
  const pills = el("fieldset", { class: "styles" }, el("legend", {}, "Style"), el("div", { class: "pills small" }, ...styles.map((s) =>
    el("label", { class: "pill" }, el("input", { type: "radio", name, value: s, checked: s === style, onchange: () => { style = s; manner.name = ""; shown(); } }), el("span", {}, styled(s))))));
  const bars = el("input", { type: "number", min: "4", max: String(most), placeholder: "the form's own" });
  const tempo = el("input", { type: "number", min: "20", max: "400", placeholder: "as the style has it" });
  const chords = el("textarea", { rows: 3, maxLength: 4000, placeholder: "| C  Am | F  G | …", spellcheck: false });
  const drawn: [string, string] = ["", "as the style has it"];
  const from = select([["", "nothing"]], "", (v) => { wish.like = v; });
  from.onfocus = () => from.replaceChildren(...[["", "nothing"], ...songs().map((s) => [s.song, s.title])].map(([value, text]) => el("option", { value, selected: value === wish.like }, text)));
  const seed = seedRow();
  shown();
  const more = el("details", { class: "fold" }, el("summary", {}, el("span", {}, "Form, key, chords")), el("div", { class: "fold-box" },
    el("div", { class: "grid" },
      field("Form", select([drawn, ...forms.map((f) => [f, /^[a-d]{4}$/.test(f) ? f.toUpperCase() : f.replace("-", " and ")] as [string, string])], "", (v) => { wish.form = v; })),
      field("Bars", bars),
      field("Key", select([drawn, ...about.keys.map((k) => [k, pretty(k)] as [string, string])], "", (v) => { wish.key = v; })),
      field("Meter", select([drawn, ...meters.map((m) => [m, m] as [string, string])], "", (v) => { wish.meter = v; })),
      field("Tempo", tempo),
      field("Takes, the best is kept", select(["1", "2", "3", "4"].map((n) => [n, n]), "1", (v) => { wish.takes = Number(v); }))),
    field("Over these chords", chords),
    field("Go on from", from),
    el("label", { class: "check" }, el("input", { type: "checkbox", onchange: (event: Event) => { wish.solo = (event.target as HTMLInputElement).checked; } }), "A piano alone plays it")));
  const start = () => api.compose({ ...wish, like: wish.like || null, style: manner.named(style), bars: Number(bars.value) || null, tempo: Number(tempo.value) || null, chords: chords.value.trim(), seed: seed.value() });
  return form([pills, kind, seed.row], "Compose a song", start, (song) => onSong(song, "A new song, and the band that plays it."), more);
}

function classic(about: About, onSong: Opened): HTMLElement {
  const styles = about.compose.classic;
  let style = styles.includes("jazz") ? "jazz" : styles[0], notes = 200;
  const length = el("output", {}, `${notes} notes`);
  const slider = el("input", { type: "range", min: "40", max: String(about.limits.compose_notes), step: "20", value: String(notes), oninput: () => { notes = Number(slider.value); length.textContent = `${notes} notes`; } });
  const slot = field("Length", slider, { class: "field slider" });
  slot.querySelector("label")!.append(length);
  const seed = seedRow();
  return el("details", { class: "fold" }, el("summary", {}, el("span", {}, "The classic experiment: note after note")), el("div", { class: "fold-box" },
    el("p", { class: "hint" }, "A small network that has read a style's songs writes one note or chord after the other, as such experiments do. Without form or band."),
    form([field("Style", select(styles.map((s) => [s, s]), style, (v) => { style = v; })), slot, seed.row], "Compose a tune",
      () => api.composeNotes({ style, notes, seed: seed.value() }), (song) => onSong(song, "A new tune: play it, or give it a band."))));
}
