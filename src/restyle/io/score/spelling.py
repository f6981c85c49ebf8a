"""Which letter and accidental a pitch is written with in a key."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.music.chord import LETTERS
from restyle.music.song import Chord, Key

FIFTHS_LETTERS = ("F", "C", "G", "D", "A", "E", "B")
"""Letters along the line of fifths."""


_SCALE = np.array((0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5))
"""Fifths from a tonic to the twelve degrees of its chromatic scale: Db D Eb E F F# G Ab in C."""
_BEFORE, _AFTER = 10, 42
"""Notes around a note that say what it is called (Meredith 2006)."""
_KEY_VOTES = 6.0
_CHORD_VOTES = 20.0
"""Votes of the key's tonic and of the chord's root, beside the one vote of each note around."""


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


def spell_bass(chord: Chord, key: Key) -> tuple[str, int]:
    """Letter and alteration of a slash chord's bass, as a degree above its root: E7/G#, Db/Gb."""
    letter, alter = spell_root(chord, key)
    place = FIFTHS_LETTERS.index(letter) - 1 + 7 * alter
    place += int(_SCALE[(chord.bass - chord.root) % 12])
    if abs((place + 1) // 7) > 1:  # no bass is called Fb's flat
        return spell(chord.bass, key)
    return FIFTHS_LETTERS[(place + 1) % 7], (place + 1) // 7


def accidental(alter: int) -> str:
    """An alteration as text: "b", "#", "" ..."""
    return "#" * alter if alter > 0 else "b" * -alter


def octave(pitch: int, letter: str, alter: int) -> int:
    """The octave number of a MIDI pitch under that name (B# and Cb lie across the border)."""
    return (pitch - alter - LETTERS[letter]) // 12 - 1


def signature(key: Key) -> dict[str, int]:
    """Letter -> alteration of a key's signature."""
    if key.fifths >= 0:
        return {letter: 1 for letter in FIFTHS_LETTERS[: key.fifths]}
    return {letter: -1 for letter in FIFTHS_LETTERS[key.fifths :]}


@dataclass(frozen=True)
class Names:
    """What the notes of a piece are called: for each pitch class, since when and how."""

    times: tuple[tuple[float, ...], ...]
    names: tuple[tuple[tuple[str, int], ...], ...]

    def at(self, time: float, pitch: int, key: Key) -> tuple[str, int]:
        """Letter and alteration of a pitch at a time; by the key where it is not in the piece."""
        times = self.times[pitch % 12]
        if not times:
            return spell(pitch % 12, key)
        return self.names[pitch % 12][max(bisect_right(times, time + 0.5) - 1, 0)]


def spelled(
    start: NDArray[np.generic],
    pitch: NDArray[np.generic],
    keys: Sequence[tuple[int, Key]],
    chords: Sequence[Chord] = (),
) -> Names:
    """How notes are spelled, from the notes around them, the key and the chord symbols.

    Every note around votes, as a tonic, for the name that the pitch has in its chromatic scale
    (the ps13s1 algorithm: Meredith, "The ps13 pitch spelling algorithm", JNMR 35, 2006); the key
    signature and the root of the chord symbol vote too. `start` and the times of `keys` and
    `chords` are in one unit.
    """
    order = np.lexsort((pitch, start))
    times = np.asarray(start, dtype=np.float64)[order]
    classes = np.asarray(pitch, dtype=np.int64)[order] % 12
    seen = np.zeros((len(classes) + 1, 12))
    np.cumsum(np.eye(12)[classes], axis=0, out=seen[1:]) if len(classes) else None
    here = np.arange(len(classes))
    last = np.minimum(here + _AFTER, len(classes))
    votes = seen[last] - seen[np.maximum(here - _BEFORE, 0)] if len(classes) else seen[:0]
    sounding = _chords_at(times, chords)
    since: list[list[float]] = [[] for _ in range(12)]
    names: list[list[tuple[str, int]]] = [[] for _ in range(12)]
    for i, (time, pitch_class) in enumerate(zip(times.tolist(), classes.tolist(), strict=True)):
        key = key_at(keys, round(time))
        own = votes[i].copy()
        own[key.tonic] += _KEY_VOTES
        chord = sounding[i]
        if chord is not None:
            own[chord.root] += _CHORD_VOTES
        name = _elected(pitch_class, own, key, chord)
        if not names[pitch_class] or names[pitch_class][-1] != name:
            since[pitch_class].append(time)
            names[pitch_class].append(name)
    return Names(tuple(map(tuple, since)), tuple(map(tuple, names)))


def _chords_at(times: NDArray[np.float64], chords: Sequence[Chord]) -> list[Chord | None]:
    """The chord symbol that sounds at each time; None where there is none."""
    starts = [chord.start for chord in chords]
    found = [bisect_right(starts, time + 0.5) - 1 for time in times.tolist()]
    return [chords[i] if i >= 0 and chords[i].root >= 0 else None for i in found]


def _elected(
    pitch_class: int, votes: NDArray[np.float64], key: Key, chord: Chord | None
) -> tuple[str, int]:
    """The name that most tonics around give to a pitch class."""
    centre = key.fifths + 2 if key.mode == "major" else key.fifths + 4  # minor raises degrees
    tonics = np.arange(12)
    place = tonics * 7 % 12
    place = place + 12 * np.round((centre - 0.5 - place) / 12).astype(np.int64)
    if chord is not None:  # as its symbol is printed
        letter, alter = spell_root(chord, key)
        place[chord.root] = FIFTHS_LETTERS.index(letter) - 1 + 7 * alter
    wanted = place + _SCALE[(pitch_class - tonics) % 12]
    best = max(set(wanted.tolist()), key=lambda w: (votes[wanted == w].sum(), -abs(w - centre)))
    best = best - 12 if best > 15 else best + 12 if best < -10 else best
    return FIFTHS_LETTERS[(best + 1) % 7], (best + 1) // 7
