"""Strength: how one number, 0 to 2, moves all that makes a style.

Up to 1 the style comes in: its prediction over the style-free one, its habits, its pace, and its
marks, which are what sets it off from the others in the songs. Beyond 1 what its parts are held to
goes on, away from the other styles: how densely they play, how long they hold their notes, or both;
or marks of rhythm come in that 1 leaves out; whichever was measured to tell in the style
(`benchmarks/fit_strength.py`). (Guidance beyond 1, as it is usual for images, was measured to lead
out of what a small model knows, and out of the style; a lower temperature makes all results alike,
and less like the style's songs; heavier marks only pull at parts that pace holds back, and lead
away from film and pop.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

EARLY = 0.85
"""Power of a strength below 1: half of it brings in five ninths of the style."""
MARKS = 0.7
"""Weight of the marks from strength 1 on. At 0.2 four or five results of ten were recognised among
five styles, at 0.7 six, with no single result farther from its style for it; at 1.1 sets of
results begin to leave their style's profile."""
FARTHER = 2.5
"""How many times what sets a style's lengths and density off from the others is added to them at
strength 2, and from there on with each further strength; between 1 and 2 it comes in slowly, as a
square. Half as far the judge hears as much of the style (.62 and .61 of 58 songs, .58 at strength
1), but the results are not yet nearer to it, beside the other styles, than those at strength 1."""


HELD_TO = ("lengths", "pace")
"""What parts are held to, and a style may be exaggerated in: its figures "beyond" name some of it,
or all where nobody measured; or "rhythm", for marks of rhythm that only come in beyond 1."""
RHYTHM = ("place", "stride", "length", "hold")
"""The marks of rhythm, which the figure "rhythm" of a style weighs, 1 where nobody measured: what
sets pop's rhythm off from the other styles' is quavers, but its songs have semiquavers, too."""


@dataclass(frozen=True)
class Pull:
    """What a strength comes to."""

    guidance: float
    """Weight of the styled prediction; the style-free one has the rest."""
    habits: float
    marks: float
    pace: float
    farther: float
    """How many times the marks are added to what the parts are held to."""


def pull(strength: float) -> Pull:
    """What a strength comes to; above 2 it goes on, evenly."""
    inside, beyond = min(strength, 1.0) ** EARLY, max(strength - 1.0, 0.0)
    return Pull(inside, inside, MARKS * inside, inside, FARTHER * beyond * min(beyond, 1.0))


def weighed_marks(
    figures: Mapping[str, Any], weight: float, farther: float = 0.0
) -> list[tuple[dict[str, Any], float]]:
    """A style's marks, those of rhythm apart, each with its weight, as `Habits` takes them."""
    others, rhythm = (
        {
            part: {name: row for name, row in rows.items() if (name in RHYTHM) == of_rhythm}
            for part, rows in figures.get("marks", {}).items()
        }
        for of_rhythm in (False, True)
    )
    share = float(figures.get("rhythm", 1.0))
    if "rhythm" in figures.get("beyond", HELD_TO):
        share += farther / FARTHER
    return [(others, weight), (rhythm, weight * share)]


def held_to(figures: Mapping[str, Any], farther: float) -> dict[str, Any]:
    """A style's figures with what its parts are held to moved away from the other styles', by so
    many times its marks."""
    marks, beyond = figures.get("marks", {}), figures.get("beyond", HELD_TO)
    pace, lengths = dict(figures.get("pace", {})), dict(figures.get("lengths", {}))
    for part, rows in marks.items() if farther else ():
        if "pace" in beyond and part in pace and "more" in rows:
            places, notes = _numbers(pace[part]) * np.exp(farther * _nats(rows["more"]))
            pace[part] = [float(places), max(float(notes), 1.0)]
        if "lengths" in beyond and part in lengths and "length" in rows:
            there = _numbers(lengths[part].split())
            moved = there * np.exp(farther * _nats(rows["length"]))
            moved *= there.sum() / max(moved.sum(), 1.0)
            lengths[part] = " ".join(f"{x:.1f}" for x in moved)
    return {**figures, "pace": pace, "lengths": lengths}


def _nats(row: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A row of marks, which are written down in hundredths."""
    return _numbers(row.split()) / 100


def _numbers(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([float(x) for x in values])
