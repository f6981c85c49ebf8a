"""What of an earlier bar comes again in the next: all, its rhythm, its harmony, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from restyle.composer.form import Form, Place, exact_bars

_BACK = (1, 2, 2, 4)
"""Bars back from which a new bar takes its rhythm, as likely as they are written here."""


@dataclass(frozen=True)
class Slot:
    """A place that an earlier bar gives."""

    offset: int
    """Twelfths of a quarter from the bar line."""
    row: int
    """Number, in the piece so far, of the note or chord that stood there."""


Bars = Callable[[int], Sequence[Slot]]
"""What stands in a bar that is written; nothing in one that is not."""


@dataclass(frozen=True)
class BarPlan:
    """How the next bar is to be written."""

    place: Place
    slots: tuple[Slot, ...] = ()
    """Its rhythm; empty where that is free."""
    exact: bool = False
    """Whether the notes of the slots come again, too."""


class Planner:
    """Plans bar after bar, from 0; each once."""

    def __init__(self, form: Form, recall: float, motif: float, rng: np.random.Generator):
        self.form, self.recall, self.motif, self.rng = form, recall, motif, rng
        self._plans: dict[int, BarPlan] = {}
        self._exact: dict[int, int] = {}

    def plan(self, bar: int, bars: Bars) -> BarPlan:
        """The plan of a bar, made when it is first asked for."""
        if bar not in self._plans:
            self._plans[bar] = self._make(bar, bars)
        return self._plans[bar]

    def free(self, bar: int) -> None:
        """Drop the rhythm of a bar that could not be entered where it begins."""
        self._plans[bar] = BarPlan(self.form.place(bar))

    def _make(self, bar: int, bars: Bars) -> BarPlan:
        place = self.form.place(bar)
        if place.source is not None:
            if place.phrase not in self._exact:
                self._exact[place.phrase] = exact_bars(self.form, self.recall, self.rng)
            if place.within < self._exact[place.phrase]:
                return BarPlan(place, tuple(bars(place.source)), exact=True)
        if self.rng.random() >= self.motif:
            return BarPlan(place)
        return BarPlan(place, tuple(bars(self._model(bar, place))))

    def _model(self, bar: int, place: Place) -> int:
        """The bar whose rhythm is kept: of the phrase that returns, or of one just before."""
        if place.source is not None:
            return place.source
        return bar - int(self.rng.choice(_BACK))
