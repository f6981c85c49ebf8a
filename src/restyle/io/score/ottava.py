"""Octave signs: 8va, 15ma and 8vb over whole bars, so that few notes need many ledger lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.io.score.layout import Bar, Staff

MOST_LEDGERS = {"G": (48, 93), "F": (28, 72), "C": (39, 82)}
"""Lowest and highest written pitch of each clef that needs four ledger lines at most."""
CHOICES = (0, 1, -1, 2, -2)
"""Octaves that the notes of a bar may be written lower (8va, 15ma) or higher (8vb, 15mb)."""
LONGEST_GAP = 1
"""Bars between two signs over which one sign goes on, where the notes there allow it."""


def with_octave_signs(staff: Staff, bars: Sequence[Bar]) -> Staff:
    """The staff with an octave sign over every run of bars that needs one.

    A bar gets the sign that leaves the fewest semitones beyond four ledger lines, none where none
    is needed; bars without notes get that of the bar before.
    """
    if staff.clef not in MOST_LEDGERS:
        return staff
    beyond = _beyond(staff, bars)
    chosen = np.where(beyond[:, 0] > 0, beyond.argmin(axis=1), 0)
    if not chosen.any():
        return staff
    _bridge(chosen, beyond)
    edges = np.flatnonzero(np.diff(np.r_[0, chosen, 0]))
    signs = []
    for first, end in zip(edges.tolist(), edges[1:].tolist(), strict=False):
        if first < len(chosen) and chosen[first]:
            signs.append((first, end - 1, CHOICES[int(chosen[first])]))
    return replace(staff, signs=tuple(signs))


def _beyond(staff: Staff, bars: Sequence[Bar]) -> NDArray[np.int64]:
    """Semitones that the notes of each bar (rows) lie beyond four ledger lines with each of
    `CHOICES` (columns)."""
    starts = [bar.start for bar in bars]
    changes = dict(staff.changes)
    clef, limits = staff.clef, []
    for number in range(len(bars)):
        clef = changes.get(number, clef)
        limits.append(MOST_LEDGERS[clef])
    out = np.zeros((len(bars), len(CHOICES)), dtype=np.int64)
    for voice in staff.voices:
        for start, end, pitches in voice:
            first = max(int(np.searchsorted(starts, start, side="right")) - 1, 0)
            past = int(np.searchsorted(starts, end, side="left"))
            for bar in range(first, max(past, first + 1)):  # every bar that it is tied into
                low, high = limits[bar]
                for column, octaves in enumerate(CHOICES):
                    written = [p - 12 * staff.octave - 12 * octaves for p in pitches]
                    out[bar, column] += sum(max(p - high, 0) + max(low - p, 0) for p in written)
    return out


def _bridge(chosen: NDArray[np.integer], beyond: NDArray[np.int64]) -> None:
    """Let a sign go on over short gaps, in place."""
    signed = np.flatnonzero(chosen)
    for before, after in zip(signed.tolist(), signed[1:].tolist(), strict=False):
        same = chosen[before] == chosen[after]
        if same and 1 < after - before <= LONGEST_GAP + 1:
            between = slice(before + 1, after)
            if not beyond[between, int(chosen[before])].any():
                chosen[between] = chosen[before]
