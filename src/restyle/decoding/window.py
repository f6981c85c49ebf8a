"""The window: what the model has before it while it writes a bar.

It holds the heading and as many of the last bars as there is room for, and slides over songs of any
length: the bars that are longest ago are forgotten, and what follows moves up. Several lanes of the
engine may run side by side over the same bars, each under another style token; their predictions
are added up with weights. That is guidance (one lane without a style, one with; classifier-free
guidance, Ho & Salimans 2022, for token models Sanchez et al. 2023) and it is blending (one lane a
style).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.engine import Engine
from restyle.decoding.lane import Memory
from restyle.music.classes import CLASSES, PARTS
from restyle.style.style import Style
from restyle.tokens import Grammar
from restyle.tokens import vocabulary as v

RESERVE, KEPT = 0.35, 0.62
"""Shares of the window: what must be free for a lead bar and its arrangement, else it slides; and
what stays full when it slides, which costs little."""
RESERVE_WITH_EXAMPLE, KEPT_WITH_EXAMPLE = 0.25, 0.7
"""The same where an example's bars stand in the window, too. It is read anew then, with other bars
of the example, and that takes as long as dozens of tokens written: so it is to be rare."""


@dataclass(frozen=True)
class Opening:
    """Bars of an example, as tokens around the song's heading and first lead bar."""

    before: list[int]
    """What stands before the heading: a heading and bars of its own."""
    after: list[int]
    """Bars that stand between heading and first lead bar, as if the song had begun with them."""
    joint: list[int]
    """The last of those bars, which follows the first lead bar."""


NO_OPENING = Opening([], [], [])


class Preface(Protocol):
    """An example that stands in the window before the song's own bars."""

    trained: bool
    """Whether the model has learnt to follow an example: then the token for that stands in place
    of a style."""

    def opening(self, turn: int) -> Opening:
        """What stands there when the window is filled for the n-th time, from 0."""


@dataclass(frozen=True)
class Guide:
    """One lane: the style token it stands under, and the weight of its prediction."""

    style: int
    weight: float
    preface: bool = True
    """Whether it sees the example."""


def guides_of(style: Style, weight: float, preface: Preface | None = None) -> tuple[Guide, ...]:
    """The lanes for a style (or blend) of some weight: 0 follows the style-free prediction alone, 1
    the styled one, above exaggerates what sets it off."""
    styled = [Guide(v.STYLE[slot + 1], share * weight) for slot, share in style.slots]
    if preface and preface.trained:
        styled = [Guide(v.EXAMPLE, weight)]
    free = Guide(v.STYLE[0], 1.0 - weight, preface=False)
    return tuple(guide for guide in (*styled, free) if abs(guide.weight) > 1e-9)


@dataclass(frozen=True)
class WindowState:
    """Where a window was."""

    memories: list[Memory]
    """One for each lane."""
    grammar: Grammar
    bars: list[list[int]]
    first: int
    turns: int


class Window:
    """Heading and bars, in one lane for each guide.

    `leads` are the tokens of all lead bars, `past` those of the arrangement bars that are there
    already (for bars anew in the middle of a song).
    """

    def __init__(
        self,
        engine: Engine,
        heading: list[int],
        leads: list[list[int]],
        guides: Sequence[Guide],
        preface: Preface | None = None,
        past: Sequence[list[int]] = (),
    ):
        self.heading, self.leads = heading, leads
        self.bars: list[list[int]] = [*past]  # the arrangement bars so far
        self.grammar = Grammar()
        self._guides, self._preface = guides, preface
        self._lanes = [engine.lane() for _ in guides]
        self._context = engine.context
        self._kept = KEPT_WITH_EXAMPLE if preface else KEPT
        self._reserve = int((RESERVE_WITH_EXAMPLE if preface else RESERVE) * engine.context)
        self._first = 0  # the first bar that stands in the window
        self._turns = 0

    def kept(self) -> WindowState:
        """All that changes while bars are written, to go back to later."""
        memories = [lane.kept() for lane in self._lanes]
        return WindowState(memories, deepcopy(self.grammar), [*self.bars], self._first, self._turns)

    def restore(self, state: WindowState) -> None:
        """Go back to where the window was; a state serves as often as it is needed."""
        for lane, memory in zip(self._lanes, state.memories, strict=True):
            lane.restore(memory)
        self.grammar, self.bars = deepcopy(state.grammar), [*state.bars]
        self._first, self._turns = state.first, state.turns

    @property
    def room(self) -> int:
        """Tokens that still fit."""
        return min(lane.room for lane in self._lanes)

    @property
    def first_part(self) -> str:
        """The part that begins each bar."""
        return next(CLASSES[v.INSTRUMENT.value(t)].part for t in self.heading if t in v.INSTRUMENT)

    def begin_bar(self, bar: int) -> NDArray[np.float32]:
        """Feed what stands before arrangement bar `bar`; returns the logits of its first choice."""
        before = [*self._lead_after(bar), v.PART[PARTS.index(self.first_part)]]
        if not self._turns:
            return self._refill(bar, before)
        if self.room < self._reserve + len(before):
            if self._preface:
                return self._refill(bar, before)
            self._slide(bar, len(before))
        return self._feed(before)

    def end_bar(self, tokens: list[int]) -> None:
        """The bar is written: `tokens`, its closing token left out."""
        self.bars.append(tokens)

    def step(self, token: int) -> NDArray[np.float32]:
        """Feed one chosen token."""
        return self._feed([token])

    def _lead_after(self, bar: int) -> list[int]:
        return self.leads[bar + 1] if bar + 1 < len(self.leads) else [v.END]

    def _first_that_fits(self, bar: int, taken: int) -> int:
        """The first of the last bars that may stay before bar `bar`, beside so many tokens."""
        room = int(self._context * self._kept) - len(self.heading) - taken
        first, size = bar, len(self.leads[bar])
        while first > 0:
            size += len(self.leads[first - 1]) + len(self.bars[first - 1])
            if size > room:
                break
            first -= 1
        return first

    def _slide(self, bar: int, taken: int) -> None:
        """Forget the bars that are longest ago.

        The window is the heading, the lead of its first bar, and for each of its bars the lead of
        the next one and its own arrangement. So the lead of the new first bar stays, which stands
        before the last arrangement that is forgotten.
        """
        first = max(self._first_that_fits(bar, taken), self._first)
        if first == self._first:
            return
        begin = len(self.heading)
        last = begin + len(self.leads[self._first])  # where the last bar to be forgotten begins
        for i in range(self._first, first - 1):
            last += len(self._lead_after(i)) + len(self.bars[i])
        end = last + len(self.leads[first])
        for lane in self._lanes:
            lane.forget((begin, last), (end, end + len(self.bars[first - 1])))
        self._first = first

    def _refill(self, bar: int, before: list[int]) -> NDArray[np.float32]:
        """Start the window anew with the last bars that fit, then go on."""
        opening = self._preface.opening(self._turns) if self._preface else NO_OPENING
        self._turns += 1
        taken = len(before) + len(opening.before) + len(opening.after) + len(opening.joint)
        first = self._first = self._first_that_fits(bar, taken)
        past: list[int] = []
        for i in range(first, bar):
            past += self._lead_after(i) + self.bars[i]
        rest = [*past, *before]
        self.grammar = Grammar()
        for token in (*self.heading, *self.leads[first], *rest):
            self.grammar.advance(token)
        logits = []
        for lane, guide in zip(self._lanes, self._guides, strict=True):
            lane.rewind(0)
            heading = [guide.style if t in v.STYLE else t for t in self.heading]
            seen = opening if guide.preface else NO_OPENING
            tokens = [*seen.before, *heading, *seen.after]
            tokens += [*self.leads[first], *seen.joint, *rest]
            logits.append(lane.feed(np.array(tokens, dtype=np.int64))[0])
        return self._mixed(logits)

    def _feed(self, tokens: list[int]) -> NDArray[np.float32]:
        for token in tokens:
            self.grammar.advance(token)
        ids = np.array(tokens, dtype=np.int64)
        return self._mixed([lane.feed(ids)[0] for lane in self._lanes])

    def _mixed(self, logits: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        if len(logits) == 1:
            return logits[0]
        mixed = sum(
            np.float32(guide.weight) * row for guide, row in zip(self._guides, logits, strict=True)
        )
        return np.asarray(mixed, dtype=np.float32)
