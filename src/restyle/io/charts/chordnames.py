"""Chord symbols as musicians write them, to the chord qualities that a LeadSheet holds.

Ninths, elevenths and thirteenths become the seventh chord they stand on; added and altered
tensions are left out.
"""

from __future__ import annotations

import re
from collections.abc import Set

from restyle.music.chord import LETTERS
from restyle.music.song import Chord

_LETTERS = {**LETTERS, "H": 11}
_ACCIDENTALS = {"b": -1, "♭": -1, "#": 1, "♯": 1, "+": 1}
_SYMBOL = re.compile(r"([A-H])([b♭#♯]{0,2})([^/\\]*(?:/9)?)(?:[/\\]([A-Ha-h])([b♭#♯+]{0,2}))?")
"""Root, quality, and a bass, which many folk tunes write small, with + for a sharp."""
_NO_CHORD = re.compile(r"(?i)n\.?\s?c\.?|no chord|tacet")
# What one thing is called by different hands; longer names first.
_SAME = (
    (r"[()\[\],\s]|omit\d|no\d", ""),
    (r"[∆△Δ^]", "maj"),
    (r"ø7?|Ø7?", "m7b5"),
    (r"°|º", "dim"),
    (r"^(?:[Mm]ajor|MAJ|MA|Maj|Ma|ma(?!j|dd)|M(?!in|i))", "maj"),
    (r"(?<=m)(?:Maj|Ma|M)", "maj"),
    (r"^(?:[Mm]inor|MIN|[Mm]in|[Mm]i(?!n))", "m"),
    (r"^[-−–]", "m"),  # noqa: RUF001
    (r"^o", "dim"),
    (r"^(?:\+|aug)(\d*)", r"\1#5"),
    (r"\+5?|aug", "#5"),
    (r"-(?=\d)", "b"),
    (r"♭", "b"),
    (r"♯", "#"),
)
_REST = re.compile(
    r"(?P<third>maj|m(?!aj)|dim|)(?P<seventh>maj)?(?P<degree>69|6/9|13|11|9|7|6|5|4|2)?"
    r"(?P<tail>(?:sus[24]*|alt|lyd|dim|maj7|(?:add|[#b])?(?:13|11|10|2|3|4|5|6|7|9|b9|#9|#11|b13))*)"
)


def parse(text: str, start: int = 0) -> Chord | None:
    """The chord that a symbol names ("Bbm7", "F#dim/A", "N.C."); None when it names none."""
    text = text.strip()
    if _NO_CHORD.fullmatch(text):
        return Chord(start, -1)
    found = _SYMBOL.fullmatch(text)
    if not found:
        return None
    quality = _quality(found[3])
    if quality is None:
        return None
    root = _pitch_class(found[1], found[2])
    return Chord(start, root, quality, _pitch_class(found[4], found[5]) if found[4] else root)


def _pitch_class(letter: str, accidentals: str) -> int:
    return (_LETTERS[letter.upper()] + sum(_ACCIDENTALS[sign] for sign in accidentals)) % 12


def _quality(suffix: str) -> str | None:
    for pattern, name in _SAME:
        suffix = re.sub(pattern, name, suffix)
    found = _REST.fullmatch(suffix)
    if not found:
        return None
    third, degree, tail = found["third"], found["degree"] or "", found["tail"]
    seventh = degree in ("7", "9", "11", "13")
    if "sus" in tail or degree == "4":
        return "7sus" if seventh else "sus2" if "sus2" in tail else "sus"
    if third == "dim":
        return "dim7" if degree == "7" else "dim"
    tones = _triad(third == "m", tail)
    if found["seventh"] or (third == "maj" and seventh) or "maj7" in tail:
        tones.add(11)
    elif seventh or "alt" in tail:
        tones.add(10)
    elif degree in ("6", "69", "6/9"):
        tones.add(9)
    return quality_of(tones)


def _triad(minor: bool, tail: str) -> set[int]:
    if "#5" in tail and not minor:
        return {0, 4, 8}
    if "b5" in tail and minor:
        return {0, 3, 6}
    return {0, 3 if minor else 4, 7}


def quality_of(tones: Set[int]) -> str:
    """The quality that fits the semitones above the root best; a missing third counts as major."""
    minor = 3 in tones and 4 not in tones
    if not tones & {3, 4}:
        if 5 in tones:
            return "7sus" if 10 in tones else "sus"
        if 2 in tones:
            return "7sus" if 10 in tones else "sus2"
    flat5, sharp5 = 6 in tones and 7 not in tones, 8 in tones and 7 not in tones
    if minor and flat5:
        return "hdim7" if 10 in tones else "dim7" if 9 in tones else "dim"
    if minor:
        return "mM7" if 11 in tones else "m7" if 10 in tones else "m6" if 9 in tones else "min"
    if sharp5 and 11 not in tones:
        return "aug7" if 10 in tones else "aug"
    return "maj7" if 11 in tones else "7" if 10 in tones else "6" if 9 in tones else "maj"


KINDS = {
    "major": "maj", "minor": "min", "augmented": "aug", "diminished": "dim",
    "dominant-seventh": "7", "dominant": "7", "major-seventh": "maj7", "minor-seventh": "m7",
    "diminished-seventh": "dim7", "augmented-seventh": "aug7", "half-diminished": "hdim7",
    "half-diminished-seventh": "hdim7", "minor-major-seventh": "mM7", "major-minor": "mM7",
    "major-sixth": "6", "minor-sixth": "m6", "dominant-ninth": "7", "major-ninth": "maj7",
    "minor-ninth": "m7", "dominant-11th": "7", "major-11th": "maj7", "minor-11th": "m7",
    "dominant-13th": "7", "major-13th": "maj7", "minor-13th": "m7", "suspended-second": "sus2",
    "suspended-fourth": "sus", "suspended-fourth-seventh": "7sus", "power": "maj",
}  # fmt: skip
