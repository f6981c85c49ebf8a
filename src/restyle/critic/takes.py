"""Measuring takes, to keep the best of several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.critic.score import Critic
from restyle.music.chord import MAJOR, MINOR
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Notes

SCALES = {"major": MAJOR, "minor": (*MINOR, 11)}


PHRASE = 4
"""Bars."""


@dataclass(frozen=True)
class TakeMeasures:
    """How a take measures; all shares are 0..1."""

    preference: float
    """Log-odds of being kept rather than another version, a mean over its phrases."""
    outside: float
    """Notes that are neither in their chord nor in the key's scale."""
    repeated: float
    """Bars of a pitched part that strike only one pitch, and the same as the bar before."""
    density: float
    """Notes a bar over what is usual in the style."""
    profile: float | None = None
    """Cosine to the style's profile, 0..1 (see `likeness`); None where the model has none."""

    @property
    def score(self) -> float:
        """Higher is better: what readers would rather keep, and nearer to the profile of the style
        or the example. The weights leave the first to decide where takes are about as near."""
        return self.preference + 2.0 * (self.profile or 0.0)


def measure_take(
    lead: LeadSheet,
    arrangement: Arrangement,
    usual: float,
    critic: Critic,
    profile: float | None = None,
) -> TakeMeasures:
    """Measure an arrangement of a lead sheet: `usual` are the notes a bar of the style's songs,
    `profile` is its cosine to the style's profile, `critic` says what readers would keep."""
    pitched = [notes for part, notes in arrangement.parts.items() if part != "drums"]
    count = sum(len(notes) for notes in pitched)
    out = sum(int(outside(notes, lead).sum()) for notes in pitched)
    stuck = [share_stuck(notes, lead) for notes in pitched if len(notes)]
    every = sum(len(notes) for notes in arrangement.parts.values())
    liked = [
        float(critic.score(lead, [arrangement], first, min(first + PHRASE, lead.bars))[0])
        for first in range(0, lead.bars, PHRASE)
    ]
    return TakeMeasures(
        preference=float(np.mean(liked)) if liked else 0.0,
        outside=out / count if count else 0.0,
        repeated=float(np.mean(stuck)) if stuck else 0.0,
        density=every / max(lead.bars, 1) / max(usual, 1e-6),
        profile=profile,
    )


def outside(notes: Notes, lead: LeadSheet) -> NDArray[np.bool_]:
    """Which notes are neither in the chord that sounds nor in the scale of the key."""
    starts, inside = harmony(lead)
    sounding = np.searchsorted(starts, notes["start"], side="right")
    return np.asarray(~inside[sounding, notes["pitch"] % 12])


def harmony(lead: LeadSheet) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where chords begin, shape (chords,), and the pitch classes of chord and scale, shape
    (chords + 1, 12): row 0 before the first chord, row i + 1 under chord i."""
    inside = np.zeros((len(lead.chords) + 1, 12), dtype=bool)
    inside[:, [(lead.key.tonic + step) % 12 for step in SCALES[lead.key.mode]]] = True
    for row, chord in zip(inside[1:], lead.chords, strict=True):
        row[list(chord.pitch_classes)] = True
    return np.array([chord.start for chord in lead.chords], dtype=np.int64), inside


def share_stuck(notes: Notes, lead: LeadSheet) -> float:
    """Share of a part's bars that strike one pitch only, the one that the bar before struck."""
    lines = lead.bar_starts()
    bars = np.searchsorted(lines, notes["start"], side="right") - 1
    only = np.full(lead.bars, -1)
    for bar in np.unique(bars):
        pitches = np.unique(notes["pitch"][bars == bar])
        only[bar] = pitches[0] if len(pitches) == 1 else -2
    stuck = (only[1:] >= 0) & (only[1:] == only[:-1])
    return float(stuck.sum() / max(len(np.unique(bars)), 1))
