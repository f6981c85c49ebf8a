"""The critic: which of several versions of a phrase would readers rather keep?

A Bradley-Terry model (1952), linear in `liking.phrase_features`: learnt from pairs of versions of
the same eight bars, which readers who knew nothing of their origin compared
(`benchmarks/fit_preference.py` learns it, and says how often it is right on pairs that it has not
seen).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from restyle.critic.liking import FEATURES, phrase_features
from restyle.critic.score import Scores
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement

KINDS = ("with drums", "without drums")
SILENCE = 10.0
"""Log-odds off a phrase in which nobody plays: no reader was shown one."""


@dataclass(frozen=True)
class Preference:
    """What a phrase is worth, as log-odds of being kept rather than another version of it."""

    with_drums: NDArray[np.float64]
    """Log-odds for each unit of a feature, shape (features,), in a band that has drums."""
    without: NDArray[np.float64]
    """The same in one that has none: readers look at other things there."""

    @staticmethod
    def load() -> Preference:
        """The one that ships with restyle."""
        table = _table()
        return Preference(
            *(np.array([table[kind].get(name, 0.0) for name in FEATURES]) for kind in KINDS)
        )

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        """See `score.Critic`."""
        drums = any("drums" in band.names for band in candidates)
        rows = np.stack([phrase_features(lead, band, first, last) for band in candidates])
        silent = np.array([not row.any() for row in rows])
        return np.asarray(rows @ (self.with_drums if drums else self.without) - SILENCE * silent)


@cache
def _table() -> dict[str, dict[str, float]]:
    place = resources.files("restyle.pretrained").joinpath("critic").joinpath("preference.json")
    table: dict[str, dict[str, float]] = json.loads(place.read_text(encoding="utf-8"))
    return table
