"""Chord changes: how the songs of a style go from chord to chord.

Counted from half bar to half bar (bar to bar where a bar is short), relative to the key, with the
style-free triads of the lead sheet. A chord that stays counts as a change to itself, so that the
table holds the style's harmonic rhythm, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.music.lead import LeadSheet
from restyle.music.song import GRID
from restyle.tokens.vocabulary import TRIADS

STATES = 12 * len(TRIADS)
"""Chords: steps above the tonic, plus 12 for each triad in the order of `TRIADS`."""
HALVED_FROM = 4 * GRID
"""Grid positions from which on a bar has two slots."""
LEAST_SHARE = 0.004
"""Share of a chord's changes below which one is not kept."""

Change = tuple[str, int, int]
"""Mode, chord before, chord after."""


def chord_slots(lead: LeadSheet) -> NDArray[np.int64]:
    """Where chords may begin (bars, and the middle of long ones), and the end of the song."""
    lines = lead.bar_starts()
    lengths = np.diff(lines)
    halves = (lines[:-1] + lengths // 2)[lengths >= HALVED_FROM]
    return np.asarray(np.sort(np.concatenate([lines, halves])))


def chord_states(lead: LeadSheet) -> NDArray[np.int64]:
    """The chord of each slot, 0 to `STATES` - 1, or -1 for none; shape (slots,)."""
    states = [
        (c.root - lead.key.tonic) % 12 + 12 * TRIADS.index(c.triad) if c.root >= 0 else -1
        for c in lead.chords
    ]
    starts = np.array([c.start for c in lead.chords], dtype=np.int64)
    sounding = np.searchsorted(starts, chord_slots(lead)[:-1], side="right")
    return np.array([-1, *states], dtype=np.int64)[sounding]


def chord_changes(lead: LeadSheet) -> Counter[Change]:
    """The chord changes of a song."""
    return Counter(
        (lead.key.mode, before, after)
        for before, after in pairwise(chord_states(lead).tolist())
        if before >= 0 and after >= 0
    )


def describe_changes(counted: Iterable[Counter[Change]]) -> dict[str, dict[str, str]]:
    """A style's table of changes, ready for JSON: for each mode a row for each chord, the chords
    after it and their shares in thousandths, as "0 612 5 131". Every song weighs the same."""
    tables = {mode: np.zeros((STATES, STATES)) for mode in ("major", "minor")}
    for song in counted:
        total = sum(song.values())
        for (mode, before, after), count in song.items():
            tables[mode][before, after] += count / total
    return {mode: _rows(table) for mode, table in tables.items()}


def _rows(table: NDArray[np.float64]) -> dict[str, str]:
    rows = {}
    for before in np.flatnonzero(table.sum(axis=1) > 1e-3 * table.sum() / STATES):
        shares = table[before] / table[before].sum()
        kept = np.flatnonzero(shares >= LEAST_SHARE)
        rows[str(before)] = " ".join(f"{a} {1000 * shares[a]:.0f}" for a in kept)
    return rows


def changes_table(rows: dict[str, str]) -> NDArray[np.float64]:
    """The shares of `describe_changes` for one mode, 0..1; shape (STATES, STATES)."""
    table = np.zeros((STATES, STATES))
    for before, row in rows.items():
        numbers = row.split()
        for after, share in zip(numbers[::2], numbers[1::2], strict=True):
            table[int(before), int(after)] = int(share) / 1000
    return table
