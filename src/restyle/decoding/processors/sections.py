"""A section is played as it was begun: its attributes hold until the form changes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.cursor import UNSAID, Cursor, asked_attribute
from restyle.decoding.figures import FIGURES
from restyle.decoding.state import State
from restyle.music.classes import PARTS
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
Attributes = NDArray[np.int64]
"""How each part plays, as `Cursor.attributes` has it: shape (parts, 4)."""
_KINDS = (v.DENSITY, v.SIZE_OF_CHORDS, v.REGISTER, v.FIGURE)


def unsaid() -> Attributes:
    """Attributes that say nothing."""
    return np.full((len(PARTS), len(_KINDS)), UNSAID, dtype=np.int64)


@dataclass
class Plan:
    """How the phrase at hand is to be played; who plays the phrases sets it."""

    attributes: Attributes = field(default_factory=unsaid)
    said: Attributes = field(default_factory=unsaid)
    """Those of the attributes that somebody asked for, in words."""
    energy: float | None = None
    """0..1, where it is said."""
    entered: frozenset[int] = frozenset()
    """Parts, by number, that have come in and are to be heard."""


class KeptAttributes:
    """What the plan says of a part is as good as forced; the model draws the rest."""

    name = "sections"

    def __init__(self, plan: Plan):
        self._plan = plan

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        for row in (cursor.state <= State.REGISTER).nonzero()[0].tolist():
            which = asked_attribute(cursor, row)
            if which is None:
                continue
            value = int(self._plan.attributes[cursor.part[row], which])
            if value != UNSAID:
                asked = self._plan.said[cursor.part[row], which] == value
                nats = FIGURES.said if asked else FIGURES.kept
                logits[row, _KINDS[which].first + value] += nats
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
