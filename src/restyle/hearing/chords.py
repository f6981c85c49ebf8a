"""The chords of a song: the likeliest path of chord symbols over its beats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.hearing.chroma import (
    BAR,
    BEAT,
    HALF,
    SLOT,
    Beats,
    beats_of,
    fold,
    lowest,
    one_hot,
    over_beats,
    pitched,
    slot_roll,
)
from restyle.song import QUALITIES, Chord, Key, Song

_TRIADS = ("maj", "min", "dim", "aug", "sus")
_CHANGE = {BAR: 0.6, HALF: 1.0, BEAT: 1.6}
_NO_CHORD = 60


def find_chords(song: Song, key: Key | None = None) -> tuple[Chord, ...]:
    """The chords of a song in ticks, one after another from tick 0, each unlike the one before.

    The song must stand on its beats already. Bars without a sounding note carry "no chord".
    """
    notes = pitched(song)
    if not len(notes):
        return ()
    beats = beats_of(song)
    slots = int(beats.starts[-1]) // SLOT
    roll = slot_roll(notes, slots)
    sounding = over_beats(np.minimum(fold(roll > 0), 1.0), beats)
    bass = over_beats(one_hot(lowest(roll)), beats)
    path = _best_path(_scores(sounding, bass), beats.levels)
    return _merge(beats, path, sounding, bass)


def _scores(sounding: NDArray[np.float32], bass: NDArray[np.float32]) -> NDArray[np.float64]:
    """How well each of 5 x 12 triads and "no chord" fits each beat, shape (beats, 61)."""
    part = sounding / np.maximum(sounding.sum(axis=1, keepdims=True), 1e-6)
    low = bass / np.maximum(bass.sum(axis=1, keepdims=True), 1e-6)
    columns = []
    penalty = {"maj": 0.0, "min": 0.0, "dim": 0.12, "aug": 0.25, "sus": 0.12}
    for quality in _TRIADS:
        for root in range(12):
            tones = [(root + i) % 12 for i in QUALITIES[quality]]
            inside = part[:, tones].sum(axis=1) + 0.3 * np.minimum(part[:, tones], 0.2).sum(axis=1)
            fit = inside + 0.35 * low[:, root] + 0.15 * part[:, root]
            columns.append(fit - penalty[quality])
    silent = np.where(sounding.sum(axis=1) < 0.5, 2.0, 0.2)
    return 4.0 * np.stack([*columns, silent], axis=1)


def _best_path(scores: NDArray[np.float64], levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Viterbi over beats: a change costs less at a bar line than at a half bar or another beat."""
    beats, states = scores.shape
    back = np.zeros((beats, states), dtype=np.int64)
    own = np.arange(states)
    total = scores[0]
    for t in range(1, beats):
        best = int(total.argmax())
        leave = total[best] - _CHANGE[int(levels[t])]
        stay = total >= leave
        back[t] = np.where(stay, own, best)
        total = np.where(stay, total, leave) + scores[t]
    path = np.zeros(beats, dtype=np.int64)
    path[-1] = int(total.argmax())
    for t in range(beats - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path


def _merge(
    beats: Beats,
    path: NDArray[np.int64],
    sounding: NDArray[np.float32],
    bass: NDArray[np.float32],
) -> tuple[Chord, ...]:
    edges = np.flatnonzero(np.concatenate(([True], path[1:] != path[:-1])))
    chords = []
    for first, last in zip(edges, np.append(edges[1:], len(path)), strict=True):
        start, state = int(beats.starts[first]), int(path[first])
        if state == _NO_CHORD:
            chords.append(Chord(start, -1))
            continue
        root, triad = state % 12, _TRIADS[state // 12]
        heard = sounding[first:last].sum(axis=0)
        low = bass[first:last].sum(axis=0)
        chords.append(Chord(start, root, _seventh(root, triad, heard), _bass(root, triad, low)))
    return tuple(chords)


def _seventh(root: int, triad: str, heard: NDArray[np.float32]) -> str:
    """The four-note quality that a triad grows to where its fourth note clearly sounds."""
    grown = {
        "maj": {10: "7", 11: "maj7", 9: "6"},
        "min": {10: "m7", 11: "mM7", 9: "m6"},
        "dim": {10: "hdim7", 9: "dim7"},
        "aug": {10: "aug7"},
        "sus": {10: "7sus"},
    }[triad]
    triad_weight = np.mean([heard[(root + i) % 12] for i in QUALITIES[triad]])
    best = max(grown, key=lambda i: heard[(root + i) % 12])
    return grown[best] if heard[(root + best) % 12] > 0.5 * triad_weight else triad


def _bass(root: int, triad: str, low: NDArray[np.float32]) -> int:
    """The bass where another chord tone clearly has it, else the root."""
    best = int(low.argmax())
    inside = (best - root) % 12 in QUALITIES[triad]
    return best if inside and low[best] > 0.6 * low.sum() else root
