"""Drawing from what a network predicts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw(
    logits: NDArray[np.floating],
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> int:
    """A number drawn with softmax(logits / temperature), from the likeliest `top_p` of it alone.

    A temperature of 0 takes the likeliest always.
    """
    if temperature <= 0:
        return int(np.argmax(logits))
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    shares = np.exp(scaled - scaled.max())
    shares /= shares.sum()
    if top_p < 1.0:
        order = np.argsort(-shares, kind="stable")
        running = np.cumsum(shares[order])
        shares[order[int(np.searchsorted(running, top_p)) + 1 :]] = 0.0
    running = np.cumsum(shares)
    at = int(np.searchsorted(running, rng.random() * running[-1], side="right"))
    return min(at, len(shares) - 1)
