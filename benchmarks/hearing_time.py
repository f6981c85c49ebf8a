"""Measures of the time side of hearing: beats, bars, meter, swing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import mir_eval
import numpy as np
from numpy.typing import NDArray

from hearing_table import Row
from hearing_truth import Truth, song_shift, sources, truths
from restyle.analysis.align import delayed, seconds_at
from restyle.analysis.barring import Barred, put_in_bars
from restyle.analysis.beats import without_beat
from restyle.analysis.swing import song_swing
from restyle.errors import RestyleError
from restyle.io import read
from restyle.music.song import TICKS, Meter, Song, bar_lines

Seconds = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """How one song was heard: beat and downbeat F-measure, and whether its meter was right."""

    beats: float
    downbeats: float
    family: bool
    tempo: bool


def f_measure(truth: Seconds, heard: Seconds) -> float:
    """mir_eval's beat F-measure (70 ms), its first five seconds left out as mir_eval does."""
    trimmed = (mir_eval.beat.trim_beats(truth), mir_eval.beat.trim_beats(heard))
    return float(mir_eval.beat.f_measure(*trimmed))


def heard_beats(barred: Barred) -> tuple[Seconds, Seconds]:
    """Beats and downbeats in seconds of the song as it was before."""
    song = barred.song
    lines = bar_lines(song.meters, song.end, TICKS)
    starts = np.array([m.start for m in song.meters])
    beats = []
    for begin, end in pairwise(lines):
        meter = song.meters[int(np.searchsorted(starts, begin, side="right")) - 1]
        beats.append(np.arange(begin, end, TICKS * 3 // 2 if is_compound(meter) else TICKS))
    return tuple(
        seconds_at(song.tempos, ticks) + barred.begin
        for ticks in (np.concatenate(beats), lines[:-1])
    )  # type: ignore[return-value]


def is_compound(meter: Meter) -> bool:
    return meter.denominator == 8 and meter.numerator % 3 == 0


def family(meters: Iterable[Meter], end: int) -> str:
    """Duple, triple or compound: what most of a song is in."""
    meters = list(meters)
    ends = [m.start for m in meters[1:]] + [max(end, meters[-1].start + 1)]
    lasts: Counter[str] = Counter()
    for meter, until in zip(meters, ends, strict=True):
        triple = "triple" if meter.numerator in (3, 6) else "duple"
        lasts["compound" if is_compound(meter) else triple] += until - meter.start
    return lasts.most_common(1)[0][0]


def score(truth: Truth, song: Song) -> Score:
    """Hear `song`, which is the truth's song with something hidden but real time kept."""
    barred = put_in_bars(song)
    beats, downbeats = heard_beats(barred)
    right = family(truth.song.meters, truth.song.end)
    ratio = np.median(np.diff(beats)) / np.median(np.diff(truth.beats))
    return Score(
        f_measure(truth.beats, beats),
        f_measure(truth.beats[truth.down], downbeats),
        family(barred.song.meters, barred.song.end) == right,
        bool(abs(ratio - 1) < 0.08),
    )


def no_meter(truth: Truth) -> Truth:
    """The truth with its song's meter hidden, and silence that told of a pickup cut off."""
    cut = song_shift(truth.song)
    silence = float(seconds_at(truth.song.tempos, np.array([cut]))[0])
    song = replace(delayed(truth.song, -cut), pickup=0)
    return replace(truth, song=song, beats=truth.beats - silence)


def time_rows(folder: Path, songs: int) -> Iterator[Row]:
    """All rows of the time side."""
    plain: dict[str, list[Score]] = defaultdict(list)
    hidden: dict[str, list[Score]] = defaultdict(list)
    bare: dict[str, list[Score]] = defaultdict(list)
    for truth in truths(folder, songs, songs):
        half = "fitted" if truth.fitting else "new"
        if truth.source == "POP909":
            plain[half].append(score(truth, truth.song))
        if half == "new":
            bare[truth.source].append(score(truth, without_beat(truth.song)))
            if truth.source != "POP909":
                cut = no_meter(truth)
                unmetered = replace(cut.song, meters=(Meter(0, 4, 4),), meter_known=False)
                hidden[truth.source].append(score(cut, unmetered))
    both = plain["new"] + plain["fitted"]
    if both:
        yield from f_rows("POP909", both, ("≥ 0.90", ""))
        yield from f_rows("POP909, songs not fitted on", plain["new"], ("≥ 0.90", ""))
    for source, scores in bare.items():
        yield from f_rows(f"{source}, tempo map and meter hidden", scores, ("", ""))
        yield share_row(f"{source}, the same: tempo right", [s.tempo for s in scores])
    for source, scores in hidden.items():
        yield share_row(
            f"{source}, meter hidden: duple, triple or compound", [s.family for s in scores]
        )
        yield mean_row(f"{source}, meter hidden: downbeat F", [s.downbeats for s in scores])
    yield from whole_corpus_rows(folder, songs)


def whole_corpus_rows(folder: Path, songs: int) -> Iterator[Row]:
    """Shares of songs that are judged live and that are judged to swing, by source."""
    for source, files in sources(folder, songs):
        live, swung = [], []
        for file in files:
            try:
                song = read(file)
            except RestyleError:
                continue
            barred = put_in_bars(song)
            live.append(barred.live)
            swung.append(song_swing(barred.song) > 1.3)
        yield share_row(f"{source}: not on its file's beat", live)
        yield share_row(f"{source}: swings (ratio over 1.3)", swung)


def f_rows(name: str, scores: list[Score], aims: tuple[str, str]) -> Iterator[Row]:
    yield mean_row(f"{name}: beat F", [s.beats for s in scores], aims[0])
    yield mean_row(f"{name}: downbeat F", [s.downbeats for s in scores], aims[1])


def mean_row(measure: str, values: list[float], aim: str = "") -> Row:
    return Row(measure, f"{np.mean(values):.3f}" if values else "-", aim, len(values))


def share_row(measure: str, values: list[bool]) -> Row:
    return Row(measure, f"{100 * np.mean(values):.0f} %" if values else "-", "", len(values))
