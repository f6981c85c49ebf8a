"""Drum kits on ordinary channels, as exports of sequencers and one-channel tools leave them.

A kit is told by its keys and its rhythm: nearly all strokes are on keys of the General MIDI kit;
one bass drum, one snare and one cymbal make up half of them, each with its share; and the drums
are struck together with cymbals. Of 9,509 melodic parts of 1,750 songs one passes for a kit; of
the drum tracks on channel 10 that hold all three kinds of sound 73 % do. A track without a program
whose name says that it is drums has only to use the kit's keys.
"""

from __future__ import annotations

import re

import numpy as np

from restyle.music.song import Notes

_KICKS = (35, 36)
_SNARES = (37, 38, 39, 40)
_CYMBALS = (42, 44, 46, 49, 51, 52, 53, 55, 57, 59)
_OTHERS = (41, 43, 45, 47, 48, 50, 54, 56, 69, 70, 82)
_FEWEST = 16
"""Strokes below which no rhythm can be told."""
_OF_KIT = 0.8
"""Share of strokes on keys of a kit."""
_CORE = 0.5
"""Share of strokes on the most used kick, snare and cymbal together."""
_LEAST = 0.03
"""Share of each of the three."""
_TOGETHER = 0.2
"""Share of moments with kick or snare in which a cymbal is struck too."""
_NAMED = re.compile(r"drum|percus|\bkit\b|\bperc\b|batter|bater[ií]a|schlagz|ударн|ドラム", re.I)
_TUNED = re.compile(r"steel|timpani|tuned", re.I)


def is_kit(notes: Notes, division: int, program: int, name: str) -> bool:
    """Whether a part of an ordinary channel is a drum kit; times in ticks of `division`."""
    if len(notes) < _FEWEST:
        return False
    share = np.bincount(notes["pitch"], minlength=128) / len(notes)
    groups = [share[list(keys)] for keys in (_KICKS, _SNARES, _CYMBALS)]
    if sum(g.sum() for g in groups) + share[list(_OTHERS)].sum() < _OF_KIT:
        return False
    if _NAMED.search(name) and not _TUNED.search(name) and program == 0:
        return True
    most = [float(g.max()) for g in groups]
    if min(most) < _LEAST or sum(most) < _CORE:
        return False
    # strokes of live playing that are a sixty-fourth apart are meant together
    when = notes["start"].astype(np.int64) * 16 // division
    struck = set(when[np.isin(notes["pitch"], _KICKS + _SNARES)].tolist())
    cymbals = set(when[np.isin(notes["pitch"], _CYMBALS)].tolist())
    return len(struck & cymbals) >= _TOGETHER * len(struck)
