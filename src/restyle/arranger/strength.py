"""Strength: how one number, 0 to 2, moves all that makes a style.

Up to 1 the style comes in: its prediction over the style-free one, its habits, its pace, and its
marks, which are what sets it off from the others in the songs. Beyond 1 the marks are exaggerated.
(Guidance beyond 1, as it is usual for images, was measured to lead out of what a small model knows,
and out of the style; a lower temperature makes all results alike, and less like the style's songs.)
"""

from __future__ import annotations

from dataclasses import dataclass

EARLY = 0.85
"""Power of a strength below 1: half of it brings in five ninths of the style."""
MARKS, MOST_MARKS = 0.7, 1.1
"""Weight of the marks at strength 1, and at 2. At 0.2 four or five results of ten were recognised
among five styles, at 0.7 six, with no single result farther from its style for it; at 1.1 sets of
results begin to leave their style's profile."""


@dataclass(frozen=True)
class Pull:
    """What a strength comes to."""

    guidance: float
    """Weight of the styled prediction; the style-free one has the rest."""
    habits: float
    marks: float
    pace: float


def pull(strength: float) -> Pull:
    """What a strength comes to; above 2 it goes on as between 1 and 2."""
    inside, beyond = min(strength, 1.0) ** EARLY, max(strength - 1.0, 0.0)
    marks = MARKS * inside + (MOST_MARKS - MARKS) * beyond
    return Pull(inside, inside, marks, inside)
