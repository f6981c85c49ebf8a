"""Beats of a performance from its accents alone: tempo, phase, and how both drift.

A beat is divided into twelve; learnt weights say what each accent speaks for at each twelfth
(`Ear.beat`). One pulse is tracked by dynamic programming (the state is the length of the present
beat, as in the bar-pointer model of Whiteley, Cemgil & Godsill 2006), then the beats that a
listener could tap to it (it, its double, its half, its off-beat ...) are compared as wholes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.accents import FRAMES, Frames, at_times
from restyle.analysis.ear import PHASES, Ear

Seconds = NDArray[np.float64]

_SHORTEST, _LONGEST = 33, 68  # frames of the tracked pulse: an octave of tempo
_STEADY = 100.0  # cost of changing the tempo, times the log of the change
_TRUST = 0.15  # weight of the accents against that cost

MULTIPLES: tuple[tuple[float, tuple[float, ...]], ...] = (
    (1, (0, 1 / 2, 1 / 4, 3 / 4)), (2, (0, 1 / 2, 1 / 4, 3 / 4)), (4, (0, 1 / 4, 1 / 2, 3 / 4)),
    (1 / 2, (0, 1 / 2)), (3 / 2, (0, 1 / 3, 2 / 3)), (2 / 3, (0, 1 / 2)), (3, (0, 1 / 3, 2 / 3)),
    (1 / 3, (0, 1 / 2)), (4 / 3, (0, 1 / 4, 1 / 2, 3 / 4)), (3 / 4, (0, 1 / 2)),
)  # fmt: skip
"""Beats that could be meant, as lengths and phases in beats of the tracked pulse."""
_TEMPI = (0.25, 1.6)  # seconds a beat that a listener would tap


@dataclass(frozen=True)
class Tapped:
    """One way to tap along: beat times in seconds and how well they fit (nats)."""

    beats: Seconds
    score: float


def track(frames: Frames, ear: Ear) -> Seconds:
    """The pulse of about 90 to 180 a minute that fits the accents best, over the whole song."""
    lengths = np.arange(_SHORTEST, _LONGEST + 1)
    gains = _TRUST * _beat_gains(frames @ ear.beat.T, lengths)
    # gains[t, i]: a beat of lengths[i] frames that begins t - _LONGEST frames into the song.
    change = -_STEADY * np.abs(np.log(lengths[:, None] / lengths[None, :]))  # to row, from column
    best = np.zeros_like(gains)
    came = np.full(gains.shape, -1, dtype=np.int16)
    rows = np.arange(len(lengths))
    # No beat is shorter than _SHORTEST, so that many frames can be worked out at a time.
    for begin in range(0, len(gains), _SHORTEST):
        now = np.arange(begin, min(begin + _SHORTEST, len(gains)))
        earlier = now[:, None] - lengths
        before = np.where(earlier >= 0, best[np.maximum(earlier, 0), rows], -np.inf)
        scores = change + before[:, None, :]
        source = scores.argmax(axis=2)
        reached = np.take_along_axis(scores, source[:, :, None], axis=2)[:, :, 0]
        first = np.isneginf(reached) | (earlier[:, :1] < 0)
        came[now] = np.where(first, -1, source)
        best[now] = gains[now] + np.where(first, 0.0, reached)
    # The last beat may reach beyond the end: take the best of those that do.
    last = len(gains) - _SHORTEST
    t, i = divmod(int(np.argmax(best[last:])), len(lengths))
    t += last
    beats = [t + lengths[i]]
    while True:
        beats.append(t)
        if came[t, i] < 0:
            break
        i = int(came[t, i])
        t -= int(lengths[i])
    return np.asarray((np.array(beats[::-1]) - _LONGEST) / FRAMES)


def _beat_gains(evidence: Frames, lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Evidence summed over a beat from each frame on, for each length of beat."""
    padded = np.pad(evidence, ((_LONGEST, 2 * _LONGEST), (0, 0)))
    total = np.concatenate((np.zeros((1, PHASES)), np.cumsum(padded, axis=0, dtype=np.float64)))
    begins = np.arange(len(evidence) + _LONGEST)
    gains = np.zeros((len(begins), len(lengths)))
    for column, length in enumerate(lengths):
        # Frames nearest to each twelfth; the first twelfth lies around the beat itself.
        edges = np.rint((np.arange(PHASES + 1) - 0.5) * length / PHASES).astype(np.int64)
        for phase in range(PHASES):
            low, high = begins + edges[phase], begins + edges[phase + 1]
            gains[:, column] += total[np.maximum(high, 0), phase] - total[np.maximum(low, 0), phase]
    return gains


def fit(frames: Frames, beats: Seconds, ear: Ear) -> float:
    """How well beats fit the accents, in nats; to be compared between beats of one song."""
    return float(np.sum(profile(frames, beats) * ear.beat) + ear.tempo(np.median(np.diff(beats))))


def gain(frames: Frames, beats: Seconds, ear: Ear) -> float:
    """How much better beats fit the accents than beats that have nothing to do with them, in nats;
    about 0 for those."""
    found = profile(frames, beats)
    return float(np.sum((found - found.mean(axis=0)) * ear.beat))


def profile(frames: Frames, beats: Seconds) -> Frames:
    """Mean accents at each twelfth of the beats, (PHASES, measures)."""
    count = len(beats)
    places = np.arange(count - 1)[:, None] + np.arange(PHASES) / PHASES
    times = np.interp(places, np.arange(count), beats)
    return np.asarray(at_times(frames, times).mean(axis=0), dtype=np.float32)


def taps(pulse: Seconds) -> list[Seconds]:
    """All the beats that a listener could tap to a pulse."""
    count = len(pulse)
    place = np.arange(count)
    period = float(np.median(np.diff(pulse)))
    out = []
    for length, phases in MULTIPLES:
        if _TEMPI[0] <= length * period <= _TEMPI[1]:
            for phase in phases:
                at = np.arange(phase * length, count - 1 + 1e-9, length)
                if len(at) > 4:
                    out.append(np.interp(at, place, pulse))
    return out
