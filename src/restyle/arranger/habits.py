"""Habits: what a part does oftener in real songs than in what the model samples.

A small model's samples are flatter than its songs: too few notes on the beat, too many lengths,
basses that stand where they should walk. Counted side by side, real arrangements of a style and
sampled ones show how much, and the difference, as nats, is added while sampling (the moments of
the samples are matched to those of the songs). A part's habits are its places in the bar, the
strides from place to place, note lengths, steps above the chord's root, moves of its lowest voice,
heights, drums, how many places a bar has, and how many notes a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.arranger.memory import parts_of
from restyle.lead import LeadSheet
from restyle.parts import PARTS
from restyle.song import GRID
from restyle.tokens import vocabulary as v

FOUR = 4 * GRID
"""Grid positions of a 4/4 bar; in other bars only the place in the beat counts."""
LEAP = 12
"""Semitones from which on a move of the lowest voice counts as so large."""
HEIGHT = 6
"""Semitones of a stretch of the keyboard."""
SIZES = {
    "place": FOUR,
    "stride": FOUR,
    "length": v.DURATION.size,
    "step": 12,
    "move": 2 * LEAP + 1,
    "height": -(-128 // HEIGHT),
    "drum": v.DRUM.size,
    "hold": GRID * v.DURATION.size,
}
ROWS = {**SIZES, "more": 2}
"""What a description has of a part: nats for each of `SIZES`, and for another place and another
note at a place. Those of "hold", lengths by place in the beat, come on top of those of "length"."""
MOST = 1.2
"""Nats that a habit may add or take at most."""
TRUST = 0.8
"""Share of the difference that is made up for."""
TIED = 2.0
"""Share of the notes, spread over all lengths at all places, below which their tie is doubted."""
ENOUGH = 40.0
"""Bars of a part below which little is believed of it."""

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """A part's habits in some songs, every song weighing the same."""

    tables: dict[str, Table]
    """Shares, by the names of `SIZES`."""
    places: float
    """Places struck in a bar, on average."""
    notes: float
    """Notes struck at a place, on average."""
    bars: float


def count_habits(songs: Sequence[tuple[LeadSheet, Sequence[Sequence[int]]]]) -> dict[str, Counts]:
    """The habits of each part, from lead sheets and their arrangement bars (tokens)."""
    gathered: dict[str, list[Counts]] = {}
    for lead, bars in songs:
        for part in PARTS:
            counts = _of_song(lead, bars, PARTS.index(part))
            if counts is not None:
                gathered.setdefault(part, []).append(counts)
    return {part: _mean(counts) for part, counts in gathered.items()}


def _mean(songs: list[Counts]) -> Counts:
    tables = {name: np.mean([s.tables[name] for s in songs], axis=0) for name in SIZES}
    places, notes = (float(np.mean([getattr(s, n) for s in songs])) for n in ("places", "notes"))
    return Counts(tables, places, notes, sum(s.bars for s in songs))


def _of_song(lead: LeadSheet, bars: Sequence[Sequence[int]], part: int) -> Counts | None:
    lines = lead.bar_starts()
    tables = {name: np.zeros(size) for name, size in SIZES.items()}
    played = [parts_of(bar).get(part) for bar in bars[: lead.bars]]
    low = -1
    for number, tokens in enumerate(played):
        here = int(lines[number]), int(lines[number + 1])
        low = _count_bar(tables, tokens or [], lead, here, low)
    notes = tables["length"].sum() + tables["drum"].sum()
    places = sum(token in v.POSITION for tokens in played for token in tokens or [])
    if not places:
        return None
    shares = {name: table / max(table.sum(), 1) for name, table in tables.items()}
    there = sum(tokens is not None for tokens in played)
    return Counts(shares, places / there, float(notes) / places, there)


def _count_bar(
    tables: dict[str, Table],
    tokens: Sequence[int],
    lead: LeadSheet,
    bar: tuple[int, int],
    low: int,
) -> int:
    """Count one bar; `low` is the lowest note of the place before, and the last one comes back."""
    begin, end = bar
    root, new, before = -1, False, -1
    for token in tokens:
        if token in v.POSITION:
            place = v.POSITION.value(token)
            if 0 <= before < place:
                tables["stride"][min(place - before, FOUR) - 1] += 1
            before = place
            tables["place"][_folded(place, end - begin)] += 1
            chord = lead.chord_at(begin + place)
            root, new = (chord.root if chord else -1), True
        elif token in v.PITCH:
            pitch = v.PITCH.value(token)
            tables["height"][pitch // HEIGHT] += 1
            if root >= 0:
                tables["step"][(pitch - root) % 12] += 1
            if new:
                if low >= 0:
                    tables["move"][np.clip(pitch - low, -LEAP, LEAP) + LEAP] += 1
                low, new = pitch, False
        elif token in v.DURATION:
            length = v.DURATION.value(token)
            tables["length"][length] += 1
            tables["hold"][max(before, 0) % GRID * v.DURATION.size + length] += 1
        elif token in v.DRUM:
            tables["drum"][v.DRUM.value(token)] += 1
    return low


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
        rows["more"] = nats(np.array([want.places / have.places, want.notes / have.notes]))
        out[part] = {n: " ".join(f"{x:.0f}" for x in row) for n, row in rows.items()}
    return dict(sorted(out.items()))


def _tied(holds: Table) -> Table:
    """How much oftener lengths come at places in the beat than either would alone."""
    joint = holds.reshape(GRID, -1)
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

    Steps above the root are left out: the chords are the song's, and to exaggerate a style's
    sevenths and sixths was measured to cost more of them than it adds to the style.
    """
    marks = describe_habits(own, theirs)
    return {part: {n: r for n, r in rows.items() if n != "step"} for part, rows in marks.items()}


def describe_lengths(own: dict[str, Counts]) -> dict[str, str]:
    """The shares of note lengths in a style's parts, in thousandths, ready for JSON: what `pace`
    holds a part to."""
    return {
        part: " ".join(f"{1000 * x:.0f}" for x in counts.tables["length"])
        for part, counts in sorted(own.items())
        if counts.tables["length"].any()
    }


def added(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Two descriptions together: the second was measured with the first at work."""
    out = {**old, **new}
    for part in old.keys() & new.keys():
        out[part] = {}
        for name, row in new[part].items():
            before = old[part].get(name)
            total = _row(row) if before is None else _row(before) + _row(row)
            limited = np.clip(total, -200 * MOST, 200 * MOST)
            out[part][name] = " ".join(f"{x:.0f}" for x in limited)
    return out


def mixed_habits(shares: Sequence[tuple[dict[str, Any], float]]) -> dict[str, Any]:
    """The habits of a blend: descriptions with their shares; a part that one lacks adds nothing."""
    out: dict[str, Any] = {}
    for part in sorted({part for described, _ in shares for part in described}):
        rows = [(d[part], share) for d, share in shares if part in d]
        out[part] = {
            name: " ".join(
                f"{x:.0f}" for x in _summed([(d[name], w) for d, w in rows if name in d])
            )
            for name in rows[0][0]
        }
    return out


def mixed_lengths(shares: Sequence[tuple[dict[str, str], float]]) -> dict[str, str]:
    """The note lengths of a blend; of a part, those of the styles that have it."""
    out = {}
    for part in sorted({part for described, _ in shares for part in described}):
        rows = [(d[part], share) for d, share in shares if part in d]
        whole = sum(share for _, share in rows)
        out[part] = " ".join(f"{x:.0f}" for x in _summed(rows) / whole)
    return out


def _summed(rows: Sequence[tuple[str, float]]) -> Table:
    return np.asarray(np.sum([share * _row(row) for row, share in rows], axis=0))


def _row(text: str) -> Table:
    return np.array([float(x) for x in text.split()])


class Habits:
    """The nats of a style's habits, part by part, for a song moved by `shift` semitones.

    `described` are descriptions with their weights, which add up.
    """

    def __init__(self, described: Sequence[tuple[dict[str, Any], float]], shift: int = 0):
        self._stretches = np.clip(np.arange(128) - shift, 0, 127) // HEIGHT
        self._parts: dict[str, dict[str, Table]] = {}
        for description, weight in described:
            for part, rows in description.items():
                mine = self._parts.setdefault(part, {n: np.zeros(s) for n, s in ROWS.items()})
                for name, row in rows.items():
                    mine[name] = mine[name] + weight * _row(row) / 100
        self._nats: dict[tuple[str, int, int, int, int], NDArray[np.float32]] = {}

    def nats(
        self, part: str, state: str, length: int, root: int, low: int = -1, place: int = 0
    ) -> NDArray[np.float32] | None:
        """What to add in a state of the grammar, at a place of a bar of that length, over a chord
        of that root (-1 for none), after a lowest note `low` (-1 for none); shape (v.SIZE,), not to
        be written to, or None for a part without habits."""
        if part not in self._parts:
            return None
        if state == "pitch":
            key = part, place % GRID, -1, -1, -1
        else:
            key = part, -1, length, root, low if state == "onset" else -1
        known = self._nats.get(key)
        if known is None:
            known = self._nats[key] = self._summed(*key)
        return known

    def _summed(
        self, part: str, struck: int, length: int, root: int, low: int
    ) -> NDArray[np.float32]:
        """`struck` is the place in the beat of a note whose length is asked for, -1 for another
        question."""
        rows = self._parts[part]
        out = np.zeros(v.SIZE, dtype=np.float32)
        if struck >= 0:
            hold = rows["hold"].reshape(GRID, -1)[struck]
            out[v.DURATION.first : v.DURATION.end] = rows["length"] + hold
            return out
        beat = rows["place"].reshape(-1, GRID).mean(axis=0)
        places = rows["place"] if length == FOUR else np.tile(beat, 7)
        places = places[: v.POSITION.size]
        out[v.POSITION.first : v.POSITION.first + len(places)] = places
        keys = np.arange(128)
        if root >= 0:
            out[v.PITCH.first : v.PITCH.end] = rows["step"][(keys - root) % 12]
        out[v.PITCH.first : v.PITCH.end] += rows["height"][self._stretches]
        if low >= 0:
            moves = np.clip(keys - low, -LEAP, LEAP) + LEAP
            out[v.PITCH.first : v.PITCH.end] += rows["move"][moves]
        out[v.DRUM.first : v.DRUM.end] = rows["drum"]
        return out

    def strides(self, part: str) -> NDArray[np.float32] | None:
        """What to add on the places 1, 2, ... grid positions after the last one; shape (FOUR,)."""
        rows = self._parts.get(part)
        return None if rows is None else rows["stride"].astype(np.float32)

    def density(self, part: str, state: str) -> tuple[float, float]:
        """What to add on another place, and on another note at this place."""
        rows = self._parts.get(part)
        if rows is None or state not in ("part", "note"):
            return 0.0, 0.0
        return float(rows["more"][0]), float(rows["more"][1])
