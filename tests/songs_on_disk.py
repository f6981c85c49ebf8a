"""Small songs written to disk, for tests that build a corpus."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from corpora import arrangement, lead_sheet
from restyle.io import write
from restyle.music.lead import lead_song
from restyle.music.song import STEP, Track


def write_song(path: Path, seed: int, style: str) -> None:
    """A song of 16 bars: melody, and bass or bass and drums."""
    rng = np.random.default_rng(seed)
    lead = lead_sheet(rng)
    band = arrangement(lead, style)
    song = lead_song(lead)
    tracks = [replace(song.tracks[0], program=73)]
    for part, notes in band.parts.items():
        ticks = notes.copy()
        ticks["start"] *= STEP
        ticks["duration"] *= STEP
        tracks.append(Track(part.title(), 32, ticks, part == "drums"))
    path.parent.mkdir(parents=True, exist_ok=True)
    write(replace(song.with_tracks(tracks), chords=()), path)
