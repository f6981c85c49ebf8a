"""The vocabulary: every token a song is written in, with its number.

The numbers never change within a `VERSION`: a model and a corpus of the same version fit together.
Tokens of one kind are consecutive, so that a kind is a range and a value is an offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.music.parts import PARTS

VERSION = 1

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
TEMPO_EDGES: tuple[float, ...] = (50, 60, 70, 80, 90, 100, 112, 124, 138, 154, 176, 200)
"""Quarter notes a minute that part the tempo bins."""
FEELS = ("any", "straight", "swing")
FIRST_DRUM, LAST_DRUM = 27, 87
STYLE_SLOTS = 16
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
    ("feel", len(FEELS)),
    ("tempo", len(TEMPO_EDGES) + 1),
    ("key", 24),  # tonic, then 12 more for minor
    ("use", len(PARTS)),
    ("bar", len(METERS)),
    ("part", len(PARTS)),
    ("position", LONGEST_BAR),
    ("chord", 12 * len(TRIADS) + 2),  # the last but one is "no chord", the last "not said"
    ("bass", 12),
    ("pitch", 128),
    ("duration", len(DURATIONS)),
    ("drum", LAST_DRUM - FIRST_DRUM + 1),
    ("repeat", 16),  # kept free: this lead bar is as the one so many bars ago
    ("spare", 16),
)
PAD, BOS, EOS, END, EXAMPLE = (_KINDS[n].first for n in ("pad", "bos", "eos", "end", "example"))
STYLE, FEEL, TEMPO, KEY, USE = (_KINDS[n] for n in ("style", "feel", "tempo", "key", "use"))
BAR, PART, POSITION, CHORD, BASS = (_KINDS[n] for n in ("bar", "part", "position", "chord", "bass"))
PITCH, DURATION, DRUM = (_KINDS[n] for n in ("pitch", "duration", "drum"))
NO_CHORD = CHORD[12 * len(TRIADS)]
UNSAID_CHORD = CHORD[12 * len(TRIADS) + 1]
SIZE = _KINDS["spare"].end
"""How many tokens there are."""


def describe(token: int) -> str:
    """A token in words, for people: "position 6", "pitch 60"."""
    kind = next(k for k in _KINDS.values() if token in k)
    value = kind.value(token)
    names: dict[str, object] = {
        "bar": "{}/{}".format(*METERS[value]) if kind is BAR else "",
        "part": PARTS[value] if kind is PART else "",
        "use": PARTS[value] if kind is USE else "",
        "duration": DURATIONS[value] if kind is DURATION else "",
        "drum": FIRST_DRUM + value,
    }
    if kind is CHORD and value < 12 * len(TRIADS):
        return f"chord {value % 12} {TRIADS[value // 12]}"
    return kind.name if kind.size == 1 else f"{kind.name} {names.get(kind.name, value)}"


def duration_token(length: int) -> int:
    """The token of the nearest length that the vocabulary holds (the shorter of two)."""
    return DURATION[int(np.argmin(np.abs(np.array(DURATIONS) - length)))]


def tempo_token(bpm: float) -> int:
    return TEMPO[int(np.searchsorted(TEMPO_EDGES, bpm, side="right"))]


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
