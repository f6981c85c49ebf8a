"""Bars of rest in a row, which a player's part shows as one with their number over it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from restyle.io.score.layout import Layout, Part
from restyle.io.score.spelling import key_at


def bar_rests(score: Layout, part: Part, signs: Iterable[int]) -> dict[int, int]:
    """First bar -> number of bars of every run of two or more in which all staves are silent.

    A run ends where a player has something to see: a sign at one of the times `signs` (tempos,
    rehearsal marks), another key, meter or clef. A sign inside a bar parts it from both sides, and
    a pickup is never among them.
    """
    bars = score.bars
    starts = np.array([bar.start for bar in bars])
    apart = {0} | {change for staff in part.staves for change, _ in staff.changes}
    for time in signs:
        bar = max(int(np.searchsorted(starts, time, side="right")) - 1, 0)
        apart |= {bar} if time <= bars[bar].start + bars[bar].skip else {bar, bar + 1}
    for number in range(1, len(bars)):
        here, before = bars[number], bars[number - 1]
        keys = key_at(score.keys, here.start), key_at(score.keys, before.start)
        if here.new_meter or before.skip or keys[0] != keys[1]:
            apart.add(number)
    out: dict[int, int] = {}
    first = 0
    silent = _silent(score, part)
    for number, is_silent in enumerate(silent):
        if number in apart or not silent[first]:
            first = number
        if is_silent and number > first:
            out[first] = number - first + 1
        elif not is_silent:
            first = number
    return out


def _silent(score: Layout, part: Part) -> list[bool]:
    """Of each bar, whether no note of the part sounds in it."""
    bars = score.bars
    starts = np.array([bar.start for bar in bars])
    out = [True] * len(bars)
    for staff in part.staves:
        for voice in staff.voices:
            for start, end, _ in voice:
                first = max(int(np.searchsorted(starts, start, side="right")) - 1, 0)
                for bar in range(first, int(np.searchsorted(starts, end, side="left"))):
                    out[bar] = False
    return out
