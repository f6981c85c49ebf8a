"""Grooves: what the drums of a song strike where in a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Notes

GROUPS: dict[str, tuple[int, ...]] = {
    "kick": (35, 36),
    "snare": (37, 38, 39, 40),
    "pedal": (44,),
    "time": (42, 46, 51, 53, 59),
    "hand": (54, 56, 58, *range(60, 82)),
}
"""GM drums by what they do: kick; snare, stick and clap; the hi-hat's foot; hi-hat or ride, which
keep the time; tambourine, cowbell, congas, shakers and what else is played by hand."""
ANY = "any"
"""The row after those of the groups: whether anything at all is struck."""
ROWS = (*GROUPS, ANY)
EIGHTH = GRID // 2
METERS = ("4/4", "2/4", "3/4", "6/8", "9/8", "12/8")
LEAST_BARS = 4
"""Bars of a meter with drums, below which a song says nothing of it."""

LEAST_SONGS = 5
"""Songs of a meter, below which they say nothing of a style that has more songs."""
IN_USE = 0.2
"""Share of a song's bars that strike a group at its commonest place, from which on the song is
taken to use the group."""

OPEN = 0.25
"""Share of the bars that says neither that a stroke belongs there nor that it does not."""

Table = NDArray[np.float64]


def groove_of(drums: Notes, lead: LeadSheet) -> dict[str, Table]:
    """By meter, in what share of the bars with drums each group is struck in each slot; shape
    (rows, slots of a bar): see `struck`."""
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
    """1 where a group is struck in a slot of a bar of that meter, from the strokes' places in the
    bar and GM drums; shape (`ROWS`, slots). Each eighth has two slots: on it, and between it and
    the next one."""
    out = np.zeros((len(ROWS), 2 * _LENGTHS[meter] // EIGHTH))
    slots = slot_of(places)
    for row, kinds in zip(out, GROUPS.values(), strict=False):
        row[slots[np.isin(drums, kinds)]] = 1.0
    out[-1, slots] = 1.0
    return out


def slot_of(places: NDArray[np.integer]) -> NDArray[np.integer]:
    """The slots in which places of a bar lie."""
    return np.asarray(2 * (places // EIGHTH) + (places % EIGHTH != 0))


def describe_groove(songs: Sequence[dict[str, Table]]) -> dict[str, dict[str, str]]:
    """What the typical song strikes, in hundredths, ready for JSON.

    A style's songs differ in what they have at all: the mean of songs with a hi-hat and songs
    without one is a hi-hat at every third eighth, which nobody plays. So for each group the mean is
    over the songs that use it, or over those that do not, whichever are more.
    """
    out = {}
    for meter in METERS:
        seen = [song[meter] for song in songs if meter in song]
        if len(seen) >= min(LEAST_SONGS, max(len(songs), 1)):
            rows = zip(ROWS, np.swapaxes(seen, 0, 1), strict=True)
            out[meter] = {
                name: " ".join(f"{100 * x:.0f}" for x in _typical(group)) for name, group in rows
            }
    return out


def with_compound_meters(usual: Mapping[str, Table]) -> dict[str, Table]:
    """With what a style plays in meters of three eighths a beat that too few of its songs have.

    A bar of 12/8 is two of 6/8 where the style has those. Else a beat of three eighths is one of
    two that swings: what falls on the second of two falls on the third of three, and what happens
    between is left open (to what keeps the time; others are silent there).
    """
    out = dict(usual)
    if "6/8" in out and "12/8" not in out:
        out["12/8"] = np.tile(out["6/8"], 2)
    for meter, simple in (("6/8", "2/4"), ("9/8", "3/4"), ("12/8", "4/4")):
        if simple in out and meter not in out:
            out[meter] = _swung(out[simple])
    return out


def _swung(simple: Table) -> Table:
    """A bar of beats of two eighths, which are four slots, as one of beats of three, which are
    six; shape (rows, slots)."""
    beats = simple.reshape(len(ROWS), -1, 4)
    out = np.zeros((len(ROWS), beats.shape[1], 6))
    out[:, :, 0], out[:, :, 4] = beats[:, :, 0], beats[:, :, 2]
    out[[ROWS.index("time"), ROWS.index(ANY)], :, 2] = OPEN
    return out.reshape(len(ROWS), -1)


def _typical(songs: Table) -> Table:
    """The mean over the larger of two camps; shape of `songs` (songs, slots)."""
    users = songs.max(axis=1) >= IN_USE
    return np.asarray(songs[users == (2 * users.sum() >= len(songs))].mean(axis=0))


def groove_tables(described: Mapping[str, Mapping[str, str]]) -> dict[str, Table]:
    """What `describe_groove` wrote, as shares again; without meters that lack a row, as those of
    models exported by an earlier version do."""
    return {
        meter: np.array([[float(x) / 100 for x in rows[name].split()] for name in ROWS])
        for meter, rows in described.items()
        if rows.keys() >= set(ROWS)
    }


_LENGTHS = {
    "4/4": 4 * GRID,
    "2/4": 2 * GRID,
    "3/4": 3 * GRID,
    "6/8": 6 * EIGHTH,
    "9/8": 9 * EIGHTH,
    "12/8": 12 * EIGHTH,
}
