"""How a song ends: whether all come together on the tune's last note, or go on under it."""

from __future__ import annotations

import numpy as np

from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, between

HELD = 2 * GRID
"""How long a tune's last note is, at least, that is held."""
RECENT = 16 * GRID
"""How long before the end a part has played that can end with the others."""


def last_strike(lead: LeadSheet) -> int | None:
    """The grid position where all come together for the last time: where the tune's last note
    begins, or the last bar if that is later. None where that note is not held, or does not sound in
    the last bar."""
    if not len(lead.melody):
        return None
    at, lasts = (int(lead.melody[-1][what]) for what in ("start", "duration"))
    line = int(lead.bar_starts()[-2])
    held = lasts >= HELD and at + lasts > line
    return max(at, line) if held else None


def share_ending(lead: LeadSheet, arrangement: Arrangement) -> float:
    """Of the parts that play until the tune's last held note, drums too, the share that strikes
    nothing after the beat on which it ends; nan where there is no such end."""
    strike = last_strike(lead)
    if strike is None:
        return float("nan")
    over = strike + GRID
    quiet = [
        not len(between(notes, over, lead.length))
        for notes in arrangement.parts.values()
        if len(between(notes, over - RECENT, over))
    ]
    return float(np.mean(quiet)) if quiet else float("nan")
