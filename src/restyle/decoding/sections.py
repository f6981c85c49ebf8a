"""Sections: where the song's form changes, heard in its lead sheet.

A section is a run of phrases between two changes: where a stretch that was there before comes back,
where it stops doing so, and where one begins that will come back; at the latest after sixteen bars.
Sections that begin with the same phrase have the same number: A A B A is 0 0 1 0. A pickup bar is a
section of its own: how it is played says nothing of what follows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from restyle.decoding.sheet import Sheet
from restyle.tokens.returns import HeardBar, heard_bar, tune_alike

SAME = 0.7
"""How much of two phrases must be the same, chords and melody, for one to be the other again."""
MOST_PHRASES = 4
"""Phrases after which a section ends."""


def sections_of(sheet: Sheet) -> list[int]:
    """The number of the section that each phrase belongs to, counted from 0 as they come in."""
    source = _sources(sheet)
    count = len(source)
    returns = set(source) - {-1}
    out: list[int] = []
    begun = 0  # the phrase with which this section began
    names: dict[int, int] = {}  # by the phrase that a section began with first
    for phrase in range(count):
        before = source[phrase - 1] if phrase else -1
        goes_on = before >= 0 and source[phrase] == before + 1
        changes = source[phrase] >= 0 and not goes_on
        changes |= source[phrase] < 0 <= before
        changes |= phrase in returns and phrase - 1 not in returns and source[phrase] < 0
        after_pickup = phrase == 1 and sheet.lead.pickup > 0
        if phrase == 0 or after_pickup or changes or phrase - begun >= MOST_PHRASES:
            begun = phrase
            first = source[phrase] if source[phrase] >= 0 else phrase
            out.append(names.setdefault(first, len(set(names.values()))))
        else:
            out.append(out[-1])
    return out


def _sources(sheet: Sheet) -> list[int]:
    """For each phrase the first one that it repeats; -1 where it repeats none."""
    heard = [list(map(heard_bar, sheet.tokens[first:last])) for first, last in sheet.phrases]
    out: list[int] = []
    for number, here in enumerate(heard):
        there = [k for k in range(number) if _alike(here, heard[k]) >= SAME and out[k] < 0]
        after = out[-1] + 1 if out and out[-1] >= 0 else -1  # a stretch that goes on is preferred
        out.append(after if after in there else there[0] if there else -1)
    return out


def _alike(a: Sequence[HeardBar], b: Sequence[HeardBar]) -> float:
    """0..1: half for the chords, half for the tune, bar by bar."""
    if len(a) != len(b):
        return 0.0
    shares = [
        0.5 * (chords == other) + 0.5 * tune_alike(sung, theirs)
        for (chords, sung), (other, theirs) in zip(a, b, strict=True)
    ]
    return float(np.mean(shares))
