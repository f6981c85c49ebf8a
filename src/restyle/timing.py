"""Between ticks and the grid: quantising, and the swing map.

Swing is written straight and played long-short, as musicians do: `straighten` takes it out of
played times, `swing` puts it back. Both work beat by beat (a quarter note).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.floating] | NDArray[np.integer]


def to_swing(times: Times, ratio: float, per_quarter: float = 1.0) -> NDArray[np.float64]:
    """Where straight times are played when the eighths swing at `ratio` (long over short).

    The off-beat eighth moves to `ratio / (1 + ratio)` of the beat; what lies between is stretched
    in proportion. Units: `per_quarter` of them make a quarter note.
    """
    return _bend(times, 0.5, ratio / (1.0 + ratio), per_quarter)


def from_swing(times: Times, ratio: float, per_quarter: float = 1.0) -> NDArray[np.float64]:
    """The inverse of `to_swing`: where swung times stand on paper."""
    return _bend(times, ratio / (1.0 + ratio), 0.5, per_quarter)


def _bend(times: Times, source: float, target: float, per_quarter: float) -> NDArray[np.float64]:
    beats = np.asarray(times, dtype=np.float64) / per_quarter
    whole = np.floor(beats)
    within = np.interp(beats - whole, [0.0, source, 1.0], [0.0, target, 1.0])
    return np.asarray((whole + within) * per_quarter)
