"""Fills: how often drums lead from one section of a song to the next, counted in its bars."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from restyle.analysis.form import turns
from restyle.music.drums import CRASHES, SECOND_SNARE, SNARE, TOMS
from restyle.music.lead import LeadSheet
from restyle.music.song import Notes

MORE = 2
"""Strokes on snare and toms in the second half of a bar, above what is usual before it, from which
on it is a fill."""
BEFORE = 4
"""Bars before it that say what is usual."""
FEWEST = 10
"""Songs, and fills, that say what is usual in a style, at least."""
_HANDS = (SNARE, SECOND_SNARE, *TOMS)


def turns_filled(
    lead: LeadSheet, drums: Notes, bars: Sequence[int] | None = None
) -> tuple[tuple[bool, bool], ...]:
    """For each bar before a new section in which drums play on, whether it is a fill, and whether
    a crash begins the section that none began the bar with; of other `bars` where some are named.
    """
    lines = lead.bar_starts()
    edges = np.searchsorted(drums["start"], lines)
    played = [drums[a:b] for a, b in pairwise(edges.tolist())]
    hands = [_second_half(some, *line) for some, line in zip(played, pairwise(lines), strict=True)]
    crash = [
        bool(np.isin(some["pitch"][some["start"] == line], CRASHES).any())
        for some, line in zip(played, lines, strict=False)
    ]
    out = []
    for bar in turns(lead) if bars is None else bars:
        usual = [hands[b] for b in range(max(bar - BEFORE, 0), bar) if len(played[b])]
        if usual and bar + 1 < lead.bars and len(played[bar]) and len(played[bar - 1]):
            filled = bool(hands[bar] >= np.median(usual) + MORE)
            out.append((filled, crash[bar + 1] and not crash[bar]))
    return tuple(out)


def _second_half(played: Notes, begin: int, end: int) -> int:
    """Strokes on snare and toms in the second half of a bar."""
    late = played["start"] >= (begin + end) // 2
    return int((late & np.isin(played["pitch"], _HANDS)).sum())


def describe_fills(songs: Sequence[Sequence[tuple[bool, bool]]]) -> list[float]:
    """Of a style's turns the share that is filled, and of those fills the share that a crash
    follows; empty where few songs say so. A song has one vote on the first."""
    known = [song for song in songs if song]
    crashed = [crash for song in known for filled, crash in song if filled]
    if min(len(known), len(crashed)) < FEWEST:
        return []
    filled = [np.mean([filled for filled, _ in song]) for song in known]
    return [round(float(np.mean(filled)), 3), round(float(np.mean(crashed)), 3)]
