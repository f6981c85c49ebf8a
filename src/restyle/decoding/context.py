"""The context: what the model has before it. It slides over songs of any length, by whole phrases.

It holds the heading, the lead of its first bar, and for each of its bars the lead of the next one
and the bar's arrangement; each branch (see `guidance`) has a cache, with a row for each candidate.
Between phrases all candidates are the same, which the cache makes use of: what stands before a
phrase is there once, and the oldest phrases are forgotten then. While a phrase is played, the
candidates are in groups, each of which may have a thread of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.figures import FIGURES
from restyle.decoding.guidance import Branch, mixed
from restyle.decoding.kv_cache import KVCache
from restyle.decoding.session import Session
from restyle.decoding.sheet import Sheet
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
Tokens = NDArray[np.int64]


class Group:
    """Some candidates, which are played in step: a cache for each branch, a row for each of them.
    What stands before the phrase they have in common with the other groups."""

    def __init__(self, session: Session, weights: NDArray[np.float32], candidates: int):
        self.candidates = candidates
        self.caches = [session.cache(candidates) for _ in weights]
        self._weights = weights

    def read(self, candidate: int, tokens: Sequence[int]) -> Logits:
        """One candidate reads several tokens; logits of shape (vocabulary,)."""
        out = np.stack([cache.feed_row(candidate, tokens)[None] for cache in self.caches])
        return np.asarray(mixed(out, self._weights)[0])

    def step(self, tokens: Tokens, playing: NDArray[np.bool_]) -> Logits:
        """Each candidate that plays reads one token; the others stay as they are.

        All of them go through the graph in one run. Logits of shape (candidates, vocabulary).
        """
        there = playing.nonzero()[0]
        first, last = int(there[0]), int(there[-1]) + 1
        rows = np.where(playing, tokens, v.PAD)[first:last]
        logits = np.stack([cache.feed_rows(first, rows) for cache in self.caches])
        for candidate in (~playing[first:last]).nonzero()[0] + first:
            for cache in self.caches:
                cache.rewind(cache.lengths[candidate] - 1, int(candidate))
        out = np.zeros((self.candidates, v.SIZE), dtype=np.float32)
        out[first:last] = mixed(logits, self._weights)
        return out

    def follow(self, other: Group) -> None:
        """Go on from where all candidates of another group are."""
        for cache, theirs in zip(self.caches, other.caches, strict=True):
            cache.follow(theirs)


class Context:
    """What `candidates` have read under each of some branches, in as many groups as the session
    has threads."""

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
        self._weights = np.array([b.weight for b in branches], dtype=np.float32)
        count = min(session.threads, candidates)
        sizes = [candidates // count + (number < candidates % count) for number in range(count)]
        self.groups = tuple(Group(session, self._weights, size) for size in sizes)
        self._openings = [[*b.before, *b.heading(heading)] for b in branches]
        self._first = -1  # the first bar that stands in it
        self._longest = 0  # tokens of the longest phrase so far

    @property
    def room(self) -> int:
        """Tokens that can still be read in every row."""
        return min(cache.room for cache in self._first_caches)  # the others follow

    def begin_phrase(self, first: int, last: int, tokens: Sequence[int], given: int = 0) -> Logits:
        """Make room for bars `first` up to `last`, of which so many tokens are given, then read
        what stands before them.

        Returns the logits of what follows `tokens`, shape (vocabulary,), the same for each
        candidate.
        """
        if self._first < 0:
            self._first = self._first_that_fits(first, last, given)
            self._read_past(first)
        elif self.room < self._wanted(first, last, given):
            self._slide(self._first_that_fits(first, last, given))
        out = np.stack([cache.read(tokens)[-1:] for cache in self._first_caches])
        for group in self.groups[1:]:
            group.follow(self.groups[0])
        return np.asarray(mixed(out, self._weights)[0])

    def end_phrase(self, group: int, candidate: int, bars: Sequence[list[int]]) -> None:
        """Go on from one candidate of a group, which played these bars (as tokens)."""
        for cache in self.groups[group].caches:
            cache.share(candidate)
        if group:
            self.groups[0].follow(self.groups[group])
        self.bars += bars
        self._longest = max(self._longest, sum(len(bar) for bar in bars))

    @property
    def _first_caches(self) -> list[KVCache]:
        """Those of the group that reads what stands before a phrase, which the others follow."""
        return self.groups[0].caches

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
        """The first group reads what stands before what follows bar `bar`'s lead."""
        past = [*self._sheet.tokens[self._first]]
        for number in range(self._first, bar):
            past += self._sheet.following(number) + self.bars[number]
        for cache, opening in zip(self._first_caches, self._openings, strict=True):
            cache.read([*opening, *past])

    def _slide(self, first: int) -> None:
        """Forget the phrases before bar `first`, whose lead stays: it stands before the last
        arrangement that is forgotten."""
        if first <= self._first:
            return
        gone = len(self._sheet.tokens[self._first])
        for bar in range(self._first, first - 1):
            gone += len(self._sheet.following(bar)) + len(self.bars[bar])
        lead, bar = len(self._sheet.tokens[first]), len(self.bars[first - 1])
        for cache, opening in zip(self._first_caches, self._openings, strict=True):
            begin = len(opening)
            end = begin + gone + lead
            cache.forget((begin, begin + gone), (end, end + bar))
        self._first = first
