"""A passage: all candidates play the same bars, each its own way, in one graph run a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.constraints import Constraints
from restyle.decoding.context import Context
from restyle.decoding.cursor import Cursor
from restyle.decoding.processors import LogitsProcessor
from restyle.decoding.sampler import Sampling, sample_rows
from restyle.decoding.state import State
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
Tokens = NDArray[np.int64]
Fixed = Mapping[tuple[int, int], Sequence[int]]
"""What a part (by number) plays in a bar where that is given: its tokens, its name left out."""
_CLOSING = np.array([*range(v.BAR.first, v.BAR.end), v.END, v.EOS])


@dataclass(frozen=True)
class Chooser:
    """How the next tokens are chosen."""

    constraints: Constraints
    processors: Sequence[LogitsProcessor]
    sampling: Sampling = field(default_factory=Sampling)

    def choose(
        self, logits: Logits, cursor: Cursor, rngs: Sequence[np.random.Generator], rows: Tokens
    ) -> Tokens:
        """A token for each of some rows, shape (batch,)."""
        scores = _with_one_closing(logits, cursor)
        for processor in self.processors:
            scores = processor.process(scores, cursor)
        tokens = sample_rows(scores, self.constraints.allowed(cursor), self.sampling, rngs, rows)
        for processor in self.processors:
            processor.accept(tokens, cursor)
        return tokens


def _with_one_closing(logits: Logits, cursor: Cursor) -> Logits:
    """A copy of logits in which `END` has the chances of all tokens that close a bar: whether it is
    over is one question, which bar follows is the lead sheet's to say."""
    out = logits.copy()
    last = np.flatnonzero(cursor.place == len(cursor.parts) - 1)
    closing = logits[np.ix_(last, _CLOSING)]
    top = closing.max(axis=1, keepdims=True)
    out[last, v.END] = top[:, 0] + np.log(np.exp(closing - top).sum(axis=1))
    return out


class Passage:
    """Bars `first` up to `last`, played by every row of a context and a cursor."""

    def __init__(
        self,
        context: Context,
        cursor: Cursor,
        chooser: Chooser,
        bars: tuple[int, int],
        fixed: Fixed,
    ):
        self._context, self._cursor, self._chooser = context, cursor, chooser
        self._first, self._last = bars
        self._bars = range(*bars)
        self._fixed = fixed
        self._played: list[list[list[int]]] = [[] for _ in range(cursor.batch)]

    def play(
        self,
        rngs: Sequence[np.random.Generator],
        on_bar: Callable[[int], None] | None = None,
    ) -> list[list[list[int]]]:
        """The tokens of each candidate in each bar; `on_bar(done)` is called when all of them have
        played so many bars."""
        cursor, context, told = self._cursor, self._context, 0
        logits = self._begin()
        playing = cursor.state != State.DONE
        while playing.any():
            rows = np.flatnonzero(playing)
            tokens = self._chooser.choose(logits, cursor, rngs, rows)
            cursor.advance(tokens, rows)
            read = {row: self._to_read(row, int(tokens[row])) for row in rows.tolist()}
            reading = np.zeros_like(playing)
            for row, queue in read.items():
                if queue:
                    reading[row], tokens[row] = True, queue.pop(0)
            if reading.any():
                logits = context.step(tokens, reading)
            for row, queue in read.items():  # what is given, the next lead bar above all
                if queue:
                    logits[row] = context.read(row, queue)
            done = min(len(bars) for bars in self._played)
            for number in range(told, done):
                if on_bar:
                    on_bar(number + 1)
            told = done
            playing = cursor.state != State.DONE
        return self._played

    def _begin(self) -> Logits:
        """All candidates read what stands before the first choice, which is the same for them."""
        cursor, sheet = self._cursor, self._cursor.sheet
        before = sheet.following(self._first)
        leads = sum(len(sheet.following(bar)) for bar in range(self._first + 1, self._last))
        begun = [
            [cursor.begin_bar(row, self._first), *self._given(row)] for row in range(cursor.batch)
        ]
        given = sum(len(t) for (bar, _), t in self._fixed.items() if bar in self._bars)
        logits = self._context.begin_phrase(self._first, self._last, [*before, *begun[0]], given)
        cursor.room[:] = self._context.room - leads - given
        cursor.room[:] += sum(t not in v.PART for t in begun[0])  # of what is given, it read this
        return logits

    def _to_read(self, row: int, token: int) -> list[int]:
        """What a row reads after it chose a token; nothing when it has ended."""
        chosen = [] if self._cursor.state[row] == State.DONE else [token]
        return chosen + self._given(row)

    def _given(self, row: int) -> list[int]:
        """What follows for a row without a choice: parts that are fixed, the next bar's lead."""
        cursor = self._cursor
        out: list[int] = []
        while True:
            bar, part = int(cursor.bar[row]), int(cursor.part[row])
            if cursor.state[row] == State.DONE:
                self._played[row].append(cursor.written[row])
                if bar + 1 == self._last:
                    return out
                out += [*cursor.sheet.following(bar + 1), cursor.begin_bar(row, bar + 1)]
            elif cursor.state[row] == State.PART and (bar, part) in self._fixed:
                out += self._fixed[bar, part]
                cursor.replay(row, self._fixed[bar, part])
                cursor.room[row] += len(self._fixed[bar, part])  # it was set aside
                leaving = cursor.leaving(row)
                cursor.take(row, leaving)
                out += [] if leaving == v.END else [leaving]
            else:
                return out
