"""Style profiles: in what rhythm and intervals a song moves, as histograms compared by cosine.

After Groove2Groove (Cífka, Şimşekli, Richard: "Groove2Groove: One-Shot Music Style Transfer with
Supervision from Synthetic Data", IEEE/ACM TASLP 2020), whose style profiles these are: ordered note
pairs less than four beats apart (time by interval), onsets by durations, and drum onsets. The
profile of a set is the mean of its songs' normalised histograms. "Macro" compares with the profile
of a whole style, "nano" with a single song.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from restyle.critic.played import Played
from restyle.music.song import GRID, Notes

Array = NDArray[np.float64]
Profile = dict[str, Array]
"""Histograms of sum 1 (or 0, when empty) by name: time_pitch, onset_duration, onset_drum."""

NAMES = ("time_pitch", "onset_duration", "onset_drum")
BIN = GRID // 6
"""Grid positions a bin: sixths of a beat."""
SPAN = 4 * GRID
"""Grid positions that a profile looks ahead: four beats."""
LARGEST_INTERVAL = 20
LONGEST = 2 * GRID
"""Grid positions of the longest duration that has a bin: two beats."""


def profile(song: Played) -> Profile:
    """The style profile of a song, melody included; histograms sum to 1, or are all 0."""
    made = {
        "time_pitch": time_pitch(song.notes),
        "onset_duration": onset_duration(song.notes),
        "onset_drum": onset_drum(song.drums),
    }
    return {name: h / h.sum() if h.sum() else h for name, h in made.items()}


def mean_profile(profiles: Iterable[Profile]) -> Profile:
    """The profile of a set of songs: each song weighs the same; empty histograms do not count."""
    every = list(profiles)
    out = {}
    for name in NAMES:
        some = [p[name] for p in every if p[name].any()]
        shape = every[0][name].shape if every else (0,)
        out[name] = np.mean(some, axis=0) if some else np.zeros(shape)
    return out


def similarity(a: Mapping[str, Array], b: Mapping[str, Array]) -> dict[str, float]:
    """Cosines of two profiles by name, 0..1, with "all", the mean of those of pitched notes.

    A histogram that is empty on one side gives 0, on both 1.
    """
    out = {name: cosine(a[name], b[name]) for name in NAMES}
    return {**out, "all": (out["time_pitch"] + out["onset_duration"]) / 2}


def cosine(a: Array, b: Array) -> float:
    """Cosine of two arrays taken flat; 1 when both are zero, 0 when one is."""
    x, y = np.ravel(a).astype(np.float64), np.ravel(b).astype(np.float64)
    sizes = float(np.linalg.norm(x) * np.linalg.norm(y))
    if not sizes:
        return float(not x.any() and not y.any())
    return min(float(x @ y) / sizes, 1.0)


def time_pitch(notes: Notes) -> Array:
    """Ordered pairs of notes with 0 <= dt < 4 beats, shape (24, 41), counts.

    Row: dt in sixths of a beat, rounded down; column: interval -20..20 semitones, larger ones left
    out. Of notes that start together each pair counts once, from the lower note up.
    """
    start, pitch = notes["start"].astype(np.int64), notes["pitch"].astype(np.int64)
    out = np.zeros((SPAN // BIN) * (2 * LARGEST_INTERVAL + 1))
    until = np.searchsorted(start, start + SPAN, side="left")
    offset = 1
    while True:  # all pairs (i, i + offset) at once: as many turns as notes fit into four beats
        first = np.flatnonzero(np.arange(len(start)) + offset < until)
        if not len(first):
            return out.reshape(SPAN // BIN, -1)
        gap = start[first + offset] - start[first]
        step = pitch[first + offset] - pitch[first]
        near = np.abs(step) <= LARGEST_INTERVAL
        place = (gap[near] // BIN) * (2 * LARGEST_INTERVAL + 1) + step[near] + LARGEST_INTERVAL
        out += np.bincount(place, minlength=len(out))
        offset += 1


def onset_duration(notes: Notes) -> Array:
    """Onset within four beats by duration, both in sixths of a beat, shape (24, 13), counts.

    Durations from two beats on share the last column.
    """
    onset = notes["start"] % SPAN // BIN
    length = np.minimum(notes["duration"], LONGEST) // BIN
    width = LONGEST // BIN + 1
    return np.bincount(onset * width + length, minlength=24 * width).astype(float).reshape(24, -1)


def onset_drum(drums: Notes) -> Array:
    """Onset within four beats, in sixths of a beat, by drum, shape (24, 128), counts."""
    place = drums["start"] % SPAN // BIN * 128 + drums["pitch"]
    return np.bincount(place, minlength=24 * 128).astype(float).reshape(24, 128)
