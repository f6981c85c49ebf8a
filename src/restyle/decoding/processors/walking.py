"""A walking line goes from note to note by steps and chord tones, and does not stay."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.cursor import NEVER, Cursor, is_part
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.music.classes import PARTS
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
_PITCHES = np.arange(128)
STEP = 2
"""Semitones of a step, at most."""


class WalkingLine:
    """Who is asked to walk: a step in the scale is likelier; what is neither a step nor in the
    chord is hardly played, and neither is the note that was just there."""

    name = "walking"

    def __init__(self, sheet: Sheet, parts: Sequence[str]):
        self._sheet = sheet
        self._walks = is_part([PARTS.index(part) for part in parts])

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_pitch()
        if not len(rows):
            return logits
        rows = rows[(cursor.at_once[rows] == 0) & self._walks[cursor.part[rows]]]
        for row in rows.tolist():
            struck = cursor.struck[row, cursor.part[row]]
            before = int(struck.argmax())
            if struck[before] == NEVER:
                continue
            far = np.abs(_PITCHES - before)
            tones = self._sheet.tones[self._sheet.chord[cursor.onset[row]]]
            near = (far > 0) & (far <= STEP)
            plain = near & (tones | self._sheet.scale)
            bias = FIGURES.step * plain - FIGURES.astray * ~(near | tones)
            bias[before] -= FIGURES.staying
            logits[row, v.PITCH.first : v.PITCH.end] += bias.astype(np.float32)
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
