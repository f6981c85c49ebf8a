"""What an arranger looks at in a phrase, as plain numbers.

They tell which of several versions of a phrase readers would rather keep; how well they do,
`benchmarks/fit_preference.py` says. Nothing here depends on the key, and nothing is said of what
belongs to the tune and its chords alone: it is the same for all candidates. Bass and drums are
looked at here, the parts with chords and all parts together in `liking_chords`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.critic.liking_chords import (
    BESIDE_TUNE,
    CHORDS,
    TOGETHER,
    beside_tune,
    chords,
    together,
)
from restyle.critic.phrase import Phrase, alike, share, steady
from restyle.music.drums import KICKS, PERCUSSION, RIDES, SNARES, TIMEKEEPERS, TOMS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID

Array = NDArray[np.float64]

BASS = (
    "bass, above A2",
    "bass, strikes the one",
    "bass, rhythm of the bar before",
    "bass, root where a chord begins",
    "bass, with the kick",
)
DRUMS = (
    "drums, the bar before",
    "drums, timekeeper",
    "drums, timekeeper steady",
    "drums, ride",
    "drums, snare",
    "drums, backbeat",
    "drums, kick with snare",
    "drums, percussion",
    "drums, toms",
    "drums, hats together",
)
FEATURES = (*BASS, *DRUMS, *CHORDS, *BESIDE_TUNE, *TOGETHER)
"""Shares of notes, onsets, bars or beats; strokes of drums and onsets of chords are the logarithm
of one more than there are in a bar, voices are eighths of what sounds."""
HIGH = 45
"""A2: a bass from there on."""
_BACKBEATS = ({GRID, 3 * GRID}, {2 * GRID})


def phrase_features(lead: LeadSheet, arrangement: Arrangement, first: int, last: int) -> Array:
    """`FEATURES` of bars `first` up to `last` (not included), shape (features,)."""
    phrase = Phrase.of(lead, arrangement, first, last)
    found = [
        *_bass(phrase), *_drums(phrase), *chords(phrase), *beside_tune(phrase), *together(phrase),
    ]  # fmt: skip
    return np.array(found, dtype=np.float64)


def _bass(phrase: Phrase) -> list[float]:
    notes, lead, lines = phrase.bass, phrase.lead, phrase.lines
    if notes is None:
        return [0.0] * len(BASS)
    begins = {int(lines[0]), *(c.start for c in lead.chords if lines[0] < c.start < lines[-1])}
    struck = []
    for at in sorted(begins):
        chord = lead.chord_at(at)
        here = notes[(notes["start"] >= at) & (notes["start"] < at + GRID)]
        if chord is not None and chord.root >= 0:
            struck.append(len(here) > 0 and here["pitch"][0] % 12 == chord.root)
    drums = notes[:0] if phrase.drums is None else phrase.drums
    kicks = drums["start"][np.isin(drums["pitch"], list(KICKS))]
    return [
        share(notes["pitch"] >= HIGH),
        share(np.isin(lines[:-1], notes["start"])),
        alike(phrase.cells(notes)),
        share(struck),
        share(np.isin(kicks, notes["start"])),
    ]


def _drums(phrase: Phrase) -> list[float]:
    notes = phrase.drums
    if notes is None:
        return [0.0] * len(DRUMS)
    kick, snare, time, ride, percussion, toms = (
        notes[np.isin(notes["pitch"], list(keys))]
        for keys in (KICKS, SNARES, TIMEKEEPERS, RIDES, PERCUSSION, TOMS)
    )
    bars = phrase.cells(notes, pitches=True)
    places = [{place // 128 for place in bar} for bar in phrase.cells(snare)]
    strokes = max(len(np.unique(time["start"])), 1)  # two hi-hats together are one
    return [
        share([a == b for a, b in pairwise(bars)]),
        float(np.log1p(len(time) / phrase.bars)),
        steady(phrase.cells(time)),
        float(np.log1p(len(ride) / phrase.bars)),
        float(np.log1p(len(snare) / phrase.bars)),
        share([bar in _BACKBEATS for bar in places]),
        share(np.isin(kick["start"], snare["start"])),
        float(np.log1p(len(percussion) / phrase.bars)),
        float(np.log1p(len(toms) / phrase.bars)),
        max(len(time) / strokes - 1, 0.0),
    ]
