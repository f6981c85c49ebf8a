"""Instrument classes: what kind of instrument a part is played on, as the model is told.

A part is a role ("guitar"); a class says what sounds in it ("nylon guitar", "distorted guitar"),
because nobody plays the same on both. Classes go by General MIDI programs.
"""

from __future__ import annotations

from dataclasses import dataclass

PARTS = ("drums", "bass", "piano", "guitar", "keys", "strings", "winds", "brass", "synth")
"""The parts an arrangement may have, in the fixed order of the token sequence."""
CHORDAL_PARTS = ("piano", "guitar", "keys")
"""Parts of which the first in a band says its chords."""


@dataclass(frozen=True)
class InstrumentClass:
    """One class. `programs` are the General MIDI programs (of kits, for drums) that belong to it;
    the first is played where a style does not say which."""

    name: str
    part: str
    programs: tuple[int, ...]


CLASSES: tuple[InstrumentClass, ...] = (
    InstrumentClass("standard-kit", "drums", (0, *range(1, 24), *range(26, 40))),
    InstrumentClass("brush-kit", "drums", (40, *range(41, 48))),
    InstrumentClass("electronic-kit", "drums", (24, 25)),
    InstrumentClass("orchestral-kit", "drums", (48, *range(49, 128))),
    InstrumentClass("acoustic-bass", "bass", (32,)),
    InstrumentClass("electric-bass", "bass", (33, 34, 35)),
    InstrumentClass("slap-bass", "bass", (36, 37)),
    InstrumentClass("synth-bass", "bass", (38, 39)),
    InstrumentClass("acoustic-piano", "piano", (0, 1, 2, 3)),
    InstrumentClass("electric-piano", "piano", (4, 5)),
    InstrumentClass("nylon-guitar", "guitar", (24,)),
    InstrumentClass("steel-guitar", "guitar", (25,)),
    InstrumentClass("clean-guitar", "guitar", (27, 26, 28)),
    InstrumentClass("distortion-guitar", "guitar", (30, 29, 31)),
    InstrumentClass("harp", "guitar", (46,)),
    InstrumentClass("plucked", "guitar", (105, 104, 106, 107, 108)),
    InstrumentClass("organ", "keys", (16, 17, 18, 19, 20)),
    InstrumentClass("accordion", "keys", (21, 22, 23)),
    InstrumentClass("harpsichord", "keys", (6, 7)),
    InstrumentClass("mallets", "keys", (11, 8, 9, 10, 12, 13, 14, 15)),
    InstrumentClass("string-section", "strings", (48, 49, 44)),
    InstrumentClass("solo-strings", "strings", (40, 41, 42, 43, 110)),
    InstrumentClass("pizzicato", "strings", (45,)),
    InstrumentClass("synth-strings", "strings", (50, 51)),
    InstrumentClass("choir", "strings", (52, 53, 54)),
    InstrumentClass("saxophone", "winds", (65, 64, 66, 67)),
    InstrumentClass("reeds", "winds", (71, 68, 69, 70, 109, 111)),
    InstrumentClass("flute", "winds", (73, 72, 74, 75, 76, 77, 78, 79)),
    InstrumentClass("brass-section", "brass", (61,)),
    InstrumentClass("synth-brass", "brass", (62, 63)),
    InstrumentClass("solo-brass", "brass", (56, 57, 59)),
    InstrumentClass("horn", "brass", (60, 58)),
    InstrumentClass("synth-lead", "synth", tuple(range(80, 88))),
    InstrumentClass("synth-pad", "synth", (*range(88, 104),)),
)
"""All classes, by part; timpani, hits and sound effects belong to none."""

CLASS_NAMES = tuple(c.name for c in CLASSES)
_OF_PROGRAM = {p: c for c in CLASSES if c.part != "drums" for p in c.programs}
_OF_KIT = {p: c for c in CLASSES if c.part == "drums" for p in c.programs}


def class_of(program: int, is_drum: bool = False) -> InstrumentClass | None:
    """The class of a General MIDI program 0-127; None for effects that are no music."""
    return (_OF_KIT if is_drum else _OF_PROGRAM).get(program)


def class_named(name: str) -> InstrumentClass:
    """The class of that name. Raises KeyError where there is none."""
    return CLASSES[CLASS_NAMES.index(name)] if name in CLASS_NAMES else _missing(name)


def _missing(name: str) -> InstrumentClass:
    raise KeyError(name)


def usual_class(part: str) -> InstrumentClass:
    """The class of a part where nothing is said."""
    return next(c for c in CLASSES if c.part == part)
