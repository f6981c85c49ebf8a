"""The criterion by which the best of several candidates is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from restyle.critic.takes import chord_tones, harmony
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Notes, between

Scores = NDArray[np.float64]


class Critic(Protocol):
    """Who says which candidate is best."""

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        """How good bars `first` up to `last` (not included) of each candidate are; higher is
        better; shape (candidates,). The candidates hold what was played before, too."""


@dataclass(frozen=True)
class ChordFit:
    """Notes in their chord and scale, and no silence: of several candidates the one that slipped
    least. Every candidate is likely under the model, so that likelihood itself says little."""

    outside: float = 2.0
    """Weight of the share of the time that notes outside chord and scale take."""
    strange: float = 0.5
    """Weight of the share of the time of notes outside the chord."""
    silent: float = 0.3
    """For the share of the bars in which nothing sounds."""

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        """See `Critic`."""
        lines = lead.bar_starts()
        begin, end = int(lines[first]), int(lines[last])
        passages = [
            {part: between(notes, begin, end) for part, notes in candidate.parts.items()}
            for candidate in candidates
        ]
        return np.array([self._fit(lead, parts, lines[first : last + 1]) for parts in passages])

    def _fit(self, lead: LeadSheet, parts: dict[str, Notes], lines: NDArray[np.int64]) -> float:
        pitched = [notes for part, notes in parts.items() if part != "drums" and len(notes)]
        every = np.concatenate([notes["start"] for notes in parts.values()])
        sounding = np.unique(np.searchsorted(lines, every, side="right"))
        silent = 1.0 - len(sounding) / max(len(lines) - 1, 1)
        if not pitched:
            return -self.silent * silent
        notes = np.concatenate(pitched)
        starts, inside = harmony(lead)
        chord = np.searchsorted(starts, notes["start"], side="right")
        tones = chord_tones(lead)
        time = notes["duration"] / notes["duration"].sum()
        outside = float(time @ ~inside[chord, notes["pitch"] % 12])
        strange = float(time @ ~tones[chord, notes["pitch"] % 12])
        return -self.outside * outside - self.strange * strange - self.silent * silent
