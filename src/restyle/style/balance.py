"""Balance: how far the tune stands above the band, as it does in the style's songs."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from restyle.critic.reference import reference
from restyle.music.song import Notes

LEAST_ABOVE = 4.0
"""Velocity that the tune is louder than the band at least, whatever the songs: some files balance
with the volume control, which is not heard in velocities."""
LOUDEST, SOFTEST = 120, 16
"""Velocities that results keep to."""
LOUDEST_MEAN = 100.0
"""Mean velocity of a tune up to which its loud notes are still louder."""
EVEN = 2.0
"""Spread of velocities below which a tune was typed in and has no phrasing."""


def tune_above(style: str) -> float:
    """How much louder the tune is than the band in the songs of a style (mean velocities); of a
    blend, or of what nobody measured, the mean of the styles that it names, or of all."""
    known = {
        name: float(told["measures"]["tune_above"]["mean"])
        for name, told in reference().bands.items()
        if "tune_above" in told["measures"]
    }
    named = [known[word] for word in re.split(r"[^a-z]+", style.lower()) if word in known]
    chosen = named or list(known.values()) or [LEAST_ABOVE]
    return max(LEAST_ABOVE, float(np.mean(chosen)))


def balanced(
    tune: Notes, band: Mapping[str, Notes], above: float
) -> tuple[Notes, dict[str, Notes]]:
    """The tune at `above` over the band's pitched notes in mean velocity, each note's difference to
    its part's mean kept; where the tune would become too loud, the band becomes softer instead."""
    pitched = [notes["velocity"] for part, notes in band.items() if part != "drums" and len(notes)]
    if not len(tune) or not pitched:
        return tune, dict(band)
    beneath = float(np.concatenate(pitched).mean())
    down = max(0.0, beneath + above - LOUDEST_MEAN)
    softer = {part: _moved(notes, -down) for part, notes in band.items()}
    every = np.concatenate([n["velocity"] for part, n in softer.items() if part != "drums"])
    return _at(tune, float(every.mean()) + above), softer


def _at(notes: Notes, mean: float) -> Notes:
    """The notes moved to a mean velocity; what is cut off at the ends is made up by the rest."""
    out, off = notes, mean - float(notes["velocity"].mean())
    for _ in range(8):
        out = _moved(notes, off)
        lacking = mean - float(out["velocity"].mean())
        if abs(lacking) < 0.5:
            break
        off += lacking
    return out


def _moved(notes: Notes, by: float) -> Notes:
    out = notes.copy()
    out["velocity"] = np.clip(np.rint(notes["velocity"] + by), SOFTEST, LOUDEST)
    return out
