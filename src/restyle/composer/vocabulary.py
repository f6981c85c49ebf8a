"""The note set of a composer: the notes and chords it knows, and the nearest for all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from restyle.composer.notes import is_note, note_pitch, pitch_classes

LENGTHS = (3, 4, 6, 8, 9, 12, 16, 18, 20, 24, 30, 36, 42, 48, 60, 72, 96)
"""Durations a composer can write, in twelfths of a quarter."""
LONGEST_STEP = 48
"""The most twelfths of a quarter from one onset to the next."""
PHASES = 96
METERS = 33


@dataclass(frozen=True)
class NoteSet:
    """The symbols of a model in order: a symbol's number is its place."""

    symbols: tuple[str, ...]
    _near: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def number(self, symbol: str) -> int:
        """The number of a symbol, or of the nearest one known."""
        known = self.numbers.get(symbol)
        if known is not None:
            return known
        if symbol not in self._near:
            self._near[symbol] = min(
                range(len(self.symbols)), key=lambda i: distance(symbol, self.symbols[i])
            )
        return self._near[symbol]

    def encode(self, symbols: Iterable[str]) -> NDArray[np.int64]:
        return np.array([self.number(s) for s in symbols], dtype=np.int64)

    def unknown(self, symbols: Iterable[str]) -> dict[str, str]:
        """For each symbol that is not in the set the one that stands in for it."""
        missing = dict.fromkeys(s for s in symbols if s not in self.numbers)
        return {s: self.symbols[self.number(s)] for s in missing}


def distance(a: str, b: str) -> tuple[float, float, str]:
    """How far apart two symbols are: notes by semitones, chords by pitch classes not shared.

    Notes and chords are apart, unless nothing else is known; ties go to the first in the alphabet.
    """
    if is_note(a) and is_note(b):
        gap = abs(note_pitch(a) - note_pitch(b))
        octaves = gap % 12 == 0  # the same note in another octave is nearer than a wrong one
        return (0.0 if octaves else 0.5, float(gap), b)
    mine, theirs = set(pitch_classes(a)), set(pitch_classes(b))
    shared = len(mine & theirs) / len(mine | theirs)
    return (1.0 - shared + (is_note(a) != is_note(b)), abs(len(mine) - len(theirs)), b)


def note_set(songs: Iterable[Sequence[str]], least: int = 1) -> NoteSet:
    """The symbols that come at least `least` times, notes before chords, each in order."""
    counts = Counter(symbol for song in songs for symbol in song)
    known = [s for s, n in counts.items() if n >= least] or list(counts)
    notes = sorted((s for s in known if is_note(s)), key=note_pitch)
    chords = sorted((s for s in known if not is_note(s)), key=lambda s: (pitch_classes(s), s))
    return NoteSet((*notes, *chords))


def nearest_length(length: NDArray[np.integer]) -> NDArray[np.int64]:
    """Numbers of the nearest of `LENGTHS`."""
    table = np.array(LENGTHS)
    return np.asarray(np.abs(np.asarray(length)[..., None] - table).argmin(-1))


def windows(numbers: NDArray[np.int64], length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every window of `length` notes and the note after it.

    Returns integers of shape (windows, length) and (windows,); no window where the song is short.
    """
    count = len(numbers) - length
    if count <= 0:
        return np.zeros((0, length), np.int64), np.zeros(0, np.int64)
    rows = np.lib.stride_tricks.sliding_window_view(numbers, length)[:count]
    return rows, numbers[length:]


def normalised(numbers: NDArray[np.int64], vocabulary: int) -> NDArray[np.float32]:
    """Integers as the classic networks take them in: from 0 up to, but without, 1."""
    return (numbers / vocabulary).astype(np.float32)
