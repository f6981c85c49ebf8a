"""The grid that music21 sets times on: sixteenths and triplet eighths, in twelfths of a quarter."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import floor

import numpy as np
from numpy.typing import NDArray

DIVISORS = (4, 3)


def on_grid(quarters: NDArray[np.float64]) -> NDArray[np.int64]:
    """Times on the grid, in twelfths: the nearer of both grids, sixteenths where equal."""
    near = []
    for divisor in DIVISORS:
        tick = 1 / divisor
        low = np.floor(quarters / tick)
        near.append(np.where(quarters <= tick * low + tick / 2, low, low + 1))
    fine, coarse = (
        np.round(np.abs(quarters - n * (1 / d)), 7) for n, d in zip(near, DIVISORS, strict=True)
    )
    best = np.where(fine <= coarse, near[0] * 12 // DIVISORS[0], near[1] * 12 // DIVISORS[1])
    return np.asarray(best.astype(np.int64))


@lru_cache(maxsize=100_000)
def nearest_length(target: float, gap: int) -> int:
    """A length: the nearest multiple of a fourth or a third of a quarter, in twelfths of one.

    Preferred is what leaves no gap before the next onset; then the nearer; then triplets. In
    binary fractions as music21 counts, so that ties fall as they do there.
    """
    found = []
    space = float(Fraction(gap, 12))
    for divisor in DIVISORS:
        tick = 1 / divisor
        low = floor(target / tick)
        near = low if target <= tick * low + tick / 2 else low + 1
        match = tick * near
        error = round(abs(target - match), 7)
        if near == 0:
            near, match = 1, tick
            error = abs(round(target - tick, 7))
        left = 0.0 if space % tick == 0 else max(space - match, 0.0)
        found.append((left, error, tick, near * 12 // divisor))
    return min(found)[3]
