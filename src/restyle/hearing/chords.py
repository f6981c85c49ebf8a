"""The chords of a song: the likeliest path of chord symbols over its beats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.hearing.chord_net import (
    BASS,
    KINDS,
    NO_CHORD,
    STATES,
    chord_scores,
    describe_beats,
)
from restyle.hearing.chroma import BAR, BEAT, HALF, Beats, beats_of, pitched
from restyle.hearing.melody import find_melody
from restyle.song import QUALITIES, Chord, Key, Notes, Song, notes_array

_CHANGE = {BAR: 0.0, HALF: 0.5, BEAT: 1.5}
"""What a change of chord costs, in nats, at a bar line, a half bar and any other beat."""


def find_chords(
    song: Song,
    key: Key | None = None,
    melody: tuple[NDArray[np.bool_], ...] | None = None,
) -> tuple[Chord, ...]:
    """The chords of a song in ticks, one after another from tick 0, each unlike the one before.

    The song must stand on its beats already. Beats where nothing suggests a chord carry "no
    chord". `melody` are the masks that `find_melody` gives, found anew where it is None. The key
    plays no part so far: what sounds around each beat says as much.
    """
    if not len(pitched(song)):
        return ()
    accompaniment, tune = _apart(song, find_melody(song) if melody is None else melody)
    beats = beats_of(song)
    turned, plain = describe_beats(accompaniment, tune, beats)
    path = _best_path(chord_scores(turned, plain), beats.levels)
    return _merge(beats, path, turned[:, 0], turned[:, BASS])


def _apart(song: Song, melody: tuple[NDArray[np.bool_], ...]) -> tuple[Notes, Notes]:
    """The pitched notes that are not the melody, and those that are."""
    empty = [notes_array()]
    pairs = [(t.notes, m) for t, m in zip(song.tracks, melody, strict=True) if not t.is_drum]
    rest = np.concatenate(empty + [notes[~mask] for notes, mask in pairs])
    tune = np.concatenate(empty + [notes[mask] for notes, mask in pairs])
    return (rest, tune) if len(rest) else (tune, rest)


def _best_path(scores: NDArray[np.float32], levels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Viterbi over beats: staying is free, a change costs what the place in the bar makes it."""
    beats = len(scores)
    back = np.zeros((beats, STATES), dtype=np.int64)
    own = np.arange(STATES)
    cost = [_CHANGE[int(level)] for level in levels]
    total = scores[0].astype(np.float64)
    for t in range(1, beats):
        best = int(total.argmax())
        leave = total[best] - cost[t]
        stay = total >= leave
        back[t] = np.where(stay, own, best)
        total = np.maximum(total, leave) + scores[t]
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
    chords: list[Chord] = []
    for first, last in zip(edges, np.append(edges[1:], len(path)), strict=True):
        start, state = int(beats.starts[first]), int(path[first])
        if state == NO_CHORD:
            chords.append(Chord(start, -1))
            continue
        root, triad = state % 12, KINDS[state // 12]
        heard = sounding[first:last].sum(axis=0)
        low = bass[first:last].sum(axis=0)
        chord = Chord(start, root, _seventh(root, triad, heard), _bass(root, triad, low))
        if not chords or replace(chord, start=chords[-1].start) != chords[-1]:
            chords.append(chord)
    return tuple(chords)


def _seventh(root: int, triad: str, heard: NDArray[np.float32]) -> str:
    """The four-note quality that a triad grows to where its fourth note clearly sounds."""
    grown = {
        "maj": {10: "7", 11: "maj7", 9: "6"},
        "min": {10: "m7", 11: "mM7", 9: "m6"},
        "dim": {10: "hdim7", 9: "dim7"},
        "aug": {10: "aug7"},
        "sus": {10: "7sus"},
        "sus2": {10: "7sus"},
    }[triad]
    triad_weight = np.mean([heard[(root + i) % 12] for i in QUALITIES[triad]])
    best = max(grown, key=lambda i: heard[(root + i) % 12])
    # A sixth is often a passing note, and often the fifth of the chord a third below.
    enough = 0.75 if best == 9 and triad != "dim" else 0.5
    return grown[best] if heard[(root + best) % 12] > enough * triad_weight else triad


def _bass(root: int, triad: str, low: NDArray[np.float32]) -> int:
    """The bass where another chord tone clearly has it, else the root."""
    best = int(low.argmax())
    inside = (best - root) % 12 in QUALITIES[triad]
    return best if inside and low[best] > 0.6 * low.sum() else root
