"""Who is asked to walk strikes every beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.cursor import Cursor
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice
from restyle.music.classes import PARTS
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]
_POSITIONS = slice(v.POSITION.first, v.POSITION.end)
BETWEEN = GRID // 2
"""Behind a beat, where the one note between two beats may lie."""


class Walking:
    """A walking part strikes each beat of a bar over chords and, once a bar at most, the eighth
    between two of them. A figure and a density alone do not say when notes come: a model that has
    heard both of half notes and eighths plays those, too.

    Bars whose beats are no quarters are left alone.
    """

    name = "walking"
    of: tuple[Choice, ...] = ("position",)

    def __init__(self, sheet: Sheet, parts: Sequence[str]):
        self._parts = {PARTS.index(part) for part in parts}
        self._length = np.diff(sheet.lines)
        lead = sheet.lead
        quarters = [lead.meter_at(int(line)).denominator == 4 for line in sheet.lines[:-1]]
        pickup = np.arange(sheet.bars) < int(lead.pickup > 0)
        self._walks = np.array(quarters) & sheet.chords_in & ~pickup

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in cursor.choosing_position().tolist():
            bar = int(cursor.bar[row])
            if int(cursor.part[row]) not in self._parts or not self._walks[bar]:
                continue
            at = int(cursor.position[row])
            allowed = np.zeros(v.POSITION.size, dtype=bool)
            beat = (at // GRID + 1) * GRID
            if beat < self._length[bar]:
                allowed[beat] = True
                if at >= 0 and at % GRID == 0 and not self._has_eighth(cursor, row):
                    allowed[at + BETWEEN] = True
                mask[row, cursor.leaving(row)] = False
            mask[row, _POSITIONS] &= allowed
        return mask

    def _has_eighth(self, cursor: Cursor, row: int) -> bool:
        struck = (t - v.POSITION.first for t in _own(cursor, row) if t in v.POSITION)
        return any(position % GRID for position in struck)


def _own(cursor: Cursor, row: int) -> list[int]:
    """The tokens that a row's part has in this bar."""
    written = cursor.written[row]
    begin = len(written) - 1 - written[::-1].index(v.PART[int(cursor.part[row])])
    return written[begin:]
