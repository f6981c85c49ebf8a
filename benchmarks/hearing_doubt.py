"""Measures of where hearing doubts what a file says, and of what it leaves unheard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearing_table import Row
from hearing_time import share_row
from hearing_truth import sources
from restyle.analysis import Heard, listen
from restyle.analysis.barring import put_in_bars
from restyle.analysis.beats import grid_fit
from restyle.analysis.melody import possible_singers
from restyle.analysis.meter import stated_meters
from restyle.analysis.tracks import tops_of_chords
from restyle.errors import RestyleError
from restyle.io import read
from restyle.music.beat_chroma import chroma
from restyle.music.grid import quantise
from restyle.music.song import GRID, TICKS, Meter, Notes, Song

_SOUNDS = 0.25 * GRID
"""Grid positions, summed over pitch classes, from which a beat sounds."""


def doubt_rows(folder: Path, songs: int) -> Iterator[Row]:
    """Stated bars that are kept, waltzes under 4/4 that are found; beats without a chord and bars
    without a melody while something sounds that could be one."""
    kept: dict[str, list[bool]] = defaultdict(list)
    waltzes = []
    beats = np.zeros(2)
    bars = np.zeros(2)
    count = 0
    for _, files in sources(folder, songs):
        for file in files:
            try:
                song = read(file)
                heard = listen(song)
            except RestyleError:
                continue
            count += 1
            beats += without_chord(heard)
            bars += without_melody(heard)
            stated = stated_meters(song)
            if stated and len(stated) == 1 and grid_fit(song).trusted:
                song = replace(song, meters=stated)
                kept[stated[0].name].append(put_in_bars(song).song.meters == stated)
                if stated[0].name == "3/4":
                    default = put_in_bars(replace(song, meters=(Meter(0, 4, 4),)))
                    waltzes.append(default.song.meters == stated)
    for name in ("2/4", "3/4", "4/4"):
        yield share_row(f"{name} stated: kept", kept[name])
    yield share_row("3/4 under a stated 4/4: heard", waltzes)
    share = beats[1] / max(beats[0], 1)
    yield Row("beats without a chord while notes sound", f"{share:.4f}", "", count)
    share = bars[1] / max(bars[0], 1)
    yield Row("bars without melody while a line sounds", f"{share:.4f}", "", count)


def without_chord(heard: Heard) -> NDArray[np.float64]:
    """All beats; those of no chord in which pitched notes sound."""
    lead = heard.lead
    count = lead.length // GRID
    silent = np.ones(count, dtype=bool)
    edges = [*(chord.start for chord in lead.chords), lead.length]
    for chord, begin, end in zip(lead.chords, edges, edges[1:], strict=False):
        silent[-(-begin // GRID) : -(-end // GRID)] = chord.root < 0
    parts = [quantise(t.notes, TICKS) for t in heard.song.tracks if not t.is_drum]
    if not parts or not count:
        return np.array([count, 0.0])
    sounding = np.minimum(chroma(np.concatenate(parts), lead.length), 1.0).sum(axis=0)
    loud = sounding[: count * GRID].reshape(count, GRID).sum(axis=1) > _SOUNDS
    return np.array([count, float((silent & loud).sum())])


def without_melody(heard: Heard) -> NDArray[np.float64]:
    """All bars; those of rests of two bars and more in the melody while a line is played."""
    song = heard.song
    lines = song.bar_starts()
    sung = np.zeros(len(lines) - 1, dtype=bool)
    for track, mask in zip(song.tracks, heard.melody, strict=True):
        sung[np.searchsorted(lines, track.notes["start"][mask], side="right") - 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate(([True], sung, [True])).astype(np.int8)))
    rests = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]
    lost = sum(b - a for a, b in rests if _has_line(song, int(lines[a]), int(lines[b])))
    return np.array([len(sung), float(lost)])


def _has_line(song: Song, begin: int, end: int) -> bool:
    def inside(notes: Notes) -> Notes:
        return notes[(notes["start"] >= begin) & (notes["start"] < end)]

    return any(_is_line(inside(song.tracks[i].notes)) for i in possible_singers(song))


def _is_line(notes: Notes) -> bool:
    """Whether notes are single, of four pitches and more, and in a melody's register."""
    pitch = notes["pitch"]
    single = len(notes) > 3 and len(tops_of_chords(notes)) >= 0.9 * len(notes)
    return bool(single and len(np.unique(pitch)) > 3 and 55 <= pitch.mean() <= 92)
