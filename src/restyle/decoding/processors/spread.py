"""Two players with chords do not sit in one register."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import REGISTER, UNSAID, Cursor, asked_attribute
from restyle.decoding.figures import FIGURES
from restyle.decoding.state import State
from restyle.music.classes import CHORDAL_PARTS
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]


class Spread:
    """Who says in which register it plays a phrase hears who has said so before: the nearer, the
    less likely. Piano, guitar and strings on the same triads are what readers of blind panels name
    most often. What songs share is counted (`benchmarks/habits.py`)."""

    name = "spread"

    def __init__(self, band: Band):
        self._chordal = [p.number for p in band.players if p.part in CHORDAL_PARTS]
        apart = np.abs(np.arange(v.REGISTERS)[:, None] - np.arange(v.REGISTERS)[None])
        self._near = (FIGURES.spread * np.maximum(2 - apart, 0)).astype(np.float32)

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        for row in (cursor.state == State.SIZE).nonzero()[0].tolist():
            part = int(cursor.part[row])
            if part not in self._chordal or asked_attribute(cursor, row) != REGISTER:
                continue
            registers = logits[row, v.REGISTER.first : v.REGISTER.end]
            for other in self._chordal[: self._chordal.index(part)]:
                said = int(cursor.attributes[row, other, REGISTER])
                if said != UNSAID:
                    registers -= self._near[said]
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
