"""A tune in ABC as it is written: voices of bars, and the order in which bars are played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from restyle.music.song import Key

MOST_BARS = 5000
"""Bars after which repeats are not played out any further."""


@dataclass
class Note:
    """A note in a bar; times in quarters from the bar's beginning."""

    start: Fraction
    length: Fraction
    pitch: int
    tied: bool = False


@dataclass
class Bar:
    """A bar of one voice, as written."""

    meter: tuple[int, int]
    key: Key
    notes: list[Note] = field(default_factory=list)
    chords: list[tuple[Fraction, str]] = field(default_factory=list)
    tempos: list[tuple[Fraction, float]] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    length: Fraction = Fraction(0)
    opens: bool = False
    """A repeat begins here."""
    repeats: int = 0
    """How many more times the music goes back from the end of this bar."""
    closes: bool = False
    """A double bar line stands at its end."""
    ending: frozenset[int] = frozenset()
    """Passes that the ending beginning here is for; empty when none begins."""
    marks: frozenset[str] = frozenset()


@dataclass
class Voice:
    """A voice: its bars, and what the file says about its sound."""

    name: str = ""
    program: int | None = None
    is_drum: bool = False
    shift: int = 0
    """Semitones from written to sounding pitch."""
    bars: list[Bar] = field(default_factory=list)


@dataclass
class Tune:
    """A tune with its voices."""

    title: str = ""
    meter_known: bool = False
    voices: dict[str, Voice] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    """Texts above the staff."""
    more: int = 0
    """Further tunes in the file, which are not read."""


def played(bars: Sequence[Bar]) -> list[int]:
    """Indices of the bars in the order they are played: repeats, endings, da capo, dal segno."""
    order = _repeated(bars)
    jump = next((i for i, bar in enumerate(bars) if bar.marks & _JUMPS), None)
    if jump is None or len(order) > MOST_BARS:
        return order
    last = len(order) - 1 - order[::-1].index(jump)
    begin = 0
    if "d.s." in {mark[:4] for mark in bars[jump].marks}:
        begin = next((i for i, bar in enumerate(bars) if "segno" in bar.marks), 0)
    again = _once(bars, begin)
    if any("coda" in mark for mark in bars[jump].marks):
        codas = [i for i, bar in enumerate(bars) if "coda" in bar.marks]
        if len(codas) == 2 and codas[0] >= begin:
            return order[: last + 1] + [i for i in again if i < codas[0] or i >= codas[1]]
    fine = next((i for i in again if "fine" in bars[i].marks), None)
    until = again.index(fine) + 1 if fine is not None else len(again)
    return order[: last + 1] + [i for i in again[:until] if fine is not None or i <= jump]


_JUMPS = frozenset(
    ("d.c.", "d.s.", "dacapo", "dacoda", "d.c.alfine", "d.s.alfine", "d.c.alcoda", "d.s.alcoda")
)


def _repeated(bars: Sequence[Bar]) -> list[int]:
    """The order with repeats and endings, without jumps."""
    out: list[int] = []
    start, turn, explicit = 0, 1, False
    i = 0
    while i < len(bars) and len(out) <= MOST_BARS:
        bar = bars[i]
        if bar.opens and (start != i or not explicit):
            start, turn, explicit = i, 1, True
        if bar.ending and turn not in bar.ending:
            i = _past_ending(bars, i)
            continue
        out.append(i)
        if bar.ending and not _more_endings(bars, i, turn):
            # the last ending: what comes after it is a new section
            start, turn, explicit = i + 1, 1, False
        if bar.repeats and turn <= bar.repeats and start <= i:
            turn += 1
            i = start
            continue
        if bar.repeats or (bar.closes and not explicit and turn == 1):
            start, turn, explicit = i + 1, 1, False
        i += 1
    return out


def _past_ending(bars: Sequence[Bar], i: int) -> int:
    """The bar after the ending that begins at `i`."""
    j = i + 1
    while j < len(bars) and not (
        bars[j].ending or bars[j].opens or bars[j - 1].repeats or bars[j - 1].closes
    ):
        j += 1
    return j


def _more_endings(bars: Sequence[Bar], i: int, turn: int) -> bool:
    """Whether an ending for a later turn follows before the next section."""
    if any(number > turn for number in bars[i].ending):
        return True
    for j in range(i + 1, len(bars)):
        if bars[j].opens:
            return False
        if bars[j].ending:
            return any(number > turn for number in bars[j].ending)
    return False


def _once(bars: Sequence[Bar], begin: int) -> list[int]:
    """Bars from `begin` on without repeats, each time with the last ending."""
    out: list[int] = []
    i = begin
    while i < len(bars):
        if bars[i].ending and _more_endings(bars, i, max(bars[i].ending)):
            i = _past_ending(bars, i)
            continue
        out.append(i)
        i += 1
    return out
