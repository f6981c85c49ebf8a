"""Release: hands let go of held notes where they strike others that cannot sound beside them.

A model chooses what is struck together; how long a note was to be held it said before it knew what
would come. A player lets go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from restyle.music.instruments import Instrument, lowest_for_interval
from restyle.music.parts import Arrangement
from restyle.music.playability import MIDDLE
from restyle.music.song import Notes

STEP = 2
"""Semitones of a whole tone. Below middle C a note of a piano is struck a step beside one that is
held in 8 of 1000 strokes of classical songs and 10 of pop songs (`benchmarks/habits.py`)."""


def released(arrangement: Arrangement, players: Mapping[str, Instrument]) -> Arrangement:
    """The arrangement in which who plays with hands lets go in time; parts that are not among
    `players` stay as they are."""
    spans = {part: one.span for part, one in players.items() if one.span}
    parts = {
        part: let_go(notes, spans[part]) if part in spans else notes
        for part, notes in arrangement.parts.items()
    }
    return replace(arrangement, parts=parts)


def let_go(notes: Notes, span: int) -> Notes:
    """Notes of hands, none held into a stroke beside which it is mud (closer than the low interval
    limits, or below middle C a step away), or which two hands of a span cannot reach with it.
    The lowest stays before all others, as what the harmony stands on; what is held longest is let
    go of first."""
    out = notes.copy()
    ends = out["start"] + out["duration"]
    held: list[int] = []
    for at in np.unique(out["start"]).tolist():
        held = [i for i in held if ends[i] > at]
        struck = np.flatnonzero(out["start"] == at).tolist()
        pitches = out["pitch"][struck].tolist()
        staying: list[int] = []
        ground = min(held, key=lambda i: int(out["pitch"][i]), default=-1)
        for i in sorted(reversed(held), key=lambda i: i != ground):  # stable: the latest, the next
            pitch = int(out["pitch"][i])
            others = [*pitches, *out["pitch"][staying].tolist()]
            clear = all(_clear(pitch, other) for other in pitches)
            if clear and _in_reach([*others, pitch], span):
                staying.append(i)
            else:
                ends[i] = at
        held = [*sorted(staying), *struck]
    out["duration"] = ends - out["start"]
    return out


def _clear(held: int, struck: int) -> bool:
    low, interval = min(held, struck), abs(held - struck)
    if interval and low < MIDDLE and interval <= STEP:
        return False
    return not interval or low >= lowest_for_interval(interval)


def _in_reach(pitches: Sequence[int], span: int) -> bool:
    """Whether two hands side by side reach them: what is beyond one from below, one from above."""
    rest = [pitch for pitch in pitches if pitch > min(pitches) + span]
    return not rest or max(rest) - min(rest) <= span
