"""A part moves: it does not strike one pitch alone, bar after bar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]


class Stuck:
    """A part that has struck a single pitch for some bars begins the next one with another: what
    a model has just written it is sure to write again (Holtzman et al. 2020)."""

    name = "stuck"
    of: tuple[Choice, ...] = ("pitch",)

    def __init__(self, sheet: Sheet, band: Band):
        self._lines = sheet.lines

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in cursor.choosing_pitch().tolist():
            first = int(cursor.bar[row]) - FIGURES.one_pitch_bars
            if first < 0:
                continue
            struck = cursor.struck[row, cursor.part[row]] >= self._lines[first]
            if np.count_nonzero(struck) == 1:
                mask[row, v.PITCH.first + int(struck.argmax())] = False
        return mask
