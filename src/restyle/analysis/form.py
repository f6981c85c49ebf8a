"""Form: the sections of a song, by what comes back of its tune and chords.

The song is told in blocks of bars at the least cost, after the principle of minimum description
length: a block is either new, which costs a bar a bar, or an earlier stretch again, which costs
what the two differ in; each block costs something, and unusual lengths more (most sections have
eight bars, some four, twelve or sixteen). Blocks that are alike get the same letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.music.lead import LeadSheet
from restyle.music.song import GRID

LONGEST, SHORTEST = 16, 4
"""Bars of a section."""
A_BLOCK = 1.5
"""What each block costs, in bars of new music."""
LENGTHS = {8: 0.0, 4: 0.75, 16: 2.0, 12: 1.0, 6: 1.5, 10: 1.5, 14: 2.0}
UNUSUAL = 3.0
"""What a length costs that is none of these."""
DIFFERENT = 1.5
"""What a bar costs that is told as another one and has nothing of it."""
CHORDS = 0.5
"""Share of the chords in how alike two bars are; the rest is the tune's."""
SAME = 0.55
"""How alike two blocks are that have one letter, 0..1."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Section:
    """Bars `first` up to `last` (from 0, last not included); sections alike have one letter."""

    letter: str
    first: int
    last: int

    @property
    def bars(self) -> str:
        """ "9-16", as musicians count them."""
        return f"{self.first + 1}-{self.last}"


def find_form(lead: LeadSheet) -> tuple[Section, ...]:
    """The sections of a song, in order, without gaps; a pickup bar belongs to the first."""
    alike = bar_likeness(lead)
    begin = 1 if lead.pickup and lead.bars > 1 else 0
    blocks = _split_at_sources(*_cheapest(alike, begin))
    letters = _letters(blocks, alike)
    out = [Section(x, a, b) for x, (a, b) in zip(letters, blocks, strict=True)]
    first = out[0]
    return (Section(first.letter, 0, first.last), *out[1:])


def turns(lead: LeadSheet) -> tuple[int, ...]:
    """The last bars of sections but the song's own last one, from 0: where a drummer fills in."""
    return tuple(section.last - 1 for section in find_form(lead)[:-1])


def bar_likeness(lead: LeadSheet) -> Floats:
    """How alike each two bars are, 0..1, shape (bars, bars): by the chords, beat by beat, and by
    which notes of the tune begin where; of bars without a tune by the chords alone."""
    lines = lead.bar_starts().tolist()
    chords, tunes = [], []
    for begin, end in pairwise(lines):
        beats = [lead.chord_at(at) for at in range(begin, end, GRID)]
        chords.append([(c.root, c.triad) if c else (-1, "") for c in beats])
        low, high = np.searchsorted(lead.melody["start"], (begin, end))
        tunes.append({(int(n["start"]) - begin, int(n["pitch"])) for n in lead.melody[low:high]})
    count = len(chords)
    out = np.eye(count)
    for i in range(count):
        for j in range(i):
            out[i, j] = out[j, i] = _alike(chords[i], chords[j], tunes[i], tunes[j])
    return out


def _alike(
    a: Sequence[tuple[int, str]],
    b: Sequence[tuple[int, str]],
    sung: set[tuple[int, int]],
    other: set[tuple[int, int]],
) -> float:
    if len(a) != len(b):
        return 0.0
    harmony = sum(x == y for x, y in zip(a, b, strict=True)) / max(len(a), 1)
    if not sung and not other:
        return harmony
    tune = 2 * len(sung & other) / (len(sung) + len(other))
    return CHORDS * harmony + (1.0 - CHORDS) * tune


def _cheapest(alike: Floats, begin: int) -> tuple[list[tuple[int, int]], list[int]]:
    """The cheapest blocks from bar `begin` on, and of each the bar that it repeats from, or -1."""
    count = len(alike)
    cost = np.full(count + 1, np.inf)
    cost[begin] = 0.0
    back: dict[int, tuple[int, int]] = {}
    off = DIFFERENT * (1.0 - alike)
    # sums along diagonals: what a stretch costs told as the one so many bars before
    along = np.zeros((count + 1, count + 1))
    for i in range(count):
        along[i + 1, 1:] = along[i, :-1] + off[i]
    for first in range(begin, count):
        for length in range(1, LONGEST + 1):
            last = first + length
            if last > count or (length < SHORTEST and last < count and first > begin):
                continue
            own = cost[first] + A_BLOCK + LENGTHS.get(length, UNUSUAL)
            sources = range(begin, first - length + 1)
            told = [along[last, q + length] - along[first, q] for q in sources]
            best = int(np.argmin(told)) if told else -1
            again = told[best] if told else np.inf
            if own + min(again, length) < cost[last]:
                cost[last] = own + min(again, length)
                back[last] = (first, begin + best if again < length else -1)
    blocks, sources_of = [], []
    at = count
    while at > begin:
        first, source = back[at]
        blocks.append((first, at))
        sources_of.append(source)
        at = first
    return blocks[::-1], sources_of[::-1]


def _split_at_sources(blocks: list[tuple[int, int]], sources: list[int]) -> list[tuple[int, int]]:
    """The blocks, new ones split where a later one begins or stops to repeat them."""
    edges = {edge for block in blocks for edge in block}
    wanted = {
        edge
        for (first, last), source in zip(blocks, sources, strict=True)
        if source >= 0
        for edge in (source, source + last - first)
    }
    for edge in sorted(wanted):
        if all(abs(edge - other) >= SHORTEST for other in edges):
            edges.add(edge)
    return list(pairwise(sorted(edges)))


def _letters(blocks: Sequence[tuple[int, int]], alike: Floats) -> list[str]:
    """A letter for each block: that of the earlier one that it is most like, or a new one."""
    out: list[str] = []
    for number, (first, last) in enumerate(blocks):
        best, letter = SAME, ""
        for other, (a, b) in enumerate(blocks[:number]):
            length = min(last - first, b - a)
            if 2 * length < max(last - first, b - a):
                continue
            same = float(np.mean([alike[first + i, a + i] for i in range(length)]))
            if same >= best:
                best, letter = same, out[other]
        out.append(letter or _named(len(set(out))))
    return out


def _named(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"Z{number - 25}"


def form_line(form: Sequence[Section]) -> str:
    """The form in one line, for people: "A 1-8, A 9-16, B 17-24"."""
    return ", ".join(f"{section.letter} {section.bars}" for section in form)


def within_and_between(lead: LeadSheet, form: Sequence[Section]) -> tuple[float, float]:
    """How alike sections of one letter are, and sections of different letters: means over pairs of
    sections of the likeness of their bars, one by one, 0..1; nan where there are no such pairs."""
    alike = bar_likeness(lead)
    same: list[float] = []
    others: list[float] = []
    for number, a in enumerate(form):
        for b in form[:number]:
            length = min(a.last - a.first, b.last - b.first)
            mean = float(np.mean([alike[a.first + i, b.first + i] for i in range(length)]))
            (same if a.letter == b.letter else others).append(mean)
    means = [float(np.mean(some)) if some else float("nan") for some in (same, others)]
    return means[0], means[1]
