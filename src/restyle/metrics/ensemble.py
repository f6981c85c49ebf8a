"""Measures of a band: instruments, registers, drums, balance, hands.

They look at what is played on which instrument and how loud, which the other measures do not. All
take plain arrays; grid notes have times in grid positions, 12 a quarter note. A figure that a song
says nothing about is NaN.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.critic.takes import harmony
from restyle.music.drums import canonical_drums
from restyle.music.instruments import instrument, lowest_for_interval
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, NOTE, Notes

FAST = 0.060
"""Seconds below which a note, or the step to the next one, is faster than hands and ears."""
STRETCH = 8
"""Bars of a stretch in which copies and strangers are looked for."""
UNLIKE = 1 / 3
"""Share of strokes in common (Jaccard) below which two bars are strangers."""

Ints = NDArray[np.integer]


def share_in_range(pitches: Ints, program: int) -> float:
    """Share of sounding pitches that lie in the compass of the instrument, 0..1."""
    one = instrument(program)
    if not len(pitches):
        return float("nan")
    return float(((pitches >= one.low) & (pitches <= one.high)).mean())


def loudness_above(tune: Ints, band: Ints) -> float:
    """Mean velocity of the tune less that of the band's pitched notes, -126..126."""
    return float(tune.mean() - band.mean()) if len(tune) and len(band) else float("nan")


def key_counts(drums: Notes) -> NDArray[np.float64]:
    """How often each drum key is struck, shape (128,), one key for one thing."""
    counts: NDArray[np.float64] = np.bincount(
        canonical_drums(drums)["pitch"], minlength=128
    ).astype(np.float64)
    return counts


def jensen_shannon(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Jensen-Shannon distance of two histograms, 0 (alike) to 1 (nothing in common): the root of
    the divergence in bits (Lin 1991; Endres & Schindelin 2003). NaN where one is empty."""
    if not a.sum() or not b.sum():
        return float("nan")
    p, q = a / a.sum(), b / b.sum()
    middle = (p + q) / 2

    def bits(x: NDArray[np.float64]) -> float:
        some = x > 0
        return float((x[some] * np.log2(x[some] / middle[some])).sum())

    return float(np.sqrt(max(0.0, (bits(p) + bits(q)) / 2)))


def held_outside(parts: Sequence[Notes], lead: LeadSheet) -> float:
    """Share of the held notes (a beat or more) that sound against both chord and scale for a beat
    or more, 0..1. A suspension that is left within a beat is none."""
    starts, inside = harmony(lead)
    against = np.zeros((max(lead.length, 1) + 1, 12), dtype=np.int64)
    row = np.searchsorted(starts, np.arange(lead.length), side="right")
    against[1 : lead.length + 1] = np.cumsum(~inside[row], axis=0)
    held = wrong = 0
    for notes in parts:
        some = notes[notes["duration"] >= GRID]
        begin = np.clip(some["start"], 0, lead.length)
        end = np.clip(some["start"] + some["duration"], 0, lead.length)
        tone = some["pitch"] % 12
        held += len(some)
        wrong += int((against[end, tone] - against[begin, tone] >= GRID).sum())
    return wrong / held if held else float("nan")


def low_interval_faults(parts: Sequence[Notes]) -> float:
    """Share of the onsets at which two neighbouring notes that sound lie closer together than the
    low interval limit of their interval allows, 0..1, of all onsets at which two notes sound."""
    every: Notes = np.concatenate(list(parts)) if len(parts) else np.zeros(0, NOTE)
    if not len(every):
        return float("nan")
    low = every[every["pitch"] < _FREE]
    sounding = _roll(low, int((every["start"] + every["duration"]).max()))
    both = faults = 0
    voices = _roll(every, len(sounding)).sum(axis=1)
    for onset in np.unique(every["start"]):
        if voices[onset] < 2:
            continue
        both += 1
        pitches = np.flatnonzero(sounding[onset])
        faults += any(a < lowest_for_interval(b - a) for a, b in pairwise(pitches.tolist()))
    return faults / both if both else float("nan")


_FREE = max(lowest_for_interval(i) + i for i in range(17)) + 1
"""From this pitch on no interval is too low."""


def _roll(notes: Notes, length: int) -> NDArray[np.bool_]:
    """Which pitches sound at each grid position, shape (length, 128)."""
    change = np.zeros((length + 1, 128), dtype=np.int32)
    np.add.at(change, (notes["start"], notes["pitch"]), 1)
    np.add.at(change, (np.minimum(notes["start"] + notes["duration"], length), notes["pitch"]), -1)
    return np.asarray(np.cumsum(change, axis=0)[:length] > 0)


def share_short(seconds: NDArray[np.float64]) -> float:
    """Share of the notes that sound for less than 60 ms, 0..1, from their lengths."""
    return float((seconds < FAST - 1e-9).mean()) if len(seconds) else float("nan")


def share_fast(onsets: Sequence[NDArray[np.float64]]) -> float:
    """Share of the steps from onset to onset in a part that take less than 60 ms, 0..1; chords
    count once. `onsets` has the seconds of each part's onsets on the grid."""
    steps = [np.diff(np.unique(part)) for part in onsets]
    every = np.concatenate(steps) if steps else np.zeros(0)
    return float((every < FAST - 1e-9).mean()) if len(every) else float("nan")


def bars_as_sets(notes: Notes, lines: Ints) -> list[frozenset[Hashable]]:
    """What is struck in each bar: (grid position in the bar, pitch)."""
    edges = np.searchsorted(notes["start"], lines)
    out: list[frozenset[Hashable]] = []
    for line, (first, last) in zip(lines.tolist(), pairwise(edges.tolist()), strict=False):
        some = notes[first:last]
        places = (some["start"] - line).tolist()
        out.append(frozenset(zip(places, some["pitch"].tolist(), strict=True)))
    return out


def share_copies(bars: Sequence[frozenset[Hashable]]) -> float:
    """Share of the eight-bar stretches that are, bar for bar, one that was played before them.

    Every bar but the last seven begins a stretch; one with an empty bar does not count. NaN for a
    song that has no two stretches one after another.
    """
    seen: dict[tuple[frozenset[Hashable], ...], int] = {}
    copies = count = 0
    for i in range(len(bars) - STRETCH + 1):
        stretch = tuple(bars[i : i + STRETCH])
        if not all(stretch):
            continue
        first = seen.setdefault(stretch, i)
        if i >= STRETCH:
            count += 1
            copies += first <= i - STRETCH
    return copies / count if count else float("nan")


def share_strangers(bars: Sequence[frozenset[Hashable]]) -> float:
    """Share of the bars that are unlike all others of their eight-bar stretch, 0..1: with none of
    them more than a third of their strokes in common. Empty bars do not count."""
    strangers = count = 0
    for begin in range(0, len(bars), STRETCH):
        stretch = [bar for bar in bars[begin : begin + STRETCH] if bar]
        if len(stretch) < STRETCH // 2:
            continue
        count += len(stretch)
        for i, bar in enumerate(stretch):
            others = stretch[:i] + stretch[i + 1 :]
            strangers += all(len(bar & other) <= UNLIKE * len(bar | other) for other in others)
    return strangers / count if count else float("nan")


def drum_distance(drums: Notes, usual: Mapping[int, float]) -> float:
    """Jensen-Shannon distance of the drum keys struck to a style's songs' (key -> share), 0..1."""
    whole = np.zeros(128)
    whole[list(usual)] = list(usual.values())
    return jensen_shannon(key_counts(drums), whole)
