"""Habits: what a part does oftener in real songs than in what the model samples.

A small model's samples are flatter than its songs: too few notes on the beat, too many lengths,
basses that stand where they should walk. Counted side by side, real arrangements of a style and
sampled ones show how much, and the difference, as nats, is added while sampling (the moments of
the samples are matched to those of the songs). A part's habits are its places in the bar, the
strides from place to place, note lengths, steps above the chord's root, moves of its lowest voice,
gaps between the notes of a chord, heights, drums (where they are struck is for `groove` to say),
passing notes, how many places a bar has, and how many notes a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

FOUR = 4 * GRID
"""Grid positions of a 4/4 bar; in other bars only the place in the beat counts."""
LEAP = 12
"""Semitones from which on a move of the lowest voice counts as so large."""
HEIGHT = 6
"""Semitones of a stretch of the keyboard."""
SIZES = {
    "place": FOUR,
    "stride": FOUR,
    "length": v.DURATION.size,
    "step": 12,
    "move": 2 * LEAP + 1,
    "gap": 2 * LEAP,
    "height": -(-128 // HEIGHT),
    "drum": v.DRUM.size,
    "hold": GRID * v.DURATION.size,
}
ROWS = {**SIZES, "more": 2, "pass": 1}
"""What a description has of a part: nats for each of `SIZES`, for another place and another note
at a place, and for passing notes (see `passing`). Those of "hold", lengths by place in the beat,
come on top of those of "length"."""
MOST = 1.2
"""Nats that a habit may add or take at most."""

Table = NDArray[np.float64]


def gap_of(semitones: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Where in the row "gap" a note lies that is so many semitones above the one below it."""
    return np.asarray(np.clip(semitones, 1, SIZES["gap"]) - 1)


def added(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Two descriptions together: the second was measured with the first at work."""
    out = {**old, **new}
    for part in old.keys() & new.keys():
        out[part] = dict(old[part])
        for name, row in new[part].items():
            before = old[part].get(name)
            total = _row(row) if before is None else _row(before) + _row(row)
            limited = np.clip(total, -200 * MOST, 200 * MOST)
            out[part][name] = " ".join(f"{x:.0f}" for x in limited)
    return out


def mixed_habits(shares: Sequence[tuple[dict[str, Any], float]]) -> dict[str, Any]:
    """The habits of a blend: descriptions with their shares; a part that one lacks adds nothing."""
    out: dict[str, Any] = {}
    for part in sorted({part for described, _ in shares for part in described}):
        rows = [(d[part], share) for d, share in shares if part in d]
        out[part] = {
            name: " ".join(
                f"{x:.0f}" for x in _summed([(d[name], w) for d, w in rows if name in d])
            )
            for name in sorted({name for described, _ in rows for name in described})
        }
    return out


def mixed_lengths(shares: Sequence[tuple[dict[str, str], float]]) -> dict[str, str]:
    """The note lengths of a blend; of a part, those of the styles that have it."""
    out = {}
    for part in sorted({part for described, _ in shares for part in described}):
        rows = [(d[part], share) for d, share in shares if part in d]
        whole = sum(share for _, share in rows)
        out[part] = " ".join(f"{x:.0f}" for x in _summed(rows) / whole)
    return out


def _summed(rows: Sequence[tuple[str, float]]) -> Table:
    return np.asarray(np.sum([share * _row(row) for row, share in rows], axis=0))


def _row(text: str) -> Table:
    return np.array([float(x) for x in text.split()])


class Habits:
    """The nats of a style's habits, part by part, for a song moved by `shift` semitones.

    `described` are descriptions with their weights, which add up.
    """

    def __init__(self, described: Sequence[tuple[dict[str, Any], float]], shift: int = 0):
        self._stretches = np.clip(np.arange(128) - shift, 0, 127) // HEIGHT
        self._parts: dict[str, dict[str, Table]] = {}
        for description, weight in described:
            for part, rows in description.items():
                mine = self._parts.setdefault(part, {n: np.zeros(s) for n, s in ROWS.items()})
                for name in rows.keys() & ROWS.keys():  # a model of before may have others
                    mine[name] = mine[name] + weight * _row(rows[name]) / 100
        self._nats: dict[tuple[str, str, int, int, int], NDArray[np.float32]] = {}

    def nats(
        self, part: str, state: str, length: int, root: int, low: int = -1, place: int = 0
    ) -> NDArray[np.float32] | None:
        """What to add in a state of the grammar, at a place of a bar of that length, over a chord
        of that root (-1 for none), after a note `low` (-1 for none): in the state onset the lowest
        of the place before, in the state note the last of this one. Shape (v.SIZE,), not to be
        written to, or None for a part without habits."""
        if part not in self._parts:
            return None
        if state == "pitch":
            key = part, "", place % GRID, -1, -1
        else:
            follows = {"onset": "move", "note": "gap"}.get(state, "")
            key = part, follows, length, root, low if follows else -1
        known = self._nats.get(key)
        if known is None:
            lengths = state == "pitch"
            known = self._lengths(part, place % GRID) if lengths else self._choices(*key)
            self._nats[key] = known
        return known

    def _lengths(self, part: str, struck: int) -> NDArray[np.float32]:
        """For the length of a note that was struck at that place in the beat."""
        rows = self._parts[part]
        out = np.zeros(v.SIZE, dtype=np.float32)
        hold = rows["hold"].reshape(GRID, -1)[struck]
        out[v.DURATION.first : v.DURATION.end] = rows["length"] + hold
        return out

    def _choices(
        self, part: str, follows: str, length: int, root: int, last: int
    ) -> NDArray[np.float32]:
        """For the next place or note: `follows` is the row that says how it follows the note
        `last`."""
        rows = self._parts[part]
        out = np.zeros(v.SIZE, dtype=np.float32)
        beat = rows["place"].reshape(-1, GRID).mean(axis=0)
        places = rows["place"] if length == FOUR else np.tile(beat, 7)
        places = places[: v.POSITION.size]
        out[v.POSITION.first : v.POSITION.first + len(places)] = places
        if part == "drums":
            out[v.DRUM.first : v.DRUM.end] = rows["drum"]
            return out
        keys = np.arange(128)
        pitches = out[v.PITCH.first : v.PITCH.end]
        if root >= 0:
            pitches += rows["step"][(keys - root) % 12].astype(np.float32)
        pitches += rows["height"][self._stretches].astype(np.float32)
        if last >= 0 and follows == "move":
            pitches += rows["move"][np.clip(keys - last, -LEAP, LEAP) + LEAP].astype(np.float32)
        elif last >= 0:
            pitches += rows["gap"][gap_of(keys - last)].astype(np.float32)
        return out

    def strides(self, part: str) -> NDArray[np.float32] | None:
        """What to add on the places 1, 2, ... grid positions after the last one; shape (FOUR,)."""
        rows = self._parts.get(part)
        return None if rows is None else rows["stride"].astype(np.float32)

    def passing(self, part: str) -> float:
        """What to add on passing notes."""
        rows = self._parts.get(part)
        return 0.0 if rows is None else float(rows["pass"][0])

    def density(self, part: str, state: str) -> tuple[float, float]:
        """What to add on another place, and on another note at this place."""
        rows = self._parts.get(part)
        if rows is None or state not in ("part", "note"):
            return 0.0, 0.0
        return float(rows["more"][0]), float(rows["more"][1])
