"""The tune of a song: drawn phrase by phrase, of several the best."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.bar import write_bar
from restyle.composer.lead.brief import Brief, Line
from restyle.composer.lead.engine import State
from restyle.composer.lead.form import NEW, SAME
from restyle.composer.lead.rules import Note
from restyle.composer.lead.usual import usual
from restyle.composer.lead.worth import phrase_worth

CANDIDATES = 12
"""Phrases drawn, of which one is kept."""


CRACK = 6
"""Grid positions of silence between two notes of a phrase that nobody would sing."""


def write_tune(brief: Brief, rng: np.random.Generator) -> list[Note]:
    """The notes of the whole plan, in order; the upbeat to the first bar stands in bar -1."""
    state = brief.net.start(1)
    notes: list[Note] = []
    if brief.upbeat:
        state, notes = _phrase(brief, [-1], state, notes, rng)
    begin = 0
    for i, bar in enumerate(brief.plan):
        if bar.left == 1 or i - begin == 3 or i + 1 == len(brief.plan):
            state, notes = _phrase(brief, list(range(begin, i + 1)), state, notes, rng)
            begin = i + 1
    return _one_voice(notes, e.BAR_LENGTH[brief.meter])


def _one_voice(notes: list[Note], bar: int) -> list[Note]:
    """The notes, each ending at the latest where the next begins: a tie that was copied may lead
    into a bar that is new."""
    out = []
    for note, following in pairwise(notes):
        room = (following.bar - note.bar) * bar + following.place - note.place
        out.append(replace(note, length=min(note.length, room)))
    return [*out, *notes[-1:]]


def _phrase(
    brief: Brief, bars: list[int], state: State, notes: list[Note], rng: np.random.Generator
) -> tuple[State, list[Note]]:
    """Draw a phrase several times, and go on from the best."""
    copied = all(b >= 0 and brief.plan[b].how == SAME for b in bars)
    count = 1 if copied else CANDIDATES
    lines = [Line(list(notes)) for _ in range(count)]
    peak = _contour(brief, bars, rng)
    breaths = {bar for bar in bars if _breathes(brief, bar, rng)}
    state = state.rows(np.zeros(count, int))
    for bar in bars:
        state = write_bar(brief, bar, state, lines, peak, bar in breaths, rng)
    worth = [
        line.likely / max(line.drawn, 1)
        + phrase_worth(line.notes[len(notes) :], line.notes[: len(notes)], brief.chords,
                       brief.meter, brief.notes_a_bar, len(bars), brief.style)
        for line in lines
    ]  # fmt: skip
    best = int(np.argmax(worth))
    kept = lines[best].notes
    fresh = [i for i in range(len(notes), len(kept) - 1) if brief.is_new(kept[i])]
    for i in fresh:
        kept[i] = _joined(kept[i], kept[i + 1], e.BAR_LENGTH[brief.meter])
    return state.rows([best]), kept


def _breathes(brief: Brief, bar: int, rng: np.random.Generator) -> bool:
    """Whether the tune rests at the end of a bar that is new: where four bars or two are over, the
    more often, the more rests the style's tunes have."""
    if bar < 0 or brief.plan[bar].how != NEW or brief.plan[bar].cadence:
        return False
    silent = min(usual(brief.style).silent, 0.25)
    place = brief.plan[bar].place % 4
    chance = 4.0 * silent if place == 3 else 2.0 * silent if place == 1 else 0.0
    return bool(rng.random() < chance)


def _joined(note: Note, following: Note, bar: int) -> Note:
    """The note held on to the next one where only a crack is between them."""
    gap = (following.bar - note.bar) * bar + following.place - note.place - note.length
    return replace(note, length=note.length + gap) if 0 < gap <= CRACK else note


def _contour(brief: Brief, bars: list[int], rng: np.random.Generator) -> dict[int, float]:
    """The pitch that the line is drawn to in each bar: phrases rise and sink again, most of all
    (Huron 1996, *The melodic arch*), and the last sinks home."""
    first = brief.plan[max(bars[0], 0)]
    centre = (brief.low + brief.high) / 2 + (2.5 if first.letter in brief.lifted else 0.0)
    shape = [(-3.0, 0.5, 4.0, -2.0), (0.0, 4.0, 2.0, -3.0), (-4.0, -1.0, 2.5, 3.5),
             (4.0, 2.0, -1.0, -4.0)][int(rng.choice(4, p=(0.4, 0.25, 0.15, 0.2)))]  # fmt: skip
    if brief.plan[max(bars[-1], 0)].cadence == "full":
        shape = (shape[0], max(shape[1], 3.0), 0.5, -4.0)
    return {bar: centre + shape[min(i, 3)] for i, bar in enumerate(bars)}
