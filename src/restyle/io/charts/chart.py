"""Chord charts: a lead sheet's chords by bars, as musicians write them.

Four bars a line, a slash for every beat that a chord goes on, "%" for a bar like the one before,
a new meter where it begins, a pickup on a line of its own, and a double bar at the end.
"""

from __future__ import annotations

from itertools import pairwise

from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Meter

BARS_A_LINE = 4
SAME = "%"


def chord_chart(lead: LeadSheet) -> list[str]:
    """The lines of the chart, each beginning with the number of its first bar.

    A beat is the quarter, the dotted quarter in 6/8 and its like, and the eighth in 5/8 or 7/8.
    """
    bars = list(pairwise(lead.bar_starts().tolist()))
    cells = [_cell(lead, begin, end) for begin, end in bars]
    rows = _rows(len(cells), bool(lead.pickup))
    changes = {meter.start: meter.name for meter in lead.meters if meter.start}
    shown = []
    for first, last in rows:
        for bar in range(first, last):
            repeats = bar > first and cells[bar] == cells[bar - 1] and " " not in cells[bar]
            cell = SAME if repeats else cells[bar]
            if bars[bar][0] in changes:
                cell = f"({changes[bars[bar][0]]}) {cell}"
            shown.append(cell)
    width = max((len(cell) for cell in shown), default=0)
    out = []
    for first, last in rows:
        row = " | ".join(cell.ljust(width) for cell in shown[first:last])
        out.append(f"{first + 1:4} | {row} |")
    return [*out[:-1], f"{out[-1]}|"] if out else []


def _rows(bars: int, pickup: bool) -> list[tuple[int, int]]:
    """First bar, and the one after the last, of each line: four bars from the first full one."""
    begin = 1 if pickup and bars > 1 else 0
    rows = [(0, 1)] if begin else []
    firsts = range(begin, bars, BARS_A_LINE)
    return rows + [(first, min(first + BARS_A_LINE, bars)) for first in firsts]


def _cell(lead: LeadSheet, begin: int, end: int) -> str:
    beat = _beat(lead.meter_at(begin))
    sounding = lead.chord_at(begin)
    words: list[str] = []
    for place in range(begin, end, beat):
        here = [c for c in lead.chords if max(place, begin + 1) <= c.start < min(place + beat, end)]
        if place == begin and sounding is not None:
            here = [sounding, *here]
        words.append("·".join(c.symbol(lead.key) for c in here) or "/")
    if words[0] != "/" and set(words[1:]) <= {"/"}:
        return words[0]  # one chord a bar needs no slashes
    return " ".join(words) if set(words) != {"/"} else "/"


def _beat(meter: Meter) -> int:
    """Grid positions of a beat."""
    if meter.denominator <= 4:
        return GRID
    eighth = 4 * GRID // meter.denominator
    return 3 * eighth if meter.numerator % 3 == 0 else eighth
