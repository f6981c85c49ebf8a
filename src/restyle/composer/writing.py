"""A piece while it is written: its rows so far, where they lie, and what was heard of late."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.composer.lean import CROWD
from restyle.composer.measure import entropy
from restyle.composer.notes import pitch_classes
from restyle.composer.plan import Slot

CHORD = 3
"""Notes from which on what is struck at once is a chord that the others lean towards."""
LENGTH, STEP = 1, 2
"""Columns of a row."""
Row = NDArray[np.int64]


class Writing:
    """Rows as the network knows them (note, length, step, low, phase, meter, kind), their onsets
    in twelfths of a quarter, and `now`, the onset of the next one."""

    def __init__(self, symbols: Sequence[str], bar: int):
        self.symbols, self.bar = symbols, bar
        self.rows: list[Row] = []
        self.onsets: list[int] = []
        self.now = 0
        self.run = 0
        """How often the last note came in a row."""
        self.recent = np.zeros(len(symbols))
        """How often each symbol is among the last CROWD."""
        self.bars: defaultdict[int, list[Slot]] = defaultdict(list)
        """For each bar what stands in it."""

    def add(self, row: Row, step: int) -> None:
        """Put a row at `now` and move on by its step."""
        self.bars[self.now // self.bar].append(Slot(self.now % self.bar, len(self.rows)))
        same = bool(self.rows) and self.rows[-1][0] == row[0]
        self.run = self.run + 1 if same else 1
        self.rows.append(row)
        self.onsets.append(self.now)
        self.recent[int(row[0])] += 1
        if len(self.rows) > CROWD:
            self.recent[int(self.rows[-CROWD - 1][0])] -= 1
        self.now += step

    def to_line(self) -> int:
        """Twelfths from `now` to the next bar line."""
        return self.bar - self.now % self.bar

    def since(self, onset: int) -> Iterator[Row]:
        """Rows from an onset on, the latest first."""
        for row, start in zip(reversed(self.rows), reversed(self.onsets), strict=True):
            if start < onset:
                return
            yield row

    def at_now(self) -> list[int]:
        """Notes that are struck at this onset already."""
        return [int(row[0]) for row in self.since(self.now)]

    def chord(self) -> tuple[int, ...]:
        """Pitch classes of the last chord of three notes or more, for a bar after it was struck."""
        for row in self.since(self.now - self.bar):
            classes = pitch_classes(self.symbols[int(row[0])])
            if len(classes) >= CHORD:
                return classes
        return ()

    def bits(self, column: int) -> float:
        """Bits of the distribution of a column over the last CROWD rows."""
        return entropy(Counter(int(row[column]) for row in self.rows[-CROWD:]).values())

    def beat_of(self, bar: int) -> set[int]:
        """Pitch classes struck in another bar on the beat that `now` lies in."""
        beat = self.now % self.bar // 12
        rows = [self.rows[slot.row] for slot in self.bars.get(bar, ()) if slot.offset // 12 == beat]
        return {pc for row in rows for pc in pitch_classes(self.symbols[int(row[0])])}
