"""Groove: the strokes that a style's drums are known by.

Drums feed on themselves more than any other part: a first bar without a snare is a song without
one. So what the last bars had of each stroke is held against the style's songs, and what lacks of
the strokes that most songs have (a backbeat, a ride, a kick on the first beat), or is beaten over
and over though hardly any song has it, is made up for until the drums have found it; then they are
left alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from restyle.data.groove import (
    EIGHTH,
    GROUPS,
    groove_tables,
    slot_of,
    struck,
    with_compound_meters,
)
from restyle.tokens import vocabulary as v

CORE, RARE = 0.4, 0.15
"""Shares of the style's bars from which on a stroke belongs to it, and below which it does not."""
GAIN = 1.5
"""Nats for each e-fold that a stroke lacks."""
MOST_ON, MOST_OFF = 3.0, 1.5
FORGETS = 0.4
"""How much a bar counts beside those before it."""
BEGINS = 0.3
"""Of what is usual, how much the drums are taken to have had before the song begins."""
FEW = 0.05

Table = NDArray[np.float64]
Nats = dict[int, float]

UNASKED = (46, 53)
"""Open hi-hat and ride bell: they keep the time where they do, but nobody asks for them."""

_DRUMS = {name: tuple(v.DRUM[k - v.FIRST_DRUM] for k in kinds) for name, kinds in GROUPS.items()}
_UNASKED = {v.DRUM[drum - v.FIRST_DRUM] for drum in UNASKED}


class Groove:
    """The nats on strokes of one song's drums; `usual` is what `describe_groove` says."""

    def __init__(self, usual: Mapping[str, Mapping[str, str]], weight: float = 1.0):
        self._usual = with_compound_meters(groove_tables(usual))
        self._recent = {meter: BEGINS * table for meter, table in self._usual.items()}
        self._weight = weight
        self._drums: dict[int, Nats] = {}  # by slot of the bar
        self._places: Nats = {}
        self._strokes: list[tuple[int, int]] = []
        self._meter = ""

    def begin_bar(self, meter: str) -> None:
        """A bar of that meter comes next."""
        self._meter, self._drums, self._places, self._strokes = meter, {}, {}, []
        if meter not in self._usual or not self._weight:
            return
        nats = self._weight * _made_up(self._usual[meter], self._recent[meter])
        for slot, column in enumerate(nats.T):
            groups, anything = column[:-1], column[-1]
            tokens = {
                token: float(x)
                for x, group in zip(groups, _DRUMS.values(), strict=True)
                for token in group
                if x < 0 or (x and token not in _UNASKED)
            }
            if tokens:
                self._drums[slot] = tokens
            claim = groups.max() if groups.max() > 0 else min(anything, 0.0)
            if claim:
                for place in _places_of(slot):
                    self._places[v.POSITION[place]] = float(claim)

    def places(self) -> Nats:
        """Nats on places of this bar, by token."""
        return self._places

    def drums(self, place: int) -> Nats:
        """Nats on drums at a place of this bar, by token."""
        return self._drums.get(int(slot_of(np.array(place))), {})

    def struck(self, place: int, drum: int) -> None:
        """A drum (GM) was struck at a place of this bar."""
        self._strokes.append((place, drum))

    def end_bar(self) -> None:
        """The drums are done with this bar."""
        if self._meter in self._recent:
            places, drums = np.array(self._strokes, dtype=np.int64).reshape(-1, 2).T
            new = struck(places, drums, self._meter)
            old = self._recent[self._meter]
            self._recent[self._meter] = (1 - FORGETS) * old + FORGETS * new


def _places_of(slot: int) -> range:
    """The places of a bar that lie in a slot."""
    eighth, between = divmod(slot, 2)
    first = eighth * EIGHTH
    return range(first + 1, first + EIGHTH) if between else range(first, first + 1)


def _made_up(usual: Table, recent: Table) -> Table:
    nats = GAIN * np.log((usual + FEW) / (recent + FEW))
    more = np.where(usual >= CORE, np.clip(nats, 0.0, MOST_ON), 0.0)
    less = np.where(usual < RARE, np.clip(nats, -MOST_OFF, 0.0), 0.0)
    return np.asarray(more + less)
