"""Played times made readable: on sixteenths or triplets, beat by beat, small gaps closed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.io.score.layout import Bar
from restyle.io.score.rhythm import UNITS, is_compound

Times = NDArray[np.int64]
_STEPS = np.array((6, 8, 4, 3))
"""Units of sixteenths, triplets, triplet sixteenths and thirty-seconds ..."""
_EXTRA = (0.0, 0.3, 1.0, 1.5)
_SWUNG_EXTRA = (0.0, 0.3, 2.5, 3.0)
"""... and how much nearer, in units a note, the notes of a beat must lie for them. Swing is played
late and loosely: finer values than a triplet's are hardly meant."""
_TRIPLETS = 1
_ONE_LOST = 8.0
"""What it costs when two notes that were played one after the other would be written as a chord."""


def readable(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    bars: Sequence[Bar],
    *,
    swings: bool = False,
    one_line: bool = False,
    thirty_seconds: bool = True,
) -> tuple[Times, Times]:
    """Starts and ends (units) of one part's notes, as an editor would write them.

    A beat is read in the coarsest of sixteenths, triplets, triplet sixteenths and thirty-seconds
    that its notes lie near; finer ones have to lie much nearer to be preferred. Where the music
    `swings`, a long and a short note of a triplet are two eighths. Small gaps are closed. Notes of
    `one_line` that follow each other closely stay apart; elsewhere they may be a rolled chord.
    Without `thirty_seconds` there are none, and every time is one of a lead sheet's grid.
    """
    lines = np.array([bar.start for bar in bars])
    lengths = np.array([bar.length for bar in bars])
    compound = np.array([is_compound(bar.meter.numerator, bar.meter.denominator) for bar in bars])
    beat_length = np.where(compound, UNITS // 2, UNITS)
    first_beat = np.concatenate([[0], np.cumsum(-(-lengths // beat_length))])

    def place(times: NDArray[np.float64], hair: float) -> tuple[Times, Times]:
        """Bar and beat of each time; `hair` units early still count as on it."""
        bar = np.clip(np.searchsorted(lines, times + hair, "right") - 1, 0, len(bars) - 1)
        beat = np.maximum(np.floor((times - lines[bar] + hair) / beat_length[bar]), 0)
        return bar, np.minimum(first_beat[bar] + beat.astype(np.int64), first_beat[bar + 1] - 1)

    bar, beat = place(start, 1.0)
    count = np.bincount(beat, minlength=first_beat[-1])
    cost = np.empty((len(_STEPS), first_beat[-1]))
    apart = UNITS / 16 if one_line else UNITS / 5
    for i, extra in enumerate(_SWUNG_EXTRA if swings else _EXTRA):
        inside = start - lines[bar]
        error = np.abs(inside - np.round(inside / _STEPS[i]) * _STEPS[i])
        cost[i] = np.bincount(beat, error, minlength=first_beat[-1]) + extra * np.maximum(count, 1)
        placed = np.round(inside / _STEPS[i])
        cost[i] += _ONE_LOST * _lost(start, placed, bar, beat, first_beat[-1], apart)
    if not thirty_seconds:
        cost[-1] = np.inf
    # an eighth has no triplet of eighths
    cost[_TRIPLETS, np.repeat(compound, np.diff(first_beat))] = np.inf
    grid = _STEPS[cost.argmin(axis=0)]

    def snapped(times: NDArray[np.float64], bar: Times, step: Times) -> Times:
        inside = np.maximum(np.round((times - lines[bar]) / step) * step, 0)
        return np.asarray(lines[bar] + np.minimum(inside, lengths[bar]), dtype=np.int64)

    on = snapped(start, bar, grid[beat])
    end_bar, end_beat = place(end, -0.5)
    end_grid = np.where(grid == 4, 8, grid)[end_beat]  # no rests of a sixth of a beat
    off = np.maximum(snapped(end, end_bar, end_grid), on + grid[beat])
    if swings:
        on, off = _even_eighths(on, off, lines, bar, beat, grid)
    return on, np.maximum(_closed_up(on, off), on + 2)


def _lost(
    start: NDArray[np.float64],
    place: NDArray[np.float64],
    bar: Times,
    beat: Times,
    beats: int,
    apart: float,
) -> NDArray[np.float64]:
    """How many beginnings of each beat fall together with the one before them on a grid.

    Only those count that lie more than `apart` units from it.
    """
    order = np.argsort(start, kind="stable")
    meant = np.diff(start[order]) > apart
    same = (np.diff(place[order]) == 0) & (np.diff(bar[order]) == 0)
    lost = (meant & same).astype(np.float64)
    return np.bincount(beat[order][1:], lost, minlength=beats).astype(np.float64)


def _even_eighths(
    on: Times, off: Times, lines: Times, bar: Times, beat: Times, grid: Times
) -> tuple[Times, Times]:
    """Triplet beats with nothing on their second third, as the two eighths that are swung."""
    third, early = UNITS // 3, UNITS // 2 - 2 * (UNITS // 3)
    inside = (on - lines[bar]) % UNITS
    real = np.bincount(beat, inside == third, minlength=len(grid)) > 0
    turned = (grid == _STEPS[_TRIPLETS])[beat] & ~real[beat]
    on_moved = np.where(turned & (inside == 2 * third), on + early, on)
    ends_there = turned & ((off - lines[bar]) % UNITS == 2 * third) & (off - on <= UNITS)
    return on_moved, np.maximum(np.where(ends_there, off + early, off), on_moved + third // 2)


def _closed_up(on: Times, off: Times) -> Times:
    """Ends moved to where an editor would write them, when nothing begins before that.

    A note that stops a sixteenth or less before the next one is written up to it, one that leaves
    but a sixteenth of its eighth or its beat fills that, and one that reaches a sixteenth or less
    over the next one, or over a beat, ends there.
    """
    following = np.unique(on)
    if not len(following):
        return off
    small = UNITS // 4
    off = _cut_back(on, off, following)
    place = np.searchsorted(following, off)
    ahead = np.where(
        place < len(following), following[np.minimum(place, len(following) - 1)], np.iinfo(int).max
    )
    off = np.where(ahead - off <= small, ahead, off)
    for value in (UNITS // 2, UNITS):
        filled = -(-off // value) * value
        fits = (filled - off <= small) & (filled <= ahead) & (on % (UNITS // 2) == 0)
        off = np.where(fits, filled, off)
    return off


def _cut_back(on: Times, off: Times, following: Times) -> Times:
    """Ends that lie a hair behind a beginning, taken back to it."""
    place = np.maximum(np.searchsorted(following, off, "left") - 1, 0)
    behind = following[place]  # the last beginning before the end
    over = off - behind
    return np.where(
        (behind > on) & (over > 0) & (over <= UNITS // 4) & (over < off - on), behind, off
    )
