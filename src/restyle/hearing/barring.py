"""Putting a song in bars: its file's where they can be believed, else those that are heard."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.hearing.accents import Frames, accents
from restyle.hearing.align import delayed, on_beats, seconds_at
from restyle.hearing.bars import find_bars, place_scores
from restyle.hearing.beats import file_beats, find_beats, grid_fit
from restyle.hearing.ear import PHASES, Ear, trained_ear
from restyle.hearing.meter import stated_meters
from restyle.hearing.tracking import fit, profile
from restyle.song import TICKS, Meter, Song

_DOTTED = TICKS * 3 // 2
_QUARTER_BONUS = 3.0  # nats: meters whose beat is a quarter are that much more common


@dataclass(frozen=True)
class Barred:
    """A song in bars."""

    song: Song
    begin: float = 0.0
    """Where tick 0 of `song` lies, in seconds after tick 0 of the song as it was."""
    live: bool = False
    """Whether its beats are not its file's."""
    heard_meter: bool = False
    """Whether the meter was heard, because the file states none that makes sense."""


def put_in_bars(song: Song) -> Barred:
    """The song with its bar lines where they are heard; real time is kept."""
    stated = stated_meters(song)
    judged = grid_fit(song)
    if judged.trusted and stated:
        return Barred(replace(song, meters=stated))
    ear = trained_ear()
    frames = accents(song)
    phase = 0
    if not judged.trusted:
        found = find_beats(song, frames, ear)
        if found.phase is None:
            return _on_played_beats(song, frames, found.seconds, ear)
        phase = found.phase
        if phase == 0 and stated:
            return Barred(replace(song, meters=stated))
    counts = _beats_a_bar(stated)
    phase, unit = _file_unit(song, phase, frames, ear, stated)
    beats = file_beats(song, phase, unit)
    downbeats, last = find_bars(place_scores(frames, beats, ear), counts)
    barred = _on_file_beats(song, phase, unit, _bars(downbeats, last, len(beats)))
    return replace(barred, live=phase % TICKS != 0, heard_meter=True)


def _beats_a_bar(stated: tuple[Meter, ...] | None) -> tuple[int, ...]:
    """How many beats a bar may have, when the file's meters are known but not where they lie."""
    if not stated:
        return (2, 3, 4)
    triple = [m.numerator in (3, 9) for m in stated]
    return (3,) if all(triple) else (2, 3, 4) if any(triple) else (2, 4)


def _file_unit(
    song: Song, phase: int, frames: Frames, ear: Ear, stated: tuple[Meter, ...] | None
) -> tuple[int, int]:
    """Phase and length in ticks of the beats: quarters, or dotted quarters if they fit better."""
    if stated and not _is_compound(stated[0]):
        return phase, TICKS
    bonus = 0.0 if stated else _QUARTER_BONUS
    quarters = np.inf * -1 if stated else fit(frames, file_beats(song, phase), ear) + bonus
    dotted = {
        start: fit(frames, file_beats(song, start, _DOTTED), ear)
        for start in ((phase + k * TICKS // 2) % _DOTTED for k in range(3))
    }
    best = max(dotted, key=lambda start: dotted[start])
    return (best, _DOTTED) if dotted[best] > quarters else (phase, TICKS)


def _is_compound(meter: Meter) -> bool:
    return meter.denominator == 8 and meter.numerator % 3 == 0


def _bars(downbeats: NDArray[np.int64], last: int, beats: int) -> list[tuple[int, int]]:
    """(first beat, beats in it) of each bar."""
    counts = np.append(np.diff(downbeats), last)
    return [(int(d), int(c)) for d, c in zip(downbeats, counts, strict=True) if d < beats]


def _meters(bars: list[tuple[int, int]], unit: int, begin: int) -> tuple[Meter, ...]:
    """The meters of bars, the first from tick 0 on; beat 0 lies at tick `begin`."""
    meters: list[Meter] = []
    for first, count in bars:
        start = begin + first * unit if meters else 0
        meter = Meter(start, count, 4) if unit == TICKS else Meter(start, 3 * count, 8)
        if not meters or meters[-1].name != meter.name:
            meters.append(meter)
    return tuple(meters)


def _on_file_beats(song: Song, phase: int, unit: int, bars: list[tuple[int, int]]) -> Barred:
    """The song moved as a whole, so that the first bar begins on a bar line."""
    first = min(int(t.notes["start"][0]) for t in song.tracks)
    beat = (first - phase) // unit * unit + phase  # where the beat with index 0 lies
    bar = bars[0][1] * unit
    shift = -(beat + bars[0][0] * unit) % bar
    moved = delayed(song, shift)
    moved = replace(moved, meters=_meters(bars, unit, beat + shift), meter_known=True)
    begin = float(seconds_at(song.tempos, np.array([-shift]))[0])
    return Barred(_with_pickup(moved, unit), begin)


def _on_played_beats(song: Song, frames: Frames, beats: NDArray[np.float64], ear: Ear) -> Barred:
    """The song re-timed to beats that were tapped to it."""
    downbeats, last = find_bars(place_scores(frames, beats, ear))
    unit = _DOTTED if _divided_in_three(frames, beats) else TICKS
    first = float(
        seconds_at(song.tempos, np.array([min(t.notes["start"][0] for t in song.tracks)]))[0]
    )
    # Begin with the bar of the first note.
    early = int(np.searchsorted(beats, first + 0.05, side="right")) - 1
    before = downbeats[downbeats <= max(early, int(downbeats[0]))]
    bars = _bars(downbeats[len(before) - 1 :], last, len(beats))
    begin = -bars[0][0] * unit
    places = begin + unit * np.arange(len(beats))
    ahead = places >= 0
    meters = _meters(bars, unit, begin)
    moved = on_beats(song, beats[ahead], places[ahead], meters)
    at_zero = float(beats[ahead][0] - places[ahead][0] / TICKS * 60.0 / moved.tempos[0].bpm)
    return Barred(_with_pickup(moved, unit), at_zero, live=True, heard_meter=True)


def _divided_in_three(frames: Frames, beats: NDArray[np.float64]) -> bool:
    """Whether the beats are mostly divided in three, and not swung."""
    onsets = profile(frames, beats)[:, 0]
    third, two_thirds = onsets[PHASES // 3], onsets[2 * PHASES // 3]
    halves = onsets[PHASES // 2] + onsets[PHASES // 4] + onsets[3 * PHASES // 4]
    return bool(third + two_thirds > 2 * halves and third > 0.4 * two_thirds)


def _with_pickup(song: Song, unit: int) -> Song:
    """The song with the silent beats of its first bar counted out."""
    first = min(int(t.notes["start"][0]) for t in song.tracks) + unit // 8
    bar = song.meters[0].bar_length(TICKS)
    silent = first // unit * unit
    return replace(song, pickup=bar - silent if 0 < silent < bar else 0)
