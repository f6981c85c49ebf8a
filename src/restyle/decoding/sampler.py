"""Choosing the next token: temperature, nucleus, and a mask of what is allowed.

The same logits and the same generator give the same token, whatever else is in the batch: each row
has a generator of its own, and sums are made in float64, row by row. Much is made of few numpy
calls here, because their number is the price.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.tokens import vocabulary as v

PITCHES = np.isin(np.arange(v.SIZE), np.arange(v.PITCH.first, v.PITCH.end))
"""Whether a token is a pitch."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely tokens are chosen. Raises ValueError for numbers that make no sense."""

    temperature: float = 1.0
    """Above 1 bolder, below 1 safer; 0 always takes the likeliest token."""
    top_p: float = 0.995
    """Only the likeliest tokens that hold this share of the probability (nucleus sampling,
    Holtzman et al. 2020), with those as likely as the last of them; 1 keeps all. A band that goes
    on with its pattern is nearly sure of it: at 0.98 it hardly leaves it, and bars have the rhythm
    of the bar before more often than in songs (`benchmarks/habits.py`)."""
    pitch_top_p: float = 0.94
    """The same for pitches, where the rest is slips more often than life: a blind reader chose 0.94
    over 0.98 in 17 of 24 pairs (`benchmarks/comparisons.py`)."""
    min_p: float = 0.0
    """Only tokens at least this many times as likely as the likeliest; 0 keeps all."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ValueError("temperature must be 0 or more")
        if not all(0 <= share <= 1 for share in (self.top_p, self.pitch_top_p, self.min_p)):
            raise ValueError("top_p, pitch_top_p and min_p must be from 0 to 1")


def sample_rows(
    logits: NDArray[np.floating],
    allowed: NDArray[np.bool_],
    sampling: Sampling,
    rngs: Sequence[np.random.Generator],
    rows: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Choose a token for each of some rows, with its own generator; 0 for the others.

    Args:
        logits: shape (batch, vocabulary).
        allowed: the same shape.
        rows: the rows that choose.

    Returns:
        Tokens, shape (batch,).

    Raises ValueError as `sample` does.
    """
    out = np.zeros(len(logits), dtype=np.int64)
    for row in rows.tolist():
        out[row] = sample(logits[row], allowed[row], sampling, rngs[row])
    return out


def sample(
    logits: NDArray[np.floating],
    allowed: NDArray[np.bool_] | None,
    sampling: Sampling,
    rng: np.random.Generator,
) -> int:
    """Choose a token.

    Every call draws exactly one number from `rng`, also where there is only one token to choose
    or the temperature is 0: the n-th choice always meets the n-th number, so two runs that differ
    in one setting stay comparable. At temperature 0 the lower of equally likely tokens is taken.

    Args:
        logits: shape (vocabulary,); minus infinity forbids a token.
        allowed: shape (vocabulary,), True where a token may be chosen; None allows all.

    Raises:
        ValueError: when no token is allowed, or a logit is not a number.
    """
    chance = rng.random()
    ids = None if allowed is None else allowed.nonzero()[0]
    scores = logits if ids is None else logits[ids]
    if not scores.size:
        raise ValueError("no token is allowed")
    index = int(scores.argmax())
    if not math.isfinite(scores[index]):  # argmax finds what is not a number, too
        raise ValueError("no token can be chosen: the best logit is not a finite number")
    if sampling.temperature > 0 and scores.size > 1:
        weights = scores - scores[index]
        if sampling.temperature != 1:
            weights /= sampling.temperature
        pitches = PITCHES[: len(logits)] if ids is None else PITCHES[ids]
        index = _draw(np.exp(weights, out=weights), chance, sampling, pitches)
    return index if ids is None else int(ids[index])


def _draw(
    weights: NDArray[np.floating], chance: float, sampling: Sampling, pitches: NDArray[np.bool_]
) -> int:
    """Index drawn from unnormalised weights, the largest of which is 1; they are overwritten."""
    if sampling.min_p > 0:
        weights[weights < sampling.min_p] = 0.0
    pitch_top_p = min(sampling.top_p, sampling.pitch_top_p)
    if pitch_top_p < 1:
        falling = np.sort(weights)[::-1]
        running = falling.cumsum(dtype=np.float64)
        some = falling[running.searchsorted(pitch_top_p * running[-1])]
        most = falling[running.searchsorted(sampling.top_p * running[-1])]
        weights[weights < np.where(pitches, some, most if sampling.top_p < 1 else 0.0)] = 0.0
    running = weights.cumsum(dtype=np.float64)
    index = int(running.searchsorted(chance * running[-1], side="right"))
    if index == len(running):  # chance * sum was rounded up to the sum
        index = int(weights.nonzero()[0][-1])
    return index
