"""Restyling the songs of a report and measuring what comes out, over all cores."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.critic.likeness import load_profiles
from restyle.critic.played import Played, played, triads_only
from restyle.critic.profile import Profile
from restyle.critic.reference import reference
from restyle.errors import RestyleError
from restyle.io import read, write
from restyle.metrics import mma
from restyle.metrics.content import melody_kept
from restyle.metrics.facts import Facts, Figures, facts
from restyle.metrics.measures import Judges, Setting, measured
from restyle.metrics.originality import Moves
from restyle.metrics.sounded import band_figures, sounded_result
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.song import Song, Track, in_ticks
from restyle.options import TransferOptions
from restyle.pipeline import Arranger, Result
from restyle.report.cases import Case
from restyle.style.style import load_styles
from restyle.workers import parallel

ROWS = ("model", "floor", "ceiling", "chance", "mma")
"""The model's results; the base unchanged; a real song of the target style; what a random other
real song plays, under the base's tune; what MMA plays."""

_PROGRAMS = {
    "bass": 33, "guitar": 25, "keys": 16, "strings": 48, "winds": 65, "brass": 61, "synth": 88,
}  # fmt: skip
Arrange = Callable[[LeadSheet, str], Result]
"""A lead sheet and the name of a style to a result: a model at work."""


@dataclass(frozen=True)
class Settings:
    """How results are made."""

    targets: tuple[str, ...]
    among: tuple[str, ...]
    """The styles that the judge chooses from."""
    model: Path | None = None
    """A model folder; the one that ships when None."""
    seed: int = 0
    with_mma: bool = True
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """Mechanisms of the decoder that are left out, or left alone in."""


@dataclass(frozen=True)
class Row:
    """One song under measure: a result, or what stands beside it."""

    kind: str
    song: str
    base_style: str
    target: str
    figures: Figures
    verdict: str
    """What style the judge takes it for."""
    moves: list[Moves] = field(repr=False)
    profile: Profile = field(repr=False)
    mgeval: dict[str, NDArray[np.float64]] = field(repr=False)
    result: Song | None = field(default=None, repr=False)
    base: Song | None = field(default=None, repr=False)


def run_cases(
    cases: Sequence[Case],
    settings: Settings,
    workers: int = 1,
    on_case: Callable[[int, int], None] | None = None,
    arrange: Arrange | None = None,
) -> list[Row]:
    """All rows of all cases, in order; the same whatever the number of `workers` (processes).

    `on_case(done, all)` is called after each song. `arrange` stands in for the model, in this
    process alone.
    """
    out: list[Row] = []
    if workers == 1 or arrange is not None:
        results: Iterator[list[Row]] = (_rows(case, settings, arrange) for case in cases)
    else:
        results = parallel(partial(_rows, settings=settings), cases, workers, batch=1)
    for done, rows in enumerate(results):
        out += rows
        if on_case:
            on_case(done + 1, len(cases))
    return out


def real_rows(case: Case, targets: Sequence[str]) -> list[Row]:
    """The rows of one song that need no model: itself, and what real songs play."""
    base, other = _standing(case)
    measures = [
        _Measure(case, target, tuple(targets), base) for target in targets if target != case.style
    ]
    return [row for measure in measures for row in measure.beside(base, other)]


def _rows(case: Case, settings: Settings, arrange: Arrange | None = None) -> list[Row]:
    """The rows of one song, for every target style but its own."""
    arrange = arrange or _model(settings)
    base, other = _standing(case)
    out: list[Row] = []
    for target in settings.targets:
        if style_asked(target) == case.style:
            continue
        measure = _Measure(case, target, settings.among, base, settings.model)
        began = time.perf_counter()
        result = arrange(case.lead, target)
        seconds = time.perf_counter() - began
        out.append(measure.result(result, seconds))
        out += measure.beside(base, other)
        if settings.with_mma and mma.installed():
            played_by_rule = _mma(case, target)
            if played_by_rule is not None:
                out.append(measure.row("mma", facts(played_by_rule, reference())))
    return out


def _standing(case: Case) -> tuple[Facts, Facts | None]:
    """The base, and what another song's band plays under it."""
    swing = 2.0 if case.base.swings else 1.0
    band = case.other
    other = None if band is None else facts(played(case.base.lead, band, swing), reference())
    return facts(case.base, reference()), other


def _mma(case: Case, target: str) -> Played | None:
    try:
        made = mma.arrange(case.lead, target)
    except RestyleError:
        return None  # it stumbles over a chord or a bar: no row is better than none of the report
    return None if made is None else played(case.base.lead, *made)


class _Measure:
    """Measures songs that stand for one base in one target style."""

    def __init__(
        self,
        case: Case,
        target: str,
        among: tuple[str, ...],
        base: Facts,
        model: Path | None = None,
    ):
        self._case, self._target = case, target
        style = style_asked(target)
        self._judges = _judges()
        known = self._judges.full.styles
        chosen = tuple(style for style in among if style in known)
        real = case.partners.get(style)
        self.partner = None if real is None else facts(real, reference())
        own = None if style in reference().profiles or model is None else _own(model, style)
        self._setting = Setting(base, case.style, style, self.partner, chosen, own)

    def row(self, kind: str, song: Facts) -> Row:
        figures, verdict = measured(
            song, self._setting, reference(), self._judges, kind == "ceiling"
        )
        return Row(
            kind,
            self._case.name,
            self._case.style,
            self._target,
            figures,
            verdict,
            song.moves,
            song.profile,
            song.mgeval,
        )

    def beside(self, base: Facts, other: Facts | None) -> list[Row]:
        """The base unchanged, a real song of the target style, and another song's band."""
        there = (("floor", base), ("ceiling", self.partner), ("chance", other))
        return [self.row(kind, song) for kind, song in there if song is not None]

    def result(self, result: Result, seconds: float) -> Row:
        """The row of a model's result; its melody is looked for in the file that is written."""
        arrangement = result.takes[0].arrangement
        song = played(triads_only(result.lead), arrangement, result.swing)
        row = self.row("model", facts(song, reference()))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.mid"
            write(result.song, path)
            row.figures["melody_kept"] = melody_kept(result.lead, read(path), result.swing)
        row.figures["seconds"] = seconds
        usual = reference().drum_keys(style_asked(self._target))
        sounded = sounded_result(result.song, result.lead, result.swing)
        row.figures.update(band_figures(sounded, usual))
        pictured = {"result": result.song, "base": as_song(self._case.base)}
        return Row(**{**vars(row), **pictured})


def style_asked(target: str) -> str:
    """The style of a target that may name a manner: "jazz" of "jazz/ballad"."""
    return target.partition("/")[0]


def as_song(song: Played) -> Song:
    """A measured song as one to look at: its melody and its parts."""
    sheet = lead_song(song.lead)
    tracks = list(sheet.tracks)
    for part, notes in song.arrangement.parts.items():
        program, is_drum = _PROGRAMS.get(part, 0), part == "drums"
        tracks.append(Track(part.capitalize(), program, in_ticks(notes), is_drum))
    return replace(sheet, tracks=tuple(tracks))


@cache
def _own(model: Path, style: str) -> Profile | None:
    """The profile that a model folder keeps of a style of its own; None where it has none."""
    styles = load_styles(model)
    if style not in styles:
        return None
    return load_profiles(model, [styles[style]]).get(styles[style].slot)


@cache
def _judges() -> Judges:
    return Judges.load()


@cache
def _model(settings: Settings) -> Arrange:
    """The model of a folder, on one core: the others have songs of their own."""
    band = Arranger(settings.model, threads=1)

    def arrange(lead: LeadSheet, target: str) -> Result:
        options = TransferOptions(
            target, seed=settings.seed, without=settings.without, only=settings.only
        )
        return band.transfer(lead, options)

    return arrange
