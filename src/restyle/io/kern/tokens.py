"""One token of a **kern spine: notes and rests with their lengths."""

from __future__ import annotations

import re
from dataclasses import dataclass

from restyle.io import gm
from restyle.io.written.score import UNITS
from restyle.music.chord import LETTERS

_RECIPROCAL = re.compile(r"(\d+)(?:%(\d+))?")
_PITCH = re.compile(r"([a-g])\1*|([A-G])\2*")
_ACCIDENTALS = re.compile(r"[#\-n]+")
LONGEST = 128 * UNITS
MOST_DIGITS = 4
_DRUMS = {
    (letter, octave): key
    for key, letter, octave, head in sorted(
        ((key, *drum[-3:]) for key, drum in gm.DRUMS.items()),
        key=lambda place: (place[3] == "normal", -place[0]),
    )
}
"""Where drums are written -> key; of those at one place the one with a plain head."""
SNARE = 38


@dataclass(frozen=True, slots=True)
class Head:
    """One note of a token."""

    pitch: int
    length: int
    tied: bool
    unpitched: bool


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: how long it lasts (0 for grace notes), and its notes."""

    length: int
    heads: tuple[Head, ...]
    slip: bool = False


def parse(text: str) -> Token:
    """The notes of a token; several with spaces between them are a chord.

    Its first length is that of all that say none; what is no note and no rest lasts nothing.
    """
    parts = text.split(" ")[:64]
    lengths = [_length(part) for part in parts]
    first = next((length for length in lengths if length is not None), 0)
    if "q" in text:
        return Token(0, ())
    heads = []
    for part, length in zip(parts, lengths, strict=True):
        found = None if "r" in part else _PITCH.search(part)
        if found is None:
            continue
        own = first if length is None else length
        if own > 0:
            tied = "[" in part or "_" in part
            heads.append(Head(_pitch(part, found), own, tied, "R" in part))
    return Token(max(first, 0), tuple(heads), slip=-1 in lengths)


def _length(text: str) -> int | None:
    """Units that a note lasts; None where nothing is said, -1 where nobody can mean it."""
    found = _RECIPROCAL.search(text)
    if not found:
        return None
    if len(found[0]) > 2 * MOST_DIGITS + 1 or len(found[1]) > MOST_DIGITS:
        return -1
    # 0 is a breve, 00 a long, 000 a maxima
    whole = 1 if found[1].strip("0") else 2 ** len(found[1])
    top = 4 * UNITS * whole * int(found[2] or 1)
    bottom = int(found[1]) or 1
    dots = min(text.count("."), 4)
    length = top * (2 ** (dots + 1) - 1) // (bottom * 2**dots)
    return length if 0 < length <= LONGEST else -1


def _pitch(text: str, found: re.Match[str]) -> int:
    """MIDI pitch, or for an unpitched note the drum key that its place on the staff means."""
    count = min(len(found[0]), 8)
    octave = 3 + count if found[1] else 4 - count
    letter = found[0][0]
    if "R" in text:
        return _DRUMS.get((letter.upper(), octave), SNARE)
    signs = _ACCIDENTALS.match(text, found.end())
    alter = 0
    if signs:
        alter = max(min(signs[0].count("#") - signs[0].count("-"), 3), -3)
    return 12 * (octave + 1) + LETTERS[letter.upper()] + alter
