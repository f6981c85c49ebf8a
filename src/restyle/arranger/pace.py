"""Pace: a part that plays more, or less, than its style does is drawn back to the style's pace.

Sampling feeds on itself: a dense bar makes the next one dense. So each part's bars are held against
what songs of the style have, and what they are off by is made up for in the bars that follow, a
little each time (an integral controller with a leak).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from restyle.tokens import vocabulary as v

GAIN, LEAK = 0.6, 0.12
"""Nats a bar for each e-fold that it was off, and what is forgotten from bar to bar."""
MOST = 3.0
"""Nats that pace may add or take at most."""


class Pace:
    """The nats on another place, and on another note at a place, part by part.

    `usual` has places a bar and notes a place for each part (see `corpus.measure.pace_of`); a part
    that it lacks goes as it goes.
    """

    def __init__(self, usual: Mapping[str, Sequence[float]], weight: float = 1.0):
        self._usual = usual
        self._weight = weight
        self._nats: dict[str, tuple[float, float]] = {}

    def nats(self, part: str) -> tuple[float, float]:
        return self._nats.get(part, (0.0, 0.0))

    def played(self, part: str, tokens: Sequence[int]) -> None:
        """A part's bar is done: `tokens` are those of its notes."""
        places = sum(token in v.POSITION for token in tokens)
        if not places or part not in self._usual:
            return
        notes = sum(token in v.PITCH or token in v.DRUM for token in tokens)
        usual = self._usual[part]
        off = math.log(places / usual[0]), math.log(notes / places / usual[1])
        old = self.nats(part)
        first, second = (
            max(-MOST, min(MOST, (1 - LEAK) * n - self._weight * GAIN * o))
            for n, o in zip(old, off, strict=True)
        )
        self._nats[part] = first, second
