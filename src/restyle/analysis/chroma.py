"""Pitch classes in time: the piano roll in slots, the beats that chords stand on, sums over beats.

Key and chords are both heard from these sums. Drums never count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import TICKS, Notes, Song, notes_array

SLOT = TICKS // 4
"""Ticks a slot: a sixteenth. Fine enough to tell an off-beat chord from a held one."""

BAR, HALF, BEAT = 0, 1, 2
"""Weights of a beat's place in its bar: the bar line, the half of an even bar, any other beat."""


@dataclass(frozen=True)
class Beats:
    """The beats of a song that chords can change on.

    `starts` are ticks, with the end of the last bar as one more; `levels` is BAR, HALF or BEAT for
    each beat. A beat is a quarter, in compound meters a dotted quarter.
    """

    starts: NDArray[np.int64]
    levels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.levels)


def pitched(song: Song) -> Notes:
    """All notes of a song but the drums', sorted."""
    parts = [t.notes for t in song.tracks if not t.is_drum and len(t.notes)]
    if not parts:
        return notes_array()
    notes = np.concatenate(parts)
    return notes[np.argsort(notes["start"], kind="stable")]


def beats_of(song: Song) -> Beats:
    """The beats of every bar, from tick 0 to the bar line after the end."""
    bars = song.bar_starts()
    changes = np.array([m.start for m in song.meters])
    meter_of_bar = np.maximum(np.searchsorted(changes, bars[:-1], side="right") - 1, 0)
    starts: list[NDArray[np.int64]] = []
    levels: list[NDArray[np.int64]] = []
    for i, meter in enumerate(song.meters):
        compound = meter.denominator >= 8 and meter.numerator % 3 == 0
        beat = TICKS * 4 * (3 if compound else 1) // meter.denominator
        beat = max(beat, TICKS) if not compound else beat
        for first, last in _runs(meter_of_bar == i):
            begin, lengths = bars[first:last], np.diff(bars[first : last + 1])
            count = np.maximum(1, -(-lengths // beat))
            place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            of = np.repeat(count, count)
            starts.append(np.repeat(begin, count) + place * beat)
            half = (of % 2 == 0) & (place * 2 == of) & (of >= 4)
            levels.append(np.where(place == 0, BAR, np.where(half, HALF, BEAT)))
    return Beats(np.append(np.concatenate(starts), bars[-1]), np.concatenate(levels))


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def slot_roll(notes: Notes, slots: int) -> NDArray[np.int16]:
    """How many notes of each pitch sound in each slot, shape (slots, 128).

    A note counts from the slot nearest to its start for at least one slot.
    """
    first = np.clip((notes["start"] + SLOT // 2) // SLOT, 0, slots - 1)
    ends = notes["start"] + notes["duration"]
    last = np.clip((ends + SLOT // 2) // SLOT, first + 1, slots)
    change = np.zeros((slots + 1, 128), dtype=np.int16)
    np.add.at(change, (first, notes["pitch"]), 1)
    np.subtract.at(change, (last, notes["pitch"]), 1)
    return np.cumsum(change[:-1], axis=0, dtype=np.int16)


def fold(roll: NDArray[np.floating] | NDArray[np.int16] | NDArray[np.bool_]) -> NDArray[np.float32]:
    """A roll of 128 pitches as one of 12 pitch classes, shape (slots, 12)."""
    folded = np.zeros((len(roll), 12), dtype=np.float32)
    for octave in range(0, 120, 12):
        folded += roll[:, octave : octave + 12]
    folded[:, :8] += roll[:, 120:]
    return folded


def lowest(roll: NDArray[np.int16]) -> NDArray[np.int64]:
    """The lowest pitch that sounds in each slot, -1 in silence."""
    sounds = roll > 0
    return np.where(sounds.any(axis=1), sounds.argmax(axis=1), -1)


def one_hot(pitches: NDArray[np.int64]) -> NDArray[np.float32]:
    """Pitch classes of pitches (-1: none) as rows of 12."""
    rows = np.zeros((len(pitches), 12), dtype=np.float32)
    sounding = np.flatnonzero(pitches >= 0)
    rows[sounding, pitches[sounding] % 12] = 1.0
    return rows


def over_beats(rows: NDArray[np.float32], beats: Beats) -> NDArray[np.float32]:
    """Sums of slot rows over beats, shape (beats, columns)."""
    edges = np.minimum(beats.starts // SLOT, len(rows))
    total = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    return np.asarray(total[edges[1:]] - total[edges[:-1]], dtype=np.float32)
