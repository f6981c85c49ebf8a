"""Rendering: lead sheet and arrangement to a Song that can be played: programs, swing, dynamics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from restyle.music.grid import swing, trim_overlaps
from restyle.music.lead import LEVELS, LeadSheet, lead_song
from restyle.music.parts import Arrangement
from restyle.music.song import STEP, TICKS, Marker, Notes, Song, Track
from restyle.style.style import Style

NAMES = {
    "melody": "Melody", "drums": "Drums", "bass": "Bass", "piano": "Piano", "guitar": "Guitar",
    "keys": "Keys", "strings": "Strings", "winds": "Winds", "brass": "Brass", "synth": "Synth",
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
            program=_program(part, lead, arrangement, style),
            notes=_played(notes, lead.length, ratio),
            is_drum=part == "drums",
        )
        for part, notes in voices
    ]
    return replace(
        lead_song(lead), tracks=tuple(tracks), markers=(Marker(0, f"{style.name} style"),)
    )


def _program(part: str, lead: LeadSheet, arrangement: Arrangement, style: Style) -> int:
    if part == "melody":
        return style.tune_program(lead.melody["pitch"], arrangement.names)
    return style.program(part, arrangement.classes.get(part, ""))


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
