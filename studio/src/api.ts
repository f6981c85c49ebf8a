// The server, as functions. Every error is a sentence.
import type { About, HeardData, JobEvent, Mends, Note, ResultInfo, Settings, SongInfo, TakeData, Track } from "./types";

export class Refused extends Error {
  constructor(message: string, readonly status: number, readonly after = 0) { super(message); }
}

let visit = "";
const at = (path: string): string => `/api/visits/${visit}${path}`;

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Refused("The studio does not answer: is it still running?", 0);
  }
  if (answer.ok) return answer;
  const after = Number(answer.headers.get("retry-after") ?? 0);
  let said = `That did not work (${answer.status}).`;
  try {
    const detail = (await answer.json()).detail;
    if (typeof detail === "string") said = detail;
    else if (detail?.[0]?.msg) said = `${detail[0].loc?.at(-1)}: ${detail[0].msg}`;
  } catch { /* no JSON: the sentence above has to do */ }
  throw new Refused(said, answer.status, after);
}

const get = async <T>(path: string): Promise<T> => (await ask(path)).json() as Promise<T>;
async function send<T>(method: string, path: string, data?: unknown): Promise<T> {
  const body = data === undefined ? {} : { body: JSON.stringify(data), headers: { "content-type": "application/json" } };
  const answer = await ask(path, { method, ...body });
  return (answer.status === 204 ? {} : await answer.json()) as T;
}

export interface Listing { visit: string; songs: SongInfo[]; results: ResultInfo[]; jobs: { job: string; kind: string; result?: string; song?: string }[] }

/** The visit of this browser, a new one where the old one has gone. */
export async function openVisit(): Promise<Listing> {
  visit = localStorage.getItem("visit") ?? "";
  if (/^[\w-]{22}$/.test(visit)) {
    try { return await get<Listing>(at("")); } catch (error) { if ((error as Refused).status !== 404) throw error; }
  }
  visit = (await send<{ visit: string }>("POST", "/api/visits")).visit;
  localStorage.setItem("visit", visit);
  return get<Listing>(at(""));
}

export const about = (): Promise<About> => get("/api/about");
export const listing = (): Promise<Listing> => get(at(""));
export const endVisit = async (): Promise<void> => { await send("DELETE", at("")); localStorage.removeItem("visit"); };
export const heard = (song: string): Promise<HeardData> => get(at(`/songs/${song}`));
/** A take in the time of its song: what is played before the song begins lies before 0. */
export const take = async (result: string, number: number): Promise<TakeData> => earlier(await get<TakeData>(at(`/results/${result}/takes/${number}`)));

function earlier(data: TakeData): TakeData {
  const by = data.before;
  if (!by) return data;
  const moved = <Row extends [number, ...unknown[]]>(rows: Row[]): Row[] => rows.map(([at, ...rest]) => [at - by, ...rest] as unknown as Row);
  return { ...data, end: data.end - by, bars: data.bars.map((at) => at - by), meters: moved(data.meters), tempos: moved(data.tempos), keys: moved(data.keys), chords: moved(data.chords), tracks: before(data.tracks, by) };
}

/** Tracks so many ticks earlier. */
export const before = (tracks: Track[], ticks: number): Track[] => !ticks ? tracks
  : tracks.map((track) => ({ ...track, notes: track.notes.map(([at, ...rest]) => [at - ticks, ...rest] as Note) }));
export const base = (result: string): Promise<HeardData> => get(at(`/results/${result}/base`));
export const result = (name: string): Promise<ResultInfo> => get(at(`/results/${name}`));
export const dropResult = (name: string): Promise<unknown> => send("DELETE", at(`/results/${name}`));
export const dropSong = (name: string): Promise<unknown> => send("DELETE", at(`/songs/${name}`));
interface Started { song: string; result: string; job: string }
export const bring = async (file: File): Promise<Started> =>
  (await ask(at(`/songs?name=${encodeURIComponent(file.name.slice(0, 200))}`), { method: "POST", body: file, headers: { "content-type": "application/octet-stream" } })).json();
export const example = (name: string): Promise<Started> => send("POST", at("/examples"), { example: name });
export const mend = (song: string, mends: Mends): Promise<Started> => send("PUT", at(`/songs/${song}/mends`), mends);
export const make = (song: string, settings: Settings): Promise<Started> => send("POST", at(`/songs/${song}/results`), settings);
export const redo = (name: string, bars: { first: number; last: number; parts: string[]; seed: number; take: number }): Promise<Started> => send("POST", at(`/results/${name}/redo`), bars);
export const compose = (wish: Record<string, unknown>): Promise<Started> => send("POST", at("/compose"), wish);
export const composeNotes = (wish: { style: string; notes: number; seed: number }): Promise<Started> => send("POST", at("/compose/notes"), wish);
export const measure = (song: string, targets: string[]): Promise<Started> => send("POST", at(`/songs/${song}/report`), { targets });
export const reportUrl = (song: string): string => at(`/songs/${song}/report`);
export const fileUrl = (name: string, file: string, number: number): string => at(`/results/${name}/files/${file}?take=${number}`);
export const cancel = (job: string): Promise<unknown> => send("DELETE", at(`/jobs/${job}`));
export async function download(url: string): Promise<{ blob: Blob; name: string }> {
  const answer = await ask(url);
  const name = /filename="?([^";]+)/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "restyle";
  return { blob: await answer.blob(), name };
}

/** Listen to a job until it ends; where it fails, that is an error. */
export function follow(job: string, on: (event: JobEvent) => void = () => {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(at(`/jobs/${job}/events`));
    let broken = 0;
    source.onmessage = (message) => {
      broken = 0;
      const event = JSON.parse(message.data) as JobEvent;
      on(event);
      if (event.event !== "end") return;
      source.close();
      if (event.state === "failed") reject(new Refused(event.message, 422));
      else resolve(event.state);
    };
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED || ++broken > 3) {
        source.close();
        reject(new Refused("The studio does not answer: is it still running?", 0));
      }
    };
  });
}

/** Try again by itself when the server says for how long it is busy. */
export async function patiently<T>(work: () => Promise<T>, waiting: (seconds: number) => void): Promise<T> {
  for (let tries = 0; ; tries++) {
    try { return await work(); } catch (error) {
      const { status, after } = error as Refused;
      if (status !== 429 || !after || after > 30 || tries > 20) throw error;
      waiting(after);
      await new Promise((done) => setTimeout(done, after * 1000));
    }
  }
}
