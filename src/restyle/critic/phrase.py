"""A phrase as an arranger looks at it: its bars, its tune, and who plays what in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Notes, between

Ints = NDArray[np.int64]
Cells = Sequence[frozenset[int]]
"""Of each bar of a phrase what is struck where."""
EIGHTH = GRID // 2


@dataclass(frozen=True)
class Phrase:
    """Some bars of a lead sheet and its arrangement. Times are grid positions of the song."""

    lead: LeadSheet
    lines: Ints
    """Bar lines, shape (bars + 1,)."""
    parts: Mapping[str, Notes]
    """The notes that begin in it, of the parts that have any."""

    @staticmethod
    def of(lead: LeadSheet, arrangement: Arrangement, first: int, last: int) -> Phrase:
        """Bars `first` up to `last` (not included)."""
        lines = lead.bar_starts()[first : last + 1].astype(np.int64)
        cut = {
            part: between(notes, int(lines[0]), int(lines[-1]))
            for part, notes in arrangement.parts.items()
        }
        return Phrase(lead, lines, {part: notes for part, notes in cut.items() if len(notes)})

    @property
    def bars(self) -> int:
        return len(self.lines) - 1

    @property
    def bass(self) -> Notes | None:
        return self.parts.get("bass")

    @property
    def drums(self) -> Notes | None:
        return self.parts.get("drums")

    @property
    def chords(self) -> list[Notes]:
        """Each part that is neither bass nor drums."""
        return [notes for part, notes in self.parts.items() if part not in ("drums", "bass")]

    @property
    def pitched(self) -> list[Notes]:
        return [notes for part, notes in self.parts.items() if part != "drums"]

    @property
    def eighths(self) -> Ints:
        """Where its eighths begin."""
        return np.arange(self.lines[0], self.lines[-1], EIGHTH)

    def tune(self) -> tuple[Ints, NDArray[np.bool_]]:
        """The tune's pitch at each grid position up to the end, 0 where it rests, and whether a
        note of it begins there."""
        sung = np.zeros(int(self.lines[-1]), dtype=np.int64)
        begins = np.zeros(len(sung), dtype=bool)
        for start, duration, pitch, _ in self.lead.melody.tolist():
            sung[start : start + duration] = pitch
            begins[start : start + 1] = True
        return sung, begins

    def cells(self, notes: Notes, pitches: bool = False) -> Cells:
        """What is struck in each bar: where, and with `pitches` which ones."""
        starts = notes["start"].astype(np.int64)
        bar = np.searchsorted(self.lines, starts, side="right") - 1
        what = (starts - self.lines[bar]) * 128 + (notes["pitch"] if pitches else 0)
        return [frozenset(what[bar == number].tolist()) for number in range(self.bars)]


def sounding(notes: Notes, times: Ints) -> NDArray[np.bool_]:
    """Which pitches sound at which of some times, shape (times, 128)."""
    out = np.zeros((len(times), 128), dtype=bool)
    begins = np.searchsorted(times, notes["start"])
    ends = np.searchsorted(times, notes["start"] + notes["duration"])
    for begin, end, pitch in zip(begins, ends, notes["pitch"], strict=True):
        out[begin:end, pitch] = True
    return out


def alike(cells: Cells) -> float:
    """Share of the bars that are the bar before, both playing."""
    return share([a == b for a, b in pairwise(cells) if a and b])


def steady(cells: Cells) -> float:
    """How much of a bar is as in one of the two before it: a mean of shares in common (Jaccard)."""
    found = []
    for number in range(1, len(cells)):
        near = cells[max(number - 2, 0) : number]
        found.append(max(_in_common(cells[number], other) for other in near))
    return share(found)


def _in_common(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def share(
    of: Sequence[float] | NDArray[np.bool_] | NDArray[np.integer] | NDArray[np.floating],
) -> float:
    """The mean, 0 of nothing."""
    return float(np.mean(of)) if len(of) else 0.0
