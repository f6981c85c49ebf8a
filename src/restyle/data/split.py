"""Splitting by title, and dropping songs that are nearly the same."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.tokens import vocabulary as v

VALID_SHARE, TEST_SHARE = 0.04, 0.04
SAME = 0.6
"""Share of one song's bars that another has too, from which on they are the same music."""

Tokens = NDArray[np.uint16]
Prints = NDArray[np.uint64]
"""Hashes of bars, sorted, none twice."""


def split_of(style: str, title: str) -> str:
    """train, valid or test; all versions of a title fall together, on every machine alike."""
    digest = hashlib.blake2b(f"{style}/{title}".encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64
    if place < TEST_SHARE:
        return "test"
    return "valid" if place < TEST_SHARE + VALID_SHARE else "train"


def bar_prints(tokens: Tokens) -> Prints:
    """Hashes of a song's arrangement bars, the same in every key.

    Pitches are taken as steps above the tonic; bars with fewer than six tokens say nothing.
    """
    song = tokens.astype(np.int64)
    key = song[(song >= v.KEY.first) & (song < v.KEY.end)]
    tonic = int(key[0] - v.KEY.first) % 12 if len(key) else 0
    cuts = np.flatnonzero(((song >= v.BAR.first) & (song < v.BAR.end)) | (song == v.END))
    prints = set()
    for bar in np.split(song, cuts)[1:]:
        part = np.flatnonzero((bar >= v.PART.first) & (bar < v.PART.end))
        bar = bar[part[0] :] if len(part) else bar[:0]
        if len(bar) < 6 + 2 * len(part):
            continue
        pitched = (bar >= v.PITCH.first) & (bar < v.PITCH.end)
        bar = np.where(pitched, v.PITCH.first + (bar - v.PITCH.first - tonic) % 12, bar)
        prints.add(int.from_bytes(hashlib.blake2b(bar.tobytes(), digest_size=8).digest(), "big"))
    return np.array(sorted(prints), dtype=np.uint64)


def duplicates(prints: Sequence[Prints]) -> dict[int, int]:
    """Songs that nearly repeat an earlier one: {their number: the earlier one's number}."""
    shared = _in_several(prints)
    holders: defaultdict[int, list[int]] = defaultdict(list)
    found: dict[int, int] = {}
    for number, bars in enumerate(prints):
        place = np.searchsorted(shared, bars, side="right")
        with_others = bars[shared[place - 1] == bars].tolist() if len(shared) else []
        if len(bars) >= 4:
            met = Counter(other for bar in with_others for other in holders[bar])
            for other, count in met.most_common(1):
                if count >= SAME * min(len(bars), len(prints[other])):
                    found[number] = other
        if number not in found:
            for bar in with_others:
                if len(holders[bar]) < 50:  # a bar that everybody plays tells nothing
                    holders[bar].append(number)
    return found


def _in_several(prints: Sequence[Prints]) -> Prints:
    """The hashes that more than one song has, sorted; the others need no memory in `duplicates`."""
    if not prints:
        return np.zeros(0, dtype=np.uint64)
    every = np.concatenate(prints)
    every.sort()
    return np.unique(every[1:][every[1:] == every[:-1]])
