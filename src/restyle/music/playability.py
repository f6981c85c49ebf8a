"""Playability: whether a bar can be played on piano or guitar by players of a level.

Published: thumb and little finger reach 15 semitones at most and 13 in comfort (R. Parncutt, J. A.
Sloboda, E. F. Clarke, M. Raekallio and P. Desain, *An Ergonomic Model of Keyboard Fingering for
Melodic Fragments*, 1997, table of finger spans): "full" has the first, "intermediate" stays within
the second. That difficulty is told from a score by what hands must do (V. Sébastien et al., *Score
Analyzer*, ISMIR 2012, of seven criteria), and that examinations begin with keys of few signs and
hands that do not move (ABRSM's sight-reading, grade 1: C, G and F major, A and D minor, five-finger
position), is the pattern of the levels.

Hand-set, after that pattern: all other figures, which are notes a hand, leaps, the shortest
strokes, signs, the span of "easy", and all of the guitar but this: each note has a string of its
own in standard tuning. Four frets are what guitarists call a position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from restyle.music.song import Notes

LEVELS = ("easy", "intermediate", "full")
MIDDLE = 60
"""Middle C: the left hand plays below it."""
STRINGS = (40, 45, 50, 55, 59, 64)
"""Open strings of a guitar."""


@dataclass(frozen=True)
class Limits:
    """What a level allows; None for no limit."""

    notes: int
    """Notes a hand at once (of a guitar: in all)."""
    span: int
    """Semitones a hand; of a guitar frets."""
    leap: int | None
    """Semitones from one stroke of a hand to its next, counted at the outer note."""
    shortest: int
    """Grid positions that strokes come at multiples of."""
    signs: int
    """Sharps or flats of the key."""
    highest_fret: int = 19


PIANO = {
    "easy": Limits(2, 9, 12, 6, 2),
    "intermediate": Limits(3, 12, 19, 3, 4),
    "full": Limits(5, 15, None, 1, 6),
}
GUITAR = {
    "easy": Limits(3, 3, None, 6, 2, 3),
    "intermediate": Limits(4, 4, None, 3, 4, 12),
    "full": Limits(6, 5, None, 1, 6, 19),
}


def hands(notes: Notes) -> tuple[Notes, Notes]:
    """What the left and the right hand play."""
    left = notes["pitch"] < MIDDLE
    return notes[left], notes[~left]


def faults(notes: Notes, part: str, level: str) -> list[str]:
    """What of a bar (or more) is beyond a level, a few words each; empty for what can be played.

    `notes` are a piano's or a guitar's, on the grid, times from a bar line.
    """
    if part == "guitar":
        return _guitar_faults(notes, GUITAR[level])
    left, right = hands(notes)
    return hand_faults(left, "left", PIANO[level]) + hand_faults(right, "right", PIANO[level])


def two_hand_faults(left: Notes, right: Notes, level: str) -> list[str]:
    """What is beyond a level of a bar in which it is known which hand plays what; hands that cross
    are beyond all."""
    out = hand_faults(left, "left", PIANO[level]) + hand_faults(right, "right", PIANO[level])
    for at in np.unique(np.concatenate([left["start"], right["start"]])).tolist():
        below, above = _sounding(left, at), _sounding(right, at)
        if below and above and max(below) >= min(above):
            out.append(f"the hands cross: {max(below)} and {min(above)}")
    return out


def hand_faults(hand: Notes, name: str, limits: Limits) -> list[str]:
    """What one hand, "left" or "right", cannot play of a bar; see `faults`."""
    out, last = [], None
    for at in np.unique(hand["start"]).tolist():
        pitches = _sounding(hand, at)
        outer = min(pitches) if name == "left" else max(pitches)
        if len(pitches) > limits.notes:
            out.append(f"{name} hand: {len(pitches)} notes at once")
        if max(pitches) - min(pitches) > limits.span:
            out.append(f"{name} hand: a stretch of {max(pitches) - min(pitches)}")
        if last is not None and limits.leap is not None and abs(outer - last) > limits.leap:
            out.append(f"{name} hand: a leap of {abs(outer - last)}")
        if at % limits.shortest:
            out.append(f"{name} hand: a stroke between {limits.shortest}ths")
        last = outer
    return out


def _sounding(notes: Notes, at: int) -> list[int]:
    there = (notes["start"] <= at) & (notes["start"] + notes["duration"] > at)
    return sorted(set(notes["pitch"][there].tolist()))


def _guitar_faults(notes: Notes, limits: Limits) -> list[str]:
    out = []
    for at in np.unique(notes["start"]).tolist():
        pitches = _sounding(notes, at)
        if len(pitches) > limits.notes:
            out.append(f"{len(pitches)} notes at once")
        if not fingered(pitches, limits):
            out.append(f"no hand holds {pitches}")
        if at % limits.shortest:
            out.append(f"a stroke between {limits.shortest}ths")
    return out


def fingered(pitches: list[int], limits: Limits) -> bool:
    """Whether pitches have a string each, and the pressed frets lie within the hand."""

    def search(rest: list[int], strings: tuple[int, ...], pressed: tuple[int, ...]) -> bool:
        if pressed and max(pressed) - min(pressed) >= limits.span:
            return False
        if not rest:
            return True
        for string in strings:
            fret = rest[0] - string
            if 0 <= fret <= limits.highest_fret:
                others = tuple(s for s in strings if s != string)
                if search(rest[1:], others, (*pressed, fret) if fret else pressed):
                    return True
        return False

    return search(sorted(pitches, reverse=True), STRINGS, ())
