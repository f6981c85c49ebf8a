"""Dynamic marks of a part: where its level really changes, and stays changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.io.score.layout import Bar

LEVELS = {"p": 52, "mp": 64, "mf": 76, "f": 90}
"""Velocity of each mark, as `notation.LOUD` reads it back."""
FLAT = 2.0
"""Velocities that spread less than this were typed in, not played: they say nothing."""
STAYS = 4
"""Bars with notes that a new level has to last."""
CHANGES = 10.0
"""Velocity by which the level must leave that of the mark in force."""

Ints = NDArray[np.integer]


def dynamics(on: Ints, velocity: Ints, bars: Sequence[Bar]) -> tuple[tuple[int, str], ...]:
    """(time, mark) of the marks of a part, from its notes' starts (units) and velocities.

    The first mark is the level of the first `STAYS` bars with notes. A later one stands at the
    first note of a bar, when the median of it and of the next `STAYS` - 1 bars with notes is
    nearest to another mark and more than `CHANGES` from the one in force, and the bar itself is so
    far from it, too. None at all for a part whose velocities hardly vary.
    """
    if len(on) < 2 or float(np.std(velocity)) < FLAT:
        return ()
    order = np.argsort(on, kind="stable")
    on, velocity = on[order], velocity[order]
    edges = np.searchsorted(on, [bar.start for bar in bars] + [bars[-1].end])
    filled = [(a, b) for a, b in pairwise(edges.tolist()) if b > a]
    out: list[tuple[int, str]] = []
    for i, (first, last) in enumerate(filled):
        own = float(np.median(velocity[first:last]))
        ahead = filled[i : i + STAYS]
        level = float(np.median(velocity[first : ahead[-1][1]]))
        mark = _nearest(level)
        if not out:
            out.append((int(on[first]), mark))
            continue
        now = LEVELS[out[-1][1]]
        moved = (level - now) * (own - now) > 0 and min(abs(level - now), abs(own - now)) > CHANGES
        if len(ahead) == STAYS and mark != out[-1][1] and moved:
            out.append((int(on[first]), mark))
    return tuple(out)


def _nearest(level: float) -> str:
    return min(LEVELS, key=lambda mark: abs(LEVELS[mark] - level))
