"""Guidance: one candidate read under several headings, their predictions mixed.

Strength reads a candidate with its style and without, and goes on beyond the difference
(classifier-free guidance, Ho & Salimans 2022; for token models Sanchez et al. 2023); a blend reads
it under each of its styles. Each heading has a cache of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
_NOTHING = 1e-9


@dataclass(frozen=True)
class Branch:
    """One heading: what stands before the song in it, its style token and its weight."""

    style: int
    weight: float
    before: tuple[int, ...] = ()
    """An example's bars, as tokens."""

    def heading(self, tokens: Sequence[int]) -> list[int]:
        """A song's heading under this branch: without a style it has no manner either."""
        out = [self.style if token in v.STYLE else token for token in tokens]
        if self.style == v.STYLE[0]:
            out = [v.MANNER[0] if token in v.MANNER else token for token in out]
        return out


def branches(
    slots: Sequence[tuple[int, float]], strength: float, example: Sequence[int] = ()
) -> tuple[Branch, ...]:
    """The branches for a style, a blend or an example.

    Strength 0 follows the style-free prediction, 1 the styled one, above exaggerates what sets the
    style off. `slots` are style slots and their shares, which sum to 1 (slot -1 is "no style");
    an example's tokens stand in place of them.
    """
    if example:
        styled = [Branch(v.EXAMPLE, strength, tuple(example))]
    else:
        styled = [Branch(v.STYLE[slot + 1], share * strength) for slot, share in slots]
    free = Branch(v.STYLE[0], 1.0 - strength)
    return tuple(branch for branch in (*styled, free) if abs(branch.weight) > _NOTHING)


def mixed(logits: Logits, weights: NDArray[np.float32]) -> Logits:
    """The branches' predictions added up.

    Args:
        logits: shape (branches, candidates, vocabulary).
        weights: one for each branch.

    Returns:
        Shape (candidates, vocabulary).
    """
    if len(weights) == 1:
        return np.asarray(logits[0] * weights[0] if weights[0] != 1 else logits[0])
    return np.asarray(np.einsum("bcv,b->cv", logits, weights), dtype=np.float32)
