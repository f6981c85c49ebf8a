"""The band accompanies the tune and does not play it too; nor do two players play the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import BASS, Cursor, is_part
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.music.classes import CHORDAL_PARTS, PARTS
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
BLOWN = ("winds", "brass")


class Doubling:
    """Where a note of the tune begins, nobody is likely to strike it as well, nor its octave below.

    Many files that songs were learnt from have the tune in the accompaniment, too: of a piano
    alone, above all. Under a singer that is heard as a shadow. What another part with
    chords strikes at the same place is a little less likely, too. Winds and brass may: an
    orchestra's tune is doubled.
    """

    name = "doubling"

    def __init__(self, sheet: Sheet, band: Band):
        self._sung = np.zeros(int(sheet.lines[-1]), dtype=np.int64)
        melody = sheet.lead.melody
        self._sung[melody["start"]] = melody["pitch"]
        less = [FIGURES.doubling_winds if part in BLOWN else FIGURES.doubling for part in PARTS]
        self._less = np.array(less, dtype=np.float32)
        self._chordal = [p.number for p in band.players if p.part in CHORDAL_PARTS]
        self._later = is_part(self._chordal[1:])

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_pitch()
        sung = self._sung[cursor.onset[rows]]
        there = (sung > 0) & (cursor.part[rows] != BASS)
        for below in (0, 12):
            pitch = np.maximum(sung[there] - below, 0)
            logits[rows[there], v.PITCH.first + pitch] -= self._less[cursor.part[rows[there]]]
        for row in rows[self._later[cursor.part[rows]]].tolist():
            before = self._chordal[: self._chordal.index(int(cursor.part[row]))]
            struck = (cursor.struck[row, before] == cursor.onset[row]).any(axis=0)
            pitches = logits[row, v.PITCH.first : v.PITCH.end]
            pitches[struck] -= np.float32(FIGURES.doubled_chord)
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
