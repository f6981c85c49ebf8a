"""What can be said of a track without its name: figures by which a melody is told from the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chroma import SLOT
from restyle.analysis.weights import weights
from restyle.music.song import TICKS, Notes, Song

Floats = NDArray[np.float64]

TOGETHER = TICKS // 12
"""Notes of a track that start within this many ticks are one chord."""

FAMILIES = 12
_FAMILY_EDGES = np.array([8, 16, 24, 32, 40, 52, 55, 64, 72, 80, 88])
"""GM programs in families: piano, bells, organ, guitar, bass, strings, choir, brass, reeds,
pipes, synth leads, the rest."""


def tops_of_chords(notes: Notes) -> NDArray[np.int64]:
    """Index of the highest note of each group of notes that start together (sorted notes)."""
    if not len(notes):
        return np.zeros(0, dtype=np.int64)
    group = np.concatenate(([0], np.cumsum(np.diff(notes["start"]) > TOGETHER)))
    order = np.lexsort((notes["pitch"], group))
    last = np.append(np.flatnonzero(np.diff(group[order])), len(order) - 1)
    return np.asarray(order[last])


def melody_scores(song: Song, candidates: list[int], unseen: int | None = None) -> Floats:
    """How much each candidate track looks like the melody; the highest one most likely is.

    A small network on `describe`, the mean of a few that benchmarks/fit_melody.py fitted on songs
    whose melody track is named, each on one half of the titles. `unseen` is 0 or 1 to use only
    those that were not fitted on that half: to measure with. Candidates must be pitched and not
    empty.
    """
    net = weights("tracks")
    use = slice(None) if unseen is None else net["half"] != unseen
    rows, families = describe(song, candidates)
    inputs = np.hstack([np.clip((rows - net["mean"]) / net["scale"], -4.0, 4.0), families])
    hidden = np.einsum("tf,nfh->nth", inputs, net["hidden"][use], optimize=True)
    hidden = np.maximum(hidden + net["hidden_bias"][use][:, None], 0)
    scores = np.einsum("nth,nh->nt", hidden, net["out"][use]) + net["out_bias"][use][:, None]
    return np.asarray(scores.mean(axis=0))


def describe(song: Song, candidates: list[int]) -> tuple[Floats, Floats]:
    """Figures of the candidate tracks, shape (tracks, figures), and their program families.

    The families are one-hot, shape (tracks, FAMILIES), and apart because they are weak evidence.
    """
    tracks = [song.tracks[i].notes for i in candidates]
    bars = song.bar_starts()
    alone = np.array([_alone(bars, notes) for notes in tracks])
    among = _among(tracks)
    beside = alone - alone.mean(axis=0)
    rows = np.hstack([alone, among, beside])
    programs = np.array([song.tracks[i].program for i in candidates])
    families = np.eye(FAMILIES)[np.searchsorted(_FAMILY_EDGES, programs, side="right")]
    return rows, families


def _alone(bars: NDArray[np.int64], notes: Notes) -> Floats:
    """Figures of one track by itself; `bars` are the bar lines."""
    tops = notes[tops_of_chords(notes)]
    pitch, start = tops["pitch"].astype(float), tops["start"].astype(float)
    length = np.log2(np.maximum(notes["duration"], 30) / TICKS)
    gaps = np.diff(start) / TICKS
    steps = np.abs(np.diff(pitch))
    steps = steps if len(steps) else np.zeros(1)
    gaps = gaps if len(gaps) else np.ones(1)
    held = np.minimum(tops["duration"][:-1] / TICKS, 8.0) / np.maximum(gaps[: len(tops) - 1], 0.05)
    held = held if len(held) else np.ones(1)
    beat = start / TICKS % 1.0
    bar = np.searchsorted(bars[:-1], notes["start"] + SLOT // 2, side="right") - 1
    used = len(np.unique(bar))
    place = (notes["start"] + SLOT // 2 - bars[bar]) // SLOT
    return np.array(
        [
            (pitch.mean() - 64) / 12,
            (notes["pitch"].max() - 64) / 12,
            np.log2(len(tops) / used),
            notes["velocity"].mean() / 32,
            len(tops) / len(notes),
            min(float(pitch.std()) / 6, 3.0),
            len(np.unique(pitch)) / 12,
            _entropy(notes["pitch"] % 12),
            np.log2(max(len(tops), 2)) / 4,
            used / max(len(bars) - 1, 1),
            length.mean(),
            length.std(),
            _entropy(np.round(np.log2(np.clip(gaps, 0.05, 16)) * 2)),
            np.mean(gaps > 1.9) * 4,
            np.mean(gaps > 6.0) * 10,
            min(float(np.median(held)), 2.0),
            float(np.mean(held > 1.1)),
            np.mean(steps == 0),
            np.mean((steps > 0) & (steps < 3)),
            np.mean((steps > 2) & (steps < 6)),
            np.mean(steps > 7),
            np.mean(steps > 12),
            np.mean((beat > 0.1) & (beat < 0.9)),
            notes["velocity"].std() / 16,
            *_repeats(bar, place, used),
            *_repeats(bar, place * 128 + notes["pitch"], used),
            np.mean(np.diff(np.unique(bar)) > 1) * 4 if used > 1 else 0.0,
            np.log2(1 + bar[0]) / 2,
            np.log2(1 + len(bars) - 2 - bar[-1]) / 2,
            np.mean((notes["pitch"] > 54) & (notes["pitch"] < 80)),
            *_phrases(tops),
        ]
    )


def _among(tracks: list[Notes]) -> Floats:
    """Figures of each track beside the others: how often on top, how often doubled, how much."""
    count = len(tracks)
    slots = max(int((n["start"] + n["duration"]).max()) for n in tracks) // SLOT + 2
    top = np.zeros((count, slots), dtype=np.int16)
    onsets = np.zeros((count, slots * 12), dtype=bool)
    for row, notes in enumerate(tracks):
        first = (notes["start"] + SLOT // 2) // SLOT
        size = np.maximum(1, (notes["duration"] + SLOT // 2) // SLOT)
        order = np.argsort(notes["pitch"], kind="stable")
        reach = np.repeat(first[order], size[order]) + _ramp(size[order])
        top[row, np.minimum(reach, slots - 1)] = np.repeat(notes["pitch"][order], size[order])
        onsets[row, first * 12 + notes["pitch"] % 12] = True
    active = top > 0
    playing = active.sum(axis=0)
    highest = active & (top == top.max(axis=0))
    mine = np.maximum(active.sum(axis=1), 1)
    attacks = np.maximum(onsets.sum(axis=1), 1)
    shared = (onsets & (onsets.sum(axis=0) > 1)).sum(axis=1) / attacks
    above = np.where(active, (top[:, None] > top[None]).mean(axis=1), 0).sum(axis=1) / mine
    higher_mean = np.array([t["pitch"].mean() for t in tracks])
    rank = (higher_mean[:, None] < higher_mean[None]).sum(axis=1)
    return np.stack(
        [
            highest.sum(axis=1) / mine,
            highest.sum(axis=1) / max(int((playing > 0).sum()), 1),
            mine / max(int((playing > 0).sum()), 1),
            shared,
            above,
            rank / 4,
            (rank == 0).astype(float),
            (active & (playing == 1)).sum(axis=1) / mine,
            np.full(count, min(count, 16) / 8),
        ],
        axis=1,
    )


def _ramp(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    """0, 1, .. size-1 for each size, one after another."""
    ends = np.cumsum(sizes)
    return np.asarray(np.arange(ends[-1]) - np.repeat(ends - sizes, sizes))


def _phrases(tops: Notes) -> tuple[float, float]:
    """How much longer notes before a rest are than the others, and how often such rests come."""
    if len(tops) < 3:
        return 0.0, 0.0
    gap = np.diff(tops["start"])
    size = np.minimum(gap, tops["duration"][:-1])
    ends = gap > max(1.5 * TICKS, 2.5 * float(np.median(gap)))
    if not ends.any() or ends.all():
        return 0.0, float(ends.mean()) * 4
    longer = np.log2(size[ends].mean() / max(float(size[~ends].mean()), 1.0) + 0.1)
    return float(longer), float(ends.mean()) * 4


def _repeats(bar: NDArray[np.int64], place: NDArray[np.int64], used: int) -> tuple[float, float]:
    """Share of a track's bars that are the same as the bar before; that are new to the song."""
    weights = np.sin((place + 1) * 12.9898) * 43758.5453
    bars = np.round(np.bincount(bar, weights=weights - np.floor(weights) + 0.5), 6)
    same = (np.diff(bars) == 0) & (bars[1:] > 0)
    return float(same.sum()) / max(used - 1, 1), len(np.unique(bars[bars > 0])) / used


def _entropy(values: NDArray[np.floating] | NDArray[np.integer]) -> float:
    counts = np.unique(values, return_counts=True)[1]
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum())
