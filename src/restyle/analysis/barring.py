"""Putting a song in bars: its file's where they can be believed, else those that are heard."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.accents import Frames, accents
from restyle.analysis.align import delayed, on_beats, seconds_at, steadied
from restyle.analysis.bars import PLACES, find_bars, place_fits, place_scores, plainly_better
from restyle.analysis.beats import DOTTED, dotted_phases, file_beats, find_beats, grid_fit
from restyle.analysis.ear import PHASES, Ear, trained_ear
from restyle.analysis.meter import stated_meters
from restyle.analysis.tracking import fit, profile
from restyle.analysis.tracks import TOGETHER
from restyle.music.song import TICKS, Meter, Song

_STEADY = 0.015  # seconds that a tapped beat may be moved for a steady tempo
_EARLY = 0.05  # seconds; a first note that comes so little before a beat is meant on it
_LEAST_BEATS = 24  # with fewer a file's bar lines are believed without a doubt
_FEW_CHORDS = 0.1  # share of notes that start with another; less is one line
_LONGEST = 3600.0  # seconds; to more music than that nobody listens beat by beat
_LATE = 40  # ticks; a song that is no more late (or early) is still meant in its file's bars
_QUARTER_BONUS = -0.5  # nats for beats of a quarter; the scores lean to them by themselves


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
    if seconds_at(song.tempos, np.array([song.end]))[0] > _LONGEST:
        return Barred(replace(song, meters=stated or (Meter(0, 4, 4),)))
    judged = grid_fit(song)
    if judged.trusted and stated:
        return _in_doubt(replace(song, meters=stated))
    ear = trained_ear()
    frames = accents(song)
    found = find_beats(song, frames, ear, metered=stated is not None)
    if found.phase is None:
        return _on_played_beats(song, frames, found.seconds, ear)
    phase = found.phase
    late = (phase + TICKS // 2) % TICKS - TICKS // 2
    if abs(late) <= _LATE and stated:
        return _less_late(replace(song, meters=stated), late)
    counts = _beats_a_bar(stated)
    start, unit = _file_unit(song, phase, frames, ear, stated)
    beats = file_beats(song, start, unit)
    origin = (_first_note(song) - start) // unit if start == phase == 0 else None
    downbeats, last = find_bars(place_scores(frames, beats, ear), counts, origin)
    barred = _on_file_beats(song, start, unit, _bars(downbeats, last, len(beats)))
    return replace(barred, live=phase != 0, heard_meter=True)


def _in_doubt(song: Song) -> Barred:
    """The song in the bars that its file states, where the music does not contradict them.

    Many writers of files count a pickup as the beginning of a whole bar, so that all bar lines
    come too early; many never set the meter, so that a waltz stands in the 4/4 that is every
    program's default. Any other meter is somebody's word.
    """
    meter = song.meters[0]
    unit = DOTTED if _is_compound(meter) else TICKS
    count = meter.bar_length(TICKS) // unit
    beats = seconds_at(song.tempos, np.arange(0, song.end, unit))
    known = count in PLACES and meter.bar_length(TICKS) == count * unit
    known = known and not song.pickup and len(song.meters) == 1
    if not known or len(beats) < _LEAST_BEATS or _one_line(song):
        return Barred(song)
    scores = place_scores(accents(song), beats, trained_ear())
    fits = place_fits(scores, count)
    ahead = int(fits.sum(axis=1).argmax())
    heard = False
    if meter.name == "4/4":
        thirds = place_fits(scores, 3)
        first = int(thirds.sum(axis=1).argmax())
        if plainly_better(thirds[first], fits[ahead]):
            count, ahead, fits, heard = 3, first, thirds, True
            song = replace(song, meters=(Meter(0, 3, 4),))
    if ahead and (heard or plainly_better(fits[ahead], fits[0])):
        bars = [(ahead - count - _first_note(song) // unit, count)]
        return replace(_on_file_beats(song, 0, unit, bars), heard_meter=heard)
    return Barred(song, heard_meter=heard)


def _one_line(song: Song) -> bool:
    """Whether hardly ever two notes start together: a tune alone does not say where its bars are,
    and the net that hears bars has learnt from accompanied ones."""
    starts = np.sort(np.concatenate([track.notes["start"] for track in song.tracks]))
    return bool(np.mean(np.diff(starts) <= TOGETHER) < _FEW_CHORDS)


def _less_late(song: Song, late: int) -> Barred:
    """The song in its own bars, that many ticks earlier where there is room."""
    if late == 0 or _first_note(song) < late:
        return Barred(song)
    return Barred(delayed(song, -late), float(seconds_at(song.tempos, np.array([late]))[0]))


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
    quarters = fit(frames, file_beats(song, phase), ear) + _QUARTER_BONUS
    dotted = {
        start: fit(frames, file_beats(song, start, DOTTED), ear) for start in dotted_phases(phase)
    }
    best = max(dotted, key=lambda start: dotted[start])
    return (best, DOTTED) if stated or dotted[best] > quarters else (phase, TICKS)


def _first_note(song: Song) -> int:
    """Where the first note starts, in ticks."""
    return min(int(t.notes["start"][0]) for t in song.tracks)


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
    beat = (_first_note(song) - phase) // unit * unit + phase  # where the beat with index 0 lies
    bar = bars[0][1] * unit
    shift = -(beat + bars[0][0] * unit) % bar
    moved = delayed(song, shift)
    moved = replace(moved, meters=_meters(bars, unit, beat + shift), meter_known=True)
    begin = float(seconds_at(song.tempos, np.array([-shift]))[0])
    return Barred(_with_pickup(moved, unit), begin)


def _on_played_beats(song: Song, frames: Frames, beats: NDArray[np.float64], ear: Ear) -> Barred:
    """The song re-timed to beats that were tapped to it."""
    begin, end = seconds_at(song.tempos, np.array([_first_note(song), song.end]))
    beats = _covering(steadied(beats, _STEADY), float(begin), float(end))
    downbeats, last = find_bars(place_scores(frames, beats, ear))
    unit = DOTTED if _divided_in_three(frames, beats) else TICKS
    # The first bar is that of the first note, and what comes a little before its beat is on it.
    beat = int(np.searchsorted(beats, begin + _EARLY, side="right")) - 1
    beats[beat] = min(beats[beat], begin)
    bar = int(np.searchsorted(downbeats, beat, side="right")) - 1
    bars = _bars(downbeats[bar:], last, len(beats))
    places = unit * (np.arange(len(beats)) - bars[0][0])
    ahead = places >= 0
    meters = _meters(bars, unit, int(places[0]))
    moved = on_beats(song, beats[ahead], places[ahead], meters)
    rate = 60.0 / (TICKS * moved.tempos[0].bpm)
    at_zero = float(beats[ahead][0] - places[ahead][0] * rate)
    return Barred(_with_pickup(moved, unit), at_zero, live=True, heard_meter=True)


def _covering(beats: NDArray[np.float64], begin: float, end: float) -> NDArray[np.float64]:
    """The beats, with more of the same tempo before and after where the song goes beyond them."""
    head, tail = float(np.diff(beats[:8]).mean()), float(np.diff(beats[-8:]).mean())
    before = max(int(np.ceil((beats[0] - begin - _EARLY) / head)), 0)
    after = max(int(np.ceil((end - beats[-1]) / tail)), 0)
    return np.concatenate(
        (
            beats[0] - head * np.arange(before, 0, -1),
            beats,
            beats[-1] + tail * np.arange(1, after + 1),
        )
    )


def _divided_in_three(frames: Frames, beats: NDArray[np.float64]) -> bool:
    """Whether the beats are mostly divided in three, and not swung."""
    onsets = profile(frames, beats)[:, 0]
    third, two_thirds = onsets[PHASES // 3], onsets[2 * PHASES // 3]
    halves = onsets[PHASES // 2] + onsets[PHASES // 4] + onsets[3 * PHASES // 4]
    return bool(third + two_thirds > 2 * halves and third > 0.4 * two_thirds)


def _with_pickup(song: Song, unit: int) -> Song:
    """The song with the silent beats of its first bar counted out."""
    bar = song.meters[0].bar_length(TICKS)
    silent = (_first_note(song) + unit // 8) // unit * unit
    return replace(song, pickup=bar - silent if 0 < silent < bar else 0)
