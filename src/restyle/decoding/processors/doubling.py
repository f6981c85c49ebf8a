"""The band accompanies the tune, it does not play it too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import BASS, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]


class Doubling:
    """Where a note of the tune begins, nobody is likely to strike it as well, nor its octave below.

    Many files that songs were learnt from have the tune in the accompaniment, too: of a piano
    alone, above all. Under a singer that is heard as a shadow.
    """

    name = "doubling"

    def __init__(self, sheet: Sheet, band: Band):
        self._sung = np.zeros(int(sheet.lines[-1]), dtype=np.int64)
        melody = sheet.lead.melody
        self._sung[melody["start"]] = melody["pitch"]

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_pitch()
        sung = self._sung[cursor.onset[rows]]
        there = (sung > 0) & (cursor.part[rows] != BASS)
        for below in (0, 12):
            pitch = np.maximum(sung[there] - below, 0)
            logits[rows[there], v.PITCH.first + pitch] -= np.float32(FIGURES.doubling)
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
