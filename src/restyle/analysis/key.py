"""The key of a song, from what sounds, what lies in the bass, and where its chords go.

Every key is judged by the same weights, on the song turned to its tonic, as in the profile methods
since Krumhansl and Kessler (1982); here the profiles, of pitch classes, basses, chords, cadences
and last chords, are fitted to labelled songs by benchmarks/fit_harmony.py.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chords import find_chords
from restyle.analysis.chroma import SLOT, fold, lowest, one_hot, pitched, slot_roll
from restyle.analysis.weights import weights
from restyle.music.song import Chord, Key, Song

Floats = NDArray[np.float64]

ROWS = 17
"""Rows of `describe_key`."""

_STATED = 5.0
"""Nats that a signature stated for the whole of the song speaks for its two keys."""
_TAIL = 32
"""Slots (two bars of 4/4) at the end whose bass is looked at apart."""


def find_key(song: Song, chords: tuple[Chord, ...] | None = None) -> Key:
    """The one key that fits the whole song best; C major when nothing sounds.

    `chords` are those that `find_chords` gives, found anew where it is None.
    """
    if not len(pitched(song)):
        return Key(0)
    scores = _scores(describe_key(song, find_chords(song) if chords is None else chords))
    shares = _stated(song)
    for place in range(24):
        scores.flat[place] += _STATED * shares.get(_key_at(place).fifths, 0.0)
    return _key_at(int(scores.argmax()))


def _stated(song: Song) -> dict[int, float]:
    """Shares of the song for which each signature (in fifths) is stated.

    None at all where the only one is that of C major: a third of all files state it, whatever key
    they are in. Beside others it is meant.
    """
    keys = sorted(song.keys, key=lambda placed: placed[0])
    if {key for _, key in keys} <= {Key(0)}:
        return {}
    end = max(song.end, keys[-1][0] + 1)
    starts = [0, *(min(max(start, 0), end) for start, _ in keys[1:]), end]
    shares: dict[int, float] = {}
    for (_, key), (begin, until) in zip(keys, pairwise(starts), strict=True):
        shares[key.fifths] = shares.get(key.fifths, 0.0) + (until - begin) / end
    return shares


def _key_at(place: int) -> Key:
    return Key(place // 2, ("major", "minor")[place % 2])


def _scores(rows: Floats) -> Floats:
    """Nats for each key, shape (12 tonics, major and minor)."""
    net = weights("key")
    turned = rows[:, (np.arange(12)[:, None] + np.arange(12)) % 12]  # (rows, tonic, above it)
    return np.asarray(np.einsum("rti,rim->tm", turned, net["profiles"]) + net["bias"])


def describe_key(song: Song, chords: tuple[Chord, ...]) -> Floats:
    """Twelve pitch classes by ROWS figures: shares of sound, basses, chords, cadences, the ends."""
    notes = pitched(song)
    roll = slot_roll(notes, int((notes["start"] + notes["duration"]).max()) // SLOT + 1)
    low = lowest(roll)
    sound = _share(np.minimum(fold(roll > 0), 1.0).sum(axis=0))
    bass = _share(one_hot(low).sum(axis=0))
    starts = _share(np.bincount(notes["pitch"] % 12, minlength=12))
    last_basses = [one_hot(low[-_TAIL:]).sum(axis=0) / _TAIL, one_hot(low[-6:]).sum(axis=0) / 6]
    harmony = _harmony(chords, song.end, set(song.bar_starts().tolist()))
    return np.vstack([sound, bass, starts, np.sqrt(sound), harmony, *last_basses])


def _harmony(chords: tuple[Chord, ...], end: int, bar_lines: set[int]) -> Floats:
    """Roots by time (major, minor), at bar lines (the same), where cadences go (the same), roots
    of dominant sevenths; roots of the last chord (major, minor) and of the first."""
    rows = np.zeros((11, 12))
    before: Chord | None = None
    edges = [c.start for c in chords[1:]] + [end]
    total = max(end, 1)
    for chord, until in zip(chords, edges, strict=True):
        mode = {"min": 1, "dim": 2}.get(chord.triad, 0)
        if chord.root >= 0 and mode < 2:
            rows[mode, chord.root] += max(until - chord.start, 0) / total
            rows[2 + mode, chord.root] += chord.start in bar_lines
            if _leads(before, chord):
                rows[4 + mode, chord.root] += 1
        if chord.quality == "7":
            rows[6, chord.root] += max(until - chord.start, 0) / total
        before = chord
    rows[2:4] /= max(rows[2:4].sum(), 1)
    rows[4:6] /= max(rows[4:6].sum(), 1)
    sounding = [c for c in chords if c.root >= 0]
    for row, at in ((7, -1), (9, 0)):
        if sounding:
            rows[row + (sounding[at].triad in ("min", "dim")), sounding[at].root] = 1
    return rows


def _leads(dominant: Chord | None, chord: Chord) -> bool:
    """Whether a chord is reached from a major one a fifth above."""
    if dominant is None or dominant.root < 0 or dominant.triad in ("min", "dim"):
        return False
    return (dominant.root - chord.root) % 12 == 7


def _share(counts: NDArray[np.floating] | NDArray[np.integer]) -> Floats:
    return np.asarray(counts / max(counts.sum(), 1e-9), dtype=np.float64)
