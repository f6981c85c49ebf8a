"""Energy: how busily a section is played, as a lean on what the model says of each part, and that
parts which come in are heard.

The densities and chord sizes of a phrase are drawn from the model's own distribution, tilted: so
that the same energy is much for a ballad's style and little for a samba's, and parts that would
hardly play drop out first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.cursor import DENSITY, SIZE, Cursor, asked_attribute
from restyle.decoding.figures import FIGURES
from restyle.decoding.processors.sections import Plan
from restyle.decoding.state import State
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
_LEANS = {
    DENSITY: (v.DENSITY, FIGURES.denser),
    SIZE: (v.SIZE_OF_CHORDS, FIGURES.fuller),
}


class Energy:
    """Denser and fuller where the plan has energy, sparser and thinner where it has little; who has
    come in is not silent."""

    name = "energy"

    def __init__(self, plan: Plan):
        self._plan = plan

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        plan = self._plan
        lean = 0.0 if plan.energy is None else 2.0 * plan.energy - 1.0
        for row in (cursor.state <= State.DENSITY).nonzero()[0].tolist():
            which = asked_attribute(cursor, row)
            if which in _LEANS:
                kind, nats = _LEANS[which]
                logits[row, kind.first : kind.end] += np.float32(lean * nats) * np.arange(kind.size)
            if which == DENSITY and int(cursor.part[row]) in plan.entered:
                logits[row, v.DENSITY[0]] -= FIGURES.kept
        return logits

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
