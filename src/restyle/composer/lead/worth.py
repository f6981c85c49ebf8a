"""How well a phrase is made: what several drawn ones are told apart by."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.engine import Ints
from restyle.composer.lead.rhythm import strong
from restyle.composer.lead.rules import WIDE, Note, tones
from restyle.composer.lead.usual import usual

MOST_OFF_BEAT = 0.58
"""Improvised solos among the songs have more off the beat than a tune that is sung."""


def phrase_worth(
    notes: list[Note], before: list[Note], chords: Ints, meter: str, rate: float, bars: int,
    style: str,
) -> float:  # fmt: skip
    """Nats a note for how the phrase is made; the more the better.

    `before` are the notes that it follows, `rate` the notes a bar of the style.
    """
    if len(notes) < 2:
        return -2.0
    line = [*before[-1:], *notes]
    moves = [b.pitch - a.pitch for a, b in pairwise(line)]
    here = len(notes) / max(bars, 1)
    span = max(n.pitch for n in notes) - min(n.pitch for n in notes)
    classes = len({n.pitch for n in notes})
    steps = float(np.mean([abs(m) in (1, 2) for m in moves]))
    worth = -1.0 * abs(float(np.log(max(here, 0.3) / rate)))
    off_beat = float(np.mean([n.place % e.BEAT[meter] != 0 for n in notes]))
    worth -= 1.2 * abs(off_beat - min(usual(style).off_beat, MOST_OFF_BEAT))
    leaps = float(np.mean([abs(m) > 7 for m in moves]))
    worth += 1.5 * min(leaps, 0.05)
    worth -= 0.8 * abs(_share_inside(notes, chords, meter) - 0.75)
    worth -= 0.6 * max(0.4 - steps, 0) + 0.15 * max(4 - classes, 0)
    wide = 4 if style in WIDE else 0
    worth -= 0.05 * max(span - 12 - wide, 0) + 0.1 * max(8 + wide / 2 - span, 0)
    worth -= 0.4 * float(np.mean([_clumsy(a, b) for a, b in pairwise(moves)] or [False]))
    lengths = {n.length for n in notes}
    worth -= 0.25 * (len(lengths) < 2) + 0.1 * (len(lengths) < 3)
    worth -= 0.3 * float(np.mean([m == 0 for m in moves]))
    return worth


def _share_inside(notes: list[Note], chords: Ints, meter: str) -> float:
    """Share of the notes on strong beats that belong to their chord."""
    fits = [
        n.pitch % 12 in tones(int(chords[max(n.bar, 0), int(n.place >= e.MIDDLE[meter])]))
        for n in notes
        if strong(n.place, meter)
    ]
    return float(np.mean(fits)) if fits else 0.75


def _clumsy(first: int, second: int) -> bool:
    """Whether a leap goes on the same way, or a larger one is not turned back by step."""
    if abs(first) > 7:
        return not (first * second < 0 and abs(second) <= 4)
    return abs(first) >= 5 and first * second > 0 and abs(second) >= 3
