"""Counting habits: what parts do in songs and in samples, and what the one has more of.

Descriptions, in hundredths of a nat, are what `restyle.decoding.habits` adds while sampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from restyle.decoding.habits import (
    FOUR,
    HEIGHT,
    LEAP,
    MOST,
    SIZES,
    Table,
    gap_of,
)
from restyle.decoding.memory import parts_of
from restyle.decoding.passing import Line, by_step, may_pass
from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID
from restyle.style.style import Style
from restyle.tokens import vocabulary as v

TRUST = 0.8
"""Share of the difference that is made up for."""
TIED = 2.0
"""Share of the notes, spread over all lengths at all places, below which their tie is doubted."""
ENOUGH = 40.0
"""Bars of a part below which little is believed of it."""
SELDOM, KEPT = 0.02, 0.4
"""Share of the strokes below which nothing is believed of a drum, and how much of a difference is
made up for in one round: what is struck once is kept for the song, so that a little is a lot."""
FEW = 0.005
"""Share of passing notes that is taken to be there when none was seen."""
UNMARKED = ("step", "pass")
"""Habits that are no marks: the notes that a chord does not have."""
UNMARKED_IN = {"bass": ("height",), "drums": ("drum",)}
"""Nor are how high a bass lies, and which drum of a kit is struck. A drum or an octave once chosen
is kept for the song, so that a little on it is a lot."""


@dataclass(frozen=True)
class Counts:
    """A part's habits in some songs, every song weighing the same."""

    tables: dict[str, Table]
    """Shares, by the names of `SIZES`."""
    density: Table
    """Places struck in a bar and notes struck at a place, on average; as shares of what is usual in
    bands of the songs' sizes, where that was given. Shape (2,)."""
    passing: float
    """Share of the notes that are passing notes."""
    bars: float


def count_habits(
    songs: Sequence[tuple[LeadSheet, Sequence[Sequence[int]]]], style: Style | None = None
) -> dict[str, Counts]:
    """The habits of each part, from lead sheets and their arrangement bars (tokens).

    With a style, how much the parts play is counted beside what is usual in a band of that size:
    the samples' bands may be smaller than the songs'.
    """
    gathered: dict[str, list[Counts]] = {}
    for lead, bars in songs:
        found = {part: _of_song(lead, bars, PARTS.index(part)) for part in PARTS}
        played = {part: counts for part, counts in found.items() if counts is not None}
        usual = style.in_band(list(played)).figures.get("pace", {}) if style else {}
        for part, counts in played.items():
            density = counts.density / np.array(usual.get(part, (1.0, 1.0)))
            gathered.setdefault(part, []).append(replace(counts, density=density))
    return {part: _mean(counts) for part, counts in gathered.items()}


def _mean(songs: list[Counts]) -> Counts:
    tables = {name: np.mean([s.tables[name] for s in songs], axis=0) for name in SIZES}
    density = np.mean([s.density for s in songs], axis=0)
    passing = float(np.mean([s.passing for s in songs]))
    return Counts(tables, density, passing, sum(s.bars for s in songs))


def _of_song(lead: LeadSheet, bars: Sequence[Sequence[int]], part: int) -> Counts | None:
    lines = lead.bar_starts()
    tables = {name: np.zeros(size) for name, size in SIZES.items()}
    played = [parts_of(bar).get(part) for bar in bars[: lead.bars]]
    low, line, passing = -1, Line(), 0
    for number, tokens in enumerate(played):
        passing += _count_passing(tokens or [], lead, int(lines[number]), PARTS[part], line)
        here = int(lines[number]), int(lines[number + 1])
        low = _count_bar(tables, tokens or [], lead, here, low)
    notes = tables["length"].sum() + tables["drum"].sum()
    places = sum(token in v.POSITION for tokens in played for token in tokens or [])
    if not places:
        return None
    shares = {name: table / max(table.sum(), 1) for name, table in tables.items()}
    there = sum(tokens is not None for tokens in played)
    density = np.array([places / there, float(notes) / places])
    return Counts(shares, density, passing / float(notes), there)


def _count_bar(
    tables: dict[str, Table],
    tokens: Sequence[int],
    lead: LeadSheet,
    bar: tuple[int, int],
    low: int,
) -> int:
    """Count one bar; `low` is the lowest note of the place before, and the last one comes back."""
    begin, end = bar
    root, before, below = -1, -1, -1
    for token in tokens:
        if token in v.POSITION:
            place = v.POSITION.value(token)
            if 0 <= before < place:
                tables["stride"][min(place - before, FOUR) - 1] += 1
            before = place
            tables["place"][_folded(place, end - begin)] += 1
            chord = lead.chord_at(begin + place)
            root, below = (chord.root if chord else -1), -1
        elif token in v.PITCH:
            pitch = v.PITCH.value(token)
            tables["height"][pitch // HEIGHT] += 1
            if root >= 0:
                tables["step"][(pitch - root) % 12] += 1
            if below >= 0:
                tables["gap"][gap_of(np.array(pitch - below))] += 1
            elif low >= 0:
                tables["move"][np.clip(pitch - low, -LEAP, LEAP) + LEAP] += 1
            low, below = (low if below >= 0 else pitch), pitch
        elif token in v.DURATION:
            length = v.DURATION.value(token)
            tables["length"][length] += 1
            tables["hold"][max(before, 0) % GRID * v.DURATION.size + length] += 1
        elif token in v.DRUM:
            tables["drum"][v.DRUM.value(token)] += 1
    return low


def _count_passing(
    tokens: Sequence[int], lead: LeadSheet, begin: int, part: str, line: Line
) -> int:
    """The passing notes of a bar; `line` goes on with it."""
    place, passing = begin, 0
    for token in tokens:
        if token in v.POSITION:
            place = begin + v.POSITION.value(token)
        elif token in v.PITCH:
            pitch, chord = v.PITCH.value(token), lead.chord_at(place)
            if chord and chord.root >= 0 and pitch % 12 not in chord.pitch_classes:
                near = any(pitch in by_step(p) for p in line.before(place)[1])
                passing += near and may_pass(part, place, chord.start)
            line.struck(place, pitch)
    return passing


def _folded(place: int, length: int) -> list[int]:
    """Where a place counts: itself in 4/4, else that place of every beat."""
    return [place] if length == FOUR else [place % GRID + beat for beat in range(0, FOUR, GRID)]


def describe_habits(real: dict[str, Counts], sampled: dict[str, Counts]) -> dict[str, Any]:
    """What is to be added, in hundredths of a nat, ready for JSON; parts in both only."""
    out: dict[str, Any] = {}
    for part in real.keys() & sampled.keys():
        want, have = real[part], sampled[part]
        sure = min(want.bars, have.bars) / (min(want.bars, have.bars) + ENOUGH)

        def nats(ratio: Table | float, sure: float = sure) -> Table:
            return np.clip(np.rint(100 * TRUST * sure * np.log(ratio)), -100 * MOST, 100 * MOST)

        rows = {}
        for name, size in SIZES.items():
            few = 0.25 / size
            rows[name] = nats((want.tables[name] + few) / (have.tables[name] + few))
        rows["hold"] = nats(_tied(want.tables["hold"]) / _tied(have.tables["hold"]))
        rows["drum"] = KEPT * nats((want.tables["drum"] + SELDOM) / (have.tables["drum"] + SELDOM))
        rows["more"] = nats(want.density / have.density)
        rows["pass"] = nats(np.array([(want.passing + FEW) / (have.passing + FEW)]))
        out[part] = {n: " ".join(f"{x:.0f}" for x in row) for n, row in rows.items() if row.any()}
    return dict(sorted(out.items()))


def _tied(shares: Table) -> Table:
    """How much oftener lengths come at places of the beat than either would alone."""
    joint = shares.reshape(GRID, -1)
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    few = TIED / joint.size
    return np.asarray((joint + few) / (apart + few)).ravel()


def describe_marks(
    own: dict[str, Counts], others: Sequence[dict[str, Counts]]
) -> dict[str, dict[str, str]]:
    """What sets a style's parts off from the same parts in other styles: see `marks_of`. Parts that
    no other style has have no marks."""
    theirs = {
        part: _mean([counts[part] for counts in others if part in counts])
        for part in own
        if any(part in counts for counts in others)
    }
    return marks_of(own, theirs)


def marks_of(own: dict[str, Counts], theirs: dict[str, Counts]) -> dict[str, dict[str, str]]:
    """What sets a style's parts off from others, in hundredths of a nat: what strength leans on.

    Steps above the root and passing notes are left out: the chords are the song's, and to
    exaggerate a style's sevenths and sixths was measured to cost more of them than it adds to the
    style. So are registers of basses and drums of a kit (`UNMARKED_IN`).
    """
    marks = describe_habits(own, theirs)
    return {
        part: {n: r for n, r in rows.items() if n not in (*UNMARKED, *UNMARKED_IN.get(part, ()))}
        for part, rows in marks.items()
    }


def describe_lengths(own: dict[str, Counts]) -> dict[str, str]:
    """The shares of note lengths in a style's parts, in thousandths, ready for JSON: what `pace`
    holds a part to."""
    return {
        part: " ".join(f"{1000 * x:.0f}" for x in counts.tables["length"])
        for part, counts in sorted(own.items())
        if counts.tables["length"].any()
    }
