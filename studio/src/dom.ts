// Small help with the DOM.
type Child = Node | string | null | undefined | false;
type Props = Record<string, unknown>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value as EventListener);
    else if (name === "class") node.className = String(value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node && !name.startsWith("aria") && name !== "list" && name !== "role")
      (node as unknown as Props)[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...(children.filter((c) => c !== null && c !== undefined && c !== false) as Node[]));
  return node;
}

export const byId = (id: string): HTMLElement => document.getElementById(id)!;

const PATHS: Record<string, string> = {
  play: "M7 5l12 7-12 7z", pause: "M7 5h4v14H7zM13 5h4v14h-4z", stop: "M6 6h12v12H6z",
  start: "M6 5h3v14H6zM20 5v14L9 12z", dice: "M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01",
  loop: "M17 2l4 4-4 4M3 11V9a3 3 0 013-3h15M7 22l-4-4 4-4M21 13v2a3 3 0 01-3 3H3",
  count: "M8 21h8l-2-17h-4zM12 15l6-8", undo: "M9 14L4 9l5-5M4 9h10a6 6 0 010 12h-3",
  redo: "M15 14l5-5-5-5M20 9H10a6 6 0 000 12h3", down: "M12 4v12M6 11l6 6 6-6M5 21h14",
  close: "M6 6l12 12M18 6L6 18", plus: "M12 5v14M5 12h14", again: "M20 11a8 8 0 10-2 6M20 5v6h-6",
  left: "M15 5l-7 7 7 7", right: "M9 5l7 7-7 7", volume: "M4 9v6h4l5 4V5L8 9zM17 8a6 6 0 010 8",
  lock: "M6 11h12v9H6zM9 11V7a3 3 0 016 0v4",
  out: "M4 12h12M11 6l6 6-6 6", sheet: "M6 3h9l4 4v14H6zM9 12h7M9 16h7",
};
const FILLED = new Set(["play", "pause", "stop", "start"]);

export function icon(name: string): SVGSVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon", FILLED.has(name) ? "filled" : "line");
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function button(label: string, glyph: string, onclick: () => void, props: Props = {}): HTMLButtonElement {
  return el("button", { type: "button", class: "round", "aria-label": label, title: label, onclick, ...props }, icon(glyph));
}

/** Tell the user something, for a while. */
export function say(text: string, kind: "note" | "wrong" = "note"): void {
  const toast = el("div", { class: `toast ${kind}` }, el("span", {}, text),
    el("button", { type: "button", class: "bare", "aria-label": "Close", onclick: () => toast.remove() }, icon("close")));
  byId("say").append(toast);
  setTimeout(() => toast.remove(), kind === "wrong" ? 12000 : 5000);
}

/** A chord or key as musicians print it. */
export const pretty = (text: string): string => text.replace(/([A-G])b/g, "$1♭").replace(/#/g, "♯").replace(/([0-9m])b5/g, "$1♭5");

const STYLES: Record<string, string> = { earlymusic: "early music", hiphop: "hip hop", rocknroll: "rock ’n’ roll", pianocover: "piano cover" };

/** A style, or several, as people write them. */
export const styled = (text: string): string => text.replace(/[a-z]+/g, (word) => STYLES[word] ?? word);

let count = 0;
export const uid = (prefix: string): string => `${prefix}-${++count}`;

export function field(label: string, control: HTMLElement, extra: Props = {}): HTMLElement {
  control.id ||= uid("field");
  return el("div", { class: "field", ...extra }, el("label", { htmlFor: control.id }, label), control);
}

export function select(options: [value: string, label: string][], value: string, onchange: (value: string) => void, props: Props = {}): HTMLSelectElement {
  const node = el("select", { onchange: () => onchange(node.value), ...props },
    ...options.map(([v, label]) => el("option", { value: v, selected: v === value }, label)));
  node.value = value;
  return node;
}
