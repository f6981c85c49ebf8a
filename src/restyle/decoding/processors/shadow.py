"""Who plays the chords has a rhythm of their own, not the tune's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor, is_part
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.music.classes import CHORDAL_PARTS
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]


class Shadow:
    """A part with chords that has struck two of the tune's notes on end is less likely to strike
    the one after them, too, unless that begins a bar.

    In files for one piano the hands that hold the tune hold its chords; parted from it, they go on
    in its rhythm. A band does so in one bar of ten (hymns in most).
    """

    name = "shadow"

    def __init__(self, sheet: Sheet, band: Band):
        length = int(sheet.lines[-1])
        starts = np.unique(sheet.lead.melody["start"])
        self._following = np.append(starts, length)[
            np.searchsorted(starts, np.arange(length), side="right")
        ]
        self._sung = np.zeros(length, dtype=bool)
        self._sung[starts] = True
        self._lines = sheet.lines
        self._chordal = is_part([p.number for p in band.players if p.part in CHORDAL_PARTS])
        self._less = np.float32(FIGURES.shadow * max(0.0, 1.0 - band.together / FIGURES.together))

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_position()
        rows = rows[self._chordal[cursor.part[rows]]]
        if not len(rows):
            return logits
        now, before = cursor.onset[rows], cursor.last[rows, cursor.part[rows]]
        there = (now >= 0) & (before >= 0)
        rows, now, before = rows[there], now[there], before[there]
        follows = self._sung[before] & (self._following[before] == now)
        rows, after, bars = rows[follows], self._following[now[follows]], cursor.bar[rows[follows]]
        inside = after < self._lines[bars + 1]
        place = v.POSITION.first + after[inside] - self._lines[bars[inside]]
        logits[rows[inside], place] -= self._less
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
