"""A groove has a kick and a snare, as nearly all of its style's songs do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import DRUMS, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import State
from restyle.music.drums import KICK, KICKS, SNARE, SNARES
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
_KIT = ((KICKS, KICK), (SNARES, SNARE))


class KickAndSnare:
    """Until a phrase has its first kick, one on the first beat is likelier; until it has its first
    snare, one on another beat. What the first bar has the others go on with."""

    name = "kit"

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet
        self._wanted = [
            (list(keys), v.DRUM[key - v.FIRST_DRUM], key == KICK, share)
            for (keys, key), share in zip(_KIT, band.kit, strict=False)
            if share > FIGURES.kit_from
        ]

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        striking = (cursor.state == State.ONSET) | (cursor.state == State.NOTE)
        for row in (striking & (cursor.part == DRUMS)).nonzero()[0].tolist():
            position = int(cursor.position[row])
            if position % GRID:
                continue
            begin = self._sheet.lines[self._sheet.phrases[self._phrase(cursor, row)][0]]
            for keys, token, on_one, share in self._wanted:
                lacks = (cursor.struck[row, DRUMS, keys] < begin).all()
                if lacks and on_one == (position == 0):
                    logits[row, token] += np.float32(FIGURES.kit * share)
        return logits

    def _phrase(self, cursor: Cursor, row: int) -> int:
        return int(self._sheet.phrase_of[cursor.bar[row]])

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
