"""The rhythm of a bar where it is given: by the form, by words or by a motif."""

from __future__ import annotations

import numpy as np

from restyle.composer.lead.brief import Brief, Line
from restyle.composer.lead.form import NEW, RHYTHM, SAME, SEQUENCE
from restyle.composer.lead.rhythm import FULL_CLOSES, HALF_CLOSES, pick, strong
from restyle.composer.lead.rules import Note, sequence

Given = list[tuple[int, int, int | None, bool]] | None
"""Place, length, the pitch where it is known, and whether it is certain."""


def given_rhythm(brief: Brief, bar: int, line: Line, rng: np.random.Generator) -> Given:
    """The rhythm of a bar where the plan gives it, with the pitches that a motif has."""
    if bar < 0:
        return [(p, n, None, False) for p, n in brief.upbeat]
    plan = brief.plan[bar]
    if bar in brief.given:
        return [(n.place, n.length, n.pitch, True) for n in brief.given[bar]]
    source = [n for n in line.notes if n.bar == plan.source] if plan.source >= 0 else []
    upbeat = brief.leads_on(bar)
    if bar in brief.rhythms:
        return _over_words(brief, bar, source)
    if plan.how == SAME and source:
        return [(n.place, n.length, n.pitch, True) for n in source]
    if plan.cadence:
        closes = FULL_CLOSES if plan.cadence == "full" else HALF_CLOSES
        pattern = pick(closes[brief.meter], rng)
        if upbeat:
            first = brief.upbeat[0][0]
            pattern = tuple((p, min(n, first - p)) for p, n in pattern if p < first) + brief.upbeat
        return [(p, n, None, False) for p, n in pattern]
    if plan.how == RHYTHM and source:
        return [(n.place, n.length, None, False) for n in source]
    if plan.how == SEQUENCE and source:
        beats = [strong(n.place, brief.meter) for n in source]
        old, new = int(brief.chords[plan.source, 0]), int(brief.chords[bar, 0])
        moved = sequence(source, old, new, beats)
        return [(n.place, n.length, p, False) for n, p in zip(source, moved, strict=True)]
    assert plan.how in (NEW, RHYTHM, SEQUENCE, SAME)
    return None


def _over_words(brief: Brief, bar: int, source: list[Note]) -> Given:
    """The rhythm of the words, with the pitches of a bar that comes again where they fit."""
    pattern = brief.rhythms[bar]
    wanted: list[int | None] = [None] * len(pattern)
    if brief.plan[bar].how in (SAME, SEQUENCE) and len(source) == len(pattern):
        old, new = int(brief.chords[brief.plan[bar].source, 0]), int(brief.chords[bar, 0])
        beats = [strong(n.place, brief.meter) for n in source]
        same = brief.plan[bar].how == SAME and old == new
        pitches = [n.pitch for n in source]
        wanted = [*(pitches if same else sequence(source, old, new, beats))]
    return [(p, n, w, False) for (p, n), w in zip(pattern, wanted, strict=True)]
