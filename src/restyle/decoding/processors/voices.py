"""Who holds long notes goes from one to the next by small steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor, is_part
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
LED = ("strings", "winds", "brass", "synth")
_PITCHES = np.arange(128)


class VoiceLeading:
    """A note of strings, winds, brass or a pad is the less likely, the farther it is from all that
    the part struck before: voices move to the nearest tone (Huron, Voice Leading, 2016, chapter 6).
    Over a tune of another style the model loses that thread: strings in octaves, then up two.

    Nothing is off after a rest of some bars, nor for a fourth.
    """

    name = "voices"

    def __init__(self, sheet: Sheet, band: Band):
        self._led = is_part([player.number for player in band.players if player.part in LED])

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_pitch()
        if not len(rows):
            return logits
        for row in rows[self._led[cursor.part[rows]]].tolist():
            part = int(cursor.part[row])
            before = int(cursor.last[row, part])
            if int(cursor.onset[row]) - before > FIGURES.thread * GRID:
                continue
            struck = np.flatnonzero(cursor.struck[row, part] == before)
            if len(struck):
                away = np.abs(_PITCHES[:, None] - struck).min(axis=1)
                over = np.clip(away - FIGURES.near, 0, FIGURES.farthest - FIGURES.near)
                logits[row, v.PITCH.first : v.PITCH.end] -= (FIGURES.leap * over).astype(np.float32)
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
