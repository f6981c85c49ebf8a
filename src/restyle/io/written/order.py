"""The order in which written bars are played: repeats, endings, sections, da capo and dal segno.

Conventions: a repeat goes back to the last sign that opens one, or else to the last double bar
line or end of a repeat; the endings of a repeat say by number how often it is played; after a da
capo or dal segno nothing is repeated and only the last ending is played. Where a sign to jump has
no end (no fine, no coda), the music goes on behind the sign the second time.
All of it is linear: what would last `MOST_TIMES` as long as what is written is not played out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from restyle.io.written.score import Bar

MOST_TIMES = 8
"""How many times as long as it is written a piece may last."""
FEW_NOTES = 4000
"""Notes and bars that are always played out."""
MOST_PASSES = 24
"""Passes of one repeat; a higher number is a slip."""


class TooLong(Exception):
    """The repeats would go on for ever, or nearly."""


@dataclass
class _Budget:
    """What may still be played."""

    left: int

    @classmethod
    def of(cls, bars: Sequence[Bar]) -> _Budget:
        written = sum(len(bar.notes) + 1 for bar in bars)
        return cls(max(MOST_TIMES * written, FEW_NOTES))

    def spend(self, bar: Bar) -> None:
        self.left -= len(bar.notes) + 1
        if self.left < 0:
            raise TooLong


def played(bars: Sequence[Bar], part_order: Sequence[str] = ()) -> list[int]:
    """Indices of the bars in the order in which they are played.

    Raises TooLong where that would be out of proportion.
    """
    budget = _Budget.of(bars)
    if part_order and (order := _by_parts(bars, part_order, budget)):
        return order
    order = _repeated(bars, 0, len(bars), budget)
    return _jumped(bars, order, budget)


def _by_parts(bars: Sequence[Bar], names: Sequence[str], budget: _Budget) -> list[int]:
    """The sections in the order that the head of the file gives; [] where it names none."""
    begins = [i for i, bar in enumerate(bars) if bar.sections]
    if not begins:
        return []
    spans: dict[str, tuple[int, int]] = {}
    for begin, end in zip(begins, [*begins[1:], len(bars)], strict=True):
        for name in bars[begin].sections:
            spans.setdefault(name, (begin, end))
    if not any(name in spans for name in names):
        return []
    out = _repeated(bars, 0, begins[0], budget)
    for name in names:
        if name in spans:
            out += _repeated(bars, *spans[name], budget)
    return out


def _repeated(bars: Sequence[Bar], first: int, last: int, budget: _Budget) -> list[int]:
    """The bars from `first` up to `last`, repeats and endings played out, without jumps."""
    out: list[int] = []
    start = first
    while start < last:
        end = _section_end(bars, start, last)
        passes = _passes(bars, start, end)
        for turn in range(1, passes + 1):
            for i in _pass(bars, start, end, turn, passes):
                budget.spend(bars[i])
                out.append(i)
        start = end
    return out


def _section_end(bars: Sequence[Bar], start: int, last: int) -> int:
    """Where the section that begins at `start` ends: one repeat with its endings, or none."""
    explicit = bars[start].opens
    in_endings = False
    for i in range(start, last):
        bar = bars[i]
        in_endings = in_endings or bool(bar.ending)
        more = i + 1 < last and bool(bars[i + 1].ending) and _is_later(bars, start, i + 1)
        if i + 1 >= last or more:
            continue
        if bars[i + 1].opens or bar.repeats:
            return i + 1
        if bar.closes and (in_endings or not explicit) and not _ending_follows(bars, i, last):
            return i + 1
    return last


def _is_later(bars: Sequence[Bar], start: int, i: int) -> bool:
    """Whether the ending at `i` goes on a row of endings; a first ending again does not."""
    return not (1 in bars[i].ending and bars[i].opens) and (i > start)


def _ending_follows(bars: Sequence[Bar], i: int, last: int) -> bool:
    return i + 1 < last and bool(bars[i + 1].ending)


def _passes(bars: Sequence[Bar], start: int, end: int) -> int:
    """How often the section is played."""
    named = [number for i in range(start, end) for number in bars[i].ending]
    by_sign = 1 + max((bars[i].repeats for i in range(start, end)), default=0)
    if named:
        return min(max(named), MOST_PASSES)
    return min(by_sign, MOST_PASSES)


def _pass(bars: Sequence[Bar], start: int, end: int, turn: int, passes: int) -> list[int]:
    """One time through a section."""
    out: list[int] = []
    playing, in_ending = True, False
    for i in range(start, end):
        ending = bars[i].ending
        if ending:
            if in_ending and playing and turn < passes:
                break
            in_ending, playing = True, turn in ending
        if not playing:
            # an ending ends with its repeat sign or double bar; then all play again
            if bars[i].repeats or bars[i].closes:
                playing, in_ending = i + 1 < end and not bars[i + 1].ending, False
            continue
        out.append(i)
        if turn < passes and (bars[i].repeats or (in_ending and bars[i].closes)):
            break
        if in_ending and (bars[i].repeats or bars[i].closes):
            in_ending = False
    return out


def _jumped(bars: Sequence[Bar], order: list[int], budget: _Budget) -> list[int]:
    """The order with the first da capo or dal segno in it followed."""
    jump = next((i for i in order if bars[i].after & {"dacapo", "dalsegno"}), None)
    if jump is None:
        return order
    last = len(order) - 1 - order[::-1].index(jump)
    marks = bars[jump].after
    begin = 0
    if "dalsegno" in marks:
        begin = next((i for i, bar in enumerate(bars) if "segno" in bar.before), 0)
    again = _once(bars, begin)
    leave = _coda(bars, begin, jump) if "alfine" not in marks else None
    if leave is not None:
        again = [i for i in again if i < leave[0] or i >= leave[1]]
    elif "alcoda" not in marks or any("fine" in bars[i].after for i in again):
        fine = next((n for n, i in enumerate(again) if "fine" in bars[i].after), None)
        again = again[: fine + 1] if fine is not None else again
    for i in again:
        budget.spend(bars[i])
    return order[: last + 1] + again


def _coda(bars: Sequence[Bar], begin: int, jump: int) -> tuple[int, int] | None:
    """The bar before which the coda is gone to, and the bar where it begins; None without one."""
    begins = [i for i, bar in enumerate(bars) if "coda" in bar.before]
    leaves = [i + 1 for i, bar in enumerate(bars) if bar.after & {"coda", "tocoda"}]
    named = [i for i in begins if i > jump]
    if named:
        target = named[0]
    elif begins and len(begins) + len(leaves) >= 2:
        target = begins[-1]
    else:
        return None
    before = [i for i in sorted([*leaves, *begins]) if begin < i < target and i <= jump + 1]
    return (before[0], target) if before else None


def _once(bars: Sequence[Bar], begin: int) -> list[int]:
    """Bars from `begin` on without repeats, each time with the last ending."""
    out: list[int] = []
    start = 0
    while start < len(bars):
        end = _section_end(bars, start, len(bars))
        if end > begin:
            passes = _passes(bars, start, end)
            out += [i for i in _pass(bars, start, end, passes, passes) if i >= begin]
        start = end
    return out
