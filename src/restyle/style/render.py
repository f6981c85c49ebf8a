"""Rendering: lead sheet and arrangement to a Song that can be played: programs, swing, dynamics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from restyle.io.feel import accents
from restyle.music.grid import one_voice, swing, trim_overlaps
from restyle.music.instruments import instrument
from restyle.music.lead import LEVELS, LeadSheet, lead_song
from restyle.music.parts import Arrangement
from restyle.music.song import (
    GRID,
    MELODY,
    STEP,
    TICKS,
    Lyric,
    Marker,
    Notes,
    Song,
    Touch,
    Track,
    in_ticks,
)
from restyle.style.balance import EVEN, balanced, tune_above
from restyle.style.instrumentation import instrumentation, track_names
from restyle.style.style import Style

LIVELINESS = 0.5
"""Share of a style's spread of velocities that is put on as chance; the rest is the meter's."""


def render(
    lead: LeadSheet,
    arrangement: Arrangement,
    style: Style,
    rng: np.random.Generator,
    melody: bool = True,
    ratio: float | None = None,
    asked: Mapping[str, int] | None = None,
    touch: Touch | None = None,
) -> Song:
    """The song that a band plays from a lead sheet and its parts.

    `ratio` is the swing ratio, the style's own at the song's tempo when None. The melody keeps its
    phrasing, but that no note sounds into the next on an instrument of one voice; it stands above
    the band by what it does in the style's songs, and is left out where `melody` is false. `asked`
    has programs that parts (or "melody") are to have; `touch` is how it is to be played, of which
    drums get their accents here and the rest stays with the song.
    """
    ratio = style.swing_ratio(lead.tempos[0].bpm) if ratio is None else ratio
    band = {
        part: _with_dynamics(arrangement.parts[part], part, lead, style, rng)
        for part in arrangement.names
    }
    if touch is not None and "drums" in band:
        band["drums"] = _with_accents(band["drums"], lead, touch, rng)
    programs = instrumentation(lead, arrangement, style, asked)
    voices: dict[str, Notes] = {}
    if melody and len(lead.melody):
        tune = lead.melody
        if tune["velocity"].std() < EVEN:
            tune = _with_dynamics(tune, MELODY, lead, style, rng)
        if instrument(programs[MELODY]).at_once == 1:
            tune = one_voice(tune)
        voices[MELODY], band = balanced(tune, band, tune_above(style.name))
    voices |= band
    names = track_names({part: programs[part] for part in voices})
    tracks = [
        Track(names[part], programs[part], _played(notes, lead.length, ratio), part == "drums")
        for part, notes in voices.items()
    ]
    song = lead_song(lead)
    return replace(
        song,
        tracks=tuple(tracks),
        markers=(Marker(0, f"{style.name} style"),),
        lyrics=_swung(song.lyrics, lead, ratio) if melody else (),
        touch=touch,
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


def band_of(song: Song, arrangement: Arrangement) -> dict[str, str]:
    """Track names of a rendered song by the part that each plays, "melody" first."""
    tune = [MELODY] if song.tracks and song.tracks[0].is_melody else []
    roles = (*tune, *arrangement.names)
    return {part: track.name for part, track in zip(roles, song.tracks, strict=True)}


def _played(notes: Notes, length: int, ratio: float) -> Notes:
    """Grid notes as ticks, in their swing, none longer than the song."""
    out = notes.copy()
    out["duration"] = np.maximum(np.minimum(out["duration"], length - out["start"]), 1)
    out = in_ticks(trim_overlaps(out))
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


def _with_accents(drums: Notes, lead: LeadSheet, touch: Touch, rng: np.random.Generator) -> Notes:
    """The drums with a drummer's accents by voice and place, as much as `touch` says, about the
    mean that they have."""
    out = drums.copy()
    if len(out):
        bar = lead.meters[0].bar_length(GRID)
        accent, spread = accents(out["pitch"], out["start"], touch.style, bar)
        wanted = accent + LIVELINESS * spread * rng.standard_normal(len(out))
        mean = float(out["velocity"].mean())
        wanted = mean + wanted - wanted.mean()
        mixed = (1 - touch.amount) * out["velocity"] + touch.amount * wanted
        out["velocity"] = np.clip(np.rint(mixed), 16, 120)
    return out
