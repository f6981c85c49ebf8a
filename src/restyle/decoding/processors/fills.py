"""Fills: drums lead to the next section in the bar before it, as often as the style's do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.form import turns
from restyle.decoding.cursor import DRUMS, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import State
from restyle.music.drums import CRASH, CRASHES, KICKS, SNARE, SNARES, TIMEKEEPERS, TOMS
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
_KIT = [*KICKS, *SNARES]
_HANDS = (SNARE, *TOMS)


def _tokens(keys: tuple[int, ...]) -> list[int]:
    return [v.DRUM[key - v.FIRST_DRUM] for key in keys]


_LEAVING, _FILLING = _tokens(TIMEKEEPERS), _tokens(_HANDS)


@dataclass(frozen=True)
class Fills:
    """Where the hands leave time for a fill, and which sections a crash begins."""

    begins: Mapping[int, int]
    """By bar, where in it a fill begins."""
    crashes: frozenset[int]
    """Bars."""


def drawn_fills(sheet: Sheet, shares: Sequence[float], rng: np.random.Generator) -> Fills:
    """Fills of one or two beats in the last bars of sections, and crashes after them, as likely as
    `shares` say; of songs that are made with one seed other bars."""
    filled, crashed = shares
    tune = sheet.lead.melody
    of_song = (len(tune), int(tune["pitch"].sum()), int(tune["start"].sum()))
    rng = np.random.default_rng([int(rng.integers(1 << 32)), *of_song])
    begins: dict[int, int] = {}
    crashes = set()
    for bar in turns(sheet.lead):
        fill, length, crash = rng.random(3)
        if fill < filled:
            begin, end = (int(x) for x in sheet.lines[bar : bar + 2])
            beat = GRID if sheet.lead.meter_at(begin).denominator <= 4 else 3 * GRID // 2
            begins[bar] = max(end - begin - beat * (1 if length < FIGURES.short_fills else 2), 0)
            if crash < crashed:
                crashes.add(bar + 1)
    return Fills(begins, frozenset(crashes))


class FillsAtTurns:
    """In a fill the hands leave hi-hat and ride for the snare and the toms, one at a time; the
    section after it may begin with a crash. Only who plays a groove fills in."""

    name = "fills"

    def __init__(self, sheet: Sheet, fills: Fills):
        self._sheet = sheet
        self._fills = fills

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        drumming = cursor.part == DRUMS
        for row in drumming.nonzero()[0].tolist():
            bar, state = int(cursor.bar[row]), cursor.state[row]
            if not self._has_groove(cursor, row, bar):
                continue
            if bar in self._fills.begins:
                self._fill(logits[row], cursor, row, self._fills.begins[bar])
            on_one = cursor.position[row] == 0 and cursor.pitch[row] not in CRASHES
            if bar in self._fills.crashes and _strikes(state) and on_one:
                logits[row, _tokens((CRASH,))] += np.float32(FIGURES.fill)
        return logits

    def _fill(self, logits: Logits, cursor: Cursor, row: int, begin: int) -> None:
        position = int(cursor.position[row])
        if _strikes(cursor.state[row]) and position >= begin:
            logits[_LEAVING] -= np.float32(FIGURES.fill)
            first = cursor.pitch[row] not in _HANDS  # the other hand is on its way to the next
            logits[_FILLING] += np.float32(FIGURES.fill if first else -FIGURES.fill)
        bar = int(cursor.bar[row])
        last = self._sheet.lines[bar + 1] - self._sheet.lines[bar] - GRID
        if position < last and cursor.state[row] in (State.PART, State.PHRASE, State.NOTE):
            logits[cursor.leaving(row)] -= np.float32(FIGURES.fill)

    def _has_groove(self, cursor: Cursor, row: int, bar: int) -> bool:
        """Whether kick or snare was struck since the bar before began."""
        before = self._sheet.lines[max(bar - 1, 0)]
        return bool((cursor.struck[row, DRUMS, _KIT] >= before).any())

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass


def _strikes(state: np.int64) -> bool:
    return bool(state in (State.ONSET, State.NOTE))
