"""Chord agreement: are the base's chords still there when the result is heard again?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chords import find_chords
from restyle.critic.played import Played
from restyle.music.lead import lead_song
from restyle.music.song import GRID, STEP, Chord, Track, in_ticks

Ints = NDArray[np.int64]

_THIRDS = {"maj": 4, "aug": 4, "min": 3, "dim": 3, "sus": 5}
"""What stands in the place of the third, in semitones above the root."""


def agreement(a: Sequence[Chord], b: Sequence[Chord], length: int) -> tuple[float, float]:
    """Shares of beats (quarters) at whose start two rows of chords have the same root, and the same
    root and third. As mir_eval.chord `root` and `thirds` over beats, but that "no chord" counts as
    a chord and that a suspended chord is not a major one. 1 when there are no beats."""
    beats = np.arange(0, length, GRID)
    if not len(beats):
        return 1.0, 1.0
    x, y = _at(a, beats), _at(b, beats)
    same_root = x[0] == y[0]
    return float(same_root.mean()), float((same_root & (x[1] == y[1])).mean())


def chords_again(song: Played) -> tuple[Chord, ...]:
    """The chords that are heard in a song when all that is known of it is its notes (and which of
    them are the tune); grid positions."""
    rest = song.without_melody.notes
    tune = lead_song(song.lead).tracks[0].notes
    bare = lead_song(song.lead).with_tracks(
        (Track("Melody", 0, tune), Track("Rest", 0, in_ticks(rest)))
    )
    masks = (np.ones(len(tune), dtype=bool), np.zeros(len(rest), dtype=bool))
    found = find_chords(bare, melody=masks)
    return tuple(replace(c, start=c.start // STEP) for c in found)


def _at(chords: Sequence[Chord], beats: Ints) -> tuple[Ints, Ints]:
    """Root (-1 for no chord) and third at each beat."""
    if not chords:
        return np.full(len(beats), -1), np.full(len(beats), -1)
    starts = np.array([c.start for c in chords])
    at = np.searchsorted(starts, beats, side="right") - 1
    roots = np.array([c.root for c in chords])
    thirds = np.array([_THIRDS[c.triad] if c.root >= 0 else -1 for c in chords])
    return np.where(at < 0, -1, roots[at]), np.where(at < 0, -1, thirds[at])
