// What may be said beside the style, each in its fold: tune and chords, players, sections, beginning and end.
import { el, field, pretty, select, styled } from "./dom";
import type { About, HeardData, Settings } from "./types";

export interface At { said: Settings; band: string[]; heard: HeardData | null; style: string; redraw: () => void }
export interface Fold { name: string; shows(at: At): boolean; told(at: At): string; draw(at: At): HTMLElement }
type Options = [value: string, label: string][];

const same = (words: string[]): Options => words.map((word) => [word, word.replace(/-/g, " ")]);
const named = (part: string): string => part[0].toUpperCase() + part.slice(1);
const box = (...content: (HTMLElement | false)[]): HTMLElement => el("div", { class: "fold-box" }, ...content);
const number = (text: string): number | null => Number(text) || null;

/** The kinds of song within a style. */
export class Manner {
  name = "";
  constructor(private readonly about: About) {}
  named(style: string): string { return this.name ? `${style}/${this.name}` : style; }

  draw(style: string): HTMLElement | false {
    const manners = this.about.styles.find((s) => s.name === style)?.manners ?? [];
    if (!manners.includes(this.name)) this.name = "";
    return manners.length > 0 && field(`Kind of ${styled(style)}`, select([["", "as it suits the song"], ...same(manners)], this.name, (v) => { this.name = v; }));
  }
}

export class TuneAndChords implements Fold {
  name = "Tune, chords, key";
  constructor(private readonly about: About) {}
  shows(): boolean { return true; }

  told({ said }: At): string {
    return [said.melody === "drop" ? "no tune" : said.melody === "ornament" ? "tune ornamented" : "", said.harmony === "enrich" ? "" : HARMONY[said.harmony], said.key && pretty(said.key), said.tempo ? `${said.tempo} bpm` : ""].filter(Boolean).join(", ");
  }

  draw({ said }: At): HTMLElement {
    return box(el("div", { class: "grid" },
      field("The tune", select([["keep", "as it is"], ["ornament", "ornamented"], ["drop", "left out"]], said.melody, (v) => { said.melody = v; })),
      field("Chords", select(Object.entries(HARMONY), said.harmony, (v) => { said.harmony = v; })),
      field("Key", select([["", "the song's own"], ...this.about.keys.map((k) => [k, pretty(k)] as [string, string])], said.key, (v) => { said.key = v; })),
      field("Tempo", el("input", { type: "number", min: "20", max: "400", placeholder: "the song's own", value: said.tempo ?? "", oninput: (event: Event) => { said.tempo = number((event.target as HTMLInputElement).value); } }))));
  }
}
const HARMONY: Record<string, string> = { keep: "as they are", enrich: "enriched", reharmonise: "reharmonised" };

export class Players implements Fold {
  name = "How they play";
  private open = new Set<string>();
  constructor(private readonly about: About) {}
  shows(): boolean { return true; }

  told({ said, band }: At): string {
    const about = band.filter((p) => said.figure[p] || said.density[p] || said.register[p] || said.instruments[p] !== undefined);
    const words = about.map((p) => `${p} ${said.figure[p] ?? said.density[p] ?? said.register[p] ?? "on another instrument"}`);
    return [said.level, said.feel === null ? "" : said.feel === 0 ? "on the grid" : "", ...words].filter(Boolean).join(", ");
  }

  draw(at: At): HTMLElement {
    const { said } = at;
    return box(el("div", { class: "grid" },
      field("Piano and guitar", select([["", "as it comes"], ...same(this.about.words.levels).map(([v, l]) => [v, v === "full" ? "for a good player" : l] as [string, string])], said.level, (v) => { said.level = v; })),
      field("Timing", select([["", "as the style"], ["0", "exactly on the grid"], ["0.5", "a little loose"], ["1", "as players play"]], said.feel === null ? "" : String(said.feel), (v) => { said.feel = v === "" ? null : Number(v); }))),
      el("div", { class: "players" }, this.player("melody", at), ...(said.like ? [] : at.band.map((part) => this.player(part, at)))));
  }

  private player(part: string, { said }: At): HTMLElement {
    const { words, instruments } = this.about, tune = part === "melody", drums = part === "drums";
    const word = (by: Record<string, string>, label: string, options: string[]) =>
      field(label, select([["", "as it comes"], ...same(options)], by[part] ?? "", (v) => { if (v) by[part] = v; else delete by[part]; }));
    return el("details", { open: this.open.has(part), ontoggle: (event: Event) => { if ((event.target as HTMLDetailsElement).open) this.open.add(part); else this.open.delete(part); } },
      el("summary", {}, tune ? "Tune" : named(part)),
      el("div", { class: "grid" },
        instruments[part] ? field(drums ? "Kit" : "Instrument", select([["", "as usual"], ...instruments[part].map(([program, name]) => [String(program), name] as [string, string])], String(said.instruments[part] ?? ""), (v) => { if (v === "") delete said.instruments[part]; else said.instruments[part] = Number(v); })) : null,
        tune ? null : word(said.figure, drums ? "Keeps time on" : "Figure", drums ? words.timekeepers : words.figures),
        tune ? null : word(said.density, "Density", words.densities),
        tune || drums ? null : word(said.register, "Register", words.registers)));
  }
}

/** A style and an energy for each section, and where parts come in. Sections are said by their bars. */
export class Sections implements Fold {
  name = "Section by section";
  private styles = new Map<string, string>();
  private places: string[] = [];
  constructor(private readonly about: About) {}

  /** Forget styles, or take those of settings. */
  clear(said = ""): void {
    this.styles = new Map(said ? said.split(",").map((piece) => piece.split(":") as [string, string]) : []);
  }

  shows({ heard }: At): boolean { return heard !== null; }

  told({ said }: At): string {
    return [this.styles.size ? "styles" : "", said.energy ? "energy" : "", said.enter ? `${said.enter.split(",").map((p) => p.split(":")[0]).join(", ")} later` : ""].filter(Boolean).join(", ");
  }

  /** The style of the whole, or of each section where they have their own. */
  styled(whole: string): string {
    const own = this.places.filter((place) => this.styles.has(place));
    return own.length ? this.places.map((place) => `${place}:${this.styles.get(place) ?? whole}`).join(",") : whole;
  }

  draw(at: At): HTMLElement {
    const { said } = at, song = at.heard!;
    const rows = song.sections.map(([bar, letter], i) => {
      const last = song.sections[i + 1]?.[0] ?? song.bar_count;
      return { place: `${bar + 1}-${last}`, letter, first: bar + 1, last };
    });
    this.places = rows.map((row) => row.place);
    const energy = new Map(said.energy ? said.energy.split(",").map((piece) => piece.split(":") as [string, string]) : []);
    const enter = new Map(said.enter ? said.enter.split(",").map((piece) => piece.split(":") as [string, string]) : []);
    const joined = (map: Map<string, string>) => [...map].map(([a, b]) => `${a}:${b}`).join(",");
    const every: Options = [["", "as the whole"], ...this.about.styles.flatMap((s) => [s.name, ...s.manners.map((m) => `${s.name}/${m}`)].map((v) => [v, styled(v.replace("/", ": ").replace(/-/g, " "))] as [string, string]))];
    const list = rows.map((row) => {
      const bars = `${row.letter}, bars ${row.first} to ${row.last}`;
      return el("div", { class: "section-row" }, el("span", {}, el("strong", {}, row.letter), ` ${row.first}–${row.last}`),
        select(every, this.styles.get(row.place) ?? "", (v) => { if (v) this.styles.set(row.place, v); else this.styles.delete(row.place); }, { "aria-label": `Style of ${bars}`, disabled: said.like !== null }),
        select(ENERGY, energy.get(row.place) ?? "", (v) => { if (v) energy.set(row.place, v); else energy.delete(row.place); said.energy = joined(energy); }, { "aria-label": `Energy of ${bars}` }));
    });
    const entries = at.band.map((part) => field(`${named(part)} from`, select([["", "the beginning"], ...rows.slice(1).map((row) => [String(row.first), `${row.letter}, bar ${row.first}`] as [string, string])], enter.get(part) ?? "", (v) => {
      if (v) enter.set(part, v); else enter.delete(part);
      said.enter = joined(enter);
    })));
    return box(...list, rows.length > 1 && !said.like && el("div", { class: "grid" }, ...entries));
  }
}
const ENERGY: Options = [["", "as it comes"], ["0.1", "calm"], ["0.3", "light"], ["0.5", "medium"], ["0.75", "lively"], ["1", "full"]];

export class BeginAndEnd implements Fold {
  name = "Beginning and end";
  constructor(private readonly about: About) {}
  shows(): boolean { return true; }

  told({ said }: At): string {
    return [said.count_in ? "count-in" : "", said.intro ? `${said.intro} bars before` : "", said.ending].filter(Boolean).join(", ");
  }

  draw({ said }: At): HTMLElement {
    const intro = [0, 1, 2, 4, 8, 16].filter((n) => n <= this.about.words.most_intro);
    return box(
      el("label", { class: "check" }, el("input", { type: "checkbox", checked: said.count_in, onchange: (event: Event) => { said.count_in = (event.target as HTMLInputElement).checked; } }), "A bar of stick strokes before it"),
      el("div", { class: "grid" },
        field("Introduction", select(intro.map((n) => [String(n), n ? `${n} bar${n > 1 ? "s" : ""}` : "none"]), String(said.intro), (v) => { said.intro = Number(v); })),
        field("Ending", select([["", "as it comes"], ...this.about.words.endings.map((e) => [e, ENDING[e] ?? e] as [string, string])], said.ending, (v) => { said.ending = v; }))));
  }
}
const ENDING: Record<string, string> = { ritardando: "slowing down", fade: "fading out", tag: "last bars again" };
