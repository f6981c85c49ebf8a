"""Touch: a song on the grid as players play it, for MIDI and sound; paper never sees it.

`pretrained/feel.json` says how drummers and players move about the grid and how long they hold
notes (`benchmarks/fit_feel.py` measured it). What is put on depends on the song and `Song.touch`
alone, so that the same song sounds the same each time. A note never moves so far that `quantise`
would write it elsewhere: what would be misread is played straight.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from restyle.music.grid import quantise, straighten
from restyle.music.parts import part_of
from restyle.music.song import GRID, MELODY, STEP, TICKS, Notes, Song, Tempo, Track, sort_notes

SUBS = (0, 3, 4, 6, 8, 9)
"""Places in a beat, in grid positions: sixteenths and triplets."""
VOICES: dict[str, tuple[int, ...]] = {
    "kick": (35, 36), "snare": (38, 40), "stick": (37, 39), "closed": (42, 22), "pedal": (44,),
    "open": (46, 26), "ride": (51, 53, 59), "crash": (49, 52, 55, 57),
    "toms": (41, 43, 45, 47, 48, 50, 58),
}  # fmt: skip
"""Drum voices and their keys; the Groove MIDI set's edges of the hi-hat (22, 26) among them."""
OTHER = "closed"
"""Who plays what is no voice: shakers and tambourines go with the hi-hat."""
LENGTHS = (3, 6, 12, 24)
"""Upper ends of the classes of written lengths, in grid positions; the last one is open."""
FARTHEST = 34
"""Ticks that a note is moved at most; the tune, which others look for, half a grid step."""
EARLY = STEP // 2 - 2
"""Ticks before a bar line that its first note may come; the last one of the bar before stays
farther from it, so that bars can be told apart in the file."""
WIDEST = 2.0
"""Spreads that chance moves a note at most."""
SHORTEST = 0.06
"""Seconds that a note is shortened to at least."""
TRIES = 4
DRUMMERS = {
    "electronic": "dance", "rocknroll": "rock", "film": "any", "game": "any", "folk": "country",
    "irish": "country", "ragtime": "jazz",
}  # fmt: skip
"""Whose drummers play in styles that have no takes of their own name."""

Floats = NDArray[np.float64]


def voice_of(key: int) -> str:
    """The drum voice of a key."""
    return next((name for name, keys in VOICES.items() if key in keys), OTHER)


def sub_of(position: int) -> int:
    """The index in `SUBS` of a grid position: the nearest place of its beat."""
    within = position % GRID
    if within >= 11:
        return 0
    return min(range(len(SUBS)), key=lambda i: abs(SUBS[i] - within))


def slot_of(position: int, bar: int = 4 * GRID) -> int:
    """The place in a bar of four beats, 0 to 23; in other bars the first beat and, for all others,
    the third."""
    position += position % GRID >= 11  # a hair before the beat
    beat = position % bar // GRID
    if bar != 4 * GRID:
        beat = 2 if beat else 0
    return beat * len(SUBS) + sub_of(position)


def length_class(duration: int, followed: bool) -> int:
    """The class of a written length (grid positions), and whether the next note follows at once."""
    index = next((i for i, end in enumerate(LENGTHS[:-1]) if duration <= end), len(LENGTHS) - 1)
    return index + len(LENGTHS) * followed


@cache
def table() -> dict[str, Any]:
    """What was measured: see `benchmarks/fit_feel.py`."""
    file = resources.files("restyle.pretrained").joinpath("feel.json")
    return dict(json.loads(file.read_text(encoding="utf-8")))


def usual_feel(style: str) -> float:
    """The amount that the style's songs have, 0..1: the share of them that was played in."""
    usual = table()["usual"]
    found = [usual[word] for word in _words(style) if word in usual]
    return float(np.mean(found)) if found else float(np.mean(list(usual.values())))


def performed(song: Song) -> Song:
    """The song as it is played: onsets and lengths moved by part as `Song.touch` says, which is
    then None. A song without touch, or with amount 0, stays as it is."""
    touch = song.touch
    if touch is None or not touch.amount:
        return replace(song, touch=None)
    rng = np.random.default_rng([touch.seed, 7])
    beats = song.end // TICKS + 2
    drift = _drift(beats, rng)
    tracks = []
    for track in song.tracks:  # by name: what a part does is the same in whatever company
        own = np.random.default_rng([touch.seed, crc32(track.name.encode())])
        tracks.append(_performed(track, song, drift, own))
    return replace(song, tracks=tuple(tracks), touch=None)


def _drift(beats: int, rng: np.random.Generator) -> Floats:
    """Where the whole band is on each beat, of spread 1, lasting from beat to beat."""
    lasting = float(table()["lasting"])
    steps = rng.standard_normal(beats)
    out = np.zeros(beats)
    now = 0.0
    for i, step in enumerate(steps.tolist()):
        now = lasting * now + np.sqrt(1 - lasting**2) * step
        out[i] = now
    return out


def _performed(track: Track, song: Song, drift: Floats, rng: np.random.Generator) -> Track:
    touch = song.touch
    if touch is None or not len(track.notes) or track.verbatim is not None:
        return track
    notes = track.notes
    milliseconds, share = _wanted(track, song, drift, rng)
    tick = _milliseconds_a_tick(song.tempos, notes["start"])
    farthest = EARLY if track.is_melody else FARTHEST
    shift = np.clip(np.rint(touch.amount * milliseconds / tick), -farthest, farthest).astype(int)
    shift = _inside_bars(notes["start"], shift, song.bar_starts())
    written = quantise(straighten(notes, touch.swing, TICKS), TICKS)
    for _ in range(TRIES):
        wrong = _misread(_moved(notes, shift), written, touch.swing)
        if track.is_melody:  # the tune is looked for at the nearest grid position, too
            near = _nearest(_moved(notes, shift), touch.swing) ^ _nearest(notes, touch.swing)
            wrong = np.union1d(wrong, _around({start // GRID for start, _ in near}))
        if not len(wrong):
            break
        shift[np.isin(notes["start"] // TICKS, wrong)] = 0
    else:
        shift[:] = 0
    out, end = _moved(notes, shift), int(song.bar_starts()[-1])
    if not track.is_drum:
        wanted = notes["duration"] * (1 + touch.amount * (share - 1))
        least = np.minimum(notes["duration"], SHORTEST * 1000 / tick)
        out["duration"] = np.maximum(np.rint(np.maximum(wanted, least)), 1)
        out = _apart(out)
    # a last chord that is held a little too long would be read back with one bar more
    out["duration"] = np.maximum(np.minimum(out["duration"], end - out["start"]), 1)
    return replace(track, notes=sort_notes(out))


def _moved(notes: Notes, shift: NDArray[np.integer]) -> Notes:
    """The notes, each as much earlier or later, unsorted."""
    out = notes.copy()
    out["start"] = np.maximum(notes["start"] + shift, 0)
    return out


def _inside_bars(
    start: NDArray[np.integer], shift: NDArray[np.integer], lines: NDArray[np.integer]
) -> NDArray[np.integer]:
    """The shifts, none over a bar line but by `EARLY`."""
    bar = np.clip(np.searchsorted(lines, start, side="right") - 1, 0, len(lines) - 2)
    earliest = np.minimum(lines[bar] - EARLY - start, 0)
    latest = np.maximum(lines[bar + 1] - EARLY - 2 - start, 0)
    return np.asarray(np.clip(shift, earliest, latest))


def _misread(notes: Notes, written: Notes, swing: float) -> NDArray[np.integer]:
    """The beats in which notes would be written elsewhere than they were."""
    again = quantise(straighten(sort_notes(notes), swing, TICKS), TICKS)
    places = [
        {(int(n["start"]), int(n["pitch"])) for n in some[["start", "pitch"]]}
        for some in (again, written)
    ]
    wrong = {start // GRID for start, _ in places[0] ^ places[1]}
    return _around(wrong)


def _around(beats: set[int]) -> NDArray[np.integer]:
    """Beats and their neighbours, in order."""
    every = beats | {beat - 1 for beat in beats} | {beat + 1 for beat in beats}
    return np.array(sorted(every), dtype=np.int64)


def _nearest(notes: Notes, swing: float) -> set[tuple[int, int]]:
    """(grid position, pitch) of notes, each at the nearest position when written straight."""
    straight = straighten(sort_notes(notes), swing, TICKS)
    at = np.rint(straight["start"] / STEP).astype(int).tolist()
    return set(zip(at, straight["pitch"].tolist(), strict=True))


def _apart(notes: Notes) -> Notes:
    """No note longer than until its key is struck again."""
    order = np.lexsort((notes["start"], notes["pitch"]))
    out = notes[order]
    same = out["pitch"][1:] == out["pitch"][:-1]
    room = np.where(same, np.diff(out["start"]), np.iinfo(np.int32).max)
    out["duration"][:-1] = np.maximum(np.minimum(out["duration"][:-1], room), 1)
    return out


def _wanted(
    track: Track, song: Song, drift: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Milliseconds that each note is late, and the share of its length that sounds."""
    touch = song.touch
    assert touch is not None
    notes = track.notes
    at = np.rint(notes["start"] / STEP).astype(int)
    common = float(table()["common"])
    shared = drift[np.minimum(notes["start"] // TICKS, len(drift) - 1)]
    onset = np.searchsorted(np.unique(at), at)
    own: Floats = _chance(rng, int(onset.max()) + 1)[onset]
    loose = np.sqrt(common) * shared + np.sqrt(1 - common) * own
    if track.is_drum:
        rows = drummer(touch.style)
        bar = song.meters[0].bar_length(GRID)
        each = _chance(rng, len(notes))
        loose = np.sqrt(common) * shared + np.sqrt(1 - common) * each
        found = [rows.get(voice_of(int(key)), rows[OTHER]) for key in notes["pitch"]]
        slots = [slot_of(int(p), bar) for p in at]
        mean = np.array([row[0][slot] for row, slot in zip(found, slots, strict=True)])
        spread = np.array([row[1][slot] for row, slot in zip(found, slots, strict=True)])
        return mean + spread * loose, np.ones(len(notes))
    told = player(touch.style, MELODY if track.is_melody else part_of(track.program))
    shifts = np.array(told["shift"])[[sub_of(int(p)) for p in at]]
    chord = float(told["chord"]) * _chance(rng, len(notes)) * _in_chords(at)
    milliseconds = shifts[:, 0] + shifts[:, 1] * loose + chord
    grid = np.maximum(np.rint(notes["duration"] / STEP), 1).astype(int)
    followed = np.isin(at + grid, at)
    classes = [length_class(int(d), bool(f)) for d, f in zip(grid, followed, strict=True)]
    lengths = np.array(told["share"])[classes]
    each = _chance(rng, int(onset.max()) + 1)[onset]
    return milliseconds, np.clip(lengths[:, 0] + lengths[:, 1] * each, 0.35, 1.0)


def _chance(rng: np.random.Generator, size: int) -> Floats:
    return np.asarray(np.clip(rng.standard_normal(size), -WIDEST, WIDEST))


def _in_chords(at: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which notes start together with others."""
    _, index, counts = np.unique(at, return_inverse=True, return_counts=True)
    return np.asarray(counts[index] > 1)


def drummer(style: str) -> dict[str, list[list[int]]]:
    """By voice: shift, its spread, accent and its spread, for each of 24 places in the bar."""
    drums = table()["drums"]
    names = [*_words(style), *(DRUMMERS.get(word, "") for word in _words(style))]
    own: dict[str, list[list[int]]] = next((drums[name] for name in names if name in drums), {})
    return {**drums["any"], **own}


def player(style: str, part: str) -> dict[str, Any]:
    """What was measured of a part in a style, or in all where it is too little."""
    parts = table()["parts"]
    styles = (parts[name] for name in (*_words(style), "any") if name in parts)
    found = next((told[part] for told in styles if part in told), None)
    return dict(found or parts["any"].get(part) or parts["any"]["piano"])


def accents(
    keys: NDArray[np.integer], positions: NDArray[np.integer], style: str, bar: int
) -> tuple[Floats, Floats]:
    """Velocity against the kit's mean that a drummer gives each stroke, and its spread."""
    rows = drummer(style)
    found = [rows.get(voice_of(int(key)), rows[OTHER]) for key in keys]
    slots = [slot_of(int(at), bar) for at in positions]
    pairs = [(row[2][slot], row[3][slot]) for row, slot in zip(found, slots, strict=True)]
    table_ = np.array(pairs, dtype=float).reshape(-1, 2)
    return table_[:, 0], table_[:, 1]


def _milliseconds_a_tick(tempos: Sequence[Tempo], at: NDArray[np.integer]) -> Floats:
    starts = [tempo.start for tempo in tempos]
    bpm = np.array([tempo.bpm for tempo in tempos])
    return 60_000 / bpm[np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)] / TICKS


def _words(style: str) -> list[str]:
    return [word for word in re.split(r"[^a-z]+", style.lower()) if word]
