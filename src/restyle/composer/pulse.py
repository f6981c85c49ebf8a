"""Rhythm while a piece is written: which steps are playable, and how they are kept alive.

A network that has slowed down, or plays one rhythm over and over, hears just that, and goes on with
it. So a piece is held to a pace and to a variety of its own, near to those of the style.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np
from numpy.typing import NDArray

from restyle.composer.lean import SILENCE
from restyle.composer.plan import BarPlan
from restyle.composer.sampling import draw
from restyle.composer.vocabulary import LONGEST_STEP
from restyle.composer.weights import Habits
from restyle.composer.writing import LENGTH, STEP, Writing

MOST_AT_ONCE = 4
"""Notes and chords on one onset: tune, inner voice, chord and bass."""
HURRY, LIVELINESS = 1.5, 0.15
"""Nats a quarter for a pace e times too slow; how far pieces differ in theirs, as a logarithm."""
WARMTH, COLDEST, HOTTEST = 0.25, 0.5, 1.8
"""What a temperature of rhythm gains for every bit that is missing, and where it ends."""
BREATH, DOWNBEAT = 1.0, 2.0
"""Nats for a step out of the last beat of a bar that closes; what one loses that misses the first
beat of a phrase."""
HEARD = 60
"""Last notes over which the pace is taken."""
_PLACES = frozenset((0, 3, 4, 6, 8, 9))
_ON_GRID = np.array([[(t + s) % 12 in _PLACES for s in range(LONGEST_STEP + 1)] for t in range(12)])
_QUARTERS = np.arange(LONGEST_STEP + 1) / 12
Logits = NDArray[np.floating]
Plans = Callable[[int], BarPlan | None]


class Pulse:
    """Draws lengths and steps."""

    def __init__(self, habits: Habits, rng: np.random.Generator):
        self.habits, self.rng = habits, rng
        own = np.exp(LIVELINESS * rng.standard_normal(3))
        self.pace, self.step_bits, self.length_bits = own * (
            habits.pace, habits.step_bits, habits.length_bits
        )  # fmt: skip

    def length(self, logits: Logits, work: Writing) -> int:
        """Number of a length."""
        warmth = _warmth(self.habits.length_temperature, work.bits(LENGTH), self.length_bits)
        return draw(logits, self.rng, warmth, 0.97)

    def step(self, logits: Logits, work: Writing, leave: bool, plans: Plans) -> int:
        """Twelfths of a quarter to the next onset; `leave`: not in this bar.

        `plans` tells the plan of the bar in which an onset lies.
        """
        steps = logits.astype(np.float64) - self._hurry(work) * _QUARTERS
        steps[~_ON_GRID[work.now % 12]] = SILENCE
        if len(work.at_now()) + 1 >= MOST_AT_ONCE:
            steps[0] = SILENCE
        to_line = work.to_line()
        if to_line <= LONGEST_STEP:
            if leave:
                steps[:to_line] = SILENCE
            now, following = plans(work.now), plans(work.now + to_line)
            if following and following.place.within == 0:
                steps[to_line + 1 :] -= DOWNBEAT
            if now and now.place.close and to_line <= 12:
                steps[to_line] += BREATH
        warmth = _warmth(self.habits.rhythm_temperature, work.bits(STEP), self.step_bits)
        return draw(steps, self.rng, warmth, 0.97)

    def _hurry(self, work: Writing) -> float:
        """Nats a quarter by which short steps are favoured: above 0 where it is too slow."""
        if self.pace <= 0:
            return 0.0
        onsets = work.onsets[-HEARD:]
        passed = max(work.now - onsets[0], 12)
        return HURRY * log(self.pace * passed / (48 * len(onsets)))


def _warmth(temperature: float, bits: float, wanted: float) -> float:
    """A temperature, higher where there are fewer bits than wanted; as it is where none are."""
    if wanted <= 0:
        return temperature
    return min(max(temperature + WARMTH * (wanted - bits), COLDEST), HOTTEST)
