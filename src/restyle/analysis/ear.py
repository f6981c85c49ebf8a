"""The trained part of hearing time: small weight tables, and how to load them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

PHASES = 12
"""Parts of a beat that the ear tells apart."""

Table = NDArray[np.float32]


@dataclass(frozen=True)
class Ear:
    """Weights, fitted by `benchmarks/fit_hearing.py` on songs whose beats and bars are known."""

    beat: Table
    """(PHASES, measures): what an accent at that part of the beat speaks for, in nats."""
    pace: Table
    """(3,): nats for the log of the beat's length over 0.6 s: its first, second and third power
    (the third above 0.6 s only)."""
    bar: tuple[Table, Table, Table, Table]
    """Two layers (weights, bias, weights, bias) from the accents around a beat to its place in
    the bar: downbeat, middle, other."""
    places: Table
    """(3,): how often each place occurs, as logs."""

    def tempo(self, beat: float) -> float:
        """Nats for a beat of that many seconds."""
        pace = np.log(beat / 0.6)
        return float(self.pace @ (pace, pace**2, max(pace, 0.0) ** 3))


@cache
def trained_ear() -> Ear:
    """The ear that comes with restyle."""
    with (
        resources.files("restyle.pretrained").joinpath("ear.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as table,
    ):
        bar = (table["bar0"], table["bar1"], table["bar2"], table["bar3"])
        return Ear(table["beat"], table["pace"], bar, table["places"])
