"""The whole way: a song in, heard, arranged, and the same song in another style out."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from restyle.critic.ear import Ear
from restyle.critic.likeness import likeness, load_profiles, profile_of, target_of
from restyle.critic.profile import Profile
from restyle.critic.takes import TakeMeasures, measure_take
from restyle.decoding.decode import DecodeOptions, Job, Redo, arrange_bars
from restyle.decoding.echo import Votes
from restyle.decoding.engine import Engine
from restyle.decoding.halves import LEAST_BARS, arrange_song
from restyle.decoding.second import SecondProcess, can_help
from restyle.errors import RestyleError
from restyle.io.feel import usual_feel
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import STEP, Song, Touch
from restyle.music.transpose import home_of, moved
from restyle.options import TransferOptions
from restyle.style.blend import style_of
from restyle.style.example import (
    Example,
    ExampleBars,
    nearest_style,
    steps_between,
)
from restyle.style.harmony import lean_for, reharmonised
from restyle.style.redo import arrangement_in, parse_bars, parts_in, spliced
from restyle.style.render import band_of, render
from restyle.style.style import Style, load_styles, pick_parts
from restyle.tokens.vocabulary import LONGEST_BAR

PRETRAINED = Path(__file__).parent / "pretrained" / "arranger"
"""The model that ships in the package."""
FEEL_FROM = 1.2
"""Swing ratio of a song from which on an example or a lead counts as swinging."""

LEAST_HELPED = 12
"""Bars of a song that is rehearsed from which on a second process is worth its start."""


@dataclass(frozen=True)
class Take:
    """One sampled result and how it measures."""

    song: Song
    arrangement: Arrangement
    measures: TakeMeasures


@dataclass(frozen=True)
class Result:
    """What a transfer made: the best take first."""

    lead: LeadSheet
    style: Style
    takes: tuple[Take, ...]
    swing: float = 1.0
    """The ratio that the result is played with; its score is written straight."""
    notes: tuple[str, ...] = ()
    """What could not be done as asked, a sentence each."""
    redone: tuple[int, int] | None = None
    """Of bars made anew, the ticks where the first begins and the last ends."""

    @property
    def song(self) -> Song:
        return self.takes[0].song


class Arranger:
    """A model at work: its styles and its engine."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder or PRETRAINED
        self.styles = load_styles(self.folder)
        self.engine = Engine.load(self.folder)
        self.profiles = load_profiles(self.folder, list(self.styles.values()))
        self.knows_examples = _knows_examples(self.folder)

    def transfer(
        self,
        lead: LeadSheet,
        options: TransferOptions,
        on_bar: Callable[[int, int], None] | None = None,
        on_music: Callable[[int, int, Song], None] | None = None,
    ) -> Result:
        """Arrange a lead sheet. `on_bar(done, all)` counts the bars of all takes together;
        `on_music(take, bar, song)` gives, as soon as they stand, the bars of a take (from 0) before
        bar `bar`, whose notes stay (how loud they are, and how long the last are held, may change).

        Raises UnknownStyle for a style or part that is not there, RestyleError for a lead sheet
        that the model cannot write down.
        """
        options.check()
        style = self.style(options)
        lead = moved(lead, options.key, options.tempo)
        check_bars(lead)
        parts = parts_for(style, options)
        if options.earlier is not None:
            lead = with_chords_of(lead, options.earlier)
        elif options.harmony == "reharmonise":
            rng = np.random.default_rng([options.seed, 1])
            lead = reharmonised(lead, style.figures["changes"], rng)
        ratio = style.swing_ratio(lead.tempos[0].bpm) if counts_quarters(lead) else 1.0
        work = _Work(lead, style, parts, ratio, _target(self, style, options), None)
        if options.earlier is not None:
            there = arrangement_in(options.earlier, lead, parts, ratio)
            work = replace(work, redo=Redo(there, *parse_bars(options.redo, lead.bars)))
        takes = []
        with self._helper(work, options) as helper:
            for number, rng in enumerate(np.random.default_rng(options.seed).spawn(options.takes)):

                def report(done: int, bars: int, number: int = number) -> None:
                    if on_bar:
                        on_bar(number * bars + done, options.takes * bars)

                heard = partial(on_music, number) if on_music else None
                takes.append(self._take(work, options, rng, report, helper, heard))
        takes.sort(key=lambda take: -take.measures.score)  # stable: of equals the earlier take
        untaught = [part for part in parts if part not in style.known_parts]
        notes = tuple(
            f"The {style.name} songs hardly have {part}: expect little of it." for part in untaught
        )
        return Result(lead, style, tuple(takes), ratio, notes, work.span)

    def check(self, options: TransferOptions) -> None:
        """Raise RestyleError for options that cannot be, whatever the song is.

        An example and an earlier result need not have been read.
        """
        options.check()
        if options.to:
            style_of(self.styles, options.to)
        pick_parts(next(iter(self.styles.values())), options.parts)

    def style(self, options: TransferOptions) -> Style:
        """The style that the options ask for: by name, as a blend, or of an example.

        Raises UnknownStyle for a name that is not there, RestyleError when nothing is asked for.
        """
        if not options.to and options.like is None:
            raise RestyleError("No style was said: name one, or give an example.")
        named = style_of(self.styles, options.to) if options.to else None
        if options.like is None:
            assert named is not None
            return named
        return options.like.style(
            named or nearest_style(options.like, list(self.styles.values()), self.engine)
        )

    def _take(
        self,
        work: _Work,
        options: TransferOptions,
        rng: np.random.Generator,
        on_bar: Callable[[int, int], None],
        helper: SecondProcess | None,
        on_music: Callable[[int, Song], None] | None,
    ) -> Take:
        lead, style = work.lead, work.style
        feel = "swing" if work.ratio >= FEEL_FROM else "straight"
        lean = lean_for(options.harmony)
        choose = DecodeOptions(options.sampling, options.strength, feel, lean)
        if options.like is not None:
            choose = self._following(options.like, choose, work)
        elif options.strength > 0:
            lengths = work.target["onset_duration"] if work.target else None
            ear = self._ear(work, options.strength)
            choose = replace(choose, by_place=lengths, listener=ear)
        report = partial(_heard_so_far, work, options, on_music) if on_music else None
        arrangement = self._arranged(work, choose, rng, on_bar, helper, report)
        song = _rendered(work, options, arrangement, rng)
        song = replace(song, made_with=options.settings(band_of(song, arrangement)))
        if work.span is not None and options.earlier is not None:
            song = spliced(options.earlier, song, *work.span)
        near = likeness(lead, arrangement, work.target) if work.target else None
        return Take(song, arrangement, measure_take(lead, arrangement, style, near))

    def _arranged(
        self,
        work: _Work,
        choose: DecodeOptions,
        rng: np.random.Generator,
        on_bar: Callable[[int, int], None],
        helper: SecondProcess | None,
        on_passage: Callable[[Arrangement, int], None] | None,
    ) -> Arrangement:
        job = Job(work.lead, work.style, work.parts, choose)
        if work.redo:
            return arrange_bars(job, self.engine, rng, on_bar, work.redo, on_passage)
        engine = self.engine.on_one_core() if helper else self.engine
        return arrange_song(job, engine, rng, on_bar, helper, on_passage)

    def _helper(
        self, work: _Work, options: TransferOptions
    ) -> AbstractContextManager[SecondProcess | None]:
        """Who plays a part of it meanwhile, where there is a core for that, and enough to play."""
        rehearsed = options.like is None and options.strength > 0
        enough = work.lead.bars >= (LEAST_HELPED if rehearsed else LEAST_BARS)
        if self.engine.folder and enough and not work.redo and can_help():
            return SecondProcess(self.engine.folder)
        return nullcontext()

    def _ear(self, work: _Work, strength: float) -> Ear:
        """Who has passages played again. What is made like an example has its votes for that."""
        heard_as = tuple(s.name for s in self.styles.values() if s.slot in dict(work.style.slots))
        begin = work.redo.first if work.redo else 0
        return Ear(work.lead, work.target, heard_as, work.ratio, strength, begin)

    def _following(self, example: Example, choose: DecodeOptions, work: _Work) -> DecodeOptions:
        """The options that follow an example."""
        key, context = home_of(work.lead.key), self.engine.context
        bars = ExampleBars(example, work.style, key, work.parts, context, self.knows_examples)
        votes = Votes.of(example.lead, bars.played, steps_between(example.lead.key, key))
        return replace(choose, preface=bars, votes=votes)


@dataclass(frozen=True)
class _Work:
    """What all takes have in common."""

    lead: LeadSheet
    style: Style
    parts: tuple[str, ...]
    ratio: float
    target: Profile | None
    redo: Redo | None

    @property
    def span(self) -> tuple[int, int] | None:
        """Ticks between which bars are made anew."""
        if self.redo is None:
            return None
        lines = self.lead.bar_starts() * STEP
        return int(lines[self.redo.first]), int(lines[self.redo.last])


def _heard_so_far(
    work: _Work,
    options: TransferOptions,
    on_music: Callable[[int, Song], None],
    played: Arrangement,
    bar: int,
) -> None:
    """Tell what is played before bar `bar`, as it will sound; by chances of its own, so that who
    listens meanwhile changes nothing."""
    chances = np.random.default_rng(0)
    on_music(bar, _rendered(work, options, played, chances))


def _rendered(
    work: _Work, options: TransferOptions, arrangement: Arrangement, rng: np.random.Generator
) -> Song:
    """What the band plays as a song, with the instruments and the touch that were asked for."""
    style = work.style
    played = usual_feel(style.name) if options.feel is None else options.feel
    touch = Touch(style.name, played, options.seed, work.ratio)
    asked = options.instruments
    return render(work.lead, arrangement, style, rng, options.melody, work.ratio, asked, touch)


def parts_for(style: Style, options: TransferOptions) -> tuple[str, ...]:
    """The band: as asked for, as the earlier result has it, or the style's own."""
    if options.earlier is not None:
        return parts_in(options.earlier)
    return pick_parts(style, options.parts)


def _target(band: Arranger, style: Style, options: TransferOptions) -> Profile | None:
    """What takes are compared with: the example's profile, or the style's."""
    if options.like is not None:
        return profile_of(options.like.lead, options.like.arrangement)
    return target_of(style, band.profiles)


def with_chords_of(lead: LeadSheet, earlier: Song) -> LeadSheet:
    """The lead sheet with the chords that an earlier result was made over; where they are others
    than the song's (reharmonised), what sounded under the song's is forgotten."""
    chords = tuple(replace(c, start=c.start // STEP) for c in earlier.chords) or lead.chords
    same = [(c.start, c.root) for c in chords] == [(c.start, c.root) for c in lead.chords]
    return replace(lead, chords=chords, sounding=lead.sounding if same else None)


def _knows_examples(folder: Path) -> bool:
    """Whether the model was trained with examples."""
    try:
        told = json.loads((folder / "training.json").read_text(encoding="utf-8"))
        return float(told["options"]["windows"]["example"]) > 0
    except (OSError, ValueError, KeyError, TypeError):
        return False


@lru_cache(maxsize=4)
def arranger(folder: Path | None = None) -> Arranger:
    """The arranger of a model folder (the shipped one when None), loaded once."""
    return Arranger(folder)


def counts_quarters(lead: LeadSheet) -> bool:
    """Whether the beats are quarters, so that eighths can swing (not in 6/8)."""
    return lead.meters[0].denominator == 4


def check_bars(lead: LeadSheet) -> None:
    """Raise RestyleError where a bar is longer than the vocabulary can say."""
    lines = lead.bar_starts()
    long = np.flatnonzero(np.diff(lines) > LONGEST_BAR)
    if len(long):
        meter = lead.meter_at(int(lines[long[0]])).name
        raise RestyleError(
            f"Bar {long[0] + 1} is in {meter}, which this model has not learnt: write it in "
            f"shorter bars (7/4 is the longest)."
        )
