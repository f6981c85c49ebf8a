"""Key, meter and transposition out of `<attributes>`."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from restyle.io.musicxml.values import whole
from restyle.music.song import Key

_TONICS = {
    "major": 0, "ionian": 0, "dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7,
    "aeolian": 9, "minor": 9, "locrian": 11,
}  # fmt: skip
"""Semitones from the tonic of a signature's major to the tonic of its mode."""
_LIKE_MINOR = ("minor", "aeolian", "dorian", "phrygian", "locrian")
_MOST_FIFTHS = 14
_DENOMINATORS = (1, 2, 4, 8, 16, 32)


def key_of(element: Element) -> tuple[Key | None, bool]:
    """The key as written and whether its mode is stated; None for a signature of odd steps."""
    fifths = whole(element.findtext("fifths"))
    if fifths is None or abs(fifths) > _MOST_FIFTHS:
        return None, False
    mode = (element.findtext("mode") or "").strip().lower()
    tonic = (fifths * 7 + _TONICS.get(mode, 0)) % 12
    return Key(tonic, "minor" if mode in _LIKE_MINOR else "major"), mode in _TONICS


def meter_of(element: Element) -> tuple[int, int] | None:
    """Numerator and denominator of a `<time>`, sums added up; None where it states none."""
    total = Fraction(0)
    largest = 1
    counts = [child.text or "" for child in element.iterfind("beats")]
    units = [whole(child.text) for child in element.iterfind("beat-type")]
    for count, unit in zip(counts, units, strict=False):
        numbers = [whole(part) for part in count.split("+")[:16]]
        if unit not in _DENOMINATORS or not all(n and 0 < n <= 64 for n in numbers):
            return None
        total += Fraction(sum(n or 0 for n in numbers), unit)
        largest = max(largest, unit)
    numerator = total * largest
    if not total or numerator.denominator != 1 or numerator > 128:
        return None
    return int(numerator), largest


def transposition(element: Element) -> int:
    """Semitones from written to sounding pitch."""
    steps = whole(element.findtext("chromatic")) or 0
    octaves = whole(element.findtext("octave-change")) or 0
    return steps + 12 * octaves if abs(steps) <= 60 and abs(octaves) <= 5 else 0
