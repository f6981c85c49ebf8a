"""Where the things of a piano roll go: systems, rows, chord names that do not touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.music.classes import PARTS
from restyle.music.parts import part_of
from restyle.music.song import TICKS, Key, Notes, Song, sort_notes

QUARTERS = 64
"""Quarter notes a system holds: sixteen bars of 4/4."""
MOST_SYSTEMS = 6
"""Longer songs get longer systems, up to twice `QUARTERS`, before they get more of them."""
LEAST_ROWS = 24
"""Semitones a roll shows at least: a short tune need not fill the picture."""
DRUM_LANES = ("kick", "snare", "toms", "hi-hat", "cymbals")
_LANE_OF = {
    35: 0, 36: 0, 37: 1, 38: 1, 39: 1, 40: 1, 41: 2, 43: 2, 45: 2, 47: 2, 48: 2, 50: 2,
    42: 3, 44: 3, 46: 3,
}  # fmt: skip
_CHARACTER = 6.9
_CHARACTERS = {"m": 10.2, "M": 9.2, "#": 8.8, "j": 3.2, "/": 3.7, "N": 7.9, ".": 3.5}
"""Pixels of a character of a chord name, `_CHARACTER` where it is not listed."""
_APART = 4.0
"""Pixels between two names."""


@dataclass(frozen=True)
class System:
    """Some bars side by side: from tick `left` to tick `right`, `pixels` wide."""

    first: int
    """Number of the first bar, from 1."""
    lines: tuple[int, ...]
    """Tick of each bar's beginning."""
    right: int
    pixels: float

    @property
    def left(self) -> int:
        return self.lines[0]

    def pixel(self, tick: float) -> float:
        """Pixels from the left edge."""
        return (tick - self.left) / (self.right - self.left) * self.pixels


@dataclass(frozen=True)
class Roll:
    """A song's notes by part, and the pitches that its roll shows."""

    parts: Mapping[str, Notes]
    low: int
    high: int

    @property
    def drums(self) -> bool:
        return "drums" in self.parts

    @staticmethod
    def lanes(pitches: NDArray[np.int32]) -> NDArray[np.int64]:
        """The drum lane, from the bottom, of each drum key; what is no kit sits with cymbals."""
        return np.array([_LANE_OF.get(int(p), len(DRUM_LANES) - 1) for p in pitches], dtype=int)


def roll_of(song: Song) -> Roll:
    """The song's notes by part; the melody is a part of its own."""
    gathered: dict[str, list[Notes]] = {}
    for track in song.tracks:
        if len(track.notes):
            part = "melody" if track.is_melody else part_of(track.program, track.is_drum)
            gathered.setdefault(part, []).append(track.notes)
    parts = {
        part: sort_notes(np.concatenate(gathered[part]))
        for part in ("melody", *PARTS, "")
        if part in gathered
    }
    pitched = [notes["pitch"] for part, notes in parts.items() if part != "drums"]
    if not pitched:
        return Roll(parts, 60, 60)
    pitches = np.concatenate(pitched)
    low, high = int(pitches.min()) - 1, int(pitches.max()) + 1
    missing = max(LEAST_ROWS - (high - low + 1), 0)
    return Roll(parts, low - missing // 2, high + missing - missing // 2)


def systems_of(song: Song, bars: tuple[int, int] | None, room: float) -> list[System]:
    """The systems of a song, or of its bars from first to last, in a width of `room` pixels."""
    lines = song.bar_starts()
    first, last = bars or (1, len(lines) - 1)
    first = min(max(first, 1), len(lines) - 1)
    last = min(max(last, first), len(lines) - 1)
    length = float(np.median(np.diff(lines[first - 1 : last + 1]))) / TICKS
    pickup = 1 if song.pickup and first == 1 else 0
    count = last - first + 1 - pickup
    per = QUARTERS / length
    wanted = min(max(per, count / MOST_SYSTEMS), 2 * per)
    each = _bars_a_system(count, max(round(wanted / 4) * 4, 4))
    out: list[tuple[int, int]] = []
    at = first
    while at <= last:
        end = min(at + each - 1 + (pickup if at == first else 0), last)
        out.append((at, end))
        at = end + 1
    widest = max(int(lines[b] - lines[a - 1]) for a, b in out)
    return [
        System(
            a,
            tuple(int(line) for line in lines[a - 1 : b]),
            int(lines[b]),
            room * (int(lines[b]) - int(lines[a - 1])) / widest,
        )
        for a, b in out
    ]


def _bars_a_system(count: int, each: int) -> int:
    """About `each` bars, so that no last system of a few bars is left over."""
    if count <= 1.25 * each:
        return count
    choices = [each, *(each + by * way for by in range(1, each // 4 + 1) for way in (1, -1))]
    return next((n for n in choices if count % n == 0 or count % n >= n / 2), each)


def number_step(system: System) -> int:
    """Every how many bars a number stands, so that numbers do not touch."""
    bar = system.pixels / len(system.lines)
    return next((step for step in (1, 2, 4, 8) if step * bar >= 30), 16)


def chord_places(song: Song, system: System) -> list[tuple[float, str]]:
    """The chord names that have room above a system: quarter notes from 0, and the name.

    Chords on a bar line come first, then those within the bars that still fit.
    """
    key = song.keys[0][1] if song.keys else Key(0)
    before = [chord for chord in song.chords if chord.start <= system.left]
    inside = [chord for chord in song.chords if system.left < chord.start < system.right]
    here = [(system.left, before[-1])] if before else []
    here += [(chord.start, chord) for chord in inside]
    taken: list[tuple[float, float]] = []
    out: list[tuple[float, str]] = []
    on_lines = set(system.lines)
    for tick, chord in sorted(here, key=lambda one: (one[0] not in on_lines, one[0])):
        name = chord.symbol(key)
        begin = system.pixel(tick)
        end = begin + sum(_CHARACTERS.get(c, _CHARACTER) for c in name) + _APART
        if end <= system.pixels + 15 and all(end <= a or begin >= b for a, b in taken):
            taken.append((begin, end))
            out.append((tick / TICKS, name))
    return sorted(out)
