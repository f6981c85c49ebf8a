"""Constraints: what may not be. A list of small classes, each with a name to leave it out by.

The first is the grammar, which always holds; each of the others takes away from what the ones
before it allow, and gives way for a row in which it would leave nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.constraints.grammar import Grammar
from restyle.decoding.constraints.grid import OneGrid
from restyle.decoding.constraints.harmony import Harmony, Holding
from restyle.decoding.constraints.instrument import Compass, Hands, LowIntervals, Speed
from restyle.decoding.constraints.length import Budget
from restyle.decoding.constraints.playing import Playing
from restyle.decoding.constraints.silence import Silence
from restyle.decoding.constraints.stuck import Stuck
from restyle.decoding.constraints.tune import RoomForTune
from restyle.decoding.cursor import Cursor
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice

Mask = NDArray[np.bool_]


class Constraint(Protocol):
    """One reason why a token may not come next."""

    name: str
    of: tuple[Choice, ...]
    """The choices in which it has a say: where nobody has one of them, it is not asked."""

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        """Of the tokens in `mask`, shape (batch, vocabulary), those that may come next. `mask` is
        the callee's own to change."""


CONSTRAINTS: dict[str, Callable[[Sheet, Band], Constraint]] = {
    "budget": Budget,
    "compass": Compass,
    "speed": Speed,
    "hands": Hands,
    "low_intervals": LowIntervals,
    "harmony": Harmony,
    "holding": Holding,
    "tune": RoomForTune,
    "stuck": Stuck,
    "grid": OneGrid,
    "playing": Playing,
    "silence": Silence,
}
"""All constraints but the grammar, in the order in which they are asked: those that ask for more
notes come last, so that they give way to hands and instruments."""


class Constraints:
    """The grammar and a list of constraints, asked one after the other."""

    def __init__(self, sheet: Sheet, band: Band, names: Sequence[str]):
        self.grammar = Grammar()
        self.others = [make(sheet, band) for name, make in CONSTRAINTS.items() if name in names]

    def allowed(self, cursor: Cursor) -> Mask:
        """What may come next, shape (batch, vocabulary). A row whose bar is over has nothing."""
        mask = self.grammar.allow(np.zeros((0, 0), dtype=np.bool_), cursor)
        choices = cursor.choices()
        for constraint in self.others:
            if choices.isdisjoint(constraint.of):
                continue
            stricter = constraint.allow(mask.copy(), cursor)
            some: Mask = np.asarray(stricter.any(axis=1))
            mask = stricter if some.all() else np.where(some[:, None], stricter, mask)
        return mask


__all__ = ["CONSTRAINTS", "Constraint", "Constraints"]
