"""The judge: of what style does a song sound, by pitch and rhythm alone?

Multinomial logistic regression on `features`, learnt from real songs of the training split only
(`benchmarks/judge.py` fits it and reports its accuracy on the others). It sees melody and
accompaniment as they stand on the straight grid and whether eighths swing; it does not see
programs, parts, velocities, drums, tempo, key or meter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.critic.features import features
from restyle.critic.played import Played
from restyle.errors import RestyleError

Array = NDArray[np.float64]
SMALLEST_SPREAD = 0.02
"""A feature that varies less than this counts as if it varied so much."""


@dataclass(frozen=True)
class Judge:
    """A classifier of styles. Shapes: `mean`, `spread` (used,), `weights` (styles, used)."""

    styles: tuple[str, ...]
    used: NDArray[np.int64]
    """Which features of `features(song, drums=True)` it takes."""
    mean: Array
    spread: Array
    weights: Array
    offsets: Array
    """What is added to each style's score, shape (styles,)."""

    @staticmethod
    def load(kind: str = "judge") -> Judge:
        """The judge that ships with restyle. Kinds: "judge" (pitch and rhythm), and for comparison
        "drums" (their rhythm too) and "no-swing" (not even whether eighths swing); and "apart",
        which learnt from other songs."""
        return _load(kind)

    @staticmethod
    def read(path: Path | Traversable) -> Judge:
        """The judge of a file that `benchmarks/judge.py` wrote."""
        with path.open("rb") as file, np.load(file, allow_pickle=False) as table:
            return Judge(
                styles=tuple(str(name) for name in table["styles"]),
                used=table["used"].astype(np.int64),
                mean=table["mean"].astype(np.float64),
                spread=table["spread"].astype(np.float64),
                weights=table["weights"].astype(np.float64),
                offsets=table["offsets"].astype(np.float64),
            )

    def classify(self, song: Played, among: Sequence[str] = ()) -> dict[str, float]:
        """The probability of each style; only of those in `among` where it is given.

        Raises RestyleError for a style that the judge does not know.
        """
        return self.classify_features(features(song, drums=True), among)

    def classify_features(self, row: Array, among: Sequence[str] = ()) -> dict[str, float]:
        """The same from the features of a song, shape (features,)."""
        unknown = [name for name in among if name not in self.styles]
        if unknown:
            raise RestyleError(
                f"The judge has not learnt '{unknown[0]}': it knows {', '.join(self.styles)}."
            )
        scores = self.scores(row[None, :])[0]
        chosen = [i for i, name in enumerate(self.styles) if not among or name in among]
        share = np.exp(scores[chosen] - scores[chosen].max())
        share /= share.sum()
        return {self.styles[i]: float(p) for i, p in zip(chosen, share, strict=True)}

    def verdict(self, song: Played, among: Sequence[str] = ()) -> str:
        """The likeliest style."""
        found = self.classify(song, among)
        return max(found, key=found.__getitem__)

    def scores(self, rows: Array) -> Array:
        """Log probabilities but for a constant a row, shape (songs, styles)."""
        scaled = (rows[:, self.used] - self.mean) / self.spread
        return np.asarray(scaled @ self.weights.T + self.offsets)


@cache
def _load(kind: str) -> Judge:
    place = resources.files("restyle.pretrained").joinpath("evaluation").joinpath(f"{kind}.npz")
    if not place.is_file():
        raise RestyleError(f"There is no judge '{kind}': choose judge, drums, no-swing or apart.")
    return Judge.read(place)
