"""Generating: a lead sheet goes in phrase by phrase, an arrangement comes out phrase by phrase.

The lead bars are forced, one bar ahead; within a phrase several candidates are sampled side by
side, and the best goes on. All of it happens in the song's home key (see `music.transpose`).
Read `arrange` from top to bottom; then `best_of`, `together`, `passage`, `context`
and `cursor`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from restyle.decoding.again import play_again, played_again, stretches
from restyle.decoding.best_of import best_of
from restyle.decoding.constraints import CONSTRAINTS, Constraints
from restyle.decoding.constraints.ending import Ending
from restyle.decoding.constraints.entry import Entry
from restyle.decoding.constraints.harmony import KeepChords
from restyle.decoding.constraints.walking import Walking
from restyle.decoding.context import Context
from restyle.decoding.cursor import DENSITY, UNSAID, Cursor
from restyle.decoding.guidance import branches
from restyle.decoding.job import Job, Redo
from restyle.decoding.kv_cache import ContextFull
from restyle.decoding.passage import Chooser, Fixed
from restyle.decoding.processors import PROCESSORS, Plan
from restyle.decoding.processors.energy import Energy
from restyle.decoding.processors.fills import FillsAtTurns, drawn_fills
from restyle.decoding.processors.sections import Attributes, unsaid
from restyle.decoding.processors.walking import WalkingLine
from restyle.decoding.sections import sections_of
from restyle.decoding.session import Session
from restyle.decoding.sheet import Sheet, sheet_of
from restyle.errors import RestyleError
from restyle.music.classes import PARTS
from restyle.music.grid import one_voice
from restyle.music.parts import Arrangement
from restyle.music.song import Notes, sort_notes
from restyle.tokens import encode_arrangement, heading_of
from restyle.tokens import vocabulary as v

OnBar = Callable[[int, int, Arrangement | None], None]
"""Told after each bar: bars done, bars in all, and with the last bar of a phrase all that is
arranged so far."""


def arrange(
    job: Job, session: Session, rng: np.random.Generator, on_bar: OnBar | None = None
) -> Arrangement:
    """Sample an arrangement for a lead sheet. The same job and generator give the same notes.

    With `job.redo` only its bars (and parts) are written, after what is there; new notes end where
    those bars end, so that they do not reach into what stays.

    Raises RestyleError for a song whose phrases the model's context cannot hold.
    """
    options = job.options
    sheet = sheet_of(job.lead, job.redo.first if job.redo and job.redo.phrase else 0)
    first, last = (job.redo.first, job.redo.last) if job.redo else (0, sheet.bars)
    heading = heading_of(
        sheet.lead, job.band.parts, None, job.feel, job.band.classes, job.manner
    ).tokens()
    read = branches(job.slots, options.strength, job.example.tokens if job.example else ())
    candidates = options.candidates if options.has("best_of") else 1
    context = Context(session, sheet, heading, read, candidates)
    cursors = [Cursor(sheet, job.band.parts, group.candidates) for group in context.groups]
    plan = Plan(said=_filled(job.attributes))
    before = _written_before(job.redo, sheet, context, cursors) if job.redo else {}
    fixed = {**before, **(_given(job.kept, sheet) if job.kept else {})}
    kept = _Kept(job, sheet)
    passages = [
        (max(begin, first), min(end, last))
        for begin, end in sheet.phrases
        if begin < last and end > first
    ]
    spawned = rng.spawn(len(passages))
    again = played_again(job, sheet, first, fixed, rng)
    chooser = _chooser(job, sheet, plan, rng)
    for (begin, end), chances in zip(passages, spawned, strict=True):
        plan.attributes, plan.energy = kept.plan(begin), kept.energy(begin)
        plan.entered = kept.entered(begin)

        def report(done: int, begin: int = begin, end: int = end) -> None:
            if on_bar and begin + done < end:
                on_bar(begin + done - first, last - first, None)

        rngs = chances.spawn(candidates)
        try:
            for bars in stretches(again, begin, end):
                if again[bars[0]] >= 0:
                    play_again(context, cursors, bars, again[bars[0]])
                    for bar in range(*bars):
                        report(bar + 1 - begin)
                else:
                    told = _counted_from(report, bars[0] - begin)
                    best_of(
                        context, cursors, chooser, job.critic, job.lead, bars, fixed, rngs, told
                    )
        except ContextFull as error:
            raise RestyleError(
                f"Bars {begin + 1} to {end} are more than the model can read at once: "
                "write them with fewer notes, or take fewer parts."
            ) from error
        kept.remember(begin, cursors[0].attributes[0])
        if on_bar:
            on_bar(end - first, last - first, _result(job, sheet, cursors[0]))
    return _result(job, sheet, cursors[0])


def _counted_from(report: Callable[[int], None], bars: int) -> Callable[[int], None]:
    """Told how many bars of a stretch are done, reports so many more."""
    return lambda done: report(bars + done)


def _chooser(job: Job, sheet: Sheet, plan: Plan, rng: np.random.Generator) -> Chooser:
    """All that has a say in a token, by name; who is asked to be silent may be."""
    has = job.options.has
    silenced = any(values[:1] == (0,) for values in job.attributes.values()) or job.course.rests
    names = [name for name in CONSTRAINTS if has(name) and not (name == "playing" and silenced)]
    constraints = Constraints(sheet, job.band, names)
    if job.options.keep_chords and has("harmony"):
        constraints.others.append(KeepChords(sheet, job.band))
    if job.ends and has("ending"):  # before those that ask for more notes, after what may be held
        constraints.others.insert(0, Ending(sheet, "position"))
        constraints.others.append(Ending(sheet, "duration"))
    if job.redo and job.redo.phrase and not silenced:
        constraints.others.append(Entry(sheet, job.band, job.redo.first))
    processors = [make(sheet, job.band, plan) for name, make in PROCESSORS.items() if has(name)]
    if job.walking and has("walking"):
        constraints.others.append(Walking(sheet, job.walking))
        processors.append(WalkingLine(sheet, job.walking))
    if job.fills and has("fills"):
        drawn = drawn_fills(sheet, job.fills, rng.spawn(1)[0])
        processors.append(FillsAtTurns(sheet, drawn))
    if job.course.energy or job.course.rests:
        processors.insert(0, Energy(plan))
    return Chooser(constraints, processors, job.options.sampling)


class _Kept:
    """How each section is played: as it was said, as the example plays it, or as the section was
    begun."""

    def __init__(self, job: Job, sheet: Sheet):
        self._sheet = sheet
        self._sections = sections_of(sheet)
        self._said = _filled(job.attributes)
        self._course = job.course
        self._known: dict[tuple[int, float | None], Attributes] = {}
        if job.example:
            theirs = [_filled(attributes) for attributes in job.example.attributes]
            for number, section in enumerate(self._sections) if theirs else ():
                bar = sheet.phrases[number][0]
                self._known[section, self.energy(bar)] = theirs[section % len(theirs)]

    def _section(self, bar: int) -> tuple[int, float | None]:
        """The section of a bar: at another energy it is another one."""
        return self._sections[int(self._sheet.phrase_of[bar])], self.energy(bar)

    def energy(self, bar: int) -> float | None:
        """The energy of most of a bar's phrase, where it is said."""
        first, last = self._sheet.phrases[self._sheet.phrase_of[bar]]
        said = sorted(self._course.energy[first:last])
        return said[len(said) // 2] if said else None

    def entered(self, bar: int) -> frozenset[int]:
        """The parts that had rested and play in a bar's phrase."""
        silent = self._course.silent(*self._sheet.phrases[self._sheet.phrase_of[bar]])
        return frozenset(PARTS.index(p) for p in self._course.rests if p not in silent)

    def plan(self, bar: int) -> Attributes:
        """How the phrase of a bar is to be played, as far as that is known."""
        known = self._known.get(self._section(bar), unsaid())
        out = np.where(self._said == UNSAID, known, self._said)
        for part in self._course.silent(*self._sheet.phrases[self._sheet.phrase_of[bar]]):
            out[PARTS.index(part), DENSITY] = 0
        return out

    def remember(self, bar: int, played: Attributes) -> None:
        """The phrase of a bar was played so. Silence is not kept: a part that begins later in a
        section was not forgotten."""
        played = np.where(played[:, [DENSITY]] == 0, UNSAID, played)
        known = self._known.setdefault(self._section(bar), unsaid())
        self._known[self._section(bar)] = np.where(known == UNSAID, played, known)


def _filled(attributes: Mapping[str, tuple[int, ...]]) -> Attributes:
    out = unsaid()
    for part, values in attributes.items():
        out[PARTS.index(part), : len(values)] = values
    return out


def _written_before(redo: Redo, sheet: Sheet, context: Context, cursors: Sequence[Cursor]) -> Fixed:
    """Bars before those to be written stand in the context, and parts that stay are given."""
    begins = [begin for begin, _ in sheet.phrases]
    there = encode_arrangement(_moved(redo.arrangement, sheet.shift), sheet.lead, begins)
    for bar, tokens in enumerate(there[: redo.first]):
        for cursor in cursors:
            cursor.replay_bar(bar, tokens)
    for notes in (notes for cursor in cursors for notes in cursor.notes):
        notes.clear()
    context.bars += there[: redo.first]
    fixed: dict[tuple[int, int], list[int]] = {}
    for bar in range(redo.first, redo.last) if redo.parts else ():
        for part, tokens in _by_part(there[bar]).items():
            if PARTS[part] not in redo.parts:
                fixed[bar, part] = tokens
    return fixed


def _given(kept: Arrangement, sheet: Sheet) -> dict[tuple[int, int], list[int]]:
    """The tokens of parts that play what they play, by bar and part."""
    bars = encode_arrangement(_moved(kept, sheet.shift), sheet.lead)
    return {
        (bar, part): tokens
        for bar, said in enumerate(bars)
        for part, tokens in _by_part(said).items()
    }


def _by_part(tokens: list[int]) -> dict[int, list[int]]:
    """The tokens of each part of an arrangement bar, its name left out."""
    out: dict[int, list[int]] = {}
    for token in tokens:
        if token in v.PART:
            part = out[v.PART.value(token)] = []
        else:
            part.append(token)
    return out


def _moved(arrangement: Arrangement, shift: int) -> Arrangement:
    """The arrangement so many semitones higher, drums as they are."""
    parts = {part: notes.copy() for part, notes in arrangement.parts.items()}
    for part, notes in parts.items():
        if part != "drums":
            notes["pitch"] = np.clip(notes["pitch"] + shift, 0, 127)
    return replace(arrangement, parts=parts)


def _result(job: Job, sheet: Sheet, cursor: Cursor) -> Arrangement:
    """What is arranged so far, in the song's own key."""
    made = cursor.arrangement(0, job.band.classes)
    parts = dict(made.parts)
    for player in job.band.pitched:
        if player.instrument.at_once == 1:
            parts[player.part] = one_voice(parts[player.part])
    for part, bars in job.course.rests.items():
        if part in parts:
            parts[part] = _outside(parts[part], sheet, bars)
    if job.kept is not None:
        end = int(sheet.lines[cursor.bar[0] + 1])
        parts |= {p: notes[notes["start"] < end] for p, notes in job.kept.parts.items()}
    made = replace(made, parts=parts)
    if job.redo is None:
        return made
    begin, end = (int(sheet.lines[bar]) for bar in (job.redo.first, job.redo.last))
    return _joined(made, job.redo, begin, end)


def _outside(notes: Notes, sheet: Sheet, bars: frozenset[int]) -> Notes:
    """The notes that begin in none of some bars."""
    there = np.searchsorted(sheet.lines, notes["start"], side="right") - 1
    return notes[~np.isin(there, sorted(bars))]


def _joined(made: Arrangement, redo: Redo, begin: int, end: int) -> Arrangement:
    """The old arrangement with the new notes between two grid positions, none of them longer."""
    parts = {}
    for part, new in made.parts.items():
        there = redo.arrangement.parts[part]
        if redo.parts and part not in redo.parts:
            parts[part] = there
            continue
        new = new.copy()
        new["duration"] = np.minimum(new["duration"], end - new["start"])
        stays = (there["start"] < begin) | (there["start"] >= end)
        parts[part] = sort_notes(np.concatenate([there[stays], new]))
    return replace(made, parts=parts)
