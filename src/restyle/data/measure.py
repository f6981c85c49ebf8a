"""What is measured of each song of a corpus, and what a style is by those measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import Heard
from restyle.data.changes import Change, chord_changes, describe_changes
from restyle.data.groove import Table, describe_groove, groove_of
from restyle.music.lead import LEVELS
from restyle.music.parts import LARGE_BAND, PARTS, Arrangement, band_size, part_of

SWINGS = 1.2
"""Swing ratio from which on a song is said to swing."""
ENOUGH_BANDS = 10
"""Songs with a band of some size and a part in it, from which on they say how much it plays."""
LEAST_VELOCITY_SPREAD = 4.0
"""A song whose velocities vary less was written without dynamics, and teaches none."""


@dataclass(frozen=True)
class Measures:
    """One song in figures."""

    parts: tuple[str, ...]
    swing: float
    sevenths: float
    """Share of the time under chords with a sixth or seventh."""
    bpm: float
    notes_a_bar: float
    programs: dict[str, dict[int, int]]
    """Notes by part (melody too) and GM program."""
    velocities: dict[str, list[tuple[int, float, float]]]
    """For each part and metrical level: notes, sum and sum of squares of their velocities."""
    ranges: dict[str, tuple[int, int]]
    """Lowest and highest pitch of each part, outer 2 % left out."""
    pace: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Places a bar and notes a place of each part: see `pace_of`."""
    depth: float = 0.0
    """The middle of the bars' lowest pitches; 0 where nothing pitched plays."""
    groove: dict[str, Table] = field(default_factory=dict)
    """What the drums strike where in a bar, by meter: see `corpus.groove`."""
    changes: Counter[Change] = field(default_factory=Counter)
    """Chord changes: see `corpus.changes`."""


def measure(heard: Heard, arrangement: Arrangement) -> Measures:
    """Measure a heard song and its arrangement."""
    lead = heard.lead
    programs: dict[str, Counter[int]] = {}
    for track, sung in zip(heard.song.tracks, heard.melody, strict=True):
        part = part_of(track.program, track.is_drum)
        melody = int(sung.sum())
        if melody:
            programs.setdefault("melody", Counter())[track.program] += melody
        if part in arrangement.parts and len(track.notes) > melody:
            programs.setdefault(part, Counter())[track.program] += len(track.notes) - melody
    velocities = {}
    voices = {"melody": lead.melody, **arrangement.parts}
    every = np.concatenate([notes["velocity"] for notes in voices.values()])
    if len(every) and every.std() >= LEAST_VELOCITY_SPREAD:
        for name, notes in voices.items():
            level = lead.metrical_level(notes["start"])
            velocity = notes["velocity"].astype(float)
            velocities[name] = [
                (int((at := level == k).sum()), velocity[at].sum(), (velocity[at] ** 2).sum())
                for k in range(LEVELS)
            ]
    pitched = {n: a["pitch"] for n, a in arrangement.parts.items() if n != "drums" and len(a)}
    return Measures(
        parts=arrangement.names,
        swing=lead.swing,
        sevenths=lead.share_of_sevenths(),
        bpm=lead.tempos[0].bpm,
        notes_a_bar=sum(len(a) for a in arrangement.parts.values()) / max(lead.bars, 1),
        programs={part: dict(count) for part, count in programs.items()},
        velocities=velocities,
        ranges={
            n: (int(np.percentile(p, 2)), int(np.percentile(p, 98))) for n, p in pitched.items()
        },
        pace=pace_of(arrangement, lead.bar_starts()),
        depth=depth_of(arrangement, lead.bar_starts()),
        groove=groove_of(arrangement.parts["drums"], lead) if "drums" in arrangement.parts else {},
        changes=chord_changes(lead),
    )


def describe_style(songs: Sequence[Measures]) -> dict[str, Any]:
    """What a style is: its bands, programs, swing, dynamics and ranges, ready for JSON."""
    bands = Counter(song.parts for song in songs)
    swings = [song.swing for song in songs if song.swing >= SWINGS]
    programs: dict[str, Counter[int]] = {}
    for song in songs:
        for part, notes in song.programs.items():  # a song has one vote, whatever its length
            top = max(notes, key=lambda p: (notes[p], -p))
            programs.setdefault(part, Counter())[top] += 1
    return {
        "songs": len(songs),
        "bands": [[list(band), count] for band, count in bands.most_common(12)],
        "parts": {part: sum(part in s.parts for s in songs) / len(songs) for part in PARTS},
        "programs": {p: [list(x) for x in c.most_common(4)] for p, c in sorted(programs.items())},
        "swing": {
            "share": round(len(swings) / len(songs), 3),
            "ratio": round(float(np.median(swings)), 2) if swings else 1.0,
        },
        "sevenths": round(float(np.mean([s.sevenths for s in songs])), 3),
        "bpm": round(float(np.median([s.bpm for s in songs])), 1),
        "notes_a_bar": round(float(np.median([s.notes_a_bar for s in songs])), 1),
        "velocities": {p: _velocity_profile(songs, p) for p in ("melody", *PARTS)},
        "ranges": _ranges(songs),
        "pace": describe_pace([s.pace for s in songs]),
        "pace_in": describe_pace_in([s.pace for s in songs]),
        "depth": describe_depth([s.depth for s in songs]),
        "groove": describe_groove([s.groove for s in songs]),
        "changes": describe_changes([s.changes for s in songs]),
    }


def _velocity_profile(songs: Sequence[Measures], part: str) -> list[list[float]]:
    """Mean and spread of velocity by metrical level; levels without notes take the part's mean."""
    sums = np.array([s.velocities[part] for s in songs if part in s.velocities], dtype=float)
    if not sums.size or not sums[..., 0].sum():
        return [[80.0, 8.0]] * LEVELS
    # a song weighs as much as the next, whatever its length
    total = sums[..., 0].sum(axis=1)
    sums = sums[total > 0] / total[total > 0, None, None]
    count, first, _ = sums.sum(axis=0).T
    mean = np.where(count > 1e-6, first / np.maximum(count, 1e-9), first.sum() / count.sum())
    within = []
    for song in sums:  # the spread inside a song, not that between loud and soft songs
        ok = song[:, 0] > 1e-6
        if ok.any():
            m = song[ok, 1] / song[ok, 0]
            within.append(np.sqrt(np.maximum(song[ok, 2] / song[ok, 0] - m**2, 0)).mean())
    spread = float(np.mean(within)) if within else 8.0
    return [[round(float(m), 1), round(spread, 1)] for m in mean]


def _ranges(songs: Sequence[Measures]) -> dict[str, list[int]]:
    """Where each part plays in the style: from the lower quarter of lows to the upper of highs."""
    out = {}
    for part in PARTS:
        seen = np.array([s.ranges[part] for s in songs if part in s.ranges])
        if len(seen):
            out[part] = [int(np.percentile(seen[:, 0], 10)), int(np.percentile(seen[:, 1], 90))]
    return out


def pace_of(arrangement: Arrangement, lines: NDArray[np.int64]) -> dict[str, tuple[float, float]]:
    """For each part that plays: places struck in a bar in which it plays, and notes a place; from
    the song's bar lines (grid positions)."""
    out = {}
    for part, notes in arrangement.parts.items():
        if not len(notes):
            continue
        places = np.unique(notes["start"])
        bars = np.unique(np.searchsorted(lines, places, side="right"))
        out[part] = len(places) / len(bars), len(notes) / len(places)
    return out


def describe_pace(songs: Sequence[dict[str, tuple[float, float]]]) -> dict[str, list[float]]:
    """The middle pace of each part: every song has one vote."""
    out = {}
    for part in PARTS:
        seen = [song[part] for song in songs if part in song]
        if seen:
            places, notes = np.median(np.array(seen), axis=0)
            out[part] = [round(float(places), 2), round(float(notes), 2)]
    return out


def describe_pace_in(
    songs: Sequence[dict[str, tuple[float, float]]],
) -> dict[str, dict[str, list[float]]]:
    """The middle pace of each part by the size of the band (see `band_size`), where enough songs
    have such a band with that part: beside one other part strings play half as much again as
    they do among many."""
    found = {}
    for size in range(1, LARGE_BAND + 1):
        some = [song for song in songs if band_size(song) == size]
        heard = Counter(part for song in some for part in song)
        pace = describe_pace(some)
        found[str(size)] = {part: pace[part] for part in pace if heard[part] >= ENOUGH_BANDS}
    return {size: pace for size, pace in found.items() if pace}


def depth_of(arrangement: Arrangement, lines: NDArray[np.int64]) -> float:
    """The median over bars of the lowest pitch that is struck in them; 0 where there is none."""
    voices = [notes for part, notes in arrangement.parts.items() if part != "drums" and len(notes)]
    if not voices:
        return 0.0
    notes = np.concatenate(voices)
    bars = np.searchsorted(lines, notes["start"], side="right")
    return float(np.median([notes["pitch"][bars == bar].min() for bar in np.unique(bars)]))


def describe_depth(songs: Sequence[float]) -> float:
    """The middle depth of a style's songs; 0 where none is known."""
    seen = [depth for depth in songs if depth]
    return round(float(np.median(seen)), 1) if seen else 0.0
