"""The critic of realism: does a passage sound like a band of the style, or like a sampled one?

Logistic regression on `passages.passage_features`, learnt from phrases of real songs and the
decoder's own candidates over the same lead sheets (`benchmarks/fit_critic.py` fits it and says how
often it is right on songs that it has not seen).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from restyle.critic.doubled import doubling, unisons
from restyle.critic.frame import Frame
from restyle.critic.passages import passage_features
from restyle.critic.score import ChordFit, Scores
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement

Array = NDArray[np.float64]
FARTHEST = 5.0
"""Spreads from the mean beyond which a feature counts as so far: it has not been seen."""


@dataclass(frozen=True)
class Realism:
    """The classifier. Shapes: `mean`, `spread`, `weights` (features,), `styles` (slots,)."""

    mean: Array
    spread: Array
    weights: Array
    styles: Array
    """What is added for each style."""
    offset: float
    real: float
    """The mean log-odds of real passages that it has not seen: nobody is asked for more."""

    @staticmethod
    def load() -> Realism:
        """The critic that ships with restyle."""
        return _load()

    def log_odds(self, rows: Array, slots: Sequence[tuple[int, float]] = ()) -> Array:
        """Log-odds that passages are real, shape (passages,), from their features, shape
        (passages, features); `slots` are the style's slots and shares (none: any style)."""
        known = [(slot, share) for slot, share in slots if 0 <= slot < len(self.styles)]
        style = sum(share * float(self.styles[slot]) for slot, share in known)
        scaled = np.clip((rows - self.mean) / self.spread, -FARTHEST, FARTHEST)
        return np.asarray(scaled @ self.weights + (self.offset + style))


@cache
def _load() -> Realism:
    place = resources.files("restyle.pretrained").joinpath("critic").joinpath("realism.npz")
    with place.open("rb") as file, np.load(file, allow_pickle=False) as table:
        arrays = {name: np.asarray(table[name], dtype=np.float64) for name in table.files}
    return Realism(
        mean=arrays["mean"],
        spread=arrays["spread"],
        weights=arrays["weights"],
        styles=arrays["styles"],
        offset=float(arrays["offset"]),
        real=float(arrays["real"]),
    )


@dataclass(frozen=True)
class RealBand:
    """A passage as a band of the style would play it, in its chords, without doubling the tune."""

    slots: tuple[tuple[int, float], ...] = ()
    """The style's slots and their shares."""
    network: Realism = field(default_factory=Realism.load)
    fit: ChordFit = field(default_factory=ChordFit)
    realism: float = 2.0
    """Weight of the log-odds, which stop at those of real passages."""
    worst: float = -6.0
    """Log-odds below which all passages are as bad: the network has not seen them."""
    doubling: float = 1.0
    """Weight of the share of the tune that the part that doubles it most doubles, above `usual`."""
    usual: float = 0.35
    """So much of a tune is doubled by chance: chord tones on the beat."""
    unison: float = 1.0
    """Weight of the share of notes that two parts both strike, above `usual_unison`."""
    usual_unison: float = 0.35
    """So much two parts of a real band play together, on average over phrases of songs."""

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        """See `score.Critic`."""
        frame = Frame(lead, first, last)
        rows = np.stack([passage_features(frame, candidate) for candidate in candidates])
        odds = np.clip(self.network.log_odds(rows, self.slots), self.worst, self.network.real)
        doubled = np.array([doubling(frame, candidate) for candidate in candidates])
        fit = self.fit.score(lead, candidates, first, last)
        together = np.array([unisons(frame, candidate) for candidate in candidates])
        excess = np.maximum(doubled - self.usual, 0)
        twice = np.maximum(together - self.usual_unison, 0)
        same = self.doubling * excess + self.unison * twice
        return np.asarray(fit + self.realism * odds - same)
