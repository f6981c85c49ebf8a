"""The order in which the measures of a score are played.

A repeat without a beginning goes back to the last double bar or repeat. Endings are played in
their passes; after a da capo or dal segno repeats are not taken and the last ending alone is
played, unless the repeat says otherwise. Each jump is taken once, so the order ends always.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from restyle.io.musicxml.score import Marks

LONGEST = 8
"""How many times the written music a playing may last."""
_GRACE = 2000  # ... beyond some measures and notes, so that a short vamp may go round


@dataclass(frozen=True, slots=True)
class Played:
    """One measure when it is played, and in which pass of its repeat."""

    index: int
    turn: int = 1


@dataclass(frozen=True, slots=True)
class _Ending:
    first: int
    last: int
    passes: tuple[int, ...]
    group: int
    """Number of its group: endings that follow each other directly."""


def playback(marks: Sequence[Marks], sizes: Sequence[int]) -> list[Played] | None:
    """The measures in the order of playing; None when that would take far longer than is written.

    `sizes` says how many notes each measure holds, in all parts.
    """
    most = LONGEST * (sum(sizes) + len(marks)) + _GRACE
    return _Walk(marks, sizes, most).order()


class _Walk:
    """One way through the measures."""

    def __init__(self, marks: Sequence[Marks], sizes: Sequence[int], most: int) -> None:
        self.marks, self.sizes, self.most = marks, sizes, most
        self.endings = _endings(marks)
        self.passes: dict[int, set[int]] = {}
        self.firsts: dict[int, set[int]] = {}
        self.again_after_jump: set[int] = set()
        for ending in self.endings.values():
            self.passes.setdefault(ending.group, set()).update(ending.passes)
            self.firsts.setdefault(ending.group, set()).add(ending.first)
            if marks[ending.last].after_jump:
                self.again_after_jump.add(ending.group)
        self.segnos = _Signs([(i, mark.segno) for i, mark in enumerate(marks)])
        self.codas = _Signs([(i, mark.coda) for i, mark in enumerate(marks)])
        self.start, self.turn = 0, 1
        self.has_begin = False  # whether a sign says where the repeat begins
        self.returning = self.has_returned = False
        self.jumped: set[int] = set()

    def order(self) -> list[Played] | None:
        out: list[Played] = []
        spent, i = 0, 0
        while 0 <= i < len(self.marks):
            before = self._before(i)
            if before != i:
                i = before
                continue
            out.append(Played(i, self.turn))
            spent += 1 + self.sizes[i]
            if spent > self.most:
                return None
            i = self._after(i)
        return out

    def _before(self, i: int) -> int:
        """The measure to go to instead of one that is reached."""
        mark = self.marks[i]
        if self.has_returned and mark.to_coda_first and (coda := self._coda(i)) is not None:
            return self._to_coda(coda)
        if mark.forward and i != self.start:
            self._section(i)
        if mark.forward:
            self.has_begin = True
        ending = self.endings.get(i)
        if ending is not None and ending.first == i and not self._plays(ending):
            return ending.last + 1
        return i

    def _after(self, i: int) -> int:
        """The measure that follows one just played."""
        mark = self.marks[i]
        if self.has_returned:
            if mark.fine:
                return -1
            if mark.to_coda is not None and not mark.to_coda_first:
                coda = self._coda(i)
                if coda is not None:
                    return self._to_coda(coda)
        if self._again(i):
            self.turn += 1
            return self.start
        turn = self.turn
        ending = self.endings.get(i)
        if (
            mark.times
            or (ending is not None and ending.last == i)
            or (mark.double and not self.has_begin)
        ):
            self._section(i + 1)
        target = self._jump(i, turn)
        if target is not None:
            self.jumped.add(i)
            self.returning = self.has_returned = True
            self._section(target)
            return target
        return i + 1

    def _section(self, start: int) -> None:
        self.start, self.turn, self.has_begin = start, 1, False

    def _to_coda(self, coda: int) -> int:
        self.returning = False
        self._section(coda)
        return coda

    def _plays(self, ending: _Ending) -> bool:
        if self.returning and ending.group not in self.again_after_jump:
            return max(self.passes[ending.group]) in ending.passes
        return self.turn in ending.passes

    def _again(self, i: int) -> bool:
        """Whether one goes back to the beginning of the repeat after measure `i`."""
        mark, ending = self.marks[i], self.endings.get(i)
        if self.returning and not mark.after_jump:
            return False
        if ending is None or ending.last != i:
            return self.turn < mark.times
        if self.turn not in ending.passes:
            return False
        if not mark.times and (mark.dacapo or mark.dalsegno is not None):
            return False  # the jump is the way back
        alone = len(self.firsts[ending.group]) == 1  # the next ending has no bracket
        return self.turn + 1 in self.passes[ending.group] or (alone and mark.times > 0)

    def _jump(self, i: int, turn: int) -> int | None:
        """Where a da capo or dal segno after measure `i` leads; None where none is taken."""
        mark = self.marks[i]
        if i in self.jumped or (mark.jump_passes and turn not in mark.jump_passes):
            return None
        if mark.dacapo:
            return 0
        if mark.dalsegno is None:
            return None
        return self.segnos.last_until(i, mark.dalsegno)

    def _coda(self, i: int) -> int | None:
        """The coda that belongs to a sign in measure `i`."""
        return self.codas.first_after(i, self.marks[i].to_coda or "")


class _Signs:
    """Where signs of one kind stand; those of the name asked for go before others."""

    def __init__(self, named: Sequence[tuple[int, str | None]]) -> None:
        self.all: list[int] = []
        self.by_name: dict[str, list[int]] = {}
        for i, name in named:
            if name is not None:
                self.all.append(i)
                self.by_name.setdefault(name, []).append(i)

    def last_until(self, i: int, name: str) -> int | None:
        for places in (self.by_name.get(name, []), self.all):
            found = bisect_right(places, i)
            if found:
                return places[found - 1]
        return None

    def first_after(self, i: int, name: str) -> int | None:
        for places in (self.by_name.get(name, []), self.all):
            found = bisect_right(places, i)
            if found < len(places):
                return places[found]
        return None


def _endings(marks: Sequence[Marks]) -> dict[int, _Ending]:
    """Measure -> the ending it belongs to."""
    spans: list[tuple[int, int, tuple[int, ...]]] = []
    begin = -1
    passes: tuple[int, ...] = ()
    for i, mark in enumerate(marks):
        if mark.ending:
            if begin >= 0:
                spans.append((begin, i - 1, passes))
            begin, passes = i, mark.ending
        if begin >= 0 and (mark.ending_stops or mark.times or i + 1 == len(marks)):
            spans.append((begin, i, passes))
            begin = -1
    out: dict[int, _Ending] = {}
    group, last, most = 0, -1, 0
    for first, final, passes in spans:
        if first != last + 1 or min(passes) <= most:
            group, most = group + 1, 0
        most, last = max(most, *passes), final
        ending = _Ending(first, final, passes, group)
        out.update(dict.fromkeys(range(first, final + 1), ending))
    return out
