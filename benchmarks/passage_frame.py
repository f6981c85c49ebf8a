"""The frame of a passage: its bars, chords and tune."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.critic.takes import SCALES
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
SIXTEENTH = GRID // 4
PLACES = 16


class Frame:
    """What all candidates of a passage have in common: bars, chords and tune of bars `first` up to
    `last`, position by position."""

    def __init__(self, lead: LeadSheet, first: int, last: int):
        self.lines = lead.bar_starts().astype(np.int64)
        self.first, self.last = first, last
        self.begin, self.end = int(self.lines[first]), int(self.lines[last])
        self.bars = last - first
        before = max(first - self.bars, 0)
        self.before = int(self.lines[before])
        self.bars_before = first - before
        starts = np.array([chord.start for chord in lead.chords], dtype=np.int64)
        self.chord = np.searchsorted(starts, np.arange(self.end), side="right")
        self.roots = np.array([-1, *(chord.root for chord in lead.chords)])
        self.tones = chord_tones(lead)
        self.scale = np.zeros(12, dtype=bool)
        self.scale[[(lead.key.tonic + step) % 12 for step in SCALES[lead.key.mode]]] = True
        self.tune = np.zeros(self.end, dtype=np.int64)
        self.begins = np.zeros(self.end, dtype=bool)  # a note of the tune
        for start, duration, pitch, _ in lead.melody.tolist():
            if start < self.end:
                self.tune[start : start + duration] = pitch
                self.begins[start] = True
        self.changes = starts[(starts > self.begin) & (starts < self.end)]

    def bar(self, starts: Ints) -> Ints:
        return np.asarray(np.searchsorted(self.lines, starts, side="right") - 1)

    def place(self, starts: Ints) -> Ints:
        """The sixteenth in the bar, later ones of long bars counted as the last."""
        at = (starts - self.lines[self.bar(starts)]) // SIXTEENTH
        return np.asarray(np.minimum(at, PLACES - 1))


def chord_tones(lead: LeadSheet) -> NDArray[np.bool_]:
    """The pitch classes of each chord, shape (chords + 1, 12): all where there is none, in row 0
    and under "no chord"."""
    out = np.ones((len(lead.chords) + 1, 12), dtype=bool)
    for row, chord in zip(out[1:], lead.chords, strict=True):
        if chord.root >= 0:
            row[:] = np.isin(np.arange(12), list(chord.pitch_classes))
    return out
