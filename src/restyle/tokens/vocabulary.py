"""The vocabulary: every token a song is written in, with its number.

The numbers never change within a `VERSION`: a model and a corpus of the same version fit together.
Tokens of one kind are consecutive, so that a kind is a range and a value is an offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.music.classes import CLASSES, PARTS

VERSION = 2

METERS: tuple[tuple[int, int], ...] = (
    (1, 4), (2, 4), (3, 4), (4, 4), (5, 4), (6, 4), (7, 4),
    (3, 8), (5, 8), (6, 8), (7, 8), (9, 8), (12, 8),
)  # fmt: skip
"""The meters that a bar token can say."""
TRIADS = ("maj", "min", "dim", "aug", "sus")
"""The style-free chord qualities."""
DURATIONS: tuple[int, ...] = (
    *range(1, 25), 27, 30, 33, 36, 42, 48, 54, 60, 66, 72, 84, 96, 120, 144,
)  # fmt: skip
"""Note lengths in grid positions; others are rounded to the nearest of these."""
TEMPO_EDGES: tuple[float, ...] = tuple(round(40 * 1.06**i, 1) for i in range(32))
"""Quarter notes a minute that part the tempo bins, each 6 % above the one before: what hands can
play depends on it."""
FEELS = ("any", "straight", "swing")
FIRST_DRUM, LAST_DRUM = 27, 87
STYLE_SLOTS = 48
MANNERS = 8
"""Manners that a style may have: kinds of song within it, such as ballad and bossa."""
DENSITIES: tuple[float, ...] = (0.0, 0.75, 1.5, 2.5, 3.5, 5.0, 7.0, 9.0, 12.0)
"""Onsets in four beats that part the densities of a phrase: 0 is silence."""
SIZES: tuple[float, ...] = (1.15, 1.6, 2.4, 3.3)
"""Notes an onset that part the chord sizes of a phrase."""
LOWEST_REGISTER, REGISTER_STEP, REGISTERS = 24, 5, 14
"""The registers of a phrase: its middle pitch, in home key, by steps of so many semitones."""
FIGURES = ("line", "pedal", "broken", "held", "chords", "struck", "mixed", "octaves")
"""What a pitched part plays through a phrase (see `attributes`)."""
TIMEKEEPERS = ("none", "hi-hat", "open hi-hat", "pedal hi-hat", "ride", "shaker", "toms", "other")
"""What keeps time in a phrase of drums."""
LONGEST_BAR = 84
"""Grid positions of the longest bar (7/4)."""


@dataclass(frozen=True)
class Kind:
    """A run of tokens: numbers `first` to `first + size - 1`."""

    name: str
    first: int
    size: int

    @property
    def end(self) -> int:
        return self.first + self.size

    def __contains__(self, token: int) -> bool:
        return self.first <= token < self.first + self.size  # asked a dozen times a token

    def __getitem__(self, value: int) -> int:
        """The token for a value 0..size-1."""
        if not 0 <= value < self.size:
            raise IndexError(f"{self.name} has no value {value}")
        return self.first + value

    def value(self, token: int) -> int:
        return token - self.first


def _layout(*sizes: tuple[str, int]) -> dict[str, Kind]:
    kinds, first = {}, 0
    for name, size in sizes:
        kinds[name] = Kind(name, first, size)
        first += size
    return kinds


_KINDS = _layout(
    ("pad", 1),
    ("bos", 1),
    ("eos", 1),
    ("end", 1),  # stands where the next lead bar would: the song ends with this bar
    ("example", 1),  # an example's bars follow, in place of a style
    ("style", 1 + STYLE_SLOTS),  # 0 is "no style"
    ("manner", 1 + MANNERS),  # 0 is "not said"
    ("feel", len(FEELS)),
    ("tempo", len(TEMPO_EDGES) + 1),
    ("key", 24),  # tonic, then 12 more for minor
    ("instrument", 48),  # a class of `music.classes`; the rest is kept free
    ("bar", len(METERS)),
    ("part", len(PARTS)),
    ("position", LONGEST_BAR),
    ("chord", 12 * len(TRIADS) + 2),  # the last but one is "no chord", the last "not said"
    ("bass", 12),
    ("pitch", 128),
    ("duration", len(DURATIONS)),
    ("drum", LAST_DRUM - FIRST_DRUM + 1),
    ("density", len(DENSITIES) + 1),
    ("size", len(SIZES) + 1),
    ("register", REGISTERS),
    ("figure", len(FIGURES)),  # of drums: the timekeeper
    ("free", 25),  # fills up to a multiple of 64, which matrix products are fastest at
)
PAD, BOS, EOS, END, EXAMPLE = (_KINDS[n].first for n in ("pad", "bos", "eos", "end", "example"))
STYLE, MANNER, FEEL, TEMPO = (_KINDS[n] for n in ("style", "manner", "feel", "tempo"))
KEY, INSTRUMENT = _KINDS["key"], _KINDS["instrument"]
BAR, PART, POSITION, CHORD, BASS = (_KINDS[n] for n in ("bar", "part", "position", "chord", "bass"))
PITCH, DURATION, DRUM = (_KINDS[n] for n in ("pitch", "duration", "drum"))
DENSITY, SIZE_OF_CHORDS = _KINDS["density"], _KINDS["size"]
REGISTER, FIGURE = _KINDS["register"], _KINDS["figure"]
ATTRIBUTES = (DENSITY, SIZE_OF_CHORDS, REGISTER, FIGURE)
"""The kinds that say how a part plays through a phrase, in their order."""
NO_CHORD = CHORD[12 * len(TRIADS)]
UNSAID_CHORD = CHORD[12 * len(TRIADS) + 1]
SIZE = _KINDS["free"].end
"""How many tokens there are."""


def describe(token: int) -> str:
    """A token in words, for people: "position 6", "pitch 60"."""
    kind = next(k for k in _KINDS.values() if token in k)
    value = kind.value(token)
    names: dict[str, object] = {
        "bar": "{}/{}".format(*METERS[value]) if kind is BAR else "",
        "part": PARTS[value] if kind is PART else "",
        "instrument": CLASSES[value].name if kind is INSTRUMENT and value < len(CLASSES) else value,
        "duration": DURATIONS[value] if kind is DURATION else "",
        "drum": FIRST_DRUM + value,
    }
    if kind is CHORD and value < 12 * len(TRIADS):
        return f"chord {value % 12} {TRIADS[value // 12]}"
    return kind.name if kind.size == 1 else f"{kind.name} {names.get(kind.name, value)}"


def duration_token(length: int) -> int:
    """The token of the nearest length that the vocabulary holds (the shorter of two)."""
    return DURATION[int(np.argmin(np.abs(np.array(DURATIONS) - length)))]


def nearest_durations(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """The nearest lengths that the vocabulary holds, as `duration_token` chooses them."""
    there = np.array(DURATIONS)
    return np.asarray(there[np.abs(there - lengths[:, None]).argmin(axis=1)])


def tempo_token(bpm: float) -> int:
    return TEMPO[int(np.searchsorted(TEMPO_EDGES, bpm, side="right"))]


def tempo_of(token: int) -> float:
    """The quarter notes a minute in the middle of a tempo token's bin."""
    edges = (TEMPO_EDGES[0] / 1.1, *TEMPO_EDGES, TEMPO_EDGES[-1] * 1.06)
    low = edges[TEMPO.value(token)]
    return (low + edges[TEMPO.value(token) + 1]) / 2


def transposition(shift: int) -> NDArray[np.uint16]:
    """The table from token to token that moves a song by `shift` semitones; shape (SIZE,).

    Pitches that would leave 0-127 move by an octave back, so that every token stays one.
    """
    table = np.arange(SIZE)
    for kind in (BASS,):
        table[kind.first : kind.end] = kind.first + (np.arange(12) + shift) % 12
    for first in (KEY.first, KEY.first + 12, *(CHORD.first + 12 * q for q in range(len(TRIADS)))):
        table[first : first + 12] = first + (np.arange(12) + shift) % 12
    pitches = np.arange(128) + shift
    pitches = np.where(pitches > 127, pitches - 12, np.where(pitches < 0, pitches + 12, pitches))
    table[PITCH.first : PITCH.end] = PITCH.first + pitches
    return table.astype(np.uint16)
