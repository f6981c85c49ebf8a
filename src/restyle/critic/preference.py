"""The critic: which of several versions of a phrase would readers rather keep?

A Bradley-Terry model (1952), linear in what an arranger looks at (`liking`) and in how much it
sounds like the style (`idiom`): learnt from versions of the same eight bars, which readers who knew
nothing of their origin compared (`benchmarks/fit_preference.py` learns it, and says how often it is
right on versions that it has not seen).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from restyle.critic.idiom import IDIOM, Idiom
from restyle.critic.liking import FEATURES, phrase_features
from restyle.critic.score import Scores
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import between

LOOKED_AT = (*FEATURES, *IDIOM)
KINDS = ("with drums", "without drums")
READ = 8
"""Bars that readers compared: so many up to a phrase's end are looked at, those before it, too."""
SILENCE = 10.0
"""Log-odds off a phrase in which nobody plays: no reader was shown one."""


@dataclass(frozen=True)
class Preference:
    """What a phrase is worth, as log-odds of being kept rather than another version of it."""

    with_drums: NDArray[np.float64]
    """Log-odds for each unit of a feature, shape (features,), in a band that has drums; a style
    has its own where readers compared versions in it."""
    without: NDArray[np.float64]
    """The same in one that has none: readers look at other things there."""
    idiom: Idiom = field(default_factory=Idiom)
    """The style that it is to sound like."""

    @staticmethod
    def load(idiom: Idiom | None = None) -> Preference:
        """The one that ships with restyle, for a style; for none where it is not said."""
        idiom = idiom or Idiom()
        with_drums, without = (_weights(kind, idiom.shares) for kind in KINDS)
        return Preference(with_drums, without, idiom)

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        """See `score.Critic`."""
        drums = any("drums" in band.names for band in candidates)
        rows = looked_at(lead, candidates, max(last - READ, 0), last, self.idiom)
        lines = lead.bar_starts()[[first, last]]
        silent = [not any(len(between(n, *lines)) for n in c.parts.values()) for c in candidates]
        worth = rows @ (self.with_drums if drums else self.without)
        return np.asarray(worth - SILENCE * np.array(silent))


def looked_at(
    lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int, idiom: Idiom
) -> NDArray[np.float64]:
    """`LOOKED_AT` of bars `first` up to `last` (not included), shape (candidates, features)."""
    rows = np.stack([phrase_features(lead, band, first, last) for band in candidates])
    return np.concatenate([rows, idiom.features(lead, candidates, first, last)], axis=1)


def _weights(kind: str, shares: Mapping[str, float]) -> NDArray[np.float64]:
    """The weights of a kind of band in a blend of styles; what all styles share where none is."""
    table = _table()
    own = [(table.get(f"{kind}, {style}", table[kind]), part) for style, part in shares.items()]
    mixed = own or [(table[kind], 1.0)]
    rows = [[part * weights.get(name, 0.0) for name in LOOKED_AT] for weights, part in mixed]
    return np.asarray(np.array(rows, dtype=np.float64).sum(axis=0))


@cache
def _table() -> dict[str, dict[str, float]]:
    place = resources.files("restyle.pretrained").joinpath("critic").joinpath("preference.json")
    table: dict[str, dict[str, float]] = json.loads(place.read_text(encoding="utf-8"))
    return table
