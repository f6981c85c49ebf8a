"""The band accompanies the tune and does not play it too; nor do two players play the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import BASS, FIGURE, Cursor, is_part
from restyle.decoding.figures import FIGURES
from restyle.decoding.processors.usual import LINES
from restyle.decoding.sheet import Sheet
from restyle.music.classes import CHORDAL_PARTS, PARTS
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
BLOWN = ("winds", "brass")
_LINE = np.isin([*v.FIGURES, "unsaid"], LINES)
"""By figure, whether it is a line; the last is for what is not said."""
_CLASS = np.arange(128) % 12


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
        if not len(rows):
            return logits
        sung = self._sung[cursor.onset[rows]]
        there = (sung > 0) & (cursor.part[rows] != BASS)
        for below in (0, 12):
            pitch = np.maximum(sung[there] - below, 0)
            logits[rows[there], v.PITCH.first + pitch] -= self._less[cursor.part[rows[there]]]
        for row in rows[self._later[cursor.part[rows]]].tolist():
            pitches = logits[row, v.PITCH.first : v.PITCH.end]
            pitches[self._sounding(cursor, row)] -= np.float32(FIGURES.doubled_chord)
        for row in rows[self._lines(cursor, rows)].tolist():
            bass = int(cursor.floor[row, cursor.position[row]])
            if bass:  # it does not rest
                pitches = logits[row, v.PITCH.first : v.PITCH.end]
                pitches[bass % 12 == _CLASS] -= np.float32(FIGURES.doubled_bass)
        return logits

    def _sounding(self, cursor: Cursor, row: int) -> list[int]:
        """What other parts with chords sound where a row strikes."""
        at, part = int(cursor.onset[row]), int(cursor.part[row])
        oldest = int(cursor.sheet.lines[cursor.bar[row]]) - max(v.DURATIONS)
        out = []
        for other, start, duration, pitch, _ in reversed(cursor.notes[row]):  # bar by bar
            if start < oldest:
                break
            if other != part and other in self._chordal and start <= at < start + duration:
                out.append(pitch)
        return out

    def _lines(self, cursor: Cursor, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Where the first note of an onset is chosen by a part that said it plays a line."""
        part = cursor.part[rows]
        figure = cursor.attributes[rows, part, FIGURE]
        return np.asarray((part != BASS) & (cursor.at_once[rows] == 0) & _LINE[figure])

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
