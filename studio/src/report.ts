// The third tab: how well restyle does with the song at hand, as `restyle evaluate` measures it.
import * as api from "./api";
import { el, say, styled } from "./dom";
import type { About } from "./types";

export class ReportTab {
  private song = "";
  private title = "";
  private frame = el("iframe", { class: "report", title: "The report", sandbox: "", hidden: true });
  private head = el("p", { class: "lead" });
  private go = el("button", { type: "button", class: "go", onclick: () => void this.work() }, "Measure");
  private stop = el("button", { type: "button", class: "small", hidden: true }, "Stop");
  private bar = el("progress", { max: 1, hidden: true, "aria-label": "How far the report is" });
  private boxes: HTMLInputElement[];

  constructor(root: HTMLElement, about: About) {
    this.boxes = about.styles.map((s) => el("input", { type: "checkbox", value: s.name, checked: s.name === "jazz" }));
    root.append(el("div", { class: "card" }, el("h2", {}, "Report"), this.head,
      el("fieldset", {}, el("legend", {}, "Styles to measure"), el("div", { class: "pills small" }, ...this.boxes.map((b) => el("label", { class: "pill" }, b, el("span", {}, styled(b.value)))))),
      el("div", { class: "row" }, this.go, this.stop, this.bar)), this.frame);
    this.load("", "");
  }

  load(song: string, title: string, measured = false): void {
    this.go.disabled = !song;
    if (song === this.song && song) return;
    this.song = song;
    this.title = title;
    this.frame.hidden = true;
    this.head.textContent = song
      ? `Makes ${title} anew in the styles chosen, and measures what comes out: is the tune kept, do the notes fit the chords, is it heard as the style. It takes some seconds a style.`
      : "Bring a song in Arrange first.";
    if (measured) this.show();
  }

  private show(): void { this.frame.src = `${api.reportUrl(this.song)}?${Date.now()}`; this.frame.title = `How well restyle does with ${this.title}`; this.frame.hidden = false; }

  private async work(): Promise<void> {
    const targets = this.boxes.filter((b) => b.checked).map((b) => b.value), song = this.song;
    this.go.disabled = true;
    this.bar.hidden = this.stop.hidden = false;
    this.bar.removeAttribute("value");
    try {
      const { job } = await api.measure(song, targets);
      this.stop.onclick = () => void api.cancel(job);
      if (await api.follow(job) === "done" && song === this.song) this.show();
    } catch (error) { say((error as Error).message, "wrong"); } finally { this.go.disabled = false; this.bar.hidden = this.stop.hidden = true; }
  }
}
