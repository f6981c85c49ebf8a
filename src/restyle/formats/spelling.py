"""Which letter and accidental a pitch is written with in a key."""

from __future__ import annotations

from collections.abc import Sequence

from restyle.song import Chord, Key

FIFTHS_LETTERS = ("F", "C", "G", "D", "A", "E", "B")
"""Letters along the line of fifths."""


def key_at(keys: Sequence[tuple[int, Key]], time: int) -> Key:
    """The key in force at a time; before the first one, that one; C major where none is stated."""
    begun = [key for start, key in keys if start <= time] or [key for _, key in keys[:1]]
    return begun[-1] if begun else Key(0)


def spell(pitch_class: int, key: Key, lowest: int = -3) -> tuple[str, int]:
    """Letter and alteration (-1 flat, 1 sharp) of a pitch class in a key.

    Taken from the twelve names in a row on the line of fifths that surround the key's scale,
    which reach from `lowest` fifths below its major tonic: Eb to G# in C major and A minor.
    """
    begin = key.fifths + lowest
    place = begin + (pitch_class * 7 - begin) % 12  # fifths above C with that pitch class
    return FIFTHS_LETTERS[(place + 1) % 7], (place + 1) // 7


def spell_root(chord: Chord, key: Key) -> tuple[str, int]:
    """Letter and alteration of a chord's root: rather flat, but a leading tone if diminished."""
    return spell(chord.root, key, -2 if chord.quality in ("dim", "dim7", "hdim7") else -5)


def accidental(alter: int) -> str:
    """An alteration as text: "b", "#", "" ..."""
    return "#" * alter if alter > 0 else "b" * -alter


def octave(pitch: int, letter: str, alter: int) -> int:
    """The octave number of a MIDI pitch under that name (B# and Cb lie across the border)."""
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[letter]
    return (pitch - alter - natural) // 12 - 1


def signature(key: Key) -> dict[str, int]:
    """Letter -> alteration of a key's signature."""
    if key.fifths >= 0:
        return {letter: 1 for letter in FIFTHS_LETTERS[: key.fifths]}
    return {letter: -1 for letter in FIFTHS_LETTERS[key.fifths :]}
