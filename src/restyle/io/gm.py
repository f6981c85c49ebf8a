"""Names of the General MIDI instruments, and where drums are written on the staff."""

from __future__ import annotations

from restyle.music.drums import DRUM_KEYS
from restyle.music.instruments import instrument


def name(program: int, is_drum: bool = False) -> str:
    """What a musician calls the instrument of a GM program."""
    return "Drums" if is_drum else instrument(program).name


DRUMS: dict[int, tuple[str, int, str]] = {
    35: ("E", 4, "normal"), 36: ("F", 4, "normal"),
    37: ("C", 5, "x"), 38: ("C", 5, "normal"),
    39: ("B", 4, "x"), 40: ("C", 5, "diamond"),
    41: ("G", 4, "normal"), 42: ("G", 5, "x"),
    43: ("A", 4, "normal"), 44: ("D", 4, "x"),
    45: ("B", 4, "normal"), 46: ("G", 5, "circle-x"),
    47: ("D", 5, "normal"), 48: ("E", 5, "normal"),
    49: ("A", 5, "x"), 50: ("F", 5, "normal"),
    51: ("F", 5, "x"), 52: ("C", 6, "x"),
    53: ("F", 5, "diamond"), 54: ("E", 5, "triangle"),
    55: ("B", 5, "x"), 56: ("D", 5, "x"),
    57: ("A", 5, "circle-x"), 58: ("B", 5, "diamond"),
    59: ("F", 5, "circle-x"), 60: ("D", 5, "diamond"),
    61: ("B", 4, "diamond"), 62: ("E", 5, "x"),
    63: ("E", 5, "diamond"), 64: ("G", 4, "diamond"),
    65: ("F", 5, "triangle"), 66: ("A", 4, "triangle"),
    67: ("G", 5, "triangle"), 68: ("E", 5, "cross"),
    69: ("B", 5, "triangle"), 70: ("G", 5, "diamond"),
    71: ("C", 6, "triangle"), 72: ("C", 6, "diamond"),
    73: ("A", 5, "triangle"), 74: ("A", 5, "diamond"),
    75: ("C", 5, "triangle"), 76: ("D", 5, "triangle"),
    77: ("G", 4, "triangle"), 78: ("B", 4, "triangle"),
    79: ("A", 4, "diamond"), 80: ("B", 5, "circle-x"),
    81: ("C", 6, "circle-x"),
}  # fmt: skip
"""General MIDI drum key -> where it is written: letter, octave, note head."""


def drum(key: int) -> tuple[str, str, int, str]:
    """Name and written place of a drum key; keys beyond the standard kit share one place."""
    return (DRUM_KEYS.get(key, f"Percussion {key}"), *DRUMS.get(key, ("E", 4, "x")))
