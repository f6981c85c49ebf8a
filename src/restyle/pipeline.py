"""The whole way: a song in, heard, arranged, and the same song in another style out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from restyle.analysis.form import find_form
from restyle.checks import check_bars, check_kept, check_version
from restyle.critic.likeness import likeness, load_profiles
from restyle.critic.preference import Preference
from restyle.critic.takes import TakeMeasures, measure_take
from restyle.decoding.job import Course
from restyle.decoding.session import Session
from restyle.errors import RestyleError
from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import STEP, Song
from restyle.music.transpose import moved
from restyle.options import TransferOptions
from restyle.stretches import idiom_of, stretch_of
from restyle.style.bands import pick_band
from restyle.style.blend import blend, style_of
from restyle.style.example import Example
from restyle.style.frame import framed
from restyle.style.hands import hard_bars, with_room
from restyle.style.harmony import harmonised, is_bare, reharmonised
from restyle.style.keep import later
from restyle.style.level import easy_key
from restyle.style.nearest import nearest_style
from restyle.style.redo import spliced
from restyle.style.sections import (
    LIKE,
    check_example,
    energy_by_bar,
    is_sectional,
    parse_entries,
    parse_styles,
    rests_by_part,
    seams,
    styles_by_bar,
    styles_named,
)
from restyle.style.style import PRETRAINED, Style, load_styles
from restyle.work import Work, arranged, rendered

_BARE = (
    "The song is a melody alone: chords were found to it, and another seed finds others "
    "(harmony keep leaves it without)."
)

OnBar = Callable[[int, int], None]
OnMusic = Callable[[int, int, Song], None]


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
    redone_parts: tuple[str, ...] = ()
    """The parts that were made anew there; all when empty."""

    @property
    def song(self) -> Song:
        return self.takes[0].song


class Arranger:
    """A model at work: its styles and its session."""

    def __init__(self, folder: Path | None = None, threads: int | None = None):
        self.folder = folder or PRETRAINED
        self.styles = load_styles(self.folder)
        check_version(self.folder)
        self.session = Session.load(self.folder, threads)
        self.profiles = load_profiles(self.folder, list(self.styles.values()))

    def transfer(
        self,
        lead: LeadSheet,
        options: TransferOptions,
        on_bar: OnBar | None = None,
        on_music: OnMusic | None = None,
    ) -> Result:
        """Arrange a lead sheet. `on_bar(done, all)` counts the bars of all takes together;
        `on_music(take, bar, song)` gives, as soon as they stand, the bars of a take (from 0) before
        bar `bar`, whose notes stay (how loud they are, and how long the last are held, may change).

        Raises UnknownStyle for a style or part that is not there, RestyleError for a lead sheet
        that the model cannot write down.
        """
        options.check()
        check_kept(options)
        check_example(options.to, options.like is not None)
        style, by_section = self._styled(options)
        bpm = lead.tempos[0].bpm
        key = options.key
        if options.level and not key and not options.keep:
            key = easy_key(lead.key, options.level).name
        lead = moved(lead, key, options.tempo)
        lead, found = _with_chords(lead, style, options)
        lead, before = framed(lead, options.frame)
        if options.kept:
            options = replace(options, kept=later(options.kept, before))
        if options.hands:
            lead = with_room(lead)
        check_bars(lead)
        if options.earlier is not None:
            lead = with_chords_of(lead, options.earlier)
        elif options.harmony == "reharmonise":
            rng = np.random.default_rng([options.seed, 1])
            lead = reharmonised(lead, style.figures["changes"], rng)
        work = self._work(lead, style, by_section, options, lead.tempos[0].bpm / bpm)
        begin = work.redo.first if work.redo else 0
        takes = []
        for number, rng in enumerate(np.random.default_rng(options.seed).spawn(options.takes)):

            def report(
                done: int, bars: int, so_far: Arrangement | None, take: int = number
            ) -> None:
                if on_bar:
                    on_bar(take * bars + done, options.takes * bars)
                if on_music and so_far:  # by chances of its own: who listens changes nothing
                    chances = np.random.default_rng(0)
                    on_music(take, begin + done, rendered(work, options, so_far, chances))

            takes.append(self._take(work, options, rng, report))
        takes.sort(key=lambda take: -take.measures.score)  # stable: of equals the earlier take
        span, again = work.span, options.redo_parts
        notes = (*found, *_notes(work, style))
        return Result(lead, work.style, tuple(takes), work.ratio, notes, span, again)

    def check(self, options: TransferOptions) -> None:
        """Raise RestyleError for options that cannot be, whatever the song is.

        An example and an earlier result need not have been read.
        """
        options.check()
        for name in styles_named(options.to):
            style_of(self.styles, name)
        pick_band(next(iter(self.styles.values())), options.parts)

    def style(self, options: TransferOptions) -> Style:
        """The style that the options ask for: by name, as a blend, or of an example; of sections
        in several styles a blend of all.

        Raises UnknownStyle for a name that is not there, RestyleError when nothing is asked for.
        """
        return self._styled(options)[0]

    def _styled(self, options: TransferOptions) -> tuple[Style, dict[str, Style]]:
        """The style, and by what is said of them the styles of its sections, if it has any."""
        if not options.to and options.like is None:
            raise RestyleError("No style was said: name one, or give an example.")
        if is_sectional(options.to):
            said = dict.fromkeys(one.value for one in parse_styles(options.to))
            found = {name: self._of_section(name, options) for name in said}
            return _together(list(found.values())), found
        named = style_of(self.styles, options.to) if options.to else None
        if options.like is None:
            assert named is not None
            return named, {}
        return self._like(options.like, named), {}

    def _like(self, like: Example, under: Style | None = None) -> Style:
        """The style of an example, played under the tokens of a style, of the nearest if None."""
        return like.style(under or nearest_style(like, list(self.styles.values()), self.profiles))

    def _of_section(self, name: str, options: TransferOptions) -> Style:
        """The style that is said of a section: with a plus a blend, "like" the example's."""
        if name.lower() != LIKE:
            return style_of(self.styles, name.replace("+", ","))
        assert options.like is not None
        return self._like(options.like)

    def _work(
        self, lead: LeadSheet, style: Style, by_section: Mapping[str, Style],
        options: TransferOptions, faster: float,
    ) -> Work:  # fmt: skip
        """What is to be done, for all takes; `faster` than the song was."""
        names = styles_by_bar(options.to, lead)
        energy, entries = options.energy, parse_entries(options.enter, PARTS)
        form = find_form(lead) if energy or entries else ()
        course = Course(
            energy_by_bar(energy, form, lead.bars), rests_by_part(entries, form, lead.bars)
        )
        edges = [b for b in range(1, len(names)) if names[b] != names[b - 1]]
        stretches = []
        for first, last in pairwise([0, *edges, lead.bars]):
            own = by_section[names[first]] if names else style
            like = None if names and names[first].lower() != LIKE else options.like
            asked = replace(options, like=like)
            stretches.append(stretch_of(self, lead, own, asked, (first, last), course))
        style = stretches[0].style if len(stretches) == 1 else style
        return Work(
            lead, style, tuple(stretches), idiom_of(self, style, options), faster, course,
            seams(names, course.energy), options.frame.ending, options.level, options.hands,
        )  # fmt: skip

    def _take(
        self,
        work: Work,
        options: TransferOptions,
        rng: np.random.Generator,
        on_bar: Callable[[int, int, Arrangement | None], None],
    ) -> Take:
        made = arranged(work, self.session, rng, on_bar)
        song = rendered(work, options, made, rng)
        if work.span is not None and options.earlier is not None:
            song = spliced(options.earlier, song, *work.span, options.redo_parts)
        target = work.idiom.target
        near = likeness(work.lead, made, target) if target else None
        usual = float(work.style.figures["notes_a_bar"])
        return Take(
            song, made, measure_take(work.lead, made, usual, Preference.load(work.idiom), near)
        )


def _with_chords(
    lead: LeadSheet, style: Style, options: TransferOptions
) -> tuple[LeadSheet, tuple[str, ...]]:
    """The lead sheet, with chords where it is a melody alone; and a sentence that says so."""
    changes = style.figures.get("changes")
    asked = options.harmony == "enrich" and options.earlier is None
    if not changes or not asked or not is_bare(lead):
        return lead, ()
    rng = np.random.default_rng([options.seed, 1])
    return harmonised(lead, changes, rng), (_BARE,)


def _notes(work: Work, style: Style) -> tuple[str, ...]:
    """What could not be done as asked, a sentence each."""
    untaught = [part for part in work.parts if part not in style.known_parts]
    notes = [
        f"The {style.name} songs hardly have {part}: expect little of it." for part in untaught
    ]
    hard = hard_bars(work.lead, work.level) if work.hands else 0
    if hard:
        bars = f"{hard} of {work.lead.bars} bars"
        notes.append(f"The tune is harder than {work.level} in {bars}: it stays as it is.")
    return tuple(notes)


def _together(styles: Sequence[Style]) -> Style:
    """Several styles as one, which nobody plays: a result's name and what it is measured by."""
    name = "-".join(style.name for style in styles)
    return replace(blend([(s, 1 / len(styles)) for s in styles]), name=name)


def with_chords_of(lead: LeadSheet, earlier: Song) -> LeadSheet:
    """The lead sheet with the chords that an earlier result was made over; where they are others
    than the song's (reharmonised), what sounded under the song's is forgotten."""
    chords = tuple(replace(c, start=c.start // STEP) for c in earlier.chords) or lead.chords
    same = [(c.start, c.root) for c in chords] == [(c.start, c.root) for c in lead.chords]
    return replace(lead, chords=chords, sounding=lead.sounding if same else None)


@lru_cache(maxsize=4)
def arranger(folder: Path | None = None, threads: int | None = None) -> Arranger:
    """The arranger of a model folder (the shipped one when None), loaded once."""
    return Arranger(folder, threads)
