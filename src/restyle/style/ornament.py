"""Ornaments: the tune as players of a style sing it, every note of it still there.

Anticipations (a note a half beat early), neighbours (a long note touches the next one of the scale)
and grace notes (a step before the beat), as C. P. E. Bach's Versuch (1753, chapter 2) and Coker's
Improvising Jazz (1964) teach them; how often stands in `MANNERS`. No tune note moves by more than
half a beat, none changes its pitch, and none goes.
"""

from __future__ import annotations

import re

import numpy as np

from restyle.music.chord import MAJOR, MINOR
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Notes, notes_array

HALF = GRID // 2
GRACE = 2
"""Grid positions of a grace note."""
TURN = 3
"""Grid positions of a neighbour."""
STEPS = {"major": MAJOR, "minor": MINOR}
MANNERS: dict[str, tuple[float, float, float]] = {
    "jazz": (0.35, 0.15, 0.1), "blues": (0.3, 0.3, 0.05), "soul": (0.3, 0.2, 0.1),
    "latin": (0.4, 0.1, 0.05), "pop": (0.25, 0.1, 0.1), "rock": (0.25, 0.15, 0.0),
    "classical": (0.0, 0.2, 0.3), "earlymusic": (0.0, 0.2, 0.4), "irish": (0.0, 0.45, 0.2),
    "folk": (0.05, 0.25, 0.15), "country": (0.15, 0.3, 0.05), "ragtime": (0.3, 0.1, 0.1),
}  # fmt: skip
"""By style: the chance of an anticipation, a grace note and a neighbour where there is room."""
OTHERS = (0.15, 0.15, 0.15)


def ornamented(lead: LeadSheet, style: str, rng: np.random.Generator) -> Notes:
    """The tune with a style's ornaments; of a blend with those of the first style that is known."""
    words = re.split(r"[^a-z]+", style.lower())
    early, grace, turn = next((MANNERS[w] for w in words if w in MANNERS), OTHERS)
    rows: list[list[int]] = []
    tune = lead.melody.tolist()
    for number, (start, duration, pitch, velocity) in enumerate(tune):
        before = rows[-1] if rows else None
        room = start - (before[0] if before else -GRID)
        chance = rng.random(3)
        alone = number + 1 == len(tune) or tune[number + 1][0] > start
        if not alone or (before and room <= 0):
            rows.append([start, duration, pitch, velocity])
            continue
        if start % GRID == 0 and start >= GRID and room >= GRID and chance[0] < early:
            start, duration = start - HALF, duration + HALF
            _end_at(rows, start)
        elif room >= HALF and start >= HALF and duration >= HALF and chance[1] < grace:
            _end_at(rows, start - GRACE)
            rows.append([start - GRACE, GRACE, _neighbour(pitch, lead, -1), max(velocity - 12, 1)])
        if duration >= 2 * GRID and chance[2] < turn:
            rest = duration - GRID - TURN
            rows += [
                [start, GRID, pitch, velocity],
                [start + GRID, TURN, _neighbour(pitch, lead, 1), max(velocity - 8, 1)],
                [start + GRID + TURN, rest, pitch, max(velocity - 4, 1)],
            ]
        else:
            rows.append([start, duration, pitch, velocity])
    return notes_array((a, b, c, d) for a, b, c, d in rows)


def _end_at(rows: list[list[int]], at: int) -> None:
    """The notes before end where the next one begins."""
    for row in rows[-3:]:
        if row[0] < at:
            row[1] = min(row[1], at - row[0])


def _neighbour(pitch: int, lead: LeadSheet, way: int) -> int:
    """The next note of the scale above or below."""
    scale = {(lead.key.tonic + step) % 12 for step in STEPS[lead.key.mode]}
    found = pitch + way
    while found % 12 not in scale:
        found += way
    return min(max(found, 0), 127)


def recognised(tune: Notes, played: Notes) -> float:
    """Share of the tune's notes that are played at their pitch and within half a beat; 1 for no
    tune."""
    if not len(tune):
        return 1.0
    near = np.abs(played["start"][None] - tune["start"][:, None]) <= HALF
    same = played["pitch"][None] == tune["pitch"][:, None]
    return float((near & same).any(axis=1).mean())
