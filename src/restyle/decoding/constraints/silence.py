"""A part plays where its phrase says that it plays, and is silent where it says so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import DENSITY, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]
_LEAST = np.array([0.0, *v.DENSITIES])
"""The fewest onsets in four beats of each density."""


class Silence:
    """A bar is not left with far fewer onsets since the phrase began than its density comes to, and
    the phrase not with none."""

    name = "silence"
    of: tuple[Choice, ...] = ("position",)

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        sheet = self._sheet
        for row in cursor.choosing_position().tolist():
            part, bar = int(cursor.part[row]), int(cursor.bar[row])
            density = int(cursor.attributes[row, part, DENSITY])
            if density <= 0:
                if density == 0:
                    mask[row] = False
                    mask[row, cursor.leaving(row)] = True
                continue
            first, last = sheet.phrases[sheet.phrase_of[bar]]
            beats = (sheet.lines[bar + 1] - sheet.lines[first]) / (4 * GRID)
            least = FIGURES.least_of_density * _LEAST[density] * beats
            least = max(least, 1.0) if bar + 1 == last else np.floor(least)
            if cursor.onsets[row, part] < least:
                mask[row, cursor.leaving(row)] = False
        return mask
