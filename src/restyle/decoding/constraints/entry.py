"""A band that takes over in the middle of a song begins on the first beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]


class Entry:
    """In one bar, over chords, drums, bass and whoever carries the harmony strike within the first
    beat: songs that a model has heard often begin with the end of a bar, and so would a section."""

    name = "entry"
    of: tuple[Choice, ...] = ("position",)

    def __init__(self, sheet: Sheet, band: Band, bar: int):
        self._bar = bar if sheet.chords_in[bar] else -1
        self._carrying = band.carrying

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in cursor.choosing_position().tolist():
            first = cursor.position[row] < 0 and cursor.bar[row] == self._bar
            if first and int(cursor.part[row]) in self._carrying:
                mask[row, v.POSITION[GRID] : v.POSITION.end] = False
                mask[row, cursor.leaving(row)] = False
        return mask
