"""Pace: a part that plays more, or less, than its style does is drawn back to the style's pace; one
that holds all its notes for the same length, to the style's lengths.

Sampling feeds on itself: a dense bar makes the next one dense. So each part's bars are held against
what songs of the style have, and what they are off by is made up for in the bars that follow, a
little each time (an integral controller with a leak).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.tokens import vocabulary as v

GAIN, LEAK = 0.6, 0.12
"""Nats a bar for each e-fold that it was off, and what is forgotten from bar to bar."""
MOST_MORE, MOST_LESS = 1.5, 3.0
"""Nats that pace may add and take at most."""
LENGTHS = 0.6
"""Nats for each e-fold that a length was used too often."""
REMEMBERED, DOUBT = 80.0, 12.0
"""Notes of a part that count, and as many of the style's as are believed before any was played."""
MOST_OFF, MOST_ON = 1.5, 0.5
"""Nats off a length, and on one, at most."""


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
            max(-MOST_LESS, min(MOST_MORE, (1 - LEAK) * n - self._weight * GAIN * o))
            for n, o in zip(old, off, strict=True)
        )
        self._nats[part] = first, second


class Lengths:
    """The nats on note lengths that a part has used more, or less, than its style does.

    `usual` has the shares of all lengths for each part (see `habits.describe_lengths`).
    """

    def __init__(self, usual: Mapping[str, str], weight: float = 1.0):
        self._usual = {part: _shares(row) for part, row in usual.items()}
        self._weight = weight
        self._used = {part: np.zeros(v.DURATION.size) for part in self._usual}

    def took(self, part: str, token: int) -> None:
        """A length was chosen; those of long ago are forgotten."""
        used = self._used.get(part)
        if used is not None:
            used *= 1.0 - 1.0 / REMEMBERED
            used[v.DURATION.value(token)] += 1.0

    def nats(self, part: str) -> NDArray[np.float64] | None:
        """Shape (lengths,); None for a part that the style does not know."""
        if part not in self._usual or not self._weight:
            return None
        usual, used = self._usual[part], self._used[part]
        over = (used + DOUBT * usual) / (used.sum() + DOUBT) / usual
        nats: NDArray[np.float64] = -self._weight * LENGTHS * np.log(over)
        return np.clip(nats, -MOST_OFF, MOST_ON)


def _shares(row: str) -> NDArray[np.float64]:
    shares = np.array([float(x) for x in row.split()]) + 1.0  # what it never did is rare
    return np.asarray(shares / shares.sum())
