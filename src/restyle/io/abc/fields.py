"""Fields of ABC notation: meters, tempos, keys, lengths, endings."""

from __future__ import annotations

import re
from fractions import Fraction

from restyle.io.score.spelling import FIFTHS_LETTERS
from restyle.music.song import Key

_MODES = {
    "": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4,
    "loc": -5, "lyd": 1,
}  # fmt: skip
"""Mode -> how many fifths its signature lies above the major key of the same tonic."""
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ALTERS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}


def meter(text: str) -> tuple[int, int] | None:
    """Numerator and denominator of an M: field; None for free meter and nonsense."""
    text = text.split("%")[0].strip()
    if text in ("C", "c"):
        return 4, 4
    if text in ("C|", "c|"):
        return 2, 2
    found = re.match(r"\(?(\d{1,2}(?:\+\d{1,2})*)\)?\s*/\s*(\d{1,2})", text)
    if not found:
        return None
    top = sum(int(part) for part in found[1].split("+"))
    bottom = int(found[2])
    return (top, bottom) if 1 <= top <= 32 and bottom in (1, 2, 4, 8, 16, 32) else None


def unit(text: str) -> Fraction | None:
    """Quarters that the unit note of an L: field lasts."""
    found = re.match(r"(\d{1,3})\s*/\s*(\d{1,3})", text)
    if not found or not int(found[1]) or not int(found[2]):
        return None
    return Fraction(4 * int(found[1]), int(found[2]))


def tempo(text: str, unit_note: Fraction | None) -> float | None:
    """Quarter notes a minute of a Q: field ("1/4=120", "3/8=60", "120"); None for others."""
    found = re.search(r"(\d{1,3})\s*/\s*(\d{1,3})[^=]*=\s*(\d{1,4}(?:\.\d+)?)", text)
    if found and int(found[2]):
        bpm = float(found[3]) * 4 * int(found[1]) / int(found[2])
    elif plain := re.search(r"(?:^|=)\s*(\d{1,4}(?:\.\d+)?)\s*$", text):
        bpm = float(plain[1])
        if "=" in text and unit_note is not None:  # the old "C=100": unit notes a minute
            bpm *= float(unit_note)
    else:
        return None
    return bpm if 8 <= bpm <= 900 else None


def length(top: str, slash: str, bottom: str) -> Fraction:
    """A length as written after a note: "", "3", "/", "//", "3/2"."""
    upper = int(top) if top else 1
    lower = int(bottom) if bottom else 2 ** len(slash)
    return Fraction(upper, lower or 1)


def key(text: str, before: Key, signature: dict[str, int]) -> tuple[Key, dict[str, int]]:
    """Key and signature of a K: field; what was before where it names none."""
    if re.match(r"(?i)none\b", text) or not text:
        return Key(0), {}
    if re.match(r"H[Pp]\b", text):
        return Key(9), {"F": 1, "C": 1}
    found = re.match(r"([A-G])([#b]?)\s*(m(?![a-z])|[A-Za-z]{3,})?", text)
    if not found:
        return before, signature
    mode = (found[3] or "").lower()
    mode = "m" if mode == "m" else mode[:3]
    if found[3] and mode not in _MODES:
        mode = ""
    tonic = LETTERS[found[1]] + {"#": 1, "b": -1, "": 0}[found[2]]
    fifths = FIFTHS_LETTERS.index(found[1]) - 1 + 7 * {"#": 1, "b": -1, "": 0}[found[2]]
    fifths = max(min(fifths + _MODES[mode], 14), -14)
    own = {letter: 0 for letter in FIFTHS_LETTERS}
    for i in range(abs(fifths)):
        letter = FIFTHS_LETTERS[i % 7] if fifths > 0 else FIFTHS_LETTERS[6 - i % 7]
        own[letter] += 1 if fifths > 0 else -1
    rest = text[found.end() :]
    if re.search(r"\bexp\b", rest):
        own = {letter: 0 for letter in FIFTHS_LETTERS}
    for extra in re.finditer(r"(?<![=\w])(\^\^?|__?|=)([A-Ga-g])(?!\w)", rest):
        own[extra[2].upper()] = ALTERS[extra[1]]
    like_minor = _MODES[mode] <= -2
    return Key(tonic % 12, "minor" if like_minor else "major"), own


def shift(text: str) -> int:
    """Semitones that clef and transposition settings move the sound by."""
    transpose = re.search(r"transpose\s*=\s*(-?\d{1,2})", text)
    octave = re.search(r"octave\s*=\s*(-?\d)", text)
    clef = re.search(r"(?:treble|alto|tenor|bass)([+-]8)", text)
    total = int(transpose[1]) if transpose else 0
    total += 12 * int(octave[1]) if octave else 0
    return total + (12 if clef and clef[1] == "+8" else -12 if clef else 0)


def ending(text: str) -> frozenset[int]:
    """The passes that an ending's sign names: "1", "1,3", "2-4"."""
    passes: set[int] = set()
    for part in re.split(r"[,.]", text):
        ends = [int(number[:2]) for number in part.split("-") if number]
        if ends:
            passes |= set(range(ends[0], min(ends[-1], ends[0] + 8) + 1))
    return frozenset(passes)
