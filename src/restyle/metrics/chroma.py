"""Content: do base and result share their pitches and their rhythm, place by place?

Both songs stand on one grid, bar for bar (a result keeps its base's bars). Velocities and drums do
not count.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.music.beat_chroma import chroma
from restyle.music.song import GRID, Notes

Array = NDArray[np.float64]

WINDOW, STRIDE = 2 * GRID, GRID
"""Frames (grid positions) of a chroma window and from one to the next: two beats, one beat."""


def chroma_cosine(a: Notes, b: Notes) -> float:
    """How alike the sounding pitch classes of two songs are over time, 0..1.

    Chroma counts at 12 frames a beat, mean over 24 frames with stride 12, columns brought to length
    1; the sum of the columns' dot products over the number of columns where either song sounds.
    1 when neither sounds at all. Groove2Groove (Cífka et al. 2020), after Lu & Su (ISMIR 2018).
    """
    length = max(_end(a), _end(b), WINDOW)
    x, y = _windows(chroma(a, length)), _windows(chroma(b, length))
    heard = x.any(axis=0) | y.any(axis=0)
    if not heard.any():
        return 1.0
    return float((_unit(x) * _unit(y)).sum() / heard.sum())


def bar_chroma_similarity(a: Notes, b: Notes, lines: NDArray[np.int64]) -> float:
    """Mean over bars of the cosine of the pitch classes that start in them, 0..1.

    A bar that is empty on one side counts 0; bars empty on both do not count (1 when all are).
    MuseMorphose (Wu & Yang, IEEE/ACM TASLP 2023), sim_chr.
    """
    x, y = (_by_bar(n, lines, n["pitch"] % 12, 12) for n in (a, b))
    return _mean_cosine(x, y)


def groove_similarity(a: Notes, b: Notes, lines: NDArray[np.int64]) -> float:
    """Mean over bars of the cosine of how many notes start at each sixteenth, 0..1.

    A bar that is empty on one side counts 0; bars empty on both do not count (1 when all are).
    MuseMorphose (Wu & Yang, IEEE/ACM TASLP 2023), sim_grv: 16 places in a bar of 4/4.
    """
    places = max(int(np.diff(lines).max(initial=1)) // 3 + 1, 1)
    x, y = (_by_bar(n, lines, _within(n, lines) // 3, places) for n in (a, b))
    return _mean_cosine(x, y)


def pitch_class_entropy(notes: Notes, lines: NDArray[np.int64], bars: int = 1) -> float:
    """Mean entropy of the pitch classes that start in windows of `bars` bars, in bits, 0..3.58.

    Windows begin at every bar; those without notes do not count. H1 and H4 of MusDr (Wu & Yang,
    "The Jazz Transformer on the Front Line", ISMIR 2020). 0 for a song without notes.
    """
    counts = _by_bar(notes, lines, notes["pitch"] % 12, 12)
    if len(counts) < bars:
        return 0.0
    windows = sum(counts[i : len(counts) - bars + 1 + i] for i in range(bars))
    windows = np.asarray(windows)[np.asarray(windows).any(axis=1)]
    if not len(windows):
        return 0.0
    share = windows / windows.sum(axis=1, keepdims=True)
    bits = -(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=1)
    return float(bits.mean())


def groove_consistency(notes: Notes, lines: NDArray[np.int64]) -> float:
    """How alike the rhythms of a song's bars are, 0..1: GS of MusDr.

    Mean over all pairs of bars of 1 - (places where one bar has an onset and the other has none) /
    (places), places being the grid positions of a bar. Only bars of the commonest length count.
    1 when there are fewer than two. MusDr (Wu & Yang, ISMIR 2020).
    """
    lengths = np.diff(lines)
    if not len(lengths):
        return 1.0
    usual = int(np.bincount(lengths).argmax())
    struck = _by_bar(notes, lines, _within(notes, lines), int(lengths.max())) > 0
    struck = struck[lengths == usual][:, :usual].astype(float)
    count = len(struck)
    if count < 2:
        return 1.0
    ones = struck.sum(axis=1)
    differ = ones[:, None] + ones[None, :] - 2 * struck @ struck.T
    return float(1 - differ.sum() / (count * (count - 1)) / usual)


def _by_bar(notes: Notes, lines: NDArray[np.int64], value: NDArray[np.integer], size: int) -> Array:
    """How often each value starts in each bar, shape (bars, size)."""
    bars = max(len(lines) - 1, 0)
    bar = np.searchsorted(lines, notes["start"], side="right") - 1
    inside = (bar >= 0) & (bar < bars)
    flat = np.bincount((bar * size + value)[inside], minlength=bars * size)
    return flat.reshape(bars, size).astype(np.float64)


def _within(notes: Notes, lines: NDArray[np.int64]) -> NDArray[np.int64]:
    bar = np.searchsorted(lines, notes["start"], side="right") - 1
    return np.asarray(notes["start"] - lines[bar], dtype=np.int64)


def _mean_cosine(x: Array, y: Array) -> float:
    heard = x.any(axis=1) | y.any(axis=1)
    if not heard.any():
        return 1.0
    return float((_unit(x.T) * _unit(y.T)).sum() / heard.sum())


def _windows(frames: Array) -> Array:
    """Means over windows, shape (12, windows); the last one may be short."""
    return np.stack(
        [frames[:, i : i + WINDOW].mean(axis=1) for i in range(0, frames.shape[1], STRIDE)], axis=1
    )


def _unit(columns: Array) -> Array:
    size = np.linalg.norm(columns, axis=0)
    return np.asarray(columns / np.where(size > 0, size, 1.0))


def _end(notes: Notes) -> int:
    return int((notes["start"] + notes["duration"]).max()) if len(notes) else 0


def bars_of(notes: Notes, lines: NDArray[np.int64]) -> list[frozenset[tuple[int, int]]]:
    """For each bar the set of (place in the bar, pitch) of what starts in it."""
    place = _within(notes, lines)
    edges = np.searchsorted(notes["start"], lines)
    pairs = list(zip(place.tolist(), notes["pitch"].tolist(), strict=True))
    return [frozenset(pairs[a:b]) for a, b in pairwise(edges.tolist())]
