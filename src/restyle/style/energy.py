"""Energy, to the ear: sections with more of it are louder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from restyle.music.song import Song
from restyle.style.balance import LOUDEST, SOFTEST

LOUDER = 28.0
"""Velocity between no energy and full energy in the band; the tune moves by half of it."""


def with_loudness(song: Song, energy: Sequence[float], lines: Sequence[int]) -> Song:
    """The song louder and softer by the energy of its bars; `lines` are the bar lines in ticks."""
    if not energy:
        return song
    tracks = []
    for track in song.tracks:
        notes = track.notes.copy()
        bar = np.searchsorted(lines, notes["start"], side="right") - 1
        lean = np.array(energy)[np.clip(bar, 0, len(energy) - 1)] - 0.5
        by = lean * LOUDER * (0.5 if track.is_melody else 1.0)
        notes["velocity"] = np.clip(np.rint(notes["velocity"] + by), SOFTEST, LOUDEST)
        tracks.append(replace(track, notes=notes))
    return song.with_tracks(tracks)
