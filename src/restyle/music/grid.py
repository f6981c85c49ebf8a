"""Between ticks and the grid: quantising, and the swing map.

Swing is written straight and played long-short, as musicians do: `straighten` takes it out of
played notes, `swing` puts it back. Both work beat by beat (a quarter note). A beat that is divided
before its off-beat eighth (a triplet, a run of sixteenths) is played as it is written, so that
real triplets stay triplets; every other beat bends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import GRID, Notes, sort_notes

Times = NDArray[np.floating] | NDArray[np.integer]

SWINGS = 1.2
"""Swing ratio from which on a song is said to swing."""
BINARY = np.array([0, 3, 6, 9, 12])
"""Grid positions of the sixteenths of a beat, the next beat included."""
TERNARY = np.array([0, 2, 4, 6, 8, 10, 12])
"""Grid positions of the triplets of a beat and of the sixths between them."""
EITHER = np.union1d(BINARY, TERNARY)

_AT_BEAT = 1.6 / GRID  # an onset up to here is "on the beat": position 1, bent by a ratio of 3, too
_STRAIGHT_EARLY = 5.5 / GRID  # on paper, what lies before this comes before the off-beat eighth


def from_swing(times: Times, ratio: float, per_quarter: float = 1.0) -> NDArray[np.float64]:
    """Where times stand on paper that are played with eighths in `ratio` (long over short).

    The off-beat eighth is played at `ratio / (1 + ratio)` of the beat; what lies between is
    stretched in proportion. Units: `per_quarter` of them make a quarter note.
    """
    return _bend(times, ratio / (1.0 + ratio), 0.5, per_quarter)


def _bend(times: Times, source: float, target: float, per_quarter: float) -> NDArray[np.float64]:
    beats = np.asarray(times, dtype=np.float64) / per_quarter
    whole = np.floor(beats)
    within = np.interp(beats - whole, [0.0, source, 1.0], [0.0, target, 1.0])
    return np.asarray((whole + within) * per_quarter)


def swing(notes: Notes, ratio: float, per_quarter: int) -> Notes:
    """The notes of one part as played when its straight eighths swing at `ratio` (1 to 3).

    Starts and ends move, beat by beat; beats in which a note starts before the off-beat eighth
    keep their rhythm. `per_quarter` is the unit of the note array (times stay whole numbers of
    it, so take ticks, not grid positions). On notes that stand on the grid `straighten` undoes
    this exactly, up to the rounding that `quantise` removes.
    """
    return _bend_notes(notes, 0.5, ratio / (1.0 + ratio), _STRAIGHT_EARLY, per_quarter)


def straighten(notes: Notes, ratio: float, per_quarter: int) -> Notes:
    """The notes of one part as written on paper, when they were played with swing `ratio`.

    The inverse of `swing`. A beat whose off-beat was played even, or that holds a triplet or a
    run of sixteenths, stays as it is.
    """
    offbeat = ratio / (1.0 + ratio)
    return _bend_notes(notes, offbeat, 0.5, (0.5 + offbeat) / 2, per_quarter)


def _bend_notes(
    notes: Notes, source: float, target: float, early: float, per_quarter: int
) -> Notes:
    """Bend the beats in which no note starts after the beat and before `early`."""
    if abs(source - target) < 1e-9 or not len(notes):
        return notes.copy()
    start = notes["start"].astype(np.float64)
    end = start + notes["duration"]
    within = start / per_quarter % 1.0
    divided = (within > _AT_BEAT) & (within < early)
    kept = np.zeros(int(end.max() // per_quarter) + 2, dtype=bool)
    kept[(start[divided] // per_quarter).astype(np.int64)] = True

    def moved(times: NDArray[np.float64]) -> NDArray[np.int64]:
        stays = kept[(times // per_quarter).astype(np.int64)]
        return np.rint(np.where(stays, times, _bend(times, source, target, per_quarter))).astype(
            np.int64
        )

    out = notes.copy()
    out["start"] = moved(start)
    out["duration"] = np.maximum(moved(end) - out["start"], 1)
    return sort_notes(out)


def quantise(notes: Notes, per_quarter: int) -> Notes:
    """The notes on the grid of `GRID` positions a quarter, durations at least 1.

    Each beat is set to sixteenths or to triplets (with the sixths between them), whichever fits
    its onsets better, or to both where it plainly holds both. How much a note may have to move
    for that is judged from how exactly the part as a whole sits on the grid. Notes of one pitch
    that then overlap are trimmed, and doubled ones dropped.
    """
    if not len(notes):
        return notes.copy()
    start = notes["start"] * (GRID / per_quarter)
    end = (notes["start"] + notes["duration"]) * (GRID / per_quarter)
    starts = np.unique(start)
    allowed = _grid_of_beats(starts, int(end.max() // GRID) + 1)
    out = notes.copy()
    out["start"] = _snap(start, allowed)
    out["duration"] = np.maximum(_snap(end, allowed) - out["start"], 1)
    return trim_overlaps(out)


_GRIDS = (BINARY, TERNARY, EITHER)
# Nats against a beat's being of that grid: sixteenths are the rule, both at once the exception.
_GRID_COSTS = np.array([0.0, 1.5, 4.0])


def _grid_of_beats(starts: NDArray[np.float64], beats: int) -> NDArray[np.int64]:
    """For each beat the index in `_GRIDS` of the grid that its onsets (grid units) fit best."""
    off = np.stack([_distance(starts % GRID, grid) for grid in _GRIDS])
    spread = np.clip(1.5 * np.sqrt(np.mean(off[2] ** 2)), 0.12, 0.5)
    beat = (starts // GRID).astype(np.int64)
    costs = np.stack([np.bincount(beat, row**2, beats) for row in off]) / (2 * spread**2)
    # The sixths between the triplets are rarer than the triplets themselves.
    between = np.isin(np.rint(starts % GRID), (2, 6, 10))
    costs[1] += np.bincount(beat, between, beats)
    best = np.argmin(costs + _GRID_COSTS[:, None], axis=0)
    best[np.bincount(beat, minlength=beats)[:beats] == 0] = 2
    return np.asarray(best)


def _distance(within: NDArray[np.float64], grid: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(within - grid[_nearest(within, grid)]))


def _nearest(within: NDArray[np.float64], grid: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted((grid[1:] + grid[:-1]) / 2, within)


def _snap(times: NDArray[np.float64], grids: NDArray[np.int64]) -> NDArray[np.int64]:
    beat = (times // GRID).astype(np.int64)
    within = times - beat * GRID
    choices = np.stack([grid[_nearest(within, grid)] for grid in _GRIDS])
    kind = grids[np.minimum(beat, len(grids) - 1)]
    return np.asarray(beat * GRID + choices[kind, np.arange(len(times))])


def trim_overlaps(notes: Notes) -> Notes:
    """End each note where the next one of its pitch begins; of doubled notes keep the longest."""
    order = np.lexsort((-notes["duration"], notes["start"], notes["pitch"]))
    notes = notes[order]
    same = notes["pitch"][1:] == notes["pitch"][:-1]
    keep = np.ones(len(notes), dtype=bool)
    keep[1:] = ~(same & (notes["start"][1:] == notes["start"][:-1]))
    notes = notes[keep]
    same = notes["pitch"][1:] == notes["pitch"][:-1]
    room = np.where(same, np.diff(notes["start"]), np.iinfo(np.int32).max)
    notes["duration"][:-1] = np.minimum(notes["duration"][:-1], room)
    return sort_notes(notes)


def one_voice(notes: Notes) -> Notes:
    """End each note where the next one begins, if it is held longer; sorted by start. Notes that
    begin together end together at most."""
    out = notes.copy()
    begins = np.append(out["start"], np.iinfo(np.int32).max)
    after = begins[np.searchsorted(out["start"], out["start"], side="right")]
    out["duration"] = np.minimum(out["duration"], after - out["start"])
    return out
