"""Content: is it still the same song?"""

from __future__ import annotations

import numpy as np

from restyle.music.grid import straighten
from restyle.music.lead import LeadSheet
from restyle.music.song import STEP, TICKS, Notes, Song


def melody_kept(lead: LeadSheet, song: Song, swing: float) -> float:
    """F1 of the lead sheet's melody notes found in the result's melody track, 0..1.

    A note is found when one of the same pitch starts at the same straight-grid position, counted
    from the second bar line (readers differ in whether they fill up a short first bar); `swing` is
    the ratio that the result is played with. 1 when neither has notes.
    """
    tracks = [track for track in song.tracks if track.is_melody]
    notes = tracks[0].notes if tracks else song.tracks[0].notes[:0]
    if swing > 1.0:
        notes = straighten(notes, swing, TICKS)
    found = _places(notes, int(song.bar_starts()[1]), STEP)
    wanted = _places(lead.melody, int(lead.bar_starts()[1]), 1)
    if not found and not wanted:
        return 1.0
    both = len(found & wanted)
    return 2 * both / (len(found) + len(wanted))


def _places(notes: Notes, origin: int, unit: int) -> set[tuple[int, int]]:
    starts = np.rint((notes["start"] - origin) / unit).astype(int).tolist()
    return set(zip(starts, notes["pitch"].tolist(), strict=True))
