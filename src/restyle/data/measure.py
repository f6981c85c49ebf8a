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
from restyle.data.fills import describe_fills, turns_filled
from restyle.music.classes import CHORDAL_PARTS, PARTS
from restyle.music.ending import share_ending
from restyle.music.grid import SWINGS
from restyle.music.lead import LEVELS, LeadSheet
from restyle.music.parts import Arrangement, part_of
from restyle.music.song import Notes

LEAST_VELOCITY_SPREAD = 4.0
"""A song whose velocities vary less was written without dynamics, and teaches none."""

TUNE_PROGRAMS = 12
"""Programs of tunes that are counted in a manner: an orchestra has many."""


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
    classes: tuple[str, ...] = ()
    """The instrument class of each of `parts`."""
    beats: tuple[int, int] = (4, 4)
    """The meter that most of its bars have."""
    changes: Counter[Change] = field(default_factory=Counter)
    """Chord changes: see `corpus.changes`."""
    together: float = float("nan")
    """Share of bars in which a part with chords has the tune's rhythm; nan where none plays."""
    fills: tuple[tuple[bool, bool], ...] = ()
    """Of the bars before new sections whether drums fill in, and a crash follows."""
    ending: float = float("nan")
    """Share of parts that end with the tune's last note; nan where it is not held."""


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
        classes=tuple(arrangement.classes.get(part, "") for part in arrangement.names),
        beats=_commonest_meter(lead),
        changes=chord_changes(lead),
        together=share_together(lead, arrangement),
        fills=turns_filled(lead, arrangement.parts.get("drums", lead.melody[:0])),
        ending=share_ending(lead, arrangement),
    )


def share_together(lead: LeadSheet, arrangement: Arrangement) -> float:
    """Of the bars in which a part with chords and the tune strike twice or more, the share in which
    they do so at the same places; nan where there is none."""
    lines = lead.bar_starts()
    tune = _struck(lead.melody, lines)
    same = [
        tune[bar] == played
        for part in CHORDAL_PARTS
        for bar, played in enumerate(_struck(arrangement.parts.get(part, lead.melody[:0]), lines))
        if min(len(played), len(tune[bar])) > 1
    ]
    return float(np.mean(same)) if same else float("nan")


def _struck(notes: Notes, lines: NDArray[np.int64]) -> list[set[int]]:
    """The positions at which something begins in each bar."""
    out: list[set[int]] = [set() for _ in range(len(lines) - 1)]
    inside = notes["start"][notes["start"] < lines[-1]]
    for bar, start in zip(np.searchsorted(lines, inside, side="right") - 1, inside, strict=True):
        out[bar].add(int(start))
    return out


def describe_tunes(songs: Sequence[Measures]) -> list[list[int]]:
    """The programs that play most of the tune and in how many songs, the commonest first."""
    counted: Counter[int] = Counter()
    for song in songs:
        notes = song.programs.get("melody", {})
        if notes:
            counted[max(notes, key=lambda p: (notes[p], -p))] += 1
    return [[program, count] for program, count in counted.most_common(TUNE_PROGRAMS)]


def describe_style(songs: Sequence[Measures]) -> dict[str, Any]:
    """What a style is: its bands, programs, swing, dynamics and ranges, ready for JSON."""
    bands = Counter(tuple(zip(song.parts, song.classes, strict=True)) for song in songs)
    by_parts = Counter(song.parts for song in songs)
    classes: dict[str, Counter[str]] = {}
    for song in songs:
        for part, name in zip(song.parts, song.classes, strict=True):
            classes.setdefault(part, Counter())[name] += 1
    swings = [song.swing for song in songs if song.swing >= SWINGS]
    programs: dict[str, Counter[int]] = {}
    for song in songs:
        for part, notes in song.programs.items():  # a song has one vote, whatever its length
            top = max(notes, key=lambda p: (notes[p], -p))
            programs.setdefault(part, Counter())[top] += 1
    return {
        "songs": len(songs),
        "bands": [[[list(one) for one in band], n] for band, n in bands.most_common(40)],
        "bands_by_parts": [[list(band), count] for band, count in by_parts.most_common(12)],
        "classes": {p: [list(x) for x in c.most_common(6)] for p, c in sorted(classes.items())},
        "parts": {part: sum(part in s.parts for s in songs) / len(songs) for part in PARTS},
        "programs": {p: [list(x) for x in c.most_common(4)] for p, c in sorted(programs.items())},
        "swing": {
            "share": round(len(swings) / len(songs), 3),
            "ratio": round(float(np.median(swings)), 2) if swings else 1.0,
        },
        "sevenths": round(float(np.mean([s.sevenths for s in songs])), 3),
        "bpm": round(float(np.median([s.bpm for s in songs])), 1),
        "tempos": [round(float(x), 1) for x in np.percentile([s.bpm for s in songs], (10, 90))],
        "notes_a_bar": round(float(np.median([s.notes_a_bar for s in songs])), 1),
        "velocities": {p: _velocity_profile(songs, p) for p in ("melody", *PARTS)},
        "ranges": _ranges(songs),
        "changes": describe_changes([s.changes for s in songs]),
        "together": _known_mean([s.together for s in songs]),
        "fills": describe_fills([s.fills for s in songs]),
        "ending": _known_mean([s.ending for s in songs]),
    }


def _known_mean(values: Sequence[float]) -> float:
    known = [x for x in values if np.isfinite(x)]
    return round(float(np.mean(known)), 3) if known else 0.0


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


def _commonest_meter(lead: LeadSheet) -> tuple[int, int]:
    meters = (lead.meter_at(int(line)) for line in lead.bar_starts()[:-1])
    counted = Counter((meter.numerator, meter.denominator) for meter in meters)
    return counted.most_common(1)[0][0]
