"""Bars anew: what an earlier result holds, so that some of its bars can be written again."""

from __future__ import annotations

import re

import numpy as np

from restyle.arranger.render import NAMES
from restyle.errors import RestyleError
from restyle.lead import LeadSheet
from restyle.parts import PARTS, Arrangement, tidy
from restyle.song import STEP, TICKS, Song, Track
from restyle.timing import quantise, straighten

LEAST_SHARED = 0.8
"""Share of the melody that an earlier result must have in common with the song."""


def parse_bars(text: str, bars: int) -> tuple[int, int]:
    """ "9-16", "9" or "9-" as the first bar from 0, and the bar after the last.

    Raises RestyleError for what is none, or bars that the song does not have.
    """
    found = re.fullmatch(r"\s*(\d+)\s*(-\s*(\d*))?\s*", text)
    if not found:
        raise RestyleError(f"'{text}' are no bars: say them like 9-16, counted from 1.")
    first = int(found[1])
    last = int(found[3] or bars) if found[2] else first
    if not 1 <= first <= last <= bars:
        raise RestyleError(f"There are no bars {text.strip()}: the song has bars 1 to {bars}.")
    return first - 1, last


def parts_in(song: Song) -> tuple[str, ...]:
    """The parts that an earlier result has."""
    named = {NAMES[part]: part for part in PARTS}
    found = {named[track.name] for track in song.tracks if track.name in named}
    if not found:
        raise RestyleError("The earlier result has no part that restyle plays.")
    return tuple(part for part in PARTS if part in found)


def arrangement_in(
    song: Song, lead: LeadSheet, parts: tuple[str, ...], ratio: float
) -> Arrangement:
    """What the parts of an earlier result play, on the grid; `ratio` is its swing.

    Raises RestyleError when it is not the same song as `lead`, bar for bar.
    """
    tracks = {track.name: track for track in song.tracks}
    melody = tracks.get(NAMES["melody"])
    longer = song.end > lead.length * STEP + TICKS
    if longer or (melody is not None and _shared(melody, lead, ratio) < LEAST_SHARED):
        raise RestyleError("The earlier result is not of this song, in this key and these bars.")
    found = {}
    for part in parts:
        track = tracks.get(NAMES[part])
        notes = lead.melody[:0] if track is None else track.notes
        found[part] = tidy(quantise(straighten(notes, ratio, TICKS), TICKS), part)
    return Arrangement(found)


def _shared(melody: Track, lead: LeadSheet, ratio: float) -> float:
    """Share of the lead sheet's melody that the track has at the same places."""
    if not len(lead.melody):
        return 1.0
    notes = straighten(melody.notes, ratio, TICKS)
    starts = np.rint(notes["start"] / STEP).astype(int).tolist()
    there = set(zip(starts, notes["pitch"].tolist(), strict=True))
    wanted = list(zip(lead.melody["start"].tolist(), lead.melody["pitch"].tolist(), strict=True))
    return sum(note in there for note in wanted) / len(wanted)
