"""A passage: candidates play the same bars, each its own way, in one graph run a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.constraints import Constraints
from restyle.decoding.context import Group
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
    last = (cursor.place == len(cursor.parts) - 1).nonzero()[0]
    if not len(last):
        return out
    closing = logits[np.ix_(last, _CLOSING)]
    top = closing.max(axis=1, keepdims=True)
    out[last, v.END] = top[:, 0] + np.log(np.exp(closing - top).sum(axis=1))
    return out


class Passage:
    """Bars `first` up to `last`, played by every row of a group and its cursor."""

    def __init__(
        self,
        group: Group,
        cursor: Cursor,
        chooser: Chooser,
        bars: tuple[int, int],
        fixed: Fixed,
    ):
        self._group, self._cursor, self._chooser = group, cursor, chooser
        self._first, self._last = bars
        self._fixed = fixed
        self._stopped = False
        self.played: list[list[list[int]]] = [[] for _ in range(cursor.batch)]
        """The tokens of each candidate in each bar so far."""

    @property
    def done(self) -> int:
        """So many bars have been played by every candidate."""
        return min(len(bars) for bars in self.played)

    def begin(self) -> list[int]:
        """All candidates enter the first bar; the tokens that they read before the first choice,
        which are the same for them."""
        begun = [
            [self._cursor.begin_bar(row, self._first), *self._given(row)]
            for row in range(self._cursor.batch)
        ]
        return begun[0]

    def play(
        self,
        logits: Logits,
        rngs: Sequence[np.random.Generator],
        on_bar: Callable[[], None] | None = None,
    ) -> None:
        """Play to the end, or until `stop` is said; `logits`, shape (vocabulary,), are those of the
        first choice. `on_bar()` is called when all candidates have played one more bar."""
        cursor, group, told = self._cursor, self._group, 0
        logits = np.tile(logits, (cursor.batch, 1))
        playing = cursor.state != State.DONE
        while playing.any() and not self._stopped:
            rows = playing.nonzero()[0]
            tokens = self._chooser.choose(logits, cursor, rngs, rows)
            cursor.advance(tokens, rows)
            read = {row: self._to_read(row, int(tokens[row])) for row in rows.tolist()}
            reading = np.zeros_like(playing)
            for row, queue in read.items():
                if queue:
                    reading[row], tokens[row] = True, queue.pop(0)
            if reading.any():
                logits = group.step(tokens, reading)
            for row, queue in read.items():  # what is given, the next lead bar above all
                if queue:
                    logits[row] = group.read(row, queue)
            if on_bar and self.done > told:
                told = self.done
                on_bar()
            playing = cursor.state != State.DONE

    def stop(self) -> None:
        """End at the next step: nobody wants to hear it."""
        self._stopped = True

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
                self.played[row].append(cursor.written[row])
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
