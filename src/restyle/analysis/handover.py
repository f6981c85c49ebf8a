"""Where the melody is handed over: who plays it while the leading track rests for long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.tracks import tops_of_chords
from restyle.music.song import Notes, Song

_LONG = 4
"""Bars that the leader must rest for another to take over."""
_PRESENT = 0.6
"""Share of those bars in which the other must play."""
_ELSEWHERE = 0.35
"""Who plays in more than this share of the leader's bars accompanies, and goes on doing so."""
_SINGLE = 0.9
"""Share of single notes: a soloist does not play chords."""
_PITCHES = 5
"""Different pitches that make a melody and not a figure."""
_LOWEST, _HIGHEST = 52, 92
"""Mean pitches between which melodies lie."""


def soloists(song: Song, candidates: list[int], leader: int) -> list[tuple[int, int, int]]:
    """(track, first tick, last tick) of each stretch in which another track leads.

    Only a track that is silent most of the time while the leader plays can take over: an
    interlude of the accompaniment is not a melody.
    """
    lines = song.bar_starts()
    active = np.array([_active(song.tracks[i].notes, lines) for i in candidates])
    leading = active[candidates.index(leader)]
    if not leading.any():
        return []
    out = []
    elsewhere = active[:, leading].mean(axis=1)
    for first, last in _rests(leading):
        begin, end = int(lines[first]), int(lines[last])
        there = active[:, first:last].mean(axis=1)
        able = [
            i
            for row, i in enumerate(candidates)
            if there[row] >= _PRESENT
            and elsewhere[row] <= _ELSEWHERE
            and _melodic(_between(song.tracks[i].notes, begin, end))
        ]
        if able:
            best = max(able, key=lambda i: len(_between(song.tracks[i].notes, begin, end)))
            out.append((best, begin, end))
    return out


def _active(notes: Notes, lines: NDArray[np.int64]) -> NDArray[np.bool_]:
    """In which bars some note starts."""
    bar = np.searchsorted(lines, notes["start"], side="right") - 1
    return np.bincount(np.minimum(bar, len(lines) - 2), minlength=len(lines) - 1) > 0


def _rests(leading: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of at least _LONG bars in which the leader is silent."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], leading, [True])).astype(np.int8)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(first, last) for first, last in runs if last - first >= _LONG]


def _between(notes: Notes, begin: int, end: int) -> Notes:
    return notes[(notes["start"] >= begin) & (notes["start"] < end)]


def _melodic(notes: Notes) -> bool:
    """Whether notes are a line of their own, in a melody's register, and no mere figure."""
    pitch = notes["pitch"]
    return bool(
        len(tops_of_chords(notes)) >= _SINGLE * len(notes)
        and len(np.unique(pitch)) >= _PITCHES
        and _LOWEST <= pitch.mean() <= _HIGHEST
    )
