"""The rhythm of a tune: what may come next in a bar, how phrases end, what an upbeat is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.composer.lead import events as e

Floats = NDArray[np.float32]
Pattern = tuple[tuple[int, int], ...]
"""Places and lengths of the notes of a bar, in grid positions."""
NEVER = -1e9
TIED = ("jazz", "pop", "rock", "soul", "latin", "reggae", "hiphop", "blues", "rocknroll", "country")
"""Styles whose notes may be tied over a bar line."""
HALF_CLOSES: dict[str, tuple[Pattern, ...]] = {
    "4/4": (((0, 36),), ((0, 24),), ((0, 12), (12, 24)), ((0, 24), (24, 12)),
            ((0, 12), (12, 12), (24, 12))),
    "3/4": (((0, 24),), ((0, 12), (12, 12)), ((0, 30),)),
    "2/4": (((0, 12),), ((0, 18),), ((0, 6), (6, 12))),
    "6/8": (((0, 18),), ((0, 24),), ((0, 12), (12, 12))),
    "9/8": (((0, 36),), ((0, 18), (18, 18))),
    "12/8": (((0, 36),), ((0, 54),), ((0, 18), (18, 18))),
}  # fmt: skip
"""Bars that close a phrase half: a long note, or one that sinks, and time to breathe."""
FULL_CLOSES: dict[str, tuple[Pattern, ...]] = {
    "4/4": (((0, 36),), ((0, 24),), ((0, 36),)), "3/4": (((0, 24),), ((0, 30),)),
    "2/4": (((0, 18),), ((0, 12),)), "6/8": (((0, 24),), ((0, 18),)), "9/8": (((0, 36),),),
    "12/8": (((0, 54),), ((0, 36),)),
}  # fmt: skip
UPBEATS: dict[str, tuple[Pattern, ...]] = {
    "4/4": (((36, 12),), ((36, 6), (42, 6)), ((30, 6), (36, 6), (42, 6)), ((24, 12), (36, 12))),
    "3/4": (((24, 12),), ((24, 6), (30, 6)), ((30, 6),)), "2/4": (((18, 6),), ((12, 6), (18, 6))),
    "6/8": (((30, 6),), ((24, 6), (30, 6))), "9/8": (((48, 6),),), "12/8": (((66, 6),),),
}  # fmt: skip
UPBEAT_SHARE = {"irish": 0.5, "folk": 0.5, "hymn": 0.3, "classical": 0.4, "jazz": 0.35,
                "country": 0.4, "earlymusic": 0.3}  # fmt: skip
"""How often a tune of a style begins with an upbeat; 0.25 elsewhere."""


def pick(patterns: tuple[Pattern, ...], rng: np.random.Generator) -> Pattern:
    return patterns[int(rng.integers(len(patterns)))]


def strong(place: int, meter: str) -> bool:
    """Whether a place is a strong beat: the first, or the middle of a bar of two halves."""
    halves = meter in ("4/4", "12/8")
    return place == 0 or (halves and place == e.MIDDLE[meter])


def open_places(busy: int, last: int, meter: str, latest: int) -> NDArray[np.bool_]:
    """Which places may come next: after the note that sounds (up to `busy`), on the grid of
    eighths or of pairs of sixteenths, up to `latest`; the bar line always.

    `last` is the last onset of the bar, -1 before the first.
    """
    beat = e.BEAT[meter]
    out = np.zeros(e.POSITIONS + 1, bool)
    for place in range(max(busy, last + 1), min(e.BAR_LENGTH[meter], latest + 1)):
        if place % 6 == 0:
            out[place] = last < 0 or place - last < 24 or place % beat == 0
        elif place % 6 == 3:
            dotted = place % beat == 9 and last == place - 9
            out[place] = last == place - 3 or dotted
    if last >= 0 and last % 6 == 3:  # the second of a pair is not the last thing before a gap
        wanted = last + 3
        if wanted < e.BAR_LENGTH[meter] and busy <= wanted:
            out[:] = False
            out[wanted] = True
            return out
    out[e.BAR] = True
    return out


def open_lengths(place: int, meter: str, tied: bool) -> NDArray[np.bool_]:
    """Which lengths a note there may have: within its bar, or a little over its end where ties
    are sung."""
    room = e.BAR_LENGTH[meter] - place
    out = np.zeros(e.LENGTHS, bool)
    for number in range(2, e.LENGTHS, 2):
        grid = e.length_of(number)
        fits = grid <= room or (tied and room == 6 and grid <= room + 24)
        even = grid % 6 == 0 or place % 6 == 3 or grid in (3, 9)
        out[number] = fits and even and (place % 6 == 0 or grid <= 9)
    if not out.any():
        out[max(2, 2 * (room // 3))] = True
    return out
