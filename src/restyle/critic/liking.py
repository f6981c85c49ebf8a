"""What an arranger looks at in a phrase, as plain numbers.

They tell which of two versions of a phrase readers would rather keep; how well they do,
`benchmarks/fit_preference.py` says. Nothing here depends on the key, and nothing is said of what
belongs to the tune and its chords alone: it is the same for all candidates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.music.drums import KICKS, SNARES, TIMEKEEPERS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Notes, between

Array = NDArray[np.float64]
Cells = Sequence[frozenset[int]]
"""Of each bar of a phrase what is struck where."""

FEATURES = (
    "bass, above A2",
    "bass, strikes the one",
    "bass, rhythm of the bar before",
    "bass, root where a chord begins",
    "drums, the bar before",
    "drums, timekeeper",
    "drums, snare",
    "drums, kick with snare",
    "drums, snare off the beat",
    "chords, of five notes and more",
    "chords, onsets",
    "chords, uneven",
    "chords, notes at once",
    "chords, bars without",
    "chords, above the tune",
    "chords, half a step from the tune",
    "half steps",
    "outside the chord",
    "voices",
)
"""Shares of notes, onsets, bars or beats; strokes of drums and onsets of chords are the logarithm
of one more than there are in a bar, voices are eighths of what sounds."""
HIGH = 45
"""A2: a bass from there on."""
BIG = 5
EIGHTH = GRID // 2


def phrase_features(lead: LeadSheet, arrangement: Arrangement, first: int, last: int) -> Array:
    """The features of bars `first` up to `last` (not included), shape (19,)."""
    lines = lead.bar_starts()[first : last + 1].astype(np.int64)
    begin, end = int(lines[0]), int(lines[-1])
    parts = {part: between(notes, begin, end) for part, notes in arrangement.parts.items()}
    parts = {part: notes for part, notes in parts.items() if len(notes)}
    chords = [notes for part, notes in parts.items() if part not in ("drums", "bass")]
    found = [
        *_bass(parts.get("bass"), lead, lines),
        *_drums(parts.get("drums"), lines),
        *_chords(chords, lines),
        *_beside_tune(chords, lead, lines),
        *_together({p: n for p, n in parts.items() if p != "drums"}, lead, lines),
    ]
    return np.array(found, dtype=np.float64)


def _bass(notes: Notes | None, lead: LeadSheet, lines: NDArray[np.int64]) -> list[float]:
    if notes is None:
        return [0.0] * 4
    begins = {int(lines[0]), *(c.start for c in lead.chords if lines[0] < c.start < lines[-1])}
    struck = []
    for at in sorted(begins):
        chord = lead.chord_at(at)
        here = between(notes, at, at + GRID)
        if chord is not None and chord.root >= 0:
            struck.append(len(here) > 0 and here["pitch"][0] % 12 == chord.root)
    return [
        share(notes["pitch"] >= HIGH),
        share(np.isin(lines[:-1], notes["start"])),
        _alike(_cells(notes, lines)),
        share(struck),
    ]


def _drums(notes: Notes | None, lines: NDArray[np.int64]) -> list[float]:
    if notes is None:
        return [0.0] * 5
    bars = len(lines) - 1
    kick, snare, time = (
        np.isin(notes["pitch"], list(keys)) for keys in (KICKS, SNARES, TIMEKEEPERS)
    )
    cells = _cells(notes, lines, pitches=True)
    return [
        share([a == b for a, b in pairwise(cells)]),
        float(np.log1p(time.sum() / bars)),
        float(np.log1p(snare.sum() / bars)),
        share(np.isin(notes["start"][kick], notes["start"][snare])),
        share((notes["start"][snare] - lines[0]) % GRID != 0),
    ]


def _chords(parts: Sequence[Notes], lines: NDArray[np.int64]) -> list[float]:
    sizes: list[int] = []
    onsets, uneven, empty = [], [], []
    for notes in parts:
        sizes += np.unique(notes["start"], return_counts=True)[1].tolist()
        struck = np.array([len(cell) for cell in _cells(notes, lines)])
        onsets.append(float(np.log1p(struck.mean())))
        uneven.append(float(struck.std() / (1 + struck.mean())))
        empty.append(share(struck == 0))
    big = share(np.array(sizes) >= BIG)
    return [big, share(onsets), share(uneven), share(sizes), share(empty)]


def _beside_tune(parts: Sequence[Notes], lead: LeadSheet, lines: NDArray[np.int64]) -> list[float]:
    """Onsets over which the tune sounds: with a note above it, with one a half step from it."""
    tune = np.zeros(int(lines[-1]), dtype=np.int64)
    for start, duration, pitch, _ in lead.melody.tolist():
        tune[start : start + duration] = pitch
    above, rubs = [], []
    for notes in parts:
        for at in np.unique(notes["start"]).tolist():
            over = notes["pitch"][notes["start"] == at].astype(np.int64) - tune[at]
            if tune[at]:
                above.append(bool((over > 0).any()))
                rubs.append(bool((np.abs(over) % 12 == 1).any()))
    return [share(above), share(rubs)]


def _together(parts: Mapping[str, Notes], lead: LeadSheet, lines: NDArray[np.int64]) -> list[float]:
    """What sounds at each eighth: half steps between two parts, notes that are not in the chord,
    how many voices."""
    times = np.arange(lines[0], lines[-1], EIGHTH)
    sounding = {part: _sounding(notes, times) for part, notes in parts.items()}
    rubs = np.zeros(len(times), dtype=bool)
    for one, other in combinations(sounding.values(), 2):
        for apart in range(1, 128, 12):  # half steps, and ninths of that kind
            rubs |= (one[:, apart:] & other[:, :-apart]).any(axis=1)
            rubs |= (other[:, apart:] & one[:, :-apart]).any(axis=1)
    heard = np.any(list(sounding.values()), axis=0) if sounding else np.zeros((len(times), 128))
    strange = []
    for row, at in zip(heard, times.tolist(), strict=True):
        chord, pitches = lead.chord_at(at), np.flatnonzero(row)
        if len(pitches) and chord is not None and chord.root >= 0:
            strange.append(share(~np.isin(pitches % 12, list(chord.pitch_classes))))
        else:
            strange.append(0.0)
    return [share(rubs), share(strange), share(heard.sum(axis=1) / 8)]


def _sounding(notes: Notes, times: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pitches sound at which of some times, shape (times, 128)."""
    out = np.zeros((len(times), 128), dtype=bool)
    begins = np.searchsorted(times, notes["start"])
    ends = np.searchsorted(times, notes["start"] + notes["duration"])
    for begin, end, pitch in zip(begins, ends, notes["pitch"], strict=True):
        out[begin:end, pitch] = True
    return out


def _cells(notes: Notes, lines: NDArray[np.int64], pitches: bool = False) -> Cells:
    starts = notes["start"].astype(np.int64)
    bar = np.searchsorted(lines, starts, side="right") - 1
    what = (starts - lines[bar]) * 128 + (notes["pitch"] if pitches else 0)
    return [frozenset(what[bar == number].tolist()) for number in range(len(lines) - 1)]


def _alike(cells: Cells) -> float:
    """Share of the bars that are the bar before, both playing."""
    return share([a == b for a, b in pairwise(cells) if a and b])


def share(of: Sequence[float] | NDArray[np.bool_] | Array) -> float:
    """The mean, 0 of nothing."""
    return float(np.mean(of)) if len(of) else 0.0
