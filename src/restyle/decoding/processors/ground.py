"""Where nobody plays the bass, the chords' bass notes are struck by who plays the chords."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.music.classes import CHORDAL_PARTS
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]


class Ground:
    """In a band without a bass, the first note of a bar, on its first beat, is likely to be the
    chord's bass note, and low: a left hand. The middle of a piano alone floats."""

    name = "ground"

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet
        chordal = [player.number for player in band.pitched if player.part in CHORDAL_PARTS]
        self._part = chordal[0] if chordal and "bass" not in band.parts else -1
        low = np.arange(128) - sheet.shift <= FIGURES.left_hand
        self._bias = (FIGURES.ground * (sheet.bass & low)).astype(np.float32)

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_pitch()
        if self._part < 0 or not len(rows):
            return logits
        first = (cursor.at_once[rows] == 0) & (cursor.position[rows] < GRID)
        rows = rows[first & (cursor.part[rows] == self._part)]
        for row in rows.tolist():
            line = self._sheet.lines[cursor.bar[row]]
            if (cursor.struck[row, self._part] < line).all():
                chord = self._sheet.chord[cursor.onset[row]]
                logits[row, v.PITCH.first : v.PITCH.end] += self._bias[chord]
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
