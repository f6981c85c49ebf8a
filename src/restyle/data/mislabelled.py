"""Songs that are not what their folder says, found by measurement.

Folders of songs come with strangers: a disco hit among the jazz, a jazz waltz among the pop. After
confident learning (Northcutt, Jiang & Chuang 2021): a small classifier is trained on the measures
of the songs, each song is judged by one that has not seen it, and a song that its own style
hardly explains while another one does is left out. A style is a broad thing, so only those that
are far off go.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.data.measure import Measures
from restyle.music.classes import PARTS
from restyle.music.grid import SWINGS

FOLDS = 5
LEAST_SONGS = 50
"""Songs that a style must have to be told from others, and to be told from."""
OWN, OTHER = 0.05, 0.75
"""A song is left out when its own style is less likely than the one, another more than the
other."""
_STEPS, _RATE, _RIDGE = 400, 0.5, 1e-3

Matrix = NDArray[np.float64]


def mislabelled(songs: Sequence[Measures], styles: Sequence[str]) -> list[int]:
    """The songs that sound like another style than theirs, as indices, in order.

    Nothing is left out where fewer than two styles have `LEAST_SONGS` songs.
    """
    _, labels, counts = np.unique(np.array(styles), return_inverse=True, return_counts=True)
    known = np.flatnonzero(counts >= LEAST_SONGS)
    rows = np.flatnonzero(np.isin(labels, known))
    if len(known) < 2:
        return []
    own = np.searchsorted(known, labels[rows])
    chances = _unseen(_features([songs[i] for i in rows.tolist()]), own, len(known))
    mine = chances[np.arange(len(rows)), own]
    far = (mine < OWN) & (chances.max(axis=1) > OTHER)
    return [int(i) for i in rows[far]]


def _features(songs: Sequence[Measures]) -> Matrix:
    """What tells styles apart, standardised; shape (songs, features)."""
    rows = [
        [
            min(song.swing, 2.5),
            float(song.swing >= SWINGS),
            song.sevenths,
            np.log(song.bpm),
            np.log1p(song.notes_a_bar),
            len(song.parts),
            *(part in song.parts for part in PARTS),
        ]
        for song in songs
    ]
    x = np.array(rows, dtype=np.float64)
    plain = x[:, :5]
    x = np.hstack([x, plain**2, x[:, [2]] * x[:, :2]])
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0))


def _unseen(x: Matrix, labels: NDArray[np.intp], classes: int) -> Matrix:
    """For each song the chance of each style, by a classifier that was trained without it."""
    fold = np.arange(len(x)) % FOLDS
    out = np.zeros((len(x), classes))
    for k in range(FOLDS):
        weights = _fit(x[fold != k], labels[fold != k], classes)
        out[fold == k] = _softmax(_with_one(x[fold == k]) @ weights)
    return out


def _fit(x: Matrix, labels: NDArray[np.intp], classes: int) -> Matrix:
    """Softmax regression by gradient descent with momentum, every style with the same weight."""
    x = _with_one(x)
    wanted = np.eye(classes)[labels]
    share = wanted.mean(axis=0)
    each = (1.0 / np.maximum(share, 1e-9) / classes)[labels][:, None]
    weights = np.zeros((x.shape[1], classes))
    pace = np.zeros_like(weights)
    for _ in range(_STEPS):
        slope = x.T @ (each * (_softmax(x @ weights) - wanted)) / len(x) + _RIDGE * weights
        pace = 0.9 * pace - _RATE * 0.1 * slope
        weights = weights + pace
    return weights


def _with_one(x: Matrix) -> Matrix:
    return np.hstack([x, np.ones((len(x), 1))])


def _softmax(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
