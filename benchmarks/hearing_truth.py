"""Songs whose beats and bars are known, to fit and to measure hearing with."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.align import seconds_at
from restyle.analysis.beats import grid_fit
from restyle.analysis.meter import stated_meters
from restyle.errors import RestyleError
from restyle.io import read
from restyle.music.song import TICKS, Song, bar_lines


@dataclass(frozen=True)
class Truth:
    """A song with its beats in seconds after its tick 0, and which of them are downbeats."""

    name: str
    source: str
    song: Song
    beats: NDArray[np.float64]
    down: NDArray[np.bool_]
    compound: bool = False
    """Whether the beats are dotted quarters."""

    @property
    def fitting(self) -> bool:
        """Whether weights may be fitted on the song."""
        return in_fitting_half(self.name)


def in_fitting_half(name: str) -> bool:
    """Whether a song belongs to the half that weights are fitted on; the same on any machine."""
    return zlib.crc32(name.encode()) % 2 == 0


def sources(folder: Path, songs: int) -> Iterator[tuple[str, list[Path]]]:
    """Each source with at most `songs` of its files, the same ones every time."""
    for source in sorted(p for p in folder.glob("*/*") if p.is_dir()):
        files = sorted(source.glob("*.mid"), key=lambda p: zlib.crc32(b"pick" + p.stem.encode()))
        if files:
            yield source.name, files[:songs]


def truths(folder: Path, songs: int, labelled_songs: int = sys.maxsize) -> Iterator[Truth]:
    """Songs of a corpus whose beats are known, at most so many a source; POP909's come first."""
    for source, files in sorted(sources(folder, sys.maxsize), key=lambda s: s[0] != "POP909"):
        for file in files[: labelled_songs if source == "POP909" else songs]:
            try:
                song = read(file)
            except RestyleError:
                continue
            truth = labelled(file, song) if source == "POP909" else stated(file, source, song)
            if truth is not None and song.note_count > 100 and 20 < len(truth.beats) < 2500:
                yield truth


def labelled(file: Path, song: Song) -> Truth | None:
    """POP909: beats from the set's own labels."""
    labels = file.with_name(f"{file.stem}.beat_midi.txt")
    if not labels.exists():
        return None
    table = np.loadtxt(labels)
    # Times of the labels are the file's; the reader may have put silence before a pickup.
    silence = float(seconds_at(song.tempos, np.array([song_shift(song)]))[0])
    return Truth(file.stem, "POP909", song, table[:, 0] + silence, table[:, 2] > 0)


def song_shift(song: Song) -> int:
    """Ticks that the reader put before the file's own tick 0."""
    return song.meters[0].bar_length(TICKS) - song.pickup if song.pickup else 0


def stated(file: Path, source: str, song: Song) -> Truth | None:
    """Files on their own beat that state their meter: what they state; else None."""
    meters = stated_meters(song)
    fit = grid_fit(song)
    if meters is None or not fit.trusted or (fit.best < 0.2 and source != "MIDI_1"):
        return None
    names = {m.name for m in meters}
    compound = names <= {"6/8", "9/8", "12/8"}
    if not compound and not names <= {"2/4", "3/4", "4/4", "6/4"}:
        return None
    whole = all((b.start - a.start) % a.bar_length(TICKS) == 0 for a, b in pairwise(meters))
    if not whole:
        return None
    step = TICKS * 3 // 2 if compound else TICKS
    lines = bar_lines(meters, song.end, TICKS)
    beats = [np.arange(a, b, step) for a, b in pairwise(lines)]
    down = np.concatenate([np.arange(len(b)) == 0 for b in beats])
    song = replace(song, meters=meters)
    return Truth(
        file.stem, source, song, seconds_at(song.tempos, np.concatenate(beats)), down, compound
    )
