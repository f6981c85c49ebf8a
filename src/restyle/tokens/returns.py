"""Returns: stretches of a song that were there before, heard in its lead bars.

Where eight bars of tune and chords come back, a band mostly plays what it played: in 82 and 87 % of
such bars of pop and rock a bass does the same to the note, a guitar in 73 and 84, a piano in 70 and
82, and in 84 of classical songs (`benchmarks/habits.py`; `restyle corpus` measures whole bands, by
style). The last bar leads to what follows, and does not count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from restyle.tokens import vocabulary as v

HeardBar = tuple[tuple[int, ...], frozenset[int]]
"""The chords of a bar and where they begin, and what is sung where, as numbers."""
LEAST_BARS = 8
"""Bars of the shortest stretch that counts as one that returns."""
SAME_TUNE = 0.7
"""How much of its tune must be the same, as a mean over its bars."""
SUNG = 0.6
"""Share of its bars that have some tune: chords alone come back all the time."""


def heard_bar(tokens: Sequence[int]) -> HeardBar:
    """What is heard in a lead bar."""
    chords: list[int] = []
    sung, position = set(), 0
    for token in tokens:
        if token in v.POSITION:
            position = v.POSITION.value(token)
        elif token in v.CHORD or token in v.BASS:
            chords += [position, token]
        elif token in v.PITCH:
            sung.add(position * 128 + v.PITCH.value(token))
    return tuple(chords), frozenset(sung)


def tune_alike(a: frozenset[int], b: frozenset[int]) -> float:
    """How much of the tune of two bars is the same, 0..1."""
    every = a | b
    return len(a & b) / len(every) if every else 1.0


def returns(leads: Sequence[Sequence[int]]) -> list[int]:
    """For each lead bar (as tokens) the earlier bar that it is again, -1 where it is none.

    Stretches are found from left to right, each the longest one there is; the last bar of a
    stretch is left out, and so is a stretch that overlaps with where it was before.
    """
    heard = [(tokens[:1], *heard_bar(tokens)) for tokens in leads]  # the first one is the meter
    names: dict[object, int] = {}
    chords = np.array([names.setdefault((*h[0], h[1]), len(names)) for h in heard], dtype=np.int64)
    sung = [h[2] for h in heard]
    out = [-1] * len(leads)
    bar = 0
    while bar < len(leads):
        source, length = _longest(chords, sung, bar)
        for k in range(length - 1):
            out[bar + k] = source + k
        bar += max(length, 1)
    return out


def _longest(
    chords: np.ndarray[tuple[int], np.dtype[np.int64]], sung: Sequence[frozenset[int]], bar: int
) -> tuple[int, int]:
    """Where the longest stretch that returns at `bar` was, and its length; 0 where none does."""
    best = (-1, 0)
    for source in np.flatnonzero(chords[:bar] == chords[bar]).tolist():
        most = min(len(chords) - bar, bar - source)
        differ = chords[source : source + most] != chords[bar : bar + most]
        length = int(differ.argmax()) if differ.any() else most
        if length < LEAST_BARS or length <= best[1]:
            continue
        here, there = sung[bar : bar + length], sung[source : source + length]
        alike = np.mean([tune_alike(a, b) for a, b in zip(here, there, strict=True)])
        if alike >= SAME_TUNE and sum(map(bool, here)) >= SUNG * length:
            best = (source, length)
    return best
