"""Strength: how one number, 0 to 2, moves all that makes a style.

Up to 1 the style comes in: its prediction over the style-free one, its habits, its pace. Beyond 1
guidance alone does not do (the predictions leave what the model knows, and the results the style):
it goes on at a slower rate, and the choices narrow to what is most usual in the style.
"""

from __future__ import annotations

from dataclasses import dataclass

BEYOND = 0.35
"""How fast guidance and habits grow beyond strength 1."""
NARROWING = 0.15
"""What temperature loses from strength 1 to 2."""


@dataclass(frozen=True)
class Pull:
    """What a strength comes to."""

    guidance: float
    """Weight of the styled prediction; the style-free one has the rest, below 0 beyond 1."""
    habits: float
    pace: float
    temperature: float
    """What the temperature is multiplied with."""


def pull(strength: float) -> Pull:
    """What a strength comes to; above 2 it goes on as between 1 and 2."""
    more = max(strength - 1.0, 0.0)
    weight = min(strength, 1.0) + BEYOND * more
    return Pull(weight, weight, min(strength, 1.0), max(1.0 - NARROWING * more, 0.3))
