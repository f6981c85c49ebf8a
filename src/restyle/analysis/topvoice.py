"""The voice that a person would sing out of many notes on one instrument, note by note.

Three passes: the first judges each note by what stands around it, the others also by where the
pass before heard the melody near by. What they judge by needs no names, programs or tracks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chroma import SLOT
from restyle.analysis.tracks import TOGETHER
from restyle.analysis.weights import Weights, weights
from restyle.music.song import TICKS, Notes

Floats = NDArray[np.float64]

Mask = NDArray[np.bool_]

PASSES = 3
SURE = 0.3
"""A note is sung when it is likelier than this."""
_WINDOWS = (TICKS, 4 * TICKS, 16 * TICKS)


def top_voice(notes: Notes, bars: NDArray[np.int64]) -> Mask:
    """Which of the sorted notes of one player are the melody; never two that start together.

    `bars` are the ticks of the bar lines. The networks are fitted by benchmarks/fit_melody.py.
    """
    mask = np.zeros(len(notes), dtype=bool)
    if len(notes):
        likely = likelihoods(notes, bars)
        group = _groups(notes["start"].astype(np.int64))
        order = np.lexsort((likely, group))
        best = order[np.append(np.flatnonzero(np.diff(group[order])), len(order) - 1)]
        mask[best[likely[best] > SURE]] = True
    return mask


def likelihoods(notes: Notes, bars: NDArray[np.int64]) -> Floats:
    """How likely each note is to be sung, 0 to 1, after all passes."""
    net = weights("voice")
    around = describe_notes(notes, bars)
    likely = _judge(around, net, 0)
    for turn in range(1, PASSES):
        likely = _judge(np.hstack([around, describe_again(notes, likely)]), net, turn)
    return likely


def _judge(rows: Floats, net: Weights, turn: int) -> Floats:
    """Three layers of one pass."""
    known = np.clip((rows - net[f"mean{turn}"]) / net[f"scale{turn}"], -5, 5).astype(np.float32)
    for layer in (0, 1):
        known = np.maximum(known @ net[f"w{turn}{layer}"] + net[f"b{turn}{layer}"], 0)
    score = known @ net[f"w{turn}2"] + net[f"b{turn}2"]
    return np.asarray(1 / (1 + np.exp(-score[:, 0].astype(np.float64))))


def _groups(start: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each note, the same for notes that start together."""
    return np.concatenate(([0], np.cumsum(np.diff(start) > TOGETHER)))


def describe_notes(notes: Notes, bars: NDArray[np.int64]) -> Floats:
    """Figures of each note, shape (notes, figures); notes sorted by start and not empty."""
    start = notes["start"].astype(np.int64)
    pitch = notes["pitch"].astype(np.float64)
    duration = notes["duration"].astype(np.int64)
    loud = notes["velocity"].astype(np.float64)
    group = _groups(start)
    size = np.bincount(group)
    order = np.lexsort((pitch, group))
    above, below, rank = _neighbours(pitch, group, order, size)
    slots = int((start + duration).max()) // SLOT + 2
    top = highest_line(notes, slots)
    columns = [
        (pitch - 64) / 12,
        np.minimum(rank, 6) / 2,
        (rank == 0).astype(float),
        np.log2(size[group]),
        np.minimum(above, 24) / 12,
        np.minimum(below, 24) / 12,
        np.log2(np.maximum(duration, 30) / TICKS),
        *_held(start, duration, pitch, top),
        *_metre(start, bars),
        *_gaps(start, group),
        _same_pitch(start, pitch),
    ]
    log_length = np.log2(np.maximum(duration, 30) / TICKS)
    for window in _WINDOWS:
        near = Near(start, window)
        columns += [
            (pitch - near.mean(pitch)) / 12,
            log_length - near.mean(log_length),
            (loud - near.mean(loud)) / 16,
            np.log2(near.count() * TICKS / window),
            near.mean(size[group].astype(np.float64)) / 4,
        ]
        columns.append((pitch - _windowed_top(top, start, window)) / 12)
    columns += _line(pitch, group, order)
    return np.stack(columns, axis=1)


def describe_again(notes: Notes, likely: Floats) -> Floats:
    """Figures from a first judgement: how each note lies to the melody heard around it."""
    start = notes["start"].astype(np.int64)
    pitch = notes["pitch"].astype(np.float64)
    group = _groups(start)
    best = np.zeros(group[-1] + 1)
    np.maximum.at(best, group, likely)
    columns = [np.log(likely + 1e-3), likely - best[group], best[group]]
    for window in (TICKS, 2 * TICKS, 4 * TICKS, 16 * TICKS):
        near = Near(start, window)
        weight = near.sum(likely) - likely + 1e-3
        centre = (near.sum(likely * pitch) - likely * pitch + 1e-3 * pitch) / weight
        columns += [np.clip((pitch - centre) / 6, -4, 4), np.log(weight)]
    strong = np.lexsort((likely, group))
    lead = strong[np.append(np.flatnonzero(np.diff(group[strong])), len(strong) - 1)]
    for shift in (-2, -1, 1, 2):  # the likeliest note of the chords before and after
        other = lead[np.clip(group + shift, 0, len(lead) - 1)]
        columns += [np.clip((pitch[other] - pitch) / 6, -4, 4), likely[other]]
    return np.stack(columns, axis=1)


class Near:
    """Sums over the notes that start within a window around each note."""

    def __init__(self, start: NDArray[np.int64], window: int) -> None:
        self.first = np.searchsorted(start, start - window, side="left")
        self.last = np.searchsorted(start, start + window, side="right")

    def count(self) -> Floats:
        return (self.last - self.first).astype(np.float64)

    def sum(self, values: Floats) -> Floats:
        total = np.concatenate(([0.0], np.cumsum(values)))
        return np.asarray(total[self.last] - total[self.first])

    def mean(self, values: Floats) -> Floats:
        return self.sum(values) / self.count()


def _neighbours(
    pitch: Floats, group: NDArray[np.int64], order: NDArray[np.int64], size: NDArray[np.int64]
) -> tuple[Floats, Floats, Floats]:
    """Semitones to the next note above and below in the chord, and the rank from its top."""
    sorted_pitch, sorted_group = pitch[order], group[order]
    step = np.where(np.diff(sorted_group) == 0, np.diff(sorted_pitch), 24.0)
    above, below, rank = (np.empty(len(pitch)) for _ in range(3))
    above[order] = np.append(step, 24.0)
    below[order] = np.append(24.0, step)
    ends = np.cumsum(size)
    rank[order] = ends[sorted_group] - 1 - np.arange(len(pitch))
    return above, below, rank


def highest_line(notes: Notes, slots: int) -> NDArray[np.int16]:
    """The highest pitch that sounds in each slot, 0 in silence."""
    top = np.zeros(slots, dtype=np.int16)
    order = np.argsort(notes["pitch"], kind="stable")
    first = (notes["start"][order] + SLOT // 2) // SLOT
    size = np.maximum(1, (notes["duration"][order] + SLOT // 2) // SLOT)
    ends = np.cumsum(size)
    reach = np.repeat(first, size) + np.arange(ends[-1]) - np.repeat(ends - size, size)
    top[np.minimum(reach, slots - 1)] = np.repeat(notes["pitch"][order], size)
    return top


def _held(
    start: NDArray[np.int64], duration: NDArray[np.int64], pitch: Floats, top: NDArray[np.int16]
) -> list[Floats]:
    """Semitones under what sounds highest when a note starts, in its middle and before it."""
    rows = []
    for place in (
        start + SLOT // 2,
        start + duration // 2,
        start + duration - 1,
        start - SLOT // 2,
    ):
        slot = np.clip(place // SLOT, 0, len(top) - 1)
        rows.append(np.clip((top[slot] - pitch) / 12, -2, 2))
    return rows


def _metre(start: NDArray[np.int64], bars: NDArray[np.int64]) -> list[Floats]:
    bar = np.searchsorted(bars, start + TOGETHER, side="right") - 1
    within = (start - bars[np.clip(bar, 0, len(bars) - 1)]) / TICKS
    beat = np.abs(within - np.round(within))
    return [
        (np.abs(within) < 0.1).astype(float),
        (beat < 0.1).astype(float),
        (np.abs(beat - 0.5) < 0.1).astype(float),
    ]


def _gaps(start: NDArray[np.int64], group: NDArray[np.int64]) -> list[Floats]:
    """Quarters since the chord before and until the one after, in octaves of time."""
    onset = start[np.concatenate(([0], np.flatnonzero(np.diff(group)) + 1))]
    gap = np.log2(np.clip(np.diff(onset) / TICKS, 0.06, 8.0))
    before, after = np.append(3.0, gap), np.append(gap, 3.0)
    return [before[group], after[group]]


def _same_pitch(start: NDArray[np.int64], pitch: Floats) -> Floats:
    """Quarters to the nearest other start of the same pitch (accompaniment repeats itself)."""
    order = np.lexsort((start, pitch))
    gap = np.where(np.diff(pitch[order]) == 0, np.diff(start[order]) / TICKS, 16.0)
    nearest = np.empty(len(pitch))
    nearest[order] = np.minimum(np.append(16.0, gap), np.append(gap, 16.0))
    return np.log2(np.clip(nearest, 0.06, 16.0))


def _windowed_top(top: NDArray[np.int16], start: NDArray[np.int64], window: int) -> Floats:
    """Mean of the highest sounding pitch around each start."""
    total = np.concatenate(([0.0], np.cumsum(top, dtype=np.float64)))
    count = np.concatenate(([0.0], np.cumsum(top > 0, dtype=np.float64)))
    first = np.clip((start - window) // SLOT, 0, len(top))
    last = np.clip((start + window) // SLOT + 1, 0, len(top))
    return np.asarray((total[last] - total[first]) / np.maximum(count[last] - count[first], 1))


def _line(pitch: Floats, group: NDArray[np.int64], order: NDArray[np.int64]) -> list[Floats]:
    """Semitones from each note to the top and second notes of the chords before and after."""
    ends = np.append(np.flatnonzero(np.diff(group[order])), len(order) - 1)
    tops = pitch[order[ends]]
    rows = []
    for shift in (-2, -1, 1, 2):
        other = tops[np.clip(group + shift, 0, len(tops) - 1)]
        rows.append(np.clip((other - pitch) / 12, -2, 2))
    return [*rows, _nearest(pitch, group, -1), _nearest(pitch, group, 1)]


def _nearest(pitch: Floats, group: NDArray[np.int64], way: int) -> Floats:
    """Octaves to the nearest pitch among the six notes before (-1) or after (1) in other chords."""
    nearest = np.full(len(pitch), 24.0)
    for reach in range(1, 7):
        other = np.arange(len(pitch)) + way * reach
        inside = (other >= 0) & (other < len(pitch))
        other = np.clip(other, 0, len(pitch) - 1)
        apart = inside & (group[other] != group)
        nearest = np.minimum(nearest, np.where(apart, np.abs(pitch[other] - pitch), 24.0))
    return nearest / 12
