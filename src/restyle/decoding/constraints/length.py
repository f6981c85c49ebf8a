"""No part takes so many tokens that those after it have none left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice

Mask = NDArray[np.bool_]


class Budget:
    """A part that has taken its share of what the model can still read comes to its end."""

    name = "budget"
    of: tuple[Choice, ...] = ("position",)

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in cursor.choosing_position().tolist():
            if cursor.taken[row] > self._share(cursor, row):
                leaving = cursor.leaving(row)
                if mask[row, leaving]:
                    mask[row] = False
                    mask[row, leaving] = True
        return mask

    def _share(self, cursor: Cursor, row: int) -> int:
        """Tokens for this part: what the parts after it do not need, or an equal share."""
        bar, parts = int(cursor.bar[row]), len(cursor.parts)
        last = self._sheet.phrases[self._sheet.phrase_of[bar]][1]
        after = parts - int(cursor.place[row]) - 1 + parts * (last - bar - 1)
        room = int(cursor.room[row] + cursor.taken[row]) - FIGURES.spare_tokens
        share = max(room // (after + 1), room - after * FIGURES.usual_tokens)
        return int(min(FIGURES.most_tokens, share))
