"""A part divides the beat in one way through a phrase: in sixteenths or in triplets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import SIXTEENTHS, TRIPLETS, Cursor
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]
_POSITIONS = slice(v.POSITION.first, v.POSITION.end)
_PLACE = np.arange(v.LONGEST_BAR) % GRID
_IN = {
    SIXTEENTHS: np.isin(_PLACE, (3, 9)),
    TRIPLETS: np.isin(_PLACE, (2, 4, 8, 10)),
}


class OneGrid:
    """Who has played sixteenths in a phrase plays no triplets in it, and the other way round.

    One phrase in eight of real songs mixes them (of jazz more, which has both in a swung beat);
    a sampled one does so by chance, and limps.
    """

    name = "grid"
    of: tuple[Choice, ...] = ("position",)

    def __init__(self, sheet: Sheet, band: Band):
        pass

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in cursor.choosing_position().tolist():
            used = int(cursor.grid[row, cursor.part[row]])
            if used == SIXTEENTHS:
                mask[row, _POSITIONS] &= ~_IN[TRIPLETS]
            elif used == TRIPLETS:
                mask[row, _POSITIONS] &= ~_IN[SIXTEENTHS]
        return mask
