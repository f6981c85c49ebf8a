"""Grooves: what the drums of a song strike where in a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.lead import LeadSheet
from restyle.song import GRID, Notes

GROUPS: dict[str, tuple[int, ...]] = {
    "kick": (35, 36),
    "snare": (37, 38, 39, 40),
    "pedal": (44,),
    "time": (42, 46, 51, 53, 59),
}
"""GM drums by what they do: kick; snare, stick and clap; the hi-hat's foot; hi-hat or ride, which
keep the time."""
EIGHTH = GRID // 2
METERS = ("4/4", "2/4", "3/4", "6/8")
LEAST_BARS = 4
"""Bars of a meter with drums, below which a song says nothing of it."""

LEAST_SONGS = 5
"""Songs of a meter, below which they say nothing of a style that has more songs."""

Table = NDArray[np.float64]


def groove_of(drums: Notes, lead: LeadSheet) -> dict[str, Table]:
    """By meter, in what share of the bars with drums each group is struck on each eighth; shape
    (groups, eighths of a bar)."""
    lines = lead.bar_starts()
    edges = np.searchsorted(drums["start"], lines)
    bars: dict[str, list[Table]] = {}
    for i in range(lead.bars):
        meter = lead.meter_at(int(lines[i])).name
        length = int(lines[i + 1] - lines[i])
        some = drums[edges[i] : edges[i + 1]]
        if meter in METERS and len(some) and length == _LENGTHS[meter]:
            bars.setdefault(meter, []).append(
                struck(some["start"] - lines[i], some["pitch"], meter)
            )
    return {
        meter: np.mean(tables, axis=0)
        for meter, tables in bars.items()
        if len(tables) >= LEAST_BARS
    }


def struck(places: NDArray[np.integer], drums: NDArray[np.integer], meter: str) -> Table:
    """1 where a group is struck on an eighth of a bar of that meter, from the strokes' places in
    the bar and GM drums; shape (groups, eighths)."""
    out = np.zeros((len(GROUPS), _LENGTHS[meter] // EIGHTH))
    even = places % EIGHTH == 0
    for row, kinds in zip(out, GROUPS.values(), strict=True):
        row[places[even & np.isin(drums, kinds)] // EIGHTH] = 1.0
    return out


def describe_groove(songs: Sequence[dict[str, Table]]) -> dict[str, dict[str, str]]:
    """The mean over songs, in hundredths, ready for JSON."""
    out = {}
    for meter in METERS:
        seen = [song[meter] for song in songs if meter in song]
        if len(seen) >= min(LEAST_SONGS, max(len(songs), 1)):
            mean = 100 * np.mean(seen, axis=0)
            out[meter] = {
                name: " ".join(f"{x:.0f}" for x in row)
                for name, row in zip(GROUPS, mean, strict=True)
            }
    return out


def groove_tables(described: Mapping[str, Mapping[str, str]]) -> dict[str, Table]:
    """What `describe_groove` wrote, as shares again."""
    return {
        meter: np.array([[float(x) / 100 for x in rows[name].split()] for name in GROUPS])
        for meter, rows in described.items()
    }


_LENGTHS = {"4/4": 4 * GRID, "2/4": 2 * GRID, "3/4": 3 * GRID, "6/8": 3 * GRID}
