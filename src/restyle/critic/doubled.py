"""How much of a passage is played twice: the tune, or what another part plays."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from restyle.critic.frame import Frame
from restyle.music.parts import Arrangement

LEAST_NOTES = 4
"""Notes of a part in a passage from which on it can be said to play what another one plays."""


def doubling(frame: Frame, arrangement: Arrangement) -> float:
    """How much the tune is doubled, 0..1: of the part that does so most, the share of the tune's
    onsets in the passage at which its top note is the tune's pitch class."""
    onsets = np.flatnonzero(frame.begins[frame.begin : frame.end]) + frame.begin
    if len(onsets) < 4:
        return 0.0
    most = 0.0
    for part, notes in arrangement.parts.items():
        if part == "drums" or not len(notes):
            continue
        last = np.searchsorted(notes["start"], onsets, side="right") - 1
        there = (last >= 0) & (notes["start"][last] == onsets)
        same = there & (notes["pitch"][last] % 12 == frame.tune[onsets] % 12)
        most = max(most, float(same.mean()))
    return most


def unisons(frame: Frame, arrangement: Arrangement) -> float:
    """How much two parts play the same, 0..1: of the two that do so most, the share of the notes of
    the one with fewer that the other strikes too, at the same time and pitch."""
    struck = []
    for part, notes in arrangement.parts.items():
        a, b = np.searchsorted(notes["start"], (frame.begin, frame.end))
        if part != "drums" and b - a >= LEAST_NOTES:
            keys = notes["start"][a:b].astype(np.int64) * 128 + notes["pitch"][a:b]
            struck.append(np.unique(keys))
    shares = [
        len(np.intersect1d(one, other)) / min(len(one), len(other))
        for one, other in combinations(struck, 2)
    ]
    return max(shares, default=0.0)
