"""How players play: timing, accents and lengths by part, for `--feel`.

    python benchmarks/fit_feel.py SONGS [--each 80] [--out FILE]

SONGS has MANIFEST.csv (path, style). Drums are learnt from the recorded takes (styles "drums-..."
in the manifest, the Groove MIDI set: drummers to a metronome), pitched parts from songs that were
played in to a click (their onsets lie about the grid of the file, but not on it). Everything is
measured against the grid position that `quantise` gives a note:

* drums, by style, voice and place in a 4/4 bar: shift (ms; the take's mean taken out) and its
  spread inside a take, velocity against the take's mean and its spread;
* parts, by style: shift and spread by place in the beat, spread inside a chord, and the share of
  the written length that sounds, by written length and by whether the next note follows at once;
* how much of the spread drums have in common (strokes that fall together), and how it lasts from
  beat to beat;
* how many of a style's played songs (velocities that vary) are off the grid: the usual `--feel`.

Writes pretrained/feel.json and prints rows of it.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from restyle.errors import RestyleError
from restyle.io import read
from restyle.io.feel import LENGTHS, SUBS, length_class, slot_of, sub_of, voice_of
from restyle.music.grid import quantise
from restyle.music.parts import part_of
from restyle.music.song import STEP, TICKS, Notes, Song

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "feel.json"
SLOTS = 4 * len(SUBS)
SHRINK = 30.0
"""Strokes that a place's own figures have to outweigh to stand against those of all styles."""
PLAYED = (2.0, 22.0)
"""Milliseconds off the grid, root mean square, between which a song was played to its click."""
LEAST_VARIED = 2.0
FEWEST = 50
"""Notes of a place or a length below which it is not measured."""
TRIPLETS = (2, 4)
"""Places of `SUBS` whose shifts count as 0: half of what is found there are late sixteenths."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=Path)
    parser.add_argument("--each", type=int, default=80)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    takes: dict[str, list[Path]] = defaultdict(list)
    songs: dict[str, list[Path]] = defaultdict(list)
    with (options.songs / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kind, _, style = row["style"].partition("drums-")
            if style:
                takes[style].append(options.songs / row["path"])
            elif kind != "unsorted":
                songs[kind].append(options.songs / row["path"])
    drums, common = fit_drums(takes)
    parts, usual = fit_parts(songs, options.each)
    table = {"drums": drums, "parts": parts, "usual": usual, **common}
    options.out.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{options.out.stat().st_size} bytes -> {options.out.name}")


def milliseconds(song: Song) -> float:
    """Of a tick, at the song's first tempo."""
    return 60_000 / song.tempos[0].bpm / TICKS


def matched(notes: Notes) -> tuple[Notes, Notes]:
    """Notes and their places on the grid, pair by pair; the few that fall together left out."""
    raw = notes[np.lexsort((notes["start"], notes["pitch"]))]
    grid = quantise(notes, TICKS)
    grid = grid[np.lexsort((grid["start"], grid["pitch"]))]
    if len(raw) == len(grid):
        return raw, grid
    found = []
    for pitch in np.unique(raw["pitch"]):
        first, second = (
            np.flatnonzero(raw["pitch"] == pitch),
            np.flatnonzero(grid["pitch"] == pitch),
        )
        a, b = raw[first], grid[second]
        at = np.searchsorted(b["start"] * STEP, a["start"])
        for i, k in enumerate(at.tolist()):
            near = [j for j in (k - 1, k) if 0 <= j < len(b)]
            best = min(near, key=lambda j: abs(int(b["start"][j]) * STEP - int(a["start"][i])))
            found.append((first[i], second[best]))
    one, two = np.array(found).T
    return raw[one], grid[two]


class Places:
    """Sums over takes of a figure by voice and place: mean and spread inside a take."""

    def __init__(self) -> None:
        self.count = np.zeros(SLOTS)
        self.sum = np.zeros(SLOTS)
        self.square = np.zeros(SLOTS)
        self.within = np.zeros(SLOTS)
        self.free = np.zeros(SLOTS)

    def add(self, slots: np.ndarray, values: np.ndarray) -> None:
        n = np.bincount(slots, minlength=SLOTS)
        s = np.bincount(slots, values, SLOTS)
        q = np.bincount(slots, values**2, SLOTS)
        self.count += n
        self.sum += s
        some = n > 1
        self.within[some] += (q - s**2 / np.maximum(n, 1))[some]
        self.free[some] += (n - 1)[some]

    def shrunk(self, whole: Places | None) -> tuple[np.ndarray, np.ndarray]:
        """Means and spreads by place, drawn to those of all styles where there are few strokes."""
        mean0 = self.sum.sum() / max(self.count.sum(), 1.0)
        var0 = self.within.sum() / max(self.free.sum(), 1.0)
        base = (np.full(SLOTS, mean0), np.full(SLOTS, var0))
        if whole is not None:
            means, spreads = whole.shrunk(None)
            base = (means, spreads**2)
        mean = (self.sum + SHRINK * base[0]) / (self.count + SHRINK)
        var = (self.within + SHRINK * base[1]) / (self.free + SHRINK)
        return mean, np.sqrt(var)


def fit_drums(takes: dict[str, list[Path]]) -> tuple[dict[str, object], dict[str, float]]:
    shifts: dict[tuple[str, str], Places] = defaultdict(Places)
    accents: dict[tuple[str, str], Places] = defaultdict(Places)
    together: list[tuple[float, float]] = []
    beats: list[tuple[float, float]] = []
    for style, paths in sorted(takes.items()):
        for path in paths:
            song = usable(path)
            if song is None or "_4-4" not in path.name:
                continue
            notes = np.concatenate([t.notes for t in song.tracks])
            raw, grid = matched(notes)
            ms = (raw["start"] - grid["start"] * STEP) * milliseconds(song)
            ms = ms - ms.mean()
            loud = raw["velocity"] - raw["velocity"].mean()
            slots = np.array([slot_of(int(at)) for at in grid["start"]])
            voices = np.array([voice_of(int(key)) for key in raw["pitch"]])
            for voice in np.unique(voices):
                mine = voices == voice
                for name in (style, "any"):
                    shifts[name, str(voice)].add(slots[mine], ms[mine])
                    accents[name, str(voice)].add(slots[mine], loud[mine].astype(float))
            if "_beat_" in path.name:
                pairs(grid["start"], ms, together, beats)
    out: dict[str, object] = {}
    for style, voice in sorted(shifts):
        whole = None if style == "any" else ("any", voice)
        if shifts[style, voice].count.sum() < SHRINK:
            continue
        mean, spread = shifts[style, voice].shrunk(shifts[whole] if whole else None)
        accent, varied = accents[style, voice].shrunk(accents[whole] if whole else None)
        mean[np.isin(np.arange(SLOTS) % len(SUBS), TRIPLETS)] = 0.0
        rows = [np.rint(row).astype(int).tolist() for row in (mean, spread, accent, varied)]
        out.setdefault(style, {})[voice] = rows  # type: ignore[index]
        if style in ("any", "jazz", "rock"):
            print(style, voice, int(shifts[style, voice].count.sum()), *(r[:12] for r in rows))
    shared, lasting = np.array(together), np.array(beats)
    return out, {
        "common": round(float(np.corrcoef(shared.T)[0, 1]), 3),
        "lasting": round(float(np.corrcoef(lasting.T)[0, 1]), 3),
    }


def pairs(
    at: np.ndarray, ms: np.ndarray, together: list[tuple[float, float]],
    beats: list[tuple[float, float]],
) -> None:  # fmt: skip
    """Collect shifts of strokes that fall together, and mean shifts of beats that follow."""
    order = np.argsort(at, kind="stable")
    at, ms = at[order], ms[order]
    same = np.flatnonzero(np.diff(at) == 0)
    together += list(zip(ms[same].tolist(), ms[same + 1].tolist(), strict=True))
    beat = at // 12
    mean = np.bincount(beat, ms) / np.maximum(np.bincount(beat), 1)
    filled = np.flatnonzero(np.bincount(beat))
    follow = filled[:-1][np.diff(filled) == 1]
    beats += list(zip(mean[follow].tolist(), mean[follow + 1].tolist(), strict=True))


def usable(path: Path) -> Song | None:
    try:
        song = read(path)
    except (RestyleError, OSError):
        return None
    return song if song.note_count >= 16 and song.meters[0].denominator == 4 else None


def fit_parts(
    songs: dict[str, list[Path]], each: int
) -> tuple[dict[str, object], dict[str, float]]:
    rows: dict[tuple[str, str], list[tuple[np.ndarray, ...]]] = defaultdict(list)
    usual = {}
    for style, paths in sorted(songs.items()):
        step = max(1, len(paths) // each)
        varied = played = 0
        for path in paths[::step][:each]:
            song = usable(path)
            if song is None or np.concatenate([t.notes["velocity"] for t in song.tracks]).std() < (
                LEAST_VARIED
            ):
                continue
            found = list(measured(song))
            every = np.concatenate([ms for _, (_, ms, _, _, _) in found] or [np.zeros(1)])
            varied += 1
            if not PLAYED[0] < np.sqrt(np.mean(every**2)) < PLAYED[1]:
                continue
            played += 1
            for part, row in found:
                rows[style, part].append(row)
                rows["any", part].append(row)
        usual[style] = round(played / varied, 2) if varied >= 5 else 0.5
        print(style, "played", played, "of", varied)
    out: dict[str, object] = {}
    for (style, part), some in sorted(rows.items()):
        if sum(len(row[0]) for row in some) < 2000 or (style != "any" and len(some) < 4):
            continue
        out.setdefault(style, {})[part] = described(some)  # type: ignore[index]
    for part, row in out["any"].items():  # type: ignore[attr-defined]
        print("any", part, row)
    return out, usual


def measured(song: Song) -> Iterable[tuple[str, tuple[np.ndarray, ...]]]:
    """Of each pitched track: part; place in the beat, shift (ms), share of the length that sounds,
    class of the length, whether it is inside a chord."""
    for track in song.tracks:
        part = "melody" if track.is_melody else part_of(track.program, track.is_drum)
        if not part or part == "drums" or len(track.notes) < 40:
            continue
        raw, grid = matched(track.notes)
        order = np.argsort(grid["start"], kind="stable")
        raw, grid = raw[order], grid[order]
        ms = (raw["start"] - grid["start"] * STEP) * milliseconds(song)
        share = raw["duration"] / (grid["duration"] * STEP)
        onsets = np.unique(grid["start"])
        ends = grid["start"] + grid["duration"]
        following = np.isin(ends, onsets)
        classes = np.array(
            [
                length_class(int(d), bool(f))
                for d, f in zip(grid["duration"], following, strict=True)
            ]
        )
        subs = np.array([sub_of(int(at)) for at in grid["start"]])
        chord = np.r_[False, np.diff(grid["start"]) == 0]
        yield part, (subs, ms, share, classes, chord)


def described(some: list[tuple[np.ndarray, ...]]) -> dict[str, object]:
    """Of a part in a style: see the file's first lines."""
    subs = np.concatenate([row[0] for row in some])
    # a player's own habit of being early or late, or a sound's slow attack, is taken out
    ms = np.concatenate([row[1] - row[1].mean() for row in some])
    share = np.clip(np.concatenate([row[2] for row in some]), 0.2, 1.3)
    classes = np.concatenate([row[3] for row in some])
    inside = np.concatenate([np.diff(row[1])[row[4][1:]] for row in some])
    shift = []
    for k in range(len(SUBS)):
        mine = ms[subs == k] if (subs == k).sum() > FEWEST else ms
        mean = 0.0 if k in TRIPLETS or (subs == k).sum() <= FEWEST else float(mine.mean())
        shift.append([round(mean, 1), round(float(mine.std()), 1)])
    lengths = [
        [round(float(share[classes == k].mean()), 2), round(float(share[classes == k].std()), 2)]
        if (classes == k).sum() > FEWEST
        else [0.95, 0.08]
        for k in range(2 * len(LENGTHS))
    ]
    chord = round(float(np.std(inside) / np.sqrt(2)), 1) if len(inside) > FEWEST else 3.0
    return {"shift": shift, "chord": chord, "share": lengths}


if __name__ == "__main__":
    main()
