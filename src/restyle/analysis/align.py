"""Moving a song in time: onto heard beats, or off its swing, with real time kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import TICKS, Meter, Song, Tempo, sort_notes

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
        lyrics=tuple(replace(w, start=at(w.start)) for w in song.lyrics),
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

    return replace(
        moved(song, place), meters=meters, tempos=_tempos_of(places, beats), meter_known=True
    )


def _extended(times: Seconds, beats: Seconds, places: Ticks, rates: Seconds) -> NDArray[np.float64]:
    """`times` mapped linearly between beats, and at the outer beats' tempo beyond them."""
    i = np.clip(np.searchsorted(beats, times, side="right") - 1, 0, len(rates) - 1)
    return np.asarray(places[i] + (times - beats[i]) / rates[i])


def _tempos_of(places: Ticks, beats: Seconds) -> tuple[Tempo, ...]:
    """Tempos under which every beat comes within a millisecond of its time, as few as it takes."""
    corners = _corners(places, beats, 1e-3)
    rates = np.diff(beats[corners]) / np.diff(places[corners])
    starts = [0, *places[corners[1:-1]].tolist()]
    return tuple(
        Tempo(start, float(60.0 / (rate * TICKS)))
        for start, rate in zip(starts, rates, strict=True)
    )


def steadied(beats: Seconds, within: float) -> Seconds:
    """The beats moved by at most `within` seconds, so that the tempo seldom changes."""
    count = np.arange(len(beats))
    corners = _corners(count, beats, within)
    return np.interp(count, corners, beats[corners])


def _corners(places: Ticks, times: Seconds, within: float) -> NDArray[np.int64]:
    """Indices, the first and the last among them, between which times lie on straight lines over
    places to within that many seconds; each line as long as it can be."""
    corners = [0]
    last = len(places) - 1
    while corners[-1] < last:
        begin = corners[-1]
        good, step = begin + 1, 1
        while step:  # doubling, then by halves
            end = min(good + step, last)
            if end > good and _is_straight(places, times, begin, end, within):
                good, step = end, step * 2
            else:
                step //= 2
        corners.append(good)
    return np.array(corners)


def _is_straight(places: Ticks, times: Seconds, begin: int, end: int, within: float) -> bool:
    inner = slice(begin, end + 1)
    share = (places[inner] - places[begin]) / (places[end] - places[begin])
    line = times[begin] + share * (times[end] - times[begin])
    return bool(np.all(np.abs(line - times[inner]) < within))
