"""Chords with notes outside the key, as often as a style has them.

W. Piston, *Harmony* (1941), on secondary dominants; M. Levine, *The Jazz Theory Book* (1995), on
related II-V.
"""

from __future__ import annotations

import numpy as np

from restyle.composer.lead.choir import DIMINISHED, FOURTH, LOOSE, MAJ, MIN, TONIC, Choir
from restyle.composer.lead.engine import Ints
from restyle.composer.lead.form import SAME, Bar
from restyle.composer.lead.usual import usual

RELATED = 0.5
"""Of chords that are led to by a dominant of their own, the share with its second degree, too."""
OFTEN = 2.5
"""Bars that are asked, for each share of the style's chords that are borrowed: most cannot be."""
JAZZY = ("jazz", "latin", "film", "ragtime")


def led_to(plan: list[Bar], chords: Ints, choir: Choir, rng: np.random.Generator) -> Ints:
    """The chords, shape (bars, 2), with dominants of their own before some of them: a bar of one
    chord ends on the dominant of the next, or is its second degree and dominant. Where a section
    comes again, so do they."""
    out = chords.copy()
    chance = OFTEN * usual(choir.style).borrowed
    for i in range(len(plan) - 1):
        source, target = plan[i].source, int(chords[i + 1, 0])
        if plan[i].how == SAME and (chords[i] == chords[source]).all():
            if target == chords[source + 1, 0]:
                out[i] = out[source]
            continue
        now = int(chords[i, 0])
        known = i in choir.given or i + 1 in choir.given or plan[i].cadence
        if not known and chords[i, 1] == now != target < DIMINISHED and rng.random() < chance:
            out[i] = _leading(now, target, plan[i].begins, choir, rng)
    return out


def _leading(
    now: int, target: int, begins: bool, choir: Choir, rng: np.random.Generator
) -> tuple[int, int]:
    """The two halves of a bar of chord `now` before `target`; they stay where nothing fits."""
    root = target % 12
    dominant = MAJ + (root + 7) % 12
    if target == TONIC[choir.minor]:
        if now == FOURTH[False] and not choir.minor:
            return now, MIN + 5  # the fourth degree turns minor on its way home
        if choir.style not in LOOSE or choir.minor:
            return now, now
    if choir.style in LOOSE and not choir.minor and rng.random() < 0.6:
        flat = target in (MAJ + 0, MAJ + 5) and now != MAJ + 10
        return now, MAJ + 10 if flat else now  # the flat seventh, as in rock
    if dominant == now:
        return now, now
    if begins:
        return now, dominant
    if choir.style in JAZZY and rng.random() < RELATED:
        return (MIN if target < MIN else DIMINISHED) + (root + 2) % 12, dominant
    return (dominant if rng.random() < 0.4 else now), dominant
