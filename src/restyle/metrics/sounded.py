"""A song with its instruments and loudness, real or made, and all measures of its band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import Heard
from restyle.analysis.align import seconds_at
from restyle.metrics import ensemble as of
from restyle.music.drums import SECOND_SNARE
from restyle.music.grid import quantise, straighten
from restyle.music.lead import LeadSheet
from restyle.music.song import STEP, TICKS, Notes, Song, Tempo, Track, sort_notes

EVEN = 2.0
"""Spread of a song's velocities below which they were never meant: it says nothing of balance."""


@dataclass(frozen=True)
class Sounded:
    """A song in its instruments: the tune apart, straight, in ticks."""

    tune: Track
    band: tuple[Track, ...]
    lead: LeadSheet
    tempos: tuple[Tempo, ...]

    @property
    def pitched(self) -> tuple[Track, ...]:
        return tuple(track for track in self.band if not track.is_drum)

    @property
    def drums(self) -> Notes:
        """All strokes, on the grid."""
        some = [quantise(t.notes, TICKS) for t in self.band if t.is_drum and len(t.notes)]
        return sort_notes(np.concatenate(some)) if some else self.tune.notes[:0]


def sounded_real(heard: Heard) -> Sounded:
    """A heard song: its own tune, on the instrument that plays most of it, and all else."""
    sung = [t.notes[mask] for t, mask in zip(heard.song.tracks, heard.melody, strict=True)]
    leader = heard.song.tracks[int(np.argmax([len(some) for some in sung]))]
    tune = replace(leader, notes=sort_notes(np.concatenate(sung)))
    rest = (
        replace(t, notes=t.notes[~mask])
        for t, mask in zip(heard.song.tracks, heard.melody, strict=True)
    )
    return Sounded(tune, tuple(t for t in rest if len(t.notes)), heard.lead, heard.song.tempos)


def sounded_result(song: Song, lead: LeadSheet, swing: float) -> Sounded:
    """A result, whose first track is its tune."""
    tracks = [
        replace(t, notes=straighten(t.notes, swing, TICKS) if swing > 1.0 else t.notes)
        for t in song.tracks
    ]
    return Sounded(tracks[0], tuple(tracks[1:]), lead, song.tempos)


def band_figures(song: Sounded, usual_drums: Mapping[int, float] | None = None) -> dict[str, float]:
    """All measures of a band, by name; `usual_drums` are the drum keys of the style's songs."""
    grid = [quantise(track.notes, TICKS) for track in song.pitched]
    lines = song.lead.bar_starts()
    every = sort_notes(np.concatenate(grid)) if grid else song.tune.notes[:0]
    tune, drums = quantise(song.tune.notes, TICKS), song.drums
    drum_bars = of.bars_as_sets(drums, lines)
    band_bars = of.bars_as_sets(every, lines)
    return {
        "tune_in_range": of.share_in_range(song.tune.notes["pitch"], song.tune.program),
        "tune_above": tune_above(song),
        "drum_distance": of.drum_distance(drums, usual_drums) if usual_drums else float("nan"),
        "electric_snare": _share(of.key_counts(drums), SECOND_SNARE),
        "held_outside": of.held_outside(grid, song.lead),
        "low_intervals": of.low_interval_faults([*grid, tune]),
        "short_notes": of.share_short(np.concatenate(_lengths(song) or [np.zeros(0)])),
        "fast_notes": of.share_fast([_seconds(song, part["start"] * STEP) for part in grid]),
        "drum_copies": of.share_copies(drum_bars),
        "drum_strangers": of.share_strangers(drum_bars),
        "band_copies": of.share_copies(band_bars),
        "band_strangers": of.share_strangers(band_bars),
    }


def tune_above(song: Sounded) -> float:
    """How much louder the tune is than the band; NaN where all velocities are as good as one."""
    band = np.concatenate([t.notes["velocity"] for t in song.pitched] or [np.zeros(0, np.int32)])
    own = song.tune.notes["velocity"]
    every = np.concatenate([own, band])
    if len(every) and every.std() < EVEN:
        return float("nan")
    return of.loudness_above(own, band)


def _share(counts: NDArray[np.float64], key: int) -> float:
    return float(counts[key] / counts.sum()) if counts.sum() else float("nan")


def _seconds(song: Sounded, ticks: NDArray[np.integer]) -> NDArray[np.float64]:
    return np.asarray(seconds_at(song.tempos, ticks), dtype=np.float64)


def _lengths(song: Sounded) -> list[NDArray[np.float64]]:
    """Seconds that each pitched note of the band sounds."""
    return [
        _seconds(song, t.notes["start"] + t.notes["duration"]) - _seconds(song, t.notes["start"])
        for t in song.pitched
    ]
