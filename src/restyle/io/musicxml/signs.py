"""Tempo, loudness and swing out of the directions of MusicXML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from restyle.io.musicxml.values import number, words

LOUD = {
    "pppppp": 8, "ppppp": 12, "pppp": 20, "ppp": 30, "pp": 40, "p": 52, "mp": 64, "mf": 76,
    "f": 90, "ff": 104, "fff": 116, "ffff": 124, "fffff": 126, "ffffff": 127,
}  # fmt: skip
"""Velocity of a dynamic mark."""
PLAIN = 80
"""Velocity where the score states none."""
PER_CENT = 0.9
"""Velocity of one per cent of MusicXML's loudness, whose 100 is a forte of 90."""
SLOWEST, FASTEST = 8.0, 900.0
"""Quarters a minute beyond which a tempo is taken for a slip."""
TRIPLET_SWING = 2.0
_UNITS = {
    "long": 16.0, "breve": 8.0, "whole": 4.0, "half": 2.0, "quarter": 1.0, "eighth": 0.5,
    "16th": 0.25, "32nd": 0.125,
}  # fmt: skip
_SWING = re.compile(r"(?i)\b(swing|swings|swung|shuffle)\b")
_NO_SWING = re.compile(r"(?i)\b(no|not|non|without|straight|even|end|stop)\b")
_WORDS_OF_A_MARK = 7


@dataclass
class Feel:
    """What the directions of a whole score say of swing, the sound before the words."""

    sounded: float | None = None
    worded: bool = False

    @property
    def ratio(self) -> float:
        if self.sounded is not None:
            return self.sounded
        return TRIPLET_SWING if self.worded else 1.0


def loudness(direction: Element, sound: Element | None) -> int | None:
    """The velocity from a direction on; None where it says nothing of it."""
    for mark in direction.iterfind("direction-type/dynamics/*"):
        if mark.tag in LOUD:
            return LOUD[mark.tag]
    stated = number(sound.get("dynamics")) if sound is not None else None
    return round(min(max(stated * PER_CENT, 1), 127)) if stated is not None else None


def sound_tempo(sound: Element) -> float | None:
    """Quarters a minute that a `<sound>` states."""
    return _sane(number(sound.get("tempo")))


def metronome_tempo(metronome: Element, now: float) -> float | None:
    """Quarters a minute of a metronome mark, or of "this note = that note" at the tempo `now`."""
    units: list[float] = []
    for child in metronome:
        if child.tag == "beat-unit":
            units.append(_UNITS.get((child.text or "").strip(), 0.0))
        elif child.tag == "beat-unit-dot" and units:
            units[-1] *= 1.5
    count = re.search(r"\d+(\.\d+)?", words(metronome.find("per-minute")))
    if count and len(units) == 1:
        return _sane(float(count[0]) * units[0])
    if not count and len(units) == 2 and units[0]:
        return _sane(now * units[1] / units[0])
    return None


def _sane(bpm: float | None) -> float | None:
    return bpm if bpm is not None and SLOWEST <= bpm <= FASTEST else None


def sound_swing(sound: Element) -> float | None:
    """The swing ratio that a `<sound>` states, 1 for straight; None where it says nothing."""
    swing = sound.find("swing")
    if swing is None:
        return None
    first, second = number(swing.findtext("first")), number(swing.findtext("second"))
    if swing.find("straight") is not None or not first or not second:
        return 1.0
    ratio = first / second
    return ratio if 1.0 <= ratio <= 5.0 and swing.findtext("swing-type") != "16th" else 1.0


def says_swing(text: str) -> bool:
    """Whether words above the staff ask for swing: "Medium Up Swing", "Bright swing feel"."""
    few = len(text.split()) <= _WORDS_OF_A_MARK
    return few and bool(_SWING.search(text)) and not _NO_SWING.search(text)


def shows_swing(metronome: Element) -> bool:
    """Whether a mark shows two eighths as a triplet of a quarter and an eighth."""
    left: list[Element] = []
    right: list[Element] = []
    side = left
    for child in metronome:
        if child.tag == "metronome-relation":
            side = right
        elif child.tag == "metronome-note":
            side.append(child)
    types = [(note.findtext("metronome-type") or "").strip() for note in right]
    triplet = any(note.find("metronome-tuplet") is not None for note in right)
    return len(left) == 2 and triplet and types == ["quarter", "eighth"]
