"""Chord charts: a lead sheet's chords by bars, as musicians write them."""

from __future__ import annotations

from itertools import pairwise

from restyle.lead import LeadSheet
from restyle.song import GRID

BARS_A_LINE = 4


def chord_chart(lead: LeadSheet) -> list[str]:
    """The chords of each bar, four bars a line, one slash for every beat a chord goes on.

    A beat is the quarter, or the dotted quarter where the meter counts in eighths.
    """
    lines = lead.bar_starts().tolist()
    cells = [_cell(lead, begin, end) for begin, end in pairwise(lines)]
    width = max((len(cell) for cell in cells), default=0)
    out = []
    for first in range(0, len(cells), BARS_A_LINE):
        row = " | ".join(cell.ljust(width) for cell in cells[first : first + BARS_A_LINE])
        out.append(f"{first + 1:4} | {row} |")
    return out


def _cell(lead: LeadSheet, begin: int, end: int) -> str:
    beat = GRID if lead.meter_at(begin).denominator <= 4 else 3 * GRID // 2
    inside = [c for c in lead.chords if begin < c.start < end]
    sounding = lead.chord_at(begin)
    words: list[str] = []
    for place in range(begin, end, beat):
        here = [c for c in inside if place <= c.start < place + beat]
        if place == begin and sounding is not None:
            here = [sounding, *here]
        words += [c.symbol(lead.key) for c in here] or ["/"]
    while len(words) > 1 and words[-1] == "/" and len(set(words[1:])) == 1:
        words.pop()  # one chord a bar needs no slashes
    return " ".join(words)
