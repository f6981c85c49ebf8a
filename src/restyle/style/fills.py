"""Fills: what drums play before a new section begins, and the stroke that begins it.

The shapes are those that drum methods teach first: down the kit in eighths or sixteenths, a roll on
the snare, kick and snare in turn; which of them is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from restyle.music.grid import SWINGS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Notes, between, notes_array, sort_notes

SNARE, KICK, HIGH, MIDDLE, LOW, CRASH = 38, 36, 50, 47, 43, 49
SHAPES: tuple[tuple[int, ...], ...] = (
    (SNARE, SNARE, HIGH, HIGH, MIDDLE, MIDDLE, LOW, LOW),
    (SNARE, SNARE, SNARE, SNARE, HIGH, MIDDLE, LOW, LOW),
    (SNARE, KICK, SNARE, KICK, HIGH, KICK, LOW, KICK),
    (HIGH, SNARE, MIDDLE, SNARE, LOW, SNARE, LOW, SNARE),
)
"""Keys of eight strokes, which fill two beats in sixteenths; in eighths every other one."""
FAST = 132.0
"""Quarter notes a minute from which on fills go in eighths."""


def with_fills(
    arrangement: Arrangement, lead: LeadSheet, bars: Sequence[int], rng: np.random.Generator
) -> Arrangement:
    """The arrangement with a fill in the last beats before each of some bars, and a crash on their
    first; where drums play there. Bars are counted from 0."""
    drums = arrangement.parts.get("drums")
    if drums is None or not len(drums):
        return arrangement
    lines = lead.bar_starts()
    for bar in bars:
        shape = SHAPES[int(rng.integers(len(SHAPES)))]
        drums = _filled(drums, int(lines[bar - 1]), int(lines[bar]), shape, _step(lead, lines[bar]))
    return Arrangement({**arrangement.parts, "drums": drums}, arrangement.classes)


def _step(lead: LeadSheet, at: int) -> int:
    """Grid positions from stroke to stroke."""
    if lead.meter_at(at - 1).denominator == 8:
        return GRID // 2
    bpm = [t.bpm for t in lead.tempos if t.start < at][-1]
    return GRID // 2 if bpm >= FAST or lead.swing > SWINGS else GRID // 4


def _filled(drums: Notes, begin: int, end: int, shape: Sequence[int], step: int) -> Notes:
    length = min(2 * GRID, (end - begin) // 2)
    first = end - length
    if not len(between(drums, begin, end)):
        return drums
    keys = shape[:: 2 * step * len(shape) // (4 * GRID) or 1]
    rows = [
        (at, 1, keys[min(i, len(keys) - 1)], 80) for i, at in enumerate(range(first, end, step))
    ]
    stays = drums[(drums["start"] < first) | (drums["start"] >= end)]
    if len(between(stays, end, end + GRID)):
        there = set(stays["pitch"][stays["start"] == end].tolist())
        rows += [(end, 1, key, 80) for key in (KICK, CRASH) if key not in there]
    return sort_notes(np.concatenate([stays, notes_array(rows)]))
