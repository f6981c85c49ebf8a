"""Notes and chords as the next-note LSTMs of the field write them, with their places in time.

A note is its pitch with octave ("B4", "F#4", "E-3"), a chord the normal order of its pitch classes
joined by dots ("11.2"): Skúli, "How to Generate Music using a LSTM Neural Network in Keras" (2017).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

PITCH_NAMES = ("C", "C#", "D", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B")

ELEMENT = np.dtype([("symbol", "<U26"), ("start", "<i4"), ("duration", "<i4"), ("low", "<i4")])
"""One note or chord: its symbol, onset and length in twelfths of a quarter, its lowest pitch."""

Elements = NDArray[np.void]


def note_symbol(pitch: int) -> str:
    """The name of a MIDI pitch: 71 is "B4"."""
    return f"{PITCH_NAMES[pitch % 12]}{pitch // 12 - 1}"


def chord_symbol(pitches: Iterable[int]) -> str:
    """Normal order of the pitch classes of some pitches, joined by dots."""
    mask = 0
    for pitch in pitches:
        mask |= 1 << pitch % 12
    return mask_symbol(mask)


@cache
def mask_symbol(mask: int) -> str:
    """The same of pitch classes given as bits, 1 for C."""
    return ".".join(map(str, normal_order(tuple(p for p in range(12) if mask >> p & 1))))


def normal_order(classes: tuple[int, ...]) -> tuple[int, ...]:
    """The most compact rotation of sorted pitch classes.

    Among equally compact ones that which is packed to the left: smallest first interval, then
    smallest second, and so on (Forte's rule, which music21's tables follow); then the lowest.
    """

    def spread(first: int) -> tuple[int, ...]:
        turned = classes[first:] + classes[:first]
        gaps = [(pc - turned[0]) % 12 for pc in turned[1:]]
        return (gaps[-1] if gaps else 0, *gaps)

    best = min(range(len(classes)), key=spread)
    return classes[best:] + classes[:best]


@cache
def pitch_classes(symbol: str) -> tuple[int, ...]:
    """Pitch classes of a symbol: one for a note, the normal order for a chord."""
    if symbol[0].isdigit():
        return tuple(int(pc) for pc in symbol.split("."))
    return (note_pitch(symbol) % 12,)


@cache
def is_note(symbol: str) -> bool:
    return not symbol[0].isdigit()


@cache
def note_pitch(symbol: str) -> int:
    """The MIDI pitch of a note's name; the inverse of `note_symbol`."""
    at = 2 if symbol[1] in "#-" and len(symbol) > 2 else 1
    return PITCH_NAMES.index(symbol[:at]) + 12 * (int(symbol[at:]) + 1)


def shifted(elements: Elements, semitones: int) -> Elements:
    """The elements in another key."""
    if not semitones:
        return elements
    out = elements.copy()
    out["low"] += semitones
    out["symbol"] = [shift_symbol(s, semitones) for s in elements["symbol"].tolist()]
    return out


def shift_symbol(symbol: str, semitones: int) -> str:
    """A note or chord, so many semitones higher."""
    if is_note(symbol):
        return note_symbol(note_pitch(symbol) + semitones)
    return chord_symbol(pc + semitones for pc in pitch_classes(symbol))


def voice(symbol: str, low: int) -> list[int]:
    """Pitches of a symbol: the note itself, or the chord in close position above its low note."""
    if is_note(symbol):
        return [note_pitch(symbol)]
    classes = pitch_classes(symbol)
    if low % 12 not in classes:
        low = min(range(low - 6, low + 6), key=lambda p: (p % 12 not in classes, abs(p - low)))
    return sorted(low + (pc - low) % 12 for pc in classes)


def snap(ticks: NDArray[np.float64]) -> NDArray[np.int64]:
    """Times in twelfths of a quarter, to the nearest sixteenth or triplet eighth."""
    beat, rest = np.divmod(ticks, 12.0)
    places = np.array([0, 3, 4, 6, 8, 9, 12])
    nearest = np.abs(rest[..., None] - places).argmin(-1)
    return np.asarray(beat.astype(np.int64) * 12 + places[nearest])
