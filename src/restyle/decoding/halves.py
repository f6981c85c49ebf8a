"""Halves: a long song is played from two places at once, after an opening that both go on from.

A token is chosen after the one before it, so a song takes one core, however many there are. But
the window forgets the bars that are longest ago: what the band plays in the second half it plays
after the last ten bars, and what it keeps to is how the song began. So the second half is played as
if it followed the opening; only what repeats a passage in between would not know it. Opening and
seam are laid so that hardly a bar does, which is possible in most songs.

Where they lie is said by the song alone, and each half has chances of its own: the result is the
same on one core, which plays the halves one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.decode import Band, Job, Redo, arrange_bars, joined
from restyle.decoding.engine import Engine
from restyle.decoding.memory import Form, form_of, phrases
from restyle.decoding.rehearsal import PASSAGE, Listener, rehearse
from restyle.decoding.second import Helper
from restyle.decoding.tries import TriesElsewhere
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID
from restyle.tokens import encode_lead

LEAST_BARS = 48
"""Songs of fewer bars are played from beginning to end."""
LEAST_OPENING, OPENING_STEP = 16, 8
"""Bars of the shortest opening, and by how many others are longer."""
MOST_TIME = 0.85
"""Of the time from beginning to end, what the halves must not take more than, to be worth it."""
MOST_FORGOTTEN = 0.1
"""Of the second half, bars that may repeat something that it does not know."""


@dataclass(frozen=True)
class Halves:
    """How a song is shared out, in bars from 0."""

    opening: int
    """The first bar after the opening."""
    seam: int
    """The first bar of the second half."""

    def second(self, lead: LeadSheet) -> LeadSheet:
        """The song without the first half: its opening, and then the second half."""
        return lead.part(0, self.opening).followed_by(lead.part(self.seam, lead.bars))


def halves_of(lead: LeadSheet, listener: Listener | None = None) -> Halves | None:
    """How to share out a song that somebody listens to; None for one that is short, or that cannot
    be."""
    if lead.bars < LEAST_BARS:
        return None
    leads = encode_lead(lead)
    form = form_of(leads)
    on_beats = lead.bar_starts() % GRID == 0
    seams = [int(bar) for bar in np.flatnonzero(phrases(form)) if on_beats[bar]]
    openings = [o for o in range(LEAST_OPENING, lead.bars, OPENING_STEP) if on_beats[o]]
    shared = [Halves(opening, seam) for opening in openings for seam in seams if opening < seam]
    times = _Times.of(lead, listener)
    for halves in sorted(shared, key=times.of_halves):
        if times.of_halves(halves) > MOST_TIME * times.alone[-1]:
            return None
        if _forgotten(leads, form, halves) <= MOST_FORGOTTEN * (lead.bars - halves.seam):
            return halves
    return None


@dataclass(frozen=True)
class _Times:
    """How long it takes to play up to each bar, in bars played; shape (bars + 1,)."""

    alone: NDArray[np.float64]
    helped: NDArray[np.float64]
    """With somebody who plays every second try."""

    @staticmethod
    def of(lead: LeadSheet, listener: Listener | None) -> _Times:
        """Where the song is rehearsed, half of the tries are taken to be needed."""
        bars = [range(b, min(b + PASSAGE, lead.bars)) for b in range(0, lead.bars, PASSAGE)]
        most = [listener.tries(b.start, b.stop).usual if listener else 1 for b in bars]
        tries = np.repeat(most, PASSAGE)[: lead.bars]
        alone, helped = (np.append(0.0, np.cumsum(t + 1) / 2) for t in (tries, -(-tries // 2)))
        return _Times(alone, helped)

    def of_halves(self, halves: Halves) -> float:
        """Until the longer half is done: only the opening is rehearsed."""
        bars = len(self.alone) - 1
        return float(
            self.helped[halves.opening] + max(halves.seam - halves.opening, bars - halves.seam)
        )


def _forgotten(leads: Sequence[Sequence[int]], form: Form, halves: Halves) -> int:
    """Bars of the second half that repeat something, but nothing of it and of the opening."""
    cut = form_of([*leads[: halves.opening], *leads[halves.seam :]])
    known = cut.source[halves.opening :] >= 0
    return int(((form.source[halves.seam :] >= 0) & ~known).sum())


@dataclass(frozen=True)
class SecondHalf:
    """All that is needed to play it, elsewhere too: nothing in it belongs to a process."""

    job: Job
    """Of the opening and the second half."""
    opening: int
    played: Arrangement
    """The opening as it was played."""
    rng: np.random.Generator

    def play(self, engine: Engine) -> Arrangement:
        """Opening and second half, as if nothing stood between them."""
        redo = Redo(self.played, self.opening, self.job.lead.bars)
        return arrange_bars(self.job, engine, self.rng, redo=redo)


def arrange_song(
    job: Job,
    engine: Engine,
    rng: np.random.Generator,
    on_bar: Callable[[int, int], None] | None = None,
    helper: Helper | None = None,
    on_passage: Callable[[Arrangement, int], None] | None = None,
) -> Arrangement:
    """Sample an arrangement for a whole lead sheet, a long one in halves.

    `on_bar(done, all)` is called after each bar, `on_passage(played, last)` when the bars before
    bar `last` stand (of the second half that is when all is done). The halves are not rehearsed:
    their opening was. The result is the same with a helper, who plays every second try of it, and
    the second half.
    """
    lead, listener, bars = job.lead, job.options.listener, job.lead.bars
    halves = halves_of(lead, listener)
    opening = halves.opening if halves else bars
    band = Band(job, engine)

    told = 0

    def report(bar: int) -> None:
        nonlocal told
        done = min(bar + 1 + max(bar + 1 - opening, 0), bars)  # the other half has come as far
        if on_bar:
            for number in range(told + 1, done + 1):
                on_bar(number, bars)
        told = done

    friend = TriesElsewhere(job, helper) if helper else None
    rehearse(band, 0, opening, rng, listener, report, friend, on_passage)
    if halves is None:
        return band.played()
    cut = replace(job, lead=halves.second(lead), options=replace(job.options, listener=None))
    second = SecondHalf(cut, opening, band.played(), rng.spawn(1)[0])
    if helper:
        helper.start(second)
    rehearse(band, opening, halves.seam, rng, on_bar=report, on_passage=on_passage)
    other: Arrangement = (helper.finish() if helper else None) or second.play(engine)
    report(bars - 1)
    lines = lead.bar_starts()
    later = _later(other, int(lines[halves.seam] - lines[opening]))
    return joined(band.played(), later, 0, int(lines[halves.seam]))


def _later(arrangement: Arrangement, by: int) -> Arrangement:
    """The arrangement so many grid positions later."""
    parts = {part: notes.copy() for part, notes in arrangement.parts.items()}
    for notes in parts.values():
        notes["start"] += by
    return Arrangement(parts)
