"""The context: what the model has before it. It slides over songs of any length, by whole phrases.

It holds the heading, the lead of its first bar, and for each of its bars the lead of the next one
and the bar's arrangement; each candidate in a row for each branch (see `guidance`). Between phrases
all candidates are the same: the oldest phrases are forgotten then, in one of them, and the others
copied from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.figures import FIGURES
from restyle.decoding.guidance import Branch, mixed
from restyle.decoding.session import Session
from restyle.decoding.sheet import Sheet
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
Tokens = NDArray[np.int64]


class Context:
    """Rows of the model's cache for `candidates` candidates in each of some branches."""

    def __init__(
        self,
        session: Session,
        sheet: Sheet,
        heading: Sequence[int],
        branches: Sequence[Branch],
        candidates: int,
    ):
        self.bars: list[list[int]] = []
        """The arrangement bars so far, as tokens."""
        self._sheet = sheet
        self._size = session.context
        self._candidates = candidates
        self._cache = session.cache(candidates * len(branches))
        self._branches = len(branches)
        self._weights = np.array([b.weight for b in branches], dtype=np.float32)
        self._openings = [[*b.before, *b.heading(heading)] for b in branches]
        self._first = -1  # the first bar that stands in it
        self._longest = 0  # tokens of the longest phrase so far
        self._begun: list[int] = []  # tokens that stood in each branch before the phrase

    @property
    def room(self) -> int:
        """Tokens that can still be read in every row."""
        return self._cache.room

    def begin_phrase(self, first: int, last: int, tokens: Sequence[int], given: int = 0) -> Logits:
        """Make room for bars `first` up to `last`, of which so many tokens are given, then read
        what stands before them.

        Returns the logits of what follows `tokens`, shape (candidates, vocabulary), the same for
        each.
        """
        if self._first < 0:
            self._first = self._first_that_fits(first, last, given)
            self._read_past(first)
        elif self._cache.room < self._wanted(first, last, given):
            self._slide(self._first_that_fits(first, last, given))
        out = [self._cache.feed_row(row, tokens) for row in range(self._branches)]
        self._begun = [self._cache.lengths[row] for row in range(self._branches)]
        for branch in range(self._branches):
            rows = range(branch, self._cache.batch, self._branches)
            self._cache.copy_row(branch, rows)
        return np.tile(mixed(np.stack(out), self._weights), (self._candidates, 1))

    def end_phrase(self, candidate: int, bars: Sequence[list[int]]) -> None:
        """Go on from one of the candidates, which played these bars (as tokens)."""
        for branch, begun in enumerate(self._begun):
            source = candidate * self._branches + branch
            self._cache.copy_row(source, (branch,), begun)
        self.bars += bars
        self._longest = max(self._longest, sum(len(bar) for bar in bars))

    def read(self, candidate: int, tokens: Sequence[int]) -> Logits:
        """One candidate reads several tokens; logits of shape (vocabulary,)."""
        first = candidate * self._branches
        rows = range(first, first + self._branches)
        out = np.stack([self._cache.feed_row(row, tokens) for row in rows])
        return np.asarray(mixed(out, self._weights)[0])

    def step(self, tokens: Tokens, playing: NDArray[np.bool_]) -> Logits:
        """Each candidate that plays reads one token; the others stay as they are.

        All of them go through the graph in one run. Logits of shape (candidates, vocabulary).
        """
        there = np.flatnonzero(playing)
        first, last = int(there[0]), int(there[-1]) + 1
        rows = np.repeat(np.where(playing, tokens, v.PAD)[first:last], self._branches)
        out = np.zeros((self._candidates, v.SIZE), dtype=np.float32)
        begin = first * self._branches
        logits = self._cache.feed_rows(begin, rows)
        out[first:last] = mixed(logits, self._weights)
        for candidate in np.flatnonzero(~playing[first:last]) + first:
            for row in range(candidate * self._branches, (candidate + 1) * self._branches):
                self._cache.rewind(self._cache.lengths[row] - 1, row)
        return out

    def _wanted(self, first: int, last: int, given: int) -> int:
        """Tokens that are to be free before bars `first` up to `last`."""
        leads = sum(len(self._sheet.following(bar)) for bar in range(first, last))
        usual = FIGURES.phrase_room * self._longest
        free = FIGURES.free * self._size
        most = max(self._size / 2, free + given)
        return int(min(max(free, usual) + given, most)) + leads

    def _first_that_fits(self, first: int, last: int, given: int) -> int:
        """The first bar that may stay, so that all whole phrases that fit do."""
        opening = max(len(tokens) for tokens in self._openings)
        room = self._size - opening - self._wanted(first, last, given)
        for begin, _ in self._sheet.phrases:
            if begin >= first:
                break
            past = sum(len(bar) for bar in self.bars[begin:first])
            leads = sum(len(bar) for bar in self._sheet.tokens[begin : first + 1])
            if past + leads <= room:
                return max(begin, self._first)
        return first

    def _read_past(self, bar: int) -> None:
        """The first candidate reads all that stands before what follows bar `bar`'s lead."""
        past = [*self._sheet.tokens[self._first]]
        for number in range(self._first, bar):
            past += self._sheet.following(number) + self.bars[number]
        for row, opening in enumerate(self._openings):
            self._cache.feed_row(row, [*opening, *past])

    def _slide(self, first: int) -> None:
        """Forget the phrases before bar `first`, whose lead stays: it stands before the last
        arrangement that is forgotten."""
        if first <= self._first:
            return
        gone = len(self._sheet.tokens[self._first])
        for bar in range(self._first, first - 1):
            gone += len(self._sheet.following(bar)) + len(self.bars[bar])
        lead, bar = len(self._sheet.tokens[first]), len(self.bars[first - 1])
        for row, opening in enumerate(self._openings):
            begin = len(opening)
            end = begin + gone + lead
            self._cache.forget(row, (begin, begin + gone), (end, end + bar))
        self._first = first
