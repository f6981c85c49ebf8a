"""How likely each chord is on each beat: what sounds there and around, judged by a small network.

The network looks at every beat twelve times, once from each root, with the same weights, so a
song in another key gets the same chords in that key (a network equivariant to transposition, as
in chord recognition from audio). It is fitted by benchmarks/fit_harmony.py.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chroma import (
    BAR,
    BEAT,
    HALF,
    SLOT,
    Beats,
    fold,
    lowest,
    one_hot,
    over_beats,
    slot_roll,
)
from restyle.analysis.weights import Weights, weights
from restyle.music.song import Notes

Floats = NDArray[np.float32]

KINDS = ("maj", "min", "dim", "aug", "sus", "sus2")
"""Qualities that the network tells apart; state `12 * kind + root`."""
STATES = 12 * len(KINDS) + 1
NO_CHORD = STATES - 1

BASS = 2
"""The row of `describe_beats` that holds the bass."""
TUNE = 16
"""The row that holds the share of the beat for which the melody sounds each pitch class."""

_DEEP = 52
"""Pitches below this (E3) are a bass wherever they are lowest."""
_WIDE = 8
"""Beats before and after that count as the surroundings."""
_BATCH = 256
"""Beats judged at once: what fits a processor's cache is quickest."""


def chord_scores(turned: Floats, plain: Floats) -> Floats:
    """Log-probability of each state on each beat, shape (beats, STATES), from `describe_beats`."""
    net = _net()
    beats = len(turned)
    turned = turned.reshape(beats, -1)
    plain = (plain - net["plain_mean"]) / net["plain_scale"]
    offsets = plain @ net["plain"] + net["bias"]
    silent = np.maximum(plain @ net["silent"] + net["silent_bias"], 0) @ net["silent_out"]
    scores = np.empty((beats, STATES), dtype=np.float32)
    scores[:, NO_CHORD] = silent[:, 0] + net["silent_out_bias"]
    for i in range(0, beats, _BATCH):
        part = slice(i, i + _BATCH)
        hidden = (turned[part] @ net["rooted"]).reshape(-1, 12, net["bias"].size)
        hidden = np.maximum(hidden + offsets[part, None], 0)
        hidden = np.maximum(hidden @ net["hidden"] + net["hidden_bias"], 0)
        out = hidden @ net["out"] + net["out_bias"]
        scores[part, :NO_CHORD] = out.transpose(0, 2, 1).reshape(len(out), -1)
    scores -= scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


@cache
def _net() -> Weights:
    """The weights; those of the first layer laid out for all twelve roots at once."""
    net = weights("chords")
    turned = net["turned"]  # (rows, interval above the root, hidden)
    pitch, root = np.arange(12)[:, None], np.arange(12)[None]
    rooted = turned[:, (pitch - root) % 12]  # (rows, pitch class, root, hidden)
    return net | {"rooted": np.ascontiguousarray(rooted.reshape(12 * len(turned), -1))}


def describe_beats(accompaniment: Notes, melody: Notes, beats: Beats) -> tuple[Floats, Floats]:
    """Pitch classes on and around each beat, (beats, 21, 12), and plain figures, (beats, 13).

    The first row of the 21 is the share of the beat for which each pitch class sounds in the
    accompaniment, the third (BASS) that for which it is the lowest there.
    """
    slots = int(beats.starts[-1]) // SLOT
    size = np.maximum(np.diff(beats.starts // SLOT), 1)[:, None].astype(np.float32)
    roll = slot_roll(accompaniment, slots)
    counts, low = fold(roll > 0), lowest(roll)
    chord = over_beats(np.minimum(counts, 1.0), beats) / size
    doubled = over_beats(counts, beats) / size
    bass = over_beats(one_hot(low), beats) / size
    deep = over_beats(one_hot(np.where(low < _DEEP, low, -1)), beats) / size
    tune = over_beats(np.minimum(fold(slot_roll(melody, slots) > 0), 1.0), beats) / size
    attacks = np.minimum(over_beats(_attacks(accompaniment, slots), beats), 3.0)
    on_beat = one_hot(low[np.minimum(beats.starts[:-1] // SLOT, slots - 1)])
    bars = np.flatnonzero(beats.levels == BAR)
    halves = np.flatnonzero(beats.levels != BEAT)
    all_of_it = np.minimum(chord + tune, 1.0)
    whole = np.broadcast_to(_thrice(all_of_it.sum(axis=0, keepdims=True)), chord.shape)
    rows = [
        chord, np.minimum(doubled, 4.0) / 2, bass, on_beat, attacks, deep,
        _moved(chord, -1), _moved(chord, 1), _moved(bass, -1), _moved(bass, 1),
        _moved(chord, -2) + _moved(chord, -3), _moved(chord, 2) + _moved(chord, 3),
        _mean_of(chord, bars), _mean_of(bass, bars), _mean_of(chord, halves),
        _mean_of(bass, halves), tune, _mean_of(tune, halves), _mean_of(tune, bars),
        whole, _thrice(_around(all_of_it)),
    ]  # fmt: skip
    sums = [rows[i] for i in (0, 6, 7)] + [doubled, bass, deep, attacks, rows[12], tune, rows[18]]
    plain = [np.log1p(row.sum(axis=1)) for row in sums]
    plain += [(chord > 0.2).sum(axis=1) / 4, beats.levels == BAR, beats.levels == HALF]
    return np.stack(rows, axis=1), np.stack(plain, axis=1).astype(np.float32)


def _attacks(notes: Notes, slots: int) -> Floats:
    """How many notes of each pitch class start in each slot."""
    first = np.clip((notes["start"] + SLOT // 2) // SLOT, 0, slots - 1)
    counts = np.bincount(first * 12 + notes["pitch"] % 12, minlength=slots * 12)
    return counts.reshape(slots, 12).astype(np.float32)


def _moved(rows: Floats, beats: int) -> Floats:
    """What stands `beats` later (negative: before), silence beyond the ends."""
    out = np.zeros_like(rows)
    if beats > 0:
        out[:-beats] = rows[beats:]
    else:
        out[-beats:] = rows[:beats]
    return out


def _mean_of(rows: Floats, firsts: NDArray[np.int64]) -> Floats:
    """The mean over the bar (or half bar) that each beat stands in; `firsts` begin them."""
    sizes = np.diff(np.append(firsts, len(rows)))
    means = np.add.reduceat(rows, firsts, axis=0) / sizes[:, None]
    return np.asarray(np.repeat(means, sizes, axis=0), dtype=np.float32)


def _around(rows: Floats) -> Floats:
    """Sums over the beats from `_WIDE` before to `_WIDE` after."""
    total = np.vstack([np.zeros((1, 12), np.float32), np.cumsum(rows, axis=0, dtype=np.float32)])
    place = np.arange(len(rows))
    last = np.minimum(place + _WIDE + 1, len(rows))
    return np.asarray(total[last] - total[np.maximum(place - _WIDE, 0)])


def _thrice(rows: Floats) -> Floats:
    """Shares of each pitch class, three in all: as much as a triad."""
    return np.asarray(3 * rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-6))
