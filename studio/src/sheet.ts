// The sheet music of a result, with a cursor at the bar that sounds.
import * as api from "./api";
import { button, el, say } from "./dom";
import type { Player } from "./player";
import { barAt } from "./time";

const SIGNS: Record<string, string> = { "\ueca3": "𝅗𝅥", "\ueca5": "♩", "\ueca7": "♪", "\uecb7": "." };

export class Sheet {
  readonly root = el("section", { class: "sheet", hidden: true, "aria-label": "Sheet music" });
  private paper = el("div", { class: "paper" });
  private shadow = this.paper.attachShadow({ mode: "open" });
  private cursor = el("div", { class: "bar-now" });
  private bars: SVGGElement[] = [];
  private bar = -1;
  private shown = "";

  constructor(private readonly player: Player) {
    this.root.append(el("div", { class: "sheet-head" }, el("h2", {}, "Sheet music"), button("Close the sheet", "close", () => { this.root.hidden = true; })), el("div", { class: "paper-box", tabIndex: 0, role: "group", "aria-label": "Pages" }, this.paper, this.cursor));
    const turn = () => { if (!this.root.hidden) this.follow(); requestAnimationFrame(turn); };
    requestAnimationFrame(turn);
  }

  async show(result: string, take: number): Promise<void> {
    const wanted = `${result}/${take}`;
    if (wanted === this.shown && !this.root.hidden) { this.root.hidden = true; return; }
    this.root.hidden = false;
    this.root.scrollIntoView({ behavior: "smooth", block: "nearest" });
    if (wanted === this.shown) return;
    this.shown = wanted;
    this.root.setAttribute("aria-busy", "true");
    this.shadow.replaceChildren("The sheet music is being engraved …");
    try {
      const { blob } = await api.patiently(() => api.download(api.fileUrl(result, "score.svg", take)), (s) => say(`Others are before you: ${s} seconds.`));
      if (wanted !== this.shown) return;
      this.put(await blob.text());
    } catch (error) { this.shown = ""; this.root.hidden = true; say((error as Error).message, "wrong"); } finally { this.root.removeAttribute("aria-busy"); }
  }

  hide(): void { this.root.hidden = true; this.shown = ""; }

  /** The drawing, its own styles as a sheet of the shadow tree: the page allows no styles inside. */
  private put(text: string): void {
    let styles = "svg{width:100%;height:auto;display:block}";
    const plain = text.replace(/<style[^>]*>([\s\S]*?)<\/style>/g, (_, css: string) => { styles += css.replace(/<!\[CDATA\[|\]\]>/g, ""); return ""; })
      .replace(/ style="/g, ' data-css="');
    const svg = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
    for (const node of svg.querySelectorAll("script,foreignObject,a")) node.remove();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles.replace(/@font-face\s*{[^}]*}|@import[^;]*;/g, ""));
    this.shadow.adoptedStyleSheets = [sheet];
    this.shadow.replaceChildren(document.importNode(svg, true));
    for (const node of this.shadow.querySelectorAll<SVGElement>("[data-css]")) node.style.cssText = node.dataset.css!;
    for (const node of this.shadow.querySelectorAll("[font-family=Leipzig]")) { // a font that only engravers have
      node.textContent = [...node.textContent!].map((sign) => SIGNS[sign] ?? sign).join("");
      node.removeAttribute("font-family");
    }
    this.bars = [...this.shadow.querySelectorAll<SVGGElement>("g.measure")];
    this.bar = -1;
  }

  private follow(): void {
    const song = this.player.song("result"); // whichever of the two is heard
    if (!song || !this.bars.length) return;
    const bar = barAt(song, this.player.position());
    if (bar === this.bar) return;
    this.bar = bar;
    const node = this.bars[bar], box = this.paper.getBoundingClientRect();
    this.cursor.hidden = !node;
    if (!node) return;
    const at = node.getBoundingClientRect();
    Object.assign(this.cursor.style, { left: `${at.left - box.left}px`, top: `${at.top - box.top}px`, width: `${at.width}px`, height: `${at.height}px` });
    if (this.player.playing) this.cursor.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
}
