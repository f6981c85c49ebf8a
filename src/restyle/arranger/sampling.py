"""Choosing the next token: temperature, nucleus, and a mask of what is allowed.

Everything is computed in float64 with numpy, so that the same logits and the same generator give
the same token on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sampling:
    """How freely tokens are chosen. Raises ValueError for numbers that make no sense."""

    temperature: float = 1.0
    """Above 1 bolder, below 1 safer; 0 always takes the likeliest token."""
    top_p: float = 0.95
    """Only the likeliest tokens that hold this share of the probability (nucleus sampling,
    Holtzman et al. 2020); 1 keeps all, 0 the likeliest alone."""
    min_p: float = 0.0
    """Only tokens at least this many times as likely as the likeliest; 0 keeps all."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ValueError("temperature must be 0 or more")
        if not (0 <= self.top_p <= 1 and 0 <= self.min_p <= 1):
            raise ValueError("top_p and min_p must be from 0 to 1")


def sample(
    logits: NDArray[np.floating],
    allowed: NDArray[np.bool_] | None,
    sampling: Sampling,
    rng: np.random.Generator,
) -> int:
    """Choose a token.

    Every call draws exactly one number from `rng`, also where there is only one token to choose
    or the temperature is 0: the n-th choice always meets the n-th number, so two runs that differ
    in one setting stay comparable. Of equally likely tokens the lower number comes first.

    Args:
        logits: shape (vocabulary,); minus infinity forbids a token.
        allowed: shape (vocabulary,), True where a token may be chosen; None allows all.

    Raises:
        ValueError: when no token is allowed, or a logit is not a number.
    """
    chance = rng.random()
    ids = None if allowed is None else np.flatnonzero(allowed)
    scores = logits if ids is None else logits[ids]
    best = float(scores.max()) if scores.size else -math.inf
    if not math.isfinite(best):
        raise ValueError("no token can be chosen" if best < 0 else "a logit is not a number")
    if sampling.temperature == 0 or scores.size == 1:
        index = int(scores.argmax())
    else:
        weights = np.exp((scores.astype(np.float64) - best) / sampling.temperature)
        index = _draw(weights, chance, sampling)
    return index if ids is None else int(ids[index])


def _draw(weights: NDArray[np.float64], chance: float, sampling: Sampling) -> int:
    """Index drawn from unnormalised weights, the largest of which is 1."""
    if sampling.min_p > 0:
        weights = np.where(weights >= sampling.min_p, weights, 0.0)
    if sampling.top_p == 1:
        return _at(np.cumsum(weights), chance)
    total = float(weights.sum())
    # A token below this cannot be in the nucleus: all that are no likelier than it hold less than
    # the share to be left out. Few tokens are left to sort.
    least = (1 - sampling.top_p) * total / len(weights)
    kept = np.flatnonzero(weights >= least)
    order = kept[np.argsort(-weights[kept], kind="stable")]
    running = np.cumsum(weights[order])
    enough = int(np.searchsorted(running, sampling.top_p * total)) + 1
    return int(order[_at(running[:enough], chance)])


def _at(running: NDArray[np.float64], chance: float) -> int:
    """Where `chance` (0 to below 1) falls in running sums; never on a token of weight 0."""
    index = int(np.searchsorted(running, chance * running[-1], side="right"))
    return min(index, len(running) - 1)
