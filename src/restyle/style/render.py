"""Rendering: lead sheet and arrangement to a Song that can be played: programs, swing, dynamics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from restyle.music.grid import swing, trim_overlaps
from restyle.music.lead import LEVELS, LeadSheet, lead_song
from restyle.music.parts import Arrangement
from restyle.music.song import STEP, TICKS, Lyric, Marker, Notes, Song, Track
from restyle.style.style import Style

NAMES = {
    "melody": "Melody", "drums": "Drums", "bass": "Bass", "piano": "Piano", "guitar": "Guitar",
    "keys": "Keys", "strings": "Strings", "winds": "Winds", "synth": "Synth",
}  # fmt: skip
LIVELINESS = 0.5
"""Share of a style's spread of velocities that is put on as chance; the rest is the meter's."""


def render(
    lead: LeadSheet,
    arrangement: Arrangement,
    style: Style,
    rng: np.random.Generator,
    melody: bool = True,
    ratio: float | None = None,
) -> Song:
    """The song that a band plays from a lead sheet and its parts.

    `ratio` is the swing ratio, the style's own at the song's tempo when None. The melody keeps its
    velocities, and is left out where `melody` is false.
    """
    ratio = style.swing_ratio(lead.tempos[0].bpm) if ratio is None else ratio
    voices: list[tuple[str, Notes]] = []
    if melody and len(lead.melody):
        voices.append(("melody", lead.melody))
    for part in arrangement.names:
        voices.append((part, _with_dynamics(arrangement.parts[part], part, lead, style, rng)))
    tracks = [
        Track(
            name=NAMES[part],
            program=style.program(part),
            notes=_played(notes, lead.length, ratio),
            is_drum=part == "drums",
        )
        for part, notes in voices
    ]
    song = lead_song(lead)
    return replace(
        song,
        tracks=tuple(tracks),
        markers=(Marker(0, f"{style.name} style"),),
        lyrics=_swung(song.lyrics, lead, ratio) if melody else (),
    )


def _swung(lyrics: tuple[Lyric, ...], lead: LeadSheet, ratio: float) -> tuple[Lyric, ...]:
    """Where syllables are sung when the melody is played in swing."""
    if not lyrics or not len(lead.melody):
        return lyrics
    straight = np.unique(lead.melody["start"]) * STEP
    swung = np.unique(_played(lead.melody, lead.length, ratio)["start"])
    at = np.interp([w.start for w in lyrics], straight, swung).astype(int).tolist()
    inside = [straight[0] <= w.start <= straight[-1] for w in lyrics]
    return tuple(
        replace(w, start=start) if known else w
        for w, start, known in zip(lyrics, at, inside, strict=True)
    )


def _played(notes: Notes, length: int, ratio: float) -> Notes:
    """Grid notes as ticks, in their swing, none longer than the song."""
    out = notes.copy()
    out["duration"] = np.maximum(np.minimum(out["duration"], length - out["start"]), 1)
    out = trim_overlaps(out)
    out["start"] *= STEP
    out["duration"] *= STEP
    return swing(out, ratio, TICKS) if ratio > 1.0 else out


def _with_dynamics(
    notes: Notes, part: str, lead: LeadSheet, style: Style, rng: np.random.Generator
) -> Notes:
    """Velocities by the style's profile of the part: the meter's accents and some chance."""
    out = notes.copy()
    if len(out):
        profile = np.array([style.velocity(part, level) for level in range(LEVELS)])
        mean, spread = profile[lead.metrical_level(out["start"])].T
        wanted = mean + LIVELINESS * spread * rng.standard_normal(len(out))
        out["velocity"] = np.clip(np.rint(wanted), 16, 120)
    return out
