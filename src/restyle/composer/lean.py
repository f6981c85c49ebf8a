"""Leanings: what is added to the network's log-probabilities of the next note, in nats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.composer.notes import is_note, note_pitch, pitch_classes

SILENCE = -1e9
"""What must not come."""
SCALES = (0, 2, 4, 5, 7, 9, 11), (9, 11, 0, 2, 4, 5, 6, 7, 8)
"""C major, and A minor with its raised sixth and seventh."""
TONIC = (0, 4, 7), (9, 0, 4)
DOMINANT = (7, 11, 2), (4, 8, 11)
"""Chords of C major and A minor."""
CROWD, CROWDED = 100, 20.0
"""Last notes that are looked at; nats for a share of one note that is too large by all of it."""
OCTAVE = 3.0
"""What a note loses that lies an octave from the one it stands for."""
OTHER_KIND = 4.0
"""What a chord loses that stands for a note, and a note that stands for a chord."""

Floats = NDArray[np.float64]


class Leanings:
    """The leanings over the symbols of one note set; each a vector as long as it."""

    def __init__(self, symbols: Sequence[str]):
        self.symbols = symbols
        self.single = np.array([is_note(s) for s in symbols])
        self.pitch = np.array([note_pitch(s) if is_note(s) else 0 for s in symbols])
        self.classes = class_shares(symbols)

    def to_classes(self, classes: Iterable[int]) -> Floats:
        """For each symbol the share of its notes that are of some pitch classes."""
        return np.asarray(self.classes[:, sorted(set(classes))].sum(axis=1))

    def near(self, note: int) -> Floats:
        """Near to a note in pitch, and a single note or a chord as it is."""
        off = np.where(self.single == self.single[note], 0.0, -OTHER_KIND)
        if self.single[note]:
            gap = np.abs(self.pitch - self.pitch[note]) / 12
            off -= np.where(self.single, OCTAVE * gap, 0.0)
        return np.asarray(off)

    def away_from_crowds(self, recent: Floats, room: float) -> Floats:
        """Away from notes that make up more than `room` of the last CROWD: counts are given.

        A network that is stuck on one note would only go on with it.
        """
        return np.asarray(-CROWDED * np.maximum(recent / CROWD - room, 0.0))

    def within(self, classes: Iterable[int]) -> NDArray[np.bool_]:
        """Symbols all of whose notes are of some pitch classes."""
        return np.asarray(self.to_classes(classes) > 0.999)


def class_shares(symbols: Sequence[str]) -> Floats:
    """For each symbol and pitch class the share of its notes that are of that class."""
    shares = np.zeros((len(symbols), 12))
    for row, symbol in zip(shares, symbols, strict=True):
        classes = pitch_classes(symbol)
        row[list(classes)] = 1.0 / len(classes)
    return shares
