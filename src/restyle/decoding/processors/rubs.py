"""The band leaves the tune's note its half step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import BASS, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
_PITCHES = slice(v.PITCH.first, v.PITCH.end)


class Rubs:
    """A half step between the tune and another part, or a minor ninth, is what an arranger strikes
    out first, so a note that makes one is less likely. The root far below a tune's major seventh
    is none and is left alone, and so is a bass that passes. Songs have it in one or two notes of a
    hundred (`benchmarks/habits.py`); what a program takes for a tune's chords fits it less than the
    band that it was sung with."""

    name = "rubs"

    def __init__(self, sheet: Sheet, band: Band):
        pitch = np.arange(128)
        above = pitch[None] - pitch[:, None]  # of the tune's note, by row
        near = np.abs(above) % 12 == 1
        self._less = (FIGURES.rub * near).astype(np.float32)
        self._less[0] = 0.0  # it rests
        self._tune = sheet.tune

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_pitch()
        rows = rows[cursor.part[rows] != BASS]
        if not len(rows):
            return logits
        logits[rows, _PITCHES] -= self._less[self._tune[cursor.onset[rows]]]
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
