"""What the network of lead sheets reads and writes: bars as events, in C major or A minor.

A bar is one event BAR and then one for each note of the tune: where in the bar it begins, how high
it is and how long. Chords stand two to a bar, the one that sounds at its first beat and the one
from its middle on (in 3/4 from its third beat on), as root and triad.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import Chord
from restyle.tokens.vocabulary import TRIADS

METERS = ("2/4", "3/4", "4/4", "6/8", "9/8", "12/8")
"""The meters that are learnt."""
BAR_LENGTH = {"2/4": 24, "3/4": 36, "4/4": 48, "6/8": 36, "9/8": 54, "12/8": 72}
"""Grid positions of a bar."""
MIDDLE = {"2/4": 12, "3/4": 24, "4/4": 24, "6/8": 18, "9/8": 36, "12/8": 36}
"""Where the second chord of a bar begins."""
BEAT = {"2/4": 12, "3/4": 12, "4/4": 12, "6/8": 18, "9/8": 18, "12/8": 18}

POSITIONS = 72
BAR = POSITIONS
"""The place of a BAR event, which also ends the bar before."""
LOWEST, PITCHES = 40, 56
"""Pitches are numbers 1 to `PITCHES` from `LOWEST` up; 0 is none."""
LENGTHS = 49
"""Lengths are multiples of a sixteenth triplet's half: 1 to 48 by two grid positions; 0 is none."""
NO_CHORD = 12 * len(TRIADS)
CHORDS = NO_CHORD + 1
PHASES = 16
"""Bars of a stretch are counted modulo this; one that holds an upbeat only is the last of them."""
LEFT = 5
"""Bars to the end of a stretch, this one counted, at most 4; 0 is not used."""
LAGS = (0, 1, 2, 4, 8)
"""How many bars ago the same rhythm was heard; 0 not at all."""

FIELDS = ("place", "pitch", "length", "chord", "coming", "phase", "left", "lag")
"""The columns of an event: `chord` is the one that sounds, `coming` the next half bar's."""


@dataclass(frozen=True)
class Stretch:
    """Bars of a tune without a long rest: events (n, len(FIELDS)) and chords (bars, 2)."""

    style: int
    meter: int
    minor: bool
    events: NDArray[np.int16]
    chords: NDArray[np.int16]


def length_number(grid: int) -> int:
    """The number of a length in grid positions: the nearest of 2, 3, 4, 6, 8, 9, 12, ..."""
    return min(max(round(grid / 1.5), 1), LENGTHS - 1)


def length_of(number: int) -> int:
    """Grid positions of a length's number."""
    return int(number * 1.5)


def pitch_number(pitch: int) -> int:
    return min(max(pitch - LOWEST + 1, 1), PITCHES)


def chord_number(chord: Chord | None) -> int:
    """The number of a chord at home, 0 to `NO_CHORD`."""
    if chord is None or chord.root < 0:
        return NO_CHORD
    return 12 * TRIADS.index(chord.triad) + chord.root


def chord_of(number: int, start: int) -> Chord:
    if number >= NO_CHORD:
        return Chord(start, -1)
    return Chord(start, number % 12, TRIADS[number // 12])


def phase_of(bar: int, upbeat: bool) -> int:
    """The phase of a bar of a stretch whose first bar may be an upbeat alone."""
    return (bar - 1 if upbeat else bar) % PHASES
