"""Moving a song in time: onto heard beats, or off its swing, with real time kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.song import TICKS, Meter, Song, Tempo, sort_notes

Ticks = NDArray[np.int64]
Seconds = NDArray[np.float64]


def seconds_at(tempos: tuple[Tempo, ...], ticks: NDArray[np.generic]) -> Seconds:
    """Real time in seconds of places in ticks (before 0: at the first tempo)."""
    starts, times, rates = _tempo_lines(tempos)
    at = np.asarray(ticks, dtype=np.float64)
    i = np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)
    return np.asarray(times[i] + (at - starts[i]) * rates[i])


def ticks_at(tempos: tuple[Tempo, ...], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `seconds_at`."""
    starts, times, rates = _tempo_lines(tempos)
    i = np.maximum(np.searchsorted(times, seconds, side="right") - 1, 0)
    return np.asarray(starts[i] + (seconds - times[i]) / rates[i])


def _tempo_lines(tempos: tuple[Tempo, ...]) -> tuple[Seconds, Seconds, Seconds]:
    """Starts in ticks, the same in seconds, and seconds a tick, of each tempo."""
    starts = np.array([t.start for t in tempos], dtype=np.float64)
    rates = np.array([60.0 / (t.bpm * TICKS) for t in tempos])
    times = np.concatenate(([0.0], np.cumsum(np.diff(starts) * rates[:-1])))
    return starts, times, rates


def moved(song: Song, place: Callable[[Ticks], Ticks]) -> Song:
    """The song with every time but those of meters and tempos put where `place` says."""
    tracks = []
    for track in song.tracks:
        notes = track.notes.copy()
        start = place(track.notes["start"].astype(np.int64))
        end = place(track.notes["start"].astype(np.int64) + track.notes["duration"])
        notes["start"], notes["duration"] = start, np.maximum(end - start, 1)
        tracks.append(replace(track, notes=sort_notes(notes)))

    def at(tick: int) -> int:
        return max(int(place(np.array([tick]))[0]), 0)

    return replace(
        song,
        tracks=tuple(tracks),
        keys=tuple((at(start), key) for start, key in song.keys),
        chords=tuple(replace(c, start=at(c.start)) for c in song.chords),
        markers=tuple(replace(m, start=at(m.start)) for m in song.markers),
    )


def delayed(song: Song, ticks: int) -> Song:
    """The song, `ticks` later (or earlier), its tempo map too (the first tempo holds in the new
    silence). Its meters stay: bar lines are where they were."""
    if ticks == 0:
        return song
    later = moved(song, lambda times: times + ticks)
    tempos = [replace(t, start=t.start + ticks) for t in song.tempos]
    tempos = tempos[max(sum(t.start <= 0 for t in tempos) - 1, 0) :]
    tempos[0] = replace(tempos[0], start=0)
    return replace(later, tempos=tuple(tempos))


def on_beats(song: Song, beats: Seconds, places: Ticks, meters: tuple[Meter, ...]) -> Song:
    """The song re-timed so that each heard beat (in its seconds) falls on its place in ticks.

    `beats` and `places` rise and have equal length; the tempo map returned plays every note when
    the song plays it, but for one shift that brings tick 0 to time 0.
    """
    spacing = np.diff(places)
    rates = np.diff(beats) / spacing  # seconds a tick
    tempos = song.tempos

    def place(times: Ticks) -> Ticks:
        return np.rint(_extended(seconds_at(tempos, times), beats, places, rates)).astype(np.int64)

    bpm = 60.0 / (rates * TICKS)
    return replace(
        moved(song, place), meters=meters, tempos=_thinned(places, beats, bpm), meter_known=True
    )


def _extended(times: Seconds, beats: Seconds, places: Ticks, rates: Seconds) -> NDArray[np.float64]:
    """`times` mapped linearly between beats, and at the outer beats' tempo beyond them."""
    i = np.clip(np.searchsorted(beats, times, side="right") - 1, 0, len(rates) - 1)
    return np.asarray(places[i] + (times - beats[i]) / rates[i])


def _thinned(places: Ticks, beats: Seconds, bpm: NDArray[np.float64]) -> tuple[Tempo, ...]:
    """Tempos for each beat, one for as long as it keeps every beat within a millisecond."""
    tempos: list[Tempo] = []
    begin = 0
    last = len(places) - 1
    start_time = float(beats[0])  # where the tempos so far really put `begin`
    while begin < last:
        # The longest stretch that one tempo plays, found by doubling, then by halves.
        good, step = begin + 1, 1
        while step:
            end = min(good + step, last)
            if end > good and _fits(places, beats, begin, end, start_time):
                good, step = end, step * 2
            else:
                step //= 2
        rate = (beats[good] - start_time) / (places[good] - places[begin])
        tempos.append(Tempo(int(places[begin]), float(60.0 / (rate * TICKS))))
        start_time = float(beats[good])
        begin = good
    tempos[0] = replace(tempos[0], start=0)
    return tuple(tempos)


def _fits(places: Ticks, beats: Seconds, begin: int, end: int, start_time: float) -> bool:
    inner = slice(begin, end + 1)
    share = (places[inner] - places[begin]) / (places[end] - places[begin])
    straight = start_time + share * (beats[end] - start_time)
    return bool(np.all(np.abs(straight - beats[inner]) < 1e-3))
