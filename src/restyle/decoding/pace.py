"""Pace: a part that plays more, or less, than its style does is drawn back to the style's pace; one
that holds all its notes for the same length, to the style's lengths; and a band whose notes at one
place of the bar are longer or shorter than the style's there, to what the style has there.

Sampling feeds on itself: a dense bar makes the next one dense. So each part's bars are held against
what songs of the style have, and what they are off by is made up for in the bars that follow, a
little each time (an integral controller with a leak).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import GRID
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
BY_PLACE, MOST_BY_PLACE = 0.5, 1.0
"""Nats for each e-fold that a length was used too often, or too rarely, of what begins at a place;
and how many at most."""
KEPT_IN_MIND, DOUBT_A_PLACE = 400.0, 8.0
"""Notes of the band that count, and as many of the style's as are believed at each place."""
RARE = 1e-4
"""Added to the shares of all lengths at all places: what the style never did is rare."""


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


class LengthsByPlace:
    """The nats on lengths that the whole band has used more, or less, than its style does for notes
    that begin at the same place.

    What `Lengths` holds to is a part's; this is the tie of lengths to places, which a style is
    known by: its chords are long on one and short before the bar. `usual` has the shares of lengths
    (columns, the last for all that are longer) of notes by where in four beats they begin (rows),
    such as the style profile's "onset_duration"; rows and columns are equally many grid positions.
    """

    def __init__(self, usual: NDArray[np.float64] | None, weight: float = 1.0):
        self._weight = weight if usual is not None else 0.0
        shares = np.ones((1, 1)) if usual is None else usual + RARE
        self._usual = shares / shares.sum(axis=1, keepdims=True)
        self._used = np.zeros_like(self._usual)
        self._step = 4 * GRID // len(shares)
        self._column = np.minimum(np.array(v.DURATIONS) // self._step, shares.shape[1] - 1)

    def took(self, place: int, token: int) -> None:
        """A length was chosen for a note at this grid position of the song."""
        if self._weight:
            self._used *= 1.0 - 1.0 / KEPT_IN_MIND
            self._used[self._row(place), self._column[v.DURATION.value(token)]] += 1.0

    def nats(self, place: int) -> NDArray[np.float64] | None:
        """Shape (lengths,), for a note at this grid position; None where nobody knows."""
        if not self._weight:
            return None
        usual, used = self._usual[self._row(place)], self._used[self._row(place)]
        over = (used + DOUBT_A_PLACE * usual) / (used.sum() + DOUBT_A_PLACE) / usual
        nats = -self._weight * BY_PLACE * np.log(over)
        return np.asarray(np.clip(nats, -MOST_BY_PLACE, MOST_BY_PLACE)[self._column])

    def _row(self, place: int) -> int:
        return place // self._step % len(self._usual)


def _shares(row: str) -> NDArray[np.float64]:
    shares = np.array([float(x) for x in row.split()]) + 1.0  # what it never did is rare
    return np.asarray(shares / shares.sum())
