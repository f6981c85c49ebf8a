"""Level: piano and guitar made as easy as a level of players needs it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.playability import (
    GUITAR,
    LEVELS,
    MIDDLE,
    PIANO,
    Limits,
    fingered,
    hands,
)  # fmt: skip
from restyle.music.song import Key, Notes, between, notes_array, sort_notes

PARTS = ("piano", "guitar")
Rows = list[tuple[int, int, int, int]]


def at_level(arrangement: Arrangement, lead: LeadSheet, level: str) -> Arrangement:
    """The arrangement with its piano and guitar within a level: of chords the outer notes, strokes
    on the level's grid, leaps brought nearer by octaves, nothing held under the next stroke."""
    assert level in LEVELS
    parts = dict(arrangement.parts)
    for part in PARTS:
        if part in parts and len(parts[part]):
            parts[part] = _simpler(parts[part], lead, part, level)
    return replace(arrangement, parts=parts)


def _simpler(notes: Notes, lead: LeadSheet, part: str, level: str) -> Notes:
    limits = (PIANO if part == "piano" else GUITAR)[level]
    lines = lead.bar_starts().tolist()
    rows: Rows = []
    for begin, end in pairwise(lines):
        inside = between(notes, begin, end)
        inside = inside[(inside["start"] - begin) % limits.shortest == 0]
        if part == "guitar":
            rows += _of_guitar(inside, limits)
        else:
            left, right = hands(inside)
            rows += _of_hand(left, limits, low=True) + _of_hand(right, limits, low=False)
    return _apart(sort_notes(notes_array(rows)), part)


def _of_hand(notes: Notes, limits: Limits, low: bool) -> Rows:
    """A hand's bar: the outer note of each stroke and those that it reaches with it."""
    out: Rows = []
    last: int | None = None
    for at in np.unique(notes["start"]).tolist():
        struck = sorted(notes[notes["start"] == at].tolist(), key=lambda n: n[2], reverse=not low)
        outer = struck[0][2]
        if last is not None and limits.leap is not None:
            by = 12 * round((last - outer) / 12) if abs(last - outer) > limits.leap else 0
            moved = outer + by
            if abs(moved - last) > limits.leap or (moved < MIDDLE) != low:
                continue
            struck = [(a, b, p + by, v) for a, b, p, v in struck if (p + by < MIDDLE) == low]
            outer = moved
        reached = [n for n in struck if abs(n[2] - outer) <= limits.span]
        out += reached[: limits.notes]
        last = outer
    return out


def _of_guitar(notes: Notes, limits: Limits) -> Rows:
    """A guitar's bar: of each stroke the top note, then from the bottom what goes with it."""
    out: Rows = []
    for at in np.unique(notes["start"]).tolist():
        struck = sorted(notes[notes["start"] == at].tolist(), key=lambda n: n[2])
        order = [struck[-1], *struck[:-1]]
        held: Rows = []
        for a, b, pitch, v in order:
            for p in (pitch, pitch - 12, pitch + 12):
                taken = [n[2] for n in held]
                fits = len(held) < limits.notes and p not in taken
                if fits and fingered([*taken, p], limits):
                    held.append((a, b, p, v))
                    break
        out += held
    return out


def _apart(notes: Notes, part: str) -> Notes:
    """No note is held under the next stroke of its hand."""
    played = hands(notes) if part == "piano" else (notes,)
    return sort_notes(np.concatenate([struck_apart(hand) for hand in played]))


def struck_apart(hand: Notes) -> Notes:
    """Notes of a hand, none of which sounds into its next stroke."""
    out = hand.copy()
    starts = np.unique(out["start"])
    following = np.append(starts[1:], np.iinfo(np.int32).max)
    until = following[np.searchsorted(starts, out["start"])]
    out["duration"] = np.minimum(out["duration"], until - out["start"])
    return out


def easy_key(key: Key, level: str) -> Key:
    """The nearest key whose signature a level has."""
    shifts = sorted(range(-5, 7), key=abs)
    keys = (Key((key.tonic + shift) % 12, key.mode) for shift in shifts)
    return next(k for k in keys if abs(k.fifths) <= PIANO[level].signs)
