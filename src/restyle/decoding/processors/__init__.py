"""Processors: what is likelier. A list of small classes, each with a name to leave it out by and a
reason, as whisper's logit filters and transformers' `LogitsProcessor` are. What is neither here nor
among the constraints does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.processors.chord import ChordTones
from restyle.decoding.processors.doubling import Doubling
from restyle.decoding.processors.ground import Ground
from restyle.decoding.processors.kit import KickAndSnare
from restyle.decoding.processors.rubs import Rubs
from restyle.decoding.processors.sections import KeptAttributes, Plan
from restyle.decoding.processors.shadow import Shadow
from restyle.decoding.processors.spread import Spread
from restyle.decoding.processors.usual import UsualPlaying
from restyle.decoding.processors.voices import VoiceLeading
from restyle.decoding.sheet import Sheet

Logits = NDArray[np.float32]
Tokens = NDArray[np.int64]


class LogitsProcessor(Protocol):
    """One reason why some tokens are likelier than the model says."""

    name: str

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        """The logits, shape (batch, vocabulary), as they should be; the callee's own to change."""

    def accept(self, tokens: Tokens, cursor: Cursor) -> None:
        """Tokens were chosen, one a row; the cursor stands where it stood."""


PROCESSORS: dict[str, Callable[[Sheet, Band, Plan], LogitsProcessor]] = {
    "usual": lambda sheet, band, plan: UsualPlaying(sheet, band),
    "kit": lambda sheet, band, plan: KickAndSnare(sheet, band),
    "doubling": lambda sheet, band, plan: Doubling(sheet, band),
    "shadow": lambda sheet, band, plan: Shadow(sheet, band),
    "rubs": lambda sheet, band, plan: Rubs(sheet, band),
    "voices": lambda sheet, band, plan: VoiceLeading(sheet, band),
    "ground": lambda sheet, band, plan: Ground(sheet, band),
    "chord": lambda sheet, band, plan: ChordTones(sheet, band),
    "spread": lambda sheet, band, plan: Spread(band),
    "sections": lambda sheet, band, plan: KeptAttributes(plan),
}
"""All processors, in the order in which they are asked."""

__all__ = [
    "PROCESSORS",
    "ChordTones",
    "Doubling",
    "Ground",
    "KeptAttributes",
    "KickAndSnare",
    "LogitsProcessor",
    "Plan",
    "Rubs",
    "Shadow",
    "Spread",
    "UsualPlaying",
    "VoiceLeading",
]
