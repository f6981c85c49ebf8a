"""The work of a transfer: its stretches of one style each, what is played in them, and the song
that comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from restyle.critic.idiom import Idiom
from restyle.decoding.generate import arrange
from restyle.decoding.job import Course, Job, Redo
from restyle.decoding.session import Session
from restyle.io.feel import usual_feel
from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import STEP, Notes, Song, Touch, Track, between, notes_array, sort_notes
from restyle.options import TransferOptions
from restyle.style.energy import with_loudness
from restyle.style.fills import with_fills
from restyle.style.frame import faded, slowing, with_count_in, with_last_chord
from restyle.style.hands import in_two_hands, named_hands
from restyle.style.keep import joined, names_by_part, without
from restyle.style.level import at_level
from restyle.style.manner import manner_name
from restyle.style.ornament import ornamented
from restyle.style.release import released
from restyle.style.render import band_of, render
from restyle.style.simple_meters import Simplified
from restyle.style.style import Style

Named = tuple[Song, dict[str, str]]
"""A song and its track names by part."""
OnBar = Callable[[int, int, Arrangement | None], None]


@dataclass(frozen=True)
class Stretch:
    """Bars `first` up to `last` in one style."""

    first: int
    last: int
    job: Job
    style: Style
    ratio: float
    """The swing that they are played with."""
    simplified: Simplified | None = None
    """The lead sheet of the job, where the band reads the song in another meter."""


@dataclass(frozen=True)
class Work:
    """What all takes have in common."""

    lead: LeadSheet
    style: Style
    """The style asked for; of several a blend, which nobody plays."""
    stretches: tuple[Stretch, ...]
    idiom: Idiom
    faster: float = 1.0
    """Times faster than the song was."""
    course: Course = field(default_factory=Course)
    seams: tuple[int, ...] = ()
    """Bars before which drums play a fill."""
    ending: str = ""
    level: str = ""
    hands: bool = False
    """Whether the piano has the tune in its right hand."""

    @property
    def ratio(self) -> float:
        """The swing that the result is played with, where it swings at all."""
        return max(stretch.ratio for stretch in self.stretches)

    @property
    def redo(self) -> Redo | None:
        """The bars to be made anew."""
        return self.stretches[0].job.redo

    @property
    def parts(self) -> tuple[str, ...]:
        """All that play somewhere."""
        return tuple(p for p in PARTS if any(p in s.job.band.parts for s in self.stretches))

    @property
    def span(self) -> tuple[int, int] | None:
        """Ticks between which bars are made anew."""
        if self.redo is None:
            return None
        lines = self.lead.bar_starts() * STEP
        return int(lines[self.redo.first]), int(lines[self.redo.last])


def arranged(work: Work, session: Session, rng: np.random.Generator, on_bar: OnBar) -> Arrangement:
    """What the band plays: one stretch after the other, each hearing what was before it."""
    kept = work.stretches[0].job.kept
    players = {
        player.part: player.instrument
        for stretch in work.stretches
        for player in stretch.job.band.pitched
        if not kept or player.part not in kept.parts
    }

    def report(done: int, bars: int, so_far: Arrangement | None) -> None:
        on_bar(done, bars, so_far and released(so_far, players))

    if len(work.stretches) == 1:
        made = _whole(work.stretches[0], session, rng, report)
    else:
        made = _one_by_one(work, session, rng, report)
    made = released(made, players)
    if work.seams and not (kept and "drums" in kept.parts):
        made = with_fills(made, work.lead, work.seams, rng)
    if work.ending in ("ritardando", "tag"):
        made = with_last_chord(made, work.lead)
    if not work.level:
        return made
    return (in_two_hands if work.hands else at_level)(made, work.lead, work.level)


def _whole(
    stretch: Stretch, session: Session, rng: np.random.Generator, on_bar: OnBar
) -> Arrangement:
    simple = stretch.simplified
    if simple is None:
        return arrange(stretch.job, session, rng, on_bar)

    def report(done: int, bars: int, so_far: Arrangement | None) -> None:
        first = stretch.job.redo.first if stretch.job.redo else 0
        over = simple.bars[first : first + bars]
        begin = int(simple.bars[first - 1]) if first else 0
        on_bar(int(over[done - 1]) - begin, int(over[-1]) - begin, so_far and simple.back(so_far))

    return simple.back(arrange(stretch.job, session, rng, report))


def _one_by_one(
    work: Work, session: Session, rng: np.random.Generator, on_bar: OnBar
) -> Arrangement:
    nothing: Notes = notes_array()
    kept = work.stretches[0].job.kept
    there = Arrangement({**dict.fromkeys(work.parts, nothing), **(kept.parts if kept else {})})
    for stretch, chances in zip(work.stretches, rng.spawn(len(work.stretches)), strict=True):
        band = stretch.job.band
        own = tuple(part for part in band.parts if not kept or part not in kept.parts)
        so_far = Arrangement({part: there.parts[part] for part in band.parts})
        redo = Redo(so_far, stretch.first, stretch.last, own, phrase=True)
        base = there

        def report(
            done: int, _: int, new: Arrangement | None, base: Arrangement = base,
            first: int = stretch.first, own: Sequence[str] = own,
        ) -> None:  # fmt: skip
            on_bar(first + done, work.lead.bars, _with(base, new, own) if new else None)

        job = replace(stretch.job, redo=redo, kept=None)
        there = _with(there, arrange(job, session, chances, report), own)
    return there


def _with(there: Arrangement, new: Arrangement, parts: Sequence[str]) -> Arrangement:
    """The arrangement with some parts of another one."""
    return replace(there, parts={**there.parts, **{part: new.parts[part] for part in parts}})


def rendered(
    work: Work, options: TransferOptions, arrangement: Arrangement, rng: np.random.Generator
) -> Song:
    """What the band plays as a song, with the instruments and the touch that were asked for."""
    kept = options.kept
    lead = kept.lead(work.lead) if kept else work.lead
    own = without(arrangement, kept) if kept else arrangement
    if options.ornament:
        chances = np.random.default_rng([options.seed, 5])
        lead = replace(lead, melody=ornamented(lead, work.stretches[0].style.name, chances))
    songs = []
    for stretch in work.stretches:
        played = _inside(own, work.lead, stretch) if len(work.stretches) > 1 else own
        classes = {p: c for p, c in stretch.job.band.classes.items() if p in played.parts}
        played = replace(played, classes=classes)
        style = stretch.style
        feel = usual_feel(style.name) if options.feel is None else options.feel
        touch = Touch(style.name, feel, options.seed, stretch.ratio)
        asked = options.played_on
        song = render(lead, played, style, rng, options.melody, stretch.ratio, asked, touch)
        songs.append((song, band_of(song, played)))
    song, named = songs[0] if len(songs) == 1 else _in_one(work, songs)
    if work.hands:
        song, named = named_hands(song, named)
    lines = (work.lead.bar_starts() * STEP).tolist()
    song = with_loudness(song, work.course.energy, lines)
    if work.ending == "fade":
        song = faded(song, work.lead.bar_starts() * STEP)
    if kept:
        names = [track.name for track in song.tracks]
        song = joined(song, kept, work.faster)
        renamed = dict(zip(names, (track.name for track in song.tracks), strict=False))
        named = {p: renamed[name] for p, name in named.items()} | dict(names_by_part(kept))
    if work.ending == "ritardando":
        song = replace(song, tempos=slowing(song.tempos, work.lead.bar_starts() * STEP))
    if options.frame.count_in:
        song = with_count_in(song)
    drawn = "" if "/" in options.to or len(work.stretches) > 1 else manner_name(work.style)
    return replace(song, made_with=options.settings(named, drawn))


def _inside(arrangement: Arrangement, lead: LeadSheet, stretch: Stretch) -> Arrangement:
    """What is played in the bars of a stretch, by its band."""
    begin, end = (int(x) for x in lead.bar_starts()[[stretch.first, stretch.last]])
    band = stretch.job.band.parts
    return Arrangement(
        {
            part: between(notes, begin, end)
            for part, notes in arrangement.parts.items()
            if part in band
        }
    )


def _in_one(
    work: Work, songs: Sequence[tuple[Song, dict[str, str]]]
) -> tuple[Song, dict[str, str]]:
    """The stretches, each rendered as a whole song, as one: a track for each part and instrument,
    the tune on that of the first."""
    lines = work.lead.bar_starts() * STEP
    found: dict[tuple[str, int], Track] = {}
    named: dict[str, str] = {}
    for stretch, (song, names) in zip(work.stretches, songs, strict=True):
        begin, end = int(lines[stretch.first]), int(lines[stretch.last])
        parts = {name: part for part, name in names.items()}
        for track in song.tracks:
            part = parts[track.name]
            key = (part, -1 if track.is_melody else track.program)
            inside = between(track.notes, begin, end)
            before = found.get(key)
            if before is None:
                name = _free(track.name, [t.name for t in found.values()])
                found[key] = replace(track, name=name, notes=inside)
            else:
                notes = sort_notes(np.concatenate([before.notes, inside]))
                found[key] = replace(before, notes=notes)
            named.setdefault(part, found[key].name)
    order = sorted(found, key=lambda key: (key[0] in PARTS, [*PARTS, key[0]].index(key[0])))
    return songs[0][0].with_tracks(found[key] for key in order), named


def _free(name: str, taken: Sequence[str]) -> str:
    number, out = 2, name
    while out in taken:
        out, number = f"{name} {number}", number + 1
    return out
