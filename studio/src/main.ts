// The page: what is at hand, and how its pieces speak to each other.
import * as api from "./api";
import { composeTab } from "./compose";
import { button, byId, el, icon, say, select, styled } from "./dom";
import { Facts } from "./facts";
import { Player } from "./player";
import { ReportTab } from "./report";
import { type Chosen, Results } from "./results";
import { Sheet } from "./sheet";
import { Stage } from "./stage";
import { lead } from "./time";
import { Transport } from "./transport";
import type { About, HeardData, Mends, ResultInfo, Settings, SongData, SongInfo, TakeData, Track } from "./types";
import { Wishes } from "./wishes";

const player = new Player();
let about: About;
let songs: SongInfo[] = [];
let results: ResultInfo[] = [];
let heard: HeardData | null = null;
let song = "";
let shown: Chosen | null = null;
let take: TakeData | null = null;
let making: { job: string; result: string } | null = null;
let back: Chosen[] = [];
let forth: Chosen[] = [];
const stale = new Set<string>(); // results of what was heard before it was mended

const arrange = byId("panel-arrange");
const status = el("p", { class: "status", role: "status" });
const progress = el("progress", { max: 1, value: 0, hidden: true, "aria-label": "How far it is" });
let stage: Stage, wishes: Wishes, facts: Facts, list: Results, report: ReportTab, sheet: Sheet;

const wrong = (error: unknown) => say((error as Error).message, "wrong");
const patient = <T>(work: () => Promise<T>) => api.patiently(work, (s) => { status.textContent = `Others are before you: trying again in ${s} s.`; });

async function begin(): Promise<void> {
  const [known, visit] = await Promise.all([api.about(), api.openVisit()]);
  about = known;
  songs = visit.songs.filter((s) => s.state === "heard");
  results = visit.results;
  stage = new Stage(player, mendChord, tools);
  wishes = new Wishes(about, (settings) => void make(fresh(locked(settings))).catch(wrong), () => { if (making) void api.cancel(making.job).catch(wrong); }, (file) => void exemplar(file).catch(wrong));
  facts = new Facts((mends) => void mend(mends).catch(wrong));
  sheet = new Sheet(player);
  list = new Results(about, {
    choose: (info, number) => void choose({ info, take: number }).catch(wrong),
    again: (info) => void again(info).catch(wrong),
    drop: (info) => void drop(info).catch(wrong),
    redo: (first, last, parts, seed) => void redo(first, last, parts, seed).catch(wrong),
    undo: () => void step(back, forth), forth: () => void step(forth, back),
    sheet: () => { if (shown) void sheet.show(shown.info.result, shown.take); },
  });
  report = new ReportTab(byId("panel-report"), about);
  composeTab(byId("panel-compose"), about, () => songs, async (name, said) => {
    await refresh();
    tab("arrange");
    await open(name);
    scrollTo(0, 0);
    say2(ofSong().at(-1)?.notes?.join(" ") ?? "");
    say(said);
  });
  new Transport(byId("transport"), player, stage);
  tabs();
  dropping();
  if (songs.length) await open(songs.at(-1)!.song); else draw();
  document.body.dataset.ready = "yes";
}

/** Draw the first tab: a place to drop a song, or the song. */
function draw(): void {
  byId("transport").hidden = !heard;
  songMenu();
  if (!heard) { arrange.replaceChildren(welcome()); return; }
  if (!arrange.contains(stage.root)) {
    arrange.replaceChildren(
      el("div", { class: "work" },
        el("div", { class: "left" }, facts.root, list.bar, stage.root, el("div", { class: "status-row" }, status, progress), list.root, sheet.root),
        el("aside", { class: "right", "aria-label": "Make" }, wishes.root)));
  }
  facts.load(heard);
}

function welcome(): HTMLElement {
  return el("div", { class: "welcome" },
    el("h2", {}, "Your song, in another style"),
    el("label", { class: "drop" }, picker(), icon("plus"), el("strong", {}, "Drop a song here, or choose a file"), el("span", {}, "MIDI, MusicXML, ABC or kern")),
    el("p", {}, "Or try "), el("div", { class: "pills" }, ...about.examples.map((e) => el("button", { type: "button", class: "pill-button", onclick: () => void bring(() => api.example(e.name)).catch(wrong) }, e.title))),
    el("p", { class: "hint" }, "Everything stays on this machine."), status);
}

function picker(): HTMLInputElement {
  const input = el("input", { type: "file", accept: ".mid,.midi,.kar,.musicxml,.xml,.mxl,.abc,.krn,.json", "aria-label": "Choose a song", onchange: () => {
    const file = input.files?.[0];
    if (file) void bringFile(file).catch(wrong);
    input.value = "";
  } });
  return input;
}

function songMenu(): void {
  byId("songs").replaceChildren(...(songs.length ? [
    select(songs.map((s) => [s.song, s.title]), song, (name) => void open(name).catch(wrong), { "aria-label": "Song" }),
    el("label", { class: "small file-button", title: "Bring another song" }, picker(), icon("plus"), el("span", {}, "Song")),
    button("End the visit: throw all songs and results away", "close", () => void leave().catch(wrong))] : []));
}

async function leave(): Promise<void> {
  if (!confirm("Throw away all songs and results of this visit?")) return;
  await api.endVisit();
  location.reload();
}

async function bringFile(file: File): Promise<void> {
  if (file.size > about.limits.upload_bytes) throw new Error(`${file.name} is larger than ${Math.round(about.limits.upload_bytes / 2 ** 20)} MB.`);
  await bring(() => api.bring(file));
}

async function bring(work: () => Promise<{ song: string; job: string }>): Promise<void> {
  document.body.classList.add("hearing");
  status.textContent = "Listening to the song …";
  try {
    const started = await patient(work);
    await api.follow(started.job);
    await refresh();
    await open(started.song);
    tab("arrange");
  } finally { document.body.classList.remove("hearing"); if (!heard) status.textContent = ""; }
}

/** A song to take the style from: heard, but not opened. */
async function exemplar(file: File): Promise<void> {
  say2("Listening to the example …");
  const started = await patient(() => api.bring(file));
  await api.follow(started.job);
  await refresh();
  songMenu();
  wishes.known(songs, song, heard!);
  wishes.likeSong(started.song);
  say2("");
}

async function refresh(): Promise<void> {
  const visit = await api.listing();
  songs = visit.songs.filter((s) => s.state === "heard");
  results = visit.results;
}

async function open(name: string): Promise<void> {
  player.pause();
  heard = await api.heard(name);
  song = name;
  shown = take = null;
  back = []; forth = [];
  player.tick = 0;
  player.loop = null;
  player.load("result", null);
  player.load("base", heard);
  player.turnTo("base");
  sheet.hide();
  draw();
  wishes.known(songs, song, heard);
  const info = songs.find((s) => s.song === song);
  report.load(song, info?.title ?? "", info?.report);
  stage.load(heard, null, "");
  say2(heard.report.join(" "));
  const latest = ofSong().filter((r) => r.state === "done").at(-1);
  if (latest) await choose({ info: latest, take: 0 }, false); else lists();
}

const say2 = (text: string) => { status.textContent = text; };
const ofSong = () => results.filter((r) => r.song === song);

function lists(): void { list.load(ofSong(), shown); tools(); }
function tools(): void {
  const before = lead(stage.bars), marked = stage.marked?.map((bar) => bar + 1 - before) as [number, number] | undefined;
  list?.tools(shown, take?.tracks ?? [], marked ?? null, { back: back.length > 0, forth: forth.length > 0 }, [1 - before, stage.bars.length - 1 - before]);
}

async function choose(next: Chosen, remember = true): Promise<void> {
  if (remember && shown) { back.push(shown); forth = []; }
  const data = await api.take(next.info.result, next.take);
  shown = next;
  take = data;
  player.load("result", data);
  player.turnTo("result");
  stage.load(heard, data, title(next.info));
  sheet.hide();
  lists();
}

const title = (info: ResultInfo) => `In ${styled(info.style ?? "another")} style`;

async function step(from: Chosen[], to: Chosen[]): Promise<void> {
  const next = from.pop();
  if (!next) return;
  if (shown) to.push(shown);
  try { await choose(next, false); } catch (error) { wrong(error); }
}

async function mend(mends: Mends): Promise<void> {
  document.body.classList.add("hearing");
  say2("Listening again …");
  const was = player.position();
  try {
    const { job } = await patient(() => api.mend(song, mends));
    await api.follow(job);
    heard = await api.heard(song);
    for (const result of ofSong()) stale.add(result.result);
    await refresh();
    player.load("base", heard);
    player.seek(was);
    facts.load(heard);
    wishes.known(songs, song, heard);
    stage.load(heard, take, shown ? title(shown.info) : "");
    lists();
    say2(shown ? "Mended. What is made next goes by it; results made before stay as they are." : "Mended.");
  } catch (error) { facts.load(heard); say2(""); throw error; } finally { document.body.classList.remove("hearing"); }
}

function mendChord(tick: number, symbol: string): void {
  if (!heard) return;
  const start = Math.round((tick - heard.shift) / heard.step);
  const chords = [...(heard.mends.chords ?? []).filter((c) => c.start !== start), { start, chord: symbol }];
  void mend({ ...heard.mends, chords }).catch(wrong);
}

const make = (settings: Settings) => work(() => api.make(song, settings), settings.tempo);

/** Who asks for the same once more wants another: it gets the next seed, unless the song was mended. */
function fresh(settings: Settings): Settings {
  const there = new Set(ofSong().filter((r) => r.state === "done" && !r.bars && !stale.has(r.result)).map((r) => told(r.settings)));
  let { seed } = settings;
  while (there.has(told({ ...settings, seed }))) seed++;
  return seed === settings.seed ? settings : locked(wishes.another(seed));
}
const told = (settings: Settings): string => JSON.stringify(Object.entries(settings).filter(([name]) => name !== "take").sort());

/** The song's tracks that are locked stay as they are, the result's parts as the result has them. */
function locked(settings: Settings): Settings {
  const sources = player.voices("base").filter((v) => v.locked).map((v) => v.track.source! + 1);
  const keep = [...new Set(sources)].map(String);
  const stay = player.voices("result").filter((v) => v.locked).map((v) => v.track.part);
  return { ...settings, keep, ...(shown && stay.length ? { locked: stay, earlier: shown.info.result, take: shown.take } : {}) };
}

/** Bars anew, counted in the song from 1; the server counts an introduction, and no count-in. */
function redo(first: number, last: number, parts: string[], seed: number): Promise<void> {
  const { info, take: number } = shown!;
  const more = lead(take!.bars) - (info.settings.count_in ? 1 : 0);
  return work(() => api.redo(info.result, { first: first + more, last: last + more, parts, seed, take: number }), null, first);
}

async function again(info: ResultInfo): Promise<void> {
  if (info.bars) { await work(() => api.redo(info.bars!.of, { first: info.bars!.first, last: info.bars!.last, parts: info.bars!.parts, seed: info.bars!.seed, take: 0 }), null, info.bars.first); return; }
  wishes.take(info.settings);
  await make(info.settings);
}

async function drop(info: ResultInfo): Promise<void> {
  await api.dropResult(info.result);
  results = results.filter((r) => r.result !== info.result);
  back = back.filter((c) => c.info.result !== info.result);
  forth = forth.filter((c) => c.info.result !== info.result);
  if (shown?.info.result === info.result) {
    shown = take = null;
    player.load("result", null);
    stage.load(heard, null, "");
    sheet.hide();
  }
  lists();
}

/** Have something made; its bars are shown and can be played as they stand. */
async function work(start: () => Promise<{ result: string; job: string }>, tempo: number | null, anew: number | null = null): Promise<void> {
  if (making || !heard) return;
  const last = shown, old = take;
  wishes.busy(true);
  progress.hidden = false;
  progress.removeAttribute("value");
  say2("The band gets ready …");
  const growing: SongData = { ...heard, tracks: [], tempos: tempo ? heard.tempos.map(([tick, bpm]) => [tick, bpm * tempo / heard!.tempos[0][1]]) : heard.tempos };
  if (anew !== null && old) Object.assign(growing, { tracks: old.tracks.map((t) => ({ ...t, notes: [...t.notes] })), bars: old.bars, tempos: old.tempos, meters: old.meters });
  const from = anew === null ? -Infinity : growing.bars[anew - 1 + lead(growing.bars)];
  const still = !player.playing;
  let came = false, before = 0, lines = heard.bars;
  try {
    const started = await patient(start);
    making = started;
    const state = await api.follow(started.job, (event) => {
      if (event.event === "plan") {
        before = event.before;
        lines = event.bars.map((line) => line - before);
        if (anew === null) growing.bars = lines;
      }
      if (event.event === "bar") {
        progress.value = event.done / event.all;
        say2(`${event.done} of ${event.all} bars`);
      }
      if (event.event !== "music" || event.take > 0) return;
      grow(growing, api.before(event.tracks, before), from);
      const until = anew !== null ? Infinity : lines[event.bar] ?? Infinity;
      player.load("result", growing, until);
      if (came) stage.grow(growing, until);
      else {
        stage.load(heard, growing, "Being made", until);
        player.turnTo("result");
        if (innerWidth < 1000) stage.root.scrollIntoView({ behavior: "smooth", block: "start" });
        if (still) player.seek(from);
      }
      came = true;
    });
    await refresh();
    if (state !== "done") throw new Error("Stopped.");
    const info = results.find((r) => r.result === started.result)!;
    forth = [];
    if (last) back.push(last);
    await choose({ info, take: 0 }, false);
    say2([`${title(info)}, made.`, ...(info.notes ?? [])].join(" "));
  } catch (error) {
    if (came) { player.load("result", old); stage.load(heard, old, last ? title(last.info) : ""); }
    lists();
    say2((error as Error).message);
    if ((error as Error).message !== "Stopped.") throw error;
  } finally {
    making = null;
    wishes.busy(false);
    progress.hidden = true;
  }
}

/** Put new notes to those there are; of bars made anew the old ones go first. */
function grow(into: SongData, news: Track[], from: number): void {
  for (const track of news) {
    const there = into.tracks.find((t) => t.part === track.part);
    if (!there) { into.tracks.push({ ...track, notes: [...track.notes] }); continue; }
    const fresh = track.notes.filter((n) => n[0] >= from);
    const begin = fresh[0]?.[0] ?? Infinity, end = fresh.at(-1)?.[0] ?? -Infinity;
    there.notes = [...there.notes.filter((n) => n[0] < begin || n[0] > end), ...fresh].sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  }
}

function tab(name: string): void {
  for (const node of document.querySelectorAll<HTMLElement>("[role=tab]")) {
    const now = node.id === `tab-${name}`;
    node.setAttribute("aria-selected", String(now));
    node.tabIndex = now ? 0 : -1;
    byId(node.getAttribute("aria-controls")!).hidden = !now;
  }
  byId("transport").hidden = !heard || name !== "arrange";
  if (name === "arrange") stage.redraw();
}

function tabs(): void {
  const all = [...document.querySelectorAll<HTMLElement>("[role=tab]")];
  all.forEach((node, i) => {
    node.onclick = () => tab(node.id.slice(4));
    node.onkeydown = (event) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      const next = all[(to + all.length) % all.length];
      tab(next.id.slice(4));
      next.focus();
    };
  });
}

function dropping(): void {
  let depth = 0;
  const files = (event: DragEvent) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => { if (files(event)) { depth++; document.body.classList.add("dragging"); } });
  addEventListener("dragleave", () => { if (--depth <= 0) { depth = 0; document.body.classList.remove("dragging"); } });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    document.body.classList.remove("dragging");
    const file = event.dataTransfer?.files[0];
    if (file) void bringFile(file).catch(wrong);
  });
}

begin().catch((error) => {
  byId("main").replaceChildren(el("p", { class: "welcome" }, (error as Error).message));
});
