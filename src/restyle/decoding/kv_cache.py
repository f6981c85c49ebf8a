"""Keys and values of what a model has read, and the model's next step.

While a passage is played, its candidates have all in common that stands before it. So a cache has
what its rows share, which the graph goes through once for all rows and heads
(`model.shared_prefix`), and what each row has read of its own since. `share` makes a row's own what
all of them share. Going back is a smaller length; what is shared can be forgotten in the middle:
what follows moves up, its keys turned to their new places.

New keys and values are written by the graph into the rows' buffers, which are bound as its input
and output at once, so nothing is copied from step to step. The buffers are a little longer than
what stands in them: a mask hides the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from restyle.decoding.bound_graph import BoundGraph, Ints, Logits
from restyle.model.shape import Shape

PIECE = 64
"""Tokens that are read at once, and by which the rows' buffers grow."""
_HIDDEN = np.float32(-1e9)


class ContextFull(ValueError):
    """There are more tokens than the model can read at once."""


class KVCache:
    """What a model remembers of one or several rows of tokens. A cache is for one thread; several
    of one session may be fed at once."""

    def __init__(self, session: Any, shape: Shape, batch: int):
        self._session, self._shape = session, shape
        self._shared_length = 0
        self._shared = {  # (tokens, size) for keys, (halves, tokens, size / 2) for values
            name: np.zeros(dims, np.float32) for name, dims in _dimensions(shape, 0)
        }
        self._begin_rows(batch)

    def _begin_rows(self, batch: int) -> None:
        """Nothing stands in any row beside what they share."""
        self._lengths = [0] * batch  # of their own
        self._own = {
            name: np.zeros((batch, *dims), np.float32)
            for name, dims in _dimensions(self._shape, PIECE)
        }
        self._mask = np.full((batch, 1, PIECE), _HIDDEN)
        self._calls: dict[tuple[int, int], BoundGraph] = {}

    @property
    def batch(self) -> int:
        return len(self._lengths)

    @property
    def shared(self) -> int:
        """Tokens that all rows begin with."""
        return self._shared_length

    @property
    def lengths(self) -> tuple[int, ...]:
        """Tokens that stand in each row, the shared ones too."""
        return tuple(self._shared_length + length for length in self._lengths)

    @property
    def length(self) -> int:
        """Tokens that stand in the longest row."""
        return self._shared_length + max(self._lengths)

    @property
    def room(self) -> int:
        """Tokens that can still be fed to every row."""
        return self._shape.context - self.length

    def read(self, tokens: ArrayLike) -> Logits:
        """Add tokens to what all rows share, and predict what follows each of them.

        Args:
            tokens: shape (n,).

        Returns:
            Logits, shape (n, vocabulary).

        Raises:
            ValueError: when rows have tokens of their own, or as `feed` does.
        """
        ids = np.asarray(tokens, dtype=np.int64)
        if ids.ndim != 1 or any(self._lengths):
            raise ValueError("what all rows read is one list, and they have nothing of their own")
        self._check(ids[None], self._shared_length)
        out = []
        for begin in range(0, len(ids), PIECE):
            out.append(self._extended(0, 1, ids[None, begin : begin + PIECE])[0])
            self.share(0)
        return np.concatenate(out)

    def feed(self, tokens: ArrayLike) -> Logits:
        """Add tokens to every row and predict what follows them.

        Args:
            tokens: shape (n,), the same for every row, or (batch, n).

        Returns:
            Logits of the token after the last one, shape (batch, vocabulary), the caller's own.

        Raises:
            ValueError: when there is no room, no token, or one that the model does not know.
        """
        ids = np.asarray(tokens, dtype=np.int64)
        if ids.ndim == 1:
            ids = np.tile(ids, (self.batch, 1))
        if ids.ndim != 2 or len(ids) != self.batch:
            raise ValueError(f"tokens of shape {ids.shape} do not fit {self.batch} rows")
        self._check(ids, self.length)
        if ids.shape[1] > 1:
            return np.stack([self.feed_row(row, ids[row]) for row in range(self.batch)])
        return self._extended(0, self.batch, ids)[:, -1]

    def feed_row(self, row: int, tokens: ArrayLike) -> Logits:
        """Add tokens to one row, leaving the others as they are; logits of shape (vocabulary,).

        Raises ValueError as `feed` does.
        """
        ids = np.asarray(tokens, dtype=np.int64).reshape(1, -1)
        self._check(ids, self.lengths[row])
        pieces = [ids[:, begin : begin + PIECE] for begin in range(0, ids.size, PIECE)]
        logits = [self._extended(row, row + 1, piece)[0, -1] for piece in pieces]
        return np.asarray(logits[-1])

    def feed_rows(self, first: int, tokens: Ints) -> Logits:
        """Add one token to each of the rows from `first` on; logits of shape (rows, vocabulary).

        Raises ValueError as `feed` does.
        """
        last = first + len(tokens)
        self._check(tokens[:, None], self._shared_length + max(self._lengths[first:last]))
        return self._extended(first, last, tokens[:, None])[:, 0]

    def _extended(self, first: int, last: int, ids: Ints) -> Logits:
        """Logits after each of some tokens, shape (rows, n), that are added to these rows."""
        count, before = ids.shape[1], np.array(self._lengths[first:last])
        self._make_room(int(before.max()) + count)
        for row in range(first, last):
            length = self._lengths[row]
            self._mask[row, :, length : length + count] = 0
            self._lengths[row] = length + count
        if count == 1:
            return self._call(first, last).run(ids, self._shared_length, before)
        mask = np.repeat(self._mask[first:last], count, axis=1)
        later = np.triu(np.full((count, count), _HIDDEN), 1)
        for row, length in enumerate(before):
            mask[row, :, length : length + count] = later
        return self._bound(first, last, mask).run(ids, self._shared_length, before)

    def _make_room(self, length: int) -> None:
        """Make the rows' buffers as long as is needed."""
        more = -(-(length - self._mask.shape[-1]) // PIECE) * PIECE
        if more <= 0:
            return
        for name, array in self._own.items():
            self._own[name] = np.pad(array, [(0, 0)] * (array.ndim - 2) + [(0, more), (0, 0)])
        self._mask = np.pad(self._mask, [(0, 0), (0, 0), (0, more)], constant_values=_HIDDEN)
        self._calls.clear()

    def _call(self, first: int, last: int) -> BoundGraph:
        """The graph bound to rows `first` up to `last`, for one token each."""
        if (first, last) not in self._calls:
            self._calls[first, last] = self._bound(first, last, self._mask[first:last])
        return self._calls[first, last]

    def _bound(self, first: int, last: int, mask: NDArray[np.float32]) -> BoundGraph:
        own = {name: array[first:last] for name, array in self._own.items()}
        return BoundGraph(self._session, mask, self._shared, own, self._shape.vocab_size)

    def rewind(self, length: int, row: int | None = None) -> None:
        """Forget all but the first `length` tokens of a row, or of all rows.

        What was fed before stays as it was computed. Raises ValueError for a length that is
        longer than what stands there, or that would take from one row of several what they share.
        """
        rows: Sequence[int] = range(self.batch) if row is None else (row,)
        own = length - self._shared_length
        if not length >= 0 or own > min(self._lengths[r] for r in rows):
            raise ValueError(f"cannot go back to {length} tokens: there are fewer")
        if own < 0:
            if len(rows) < self.batch:
                raise ValueError(f"cannot go back to {length} tokens: other rows share them")
            self._keep((0, length))
        for r in rows:
            self._lengths[r] = max(own, 0)
            self._mask[r, :, self._lengths[r] :] = _HIDDEN

    def share(self, row: int) -> None:
        """Make all rows what one of them is, and all of it what they share."""
        length = self._lengths[row]
        for name, array in self._own.items():
            pieces = [self._shared[name], array[row, ..., :length, :]]
            self._shared[name] = np.concatenate(pieces, axis=-2)
        self._shared_length += length
        self._begin_rows(self.batch)

    def follow(self, other: KVCache) -> None:
        """Share with all rows what those of another cache share, in the same memory; nothing else
        stands in any row then."""
        self._shared, self._shared_length = dict(other._shared), other._shared_length
        self._begin_rows(self.batch)

    def forget(self, *stretches: tuple[int, int]) -> None:
        """Take the tokens of each stretch, from its first to before its second number, out of what
        the rows share; those after move up.

        Their keys are turned back by as many places (a rotary embedding is a rotation), so that
        distances are what they are without the tokens. What those told later ones stays in them:
        in a model of one layer nothing, in deeper ones more than a sequence read anew would have
        (as StreamingLLM keeps it, Xiao et al. 2023). The caller feeds on from there.

        Raises ValueError for stretches that do not stand there, one after the other, or where a row
        has tokens of its own, which would stand too far away then.
        """
        edges = [0, *(edge for stretch in stretches for edge in stretch), self._shared_length]
        if edges != sorted(edges) or any(self._lengths):
            raise ValueError(f"cannot forget tokens {edges[1:-1]}: they are not all shared")
        self._keep(*zip(edges[::2], edges[1::2], strict=True))

    def _keep(self, *stretches: tuple[int, int]) -> None:
        """Of what is shared, these stretches stay."""
        for name, array in self._shared.items():
            kept, length = [], 0
            for begin, end in stretches:
                piece = array[..., begin:end, :]
                if name.endswith("key") and begin > length:
                    piece = _turned_back(piece, begin - length, self._shape)
                kept.append(piece)
                length += end - begin
            self._shared[name] = np.concatenate(kept, axis=-2)
        self._shared_length = sum(end - begin for begin, end in stretches)
        self._calls.clear()

    def _check(self, ids: Ints, length: int) -> None:
        if not ids.size:
            raise ValueError("there is no token to feed")
        if length + ids.shape[1] > self._shape.context:
            raise ContextFull(
                f"the context is full: {length} tokens of {self._shape.context} stand in it, "
                f"{ids.shape[1]} more do not fit"
            )
        if ids.min() < 0 or ids.max() >= self._shape.vocab_size:
            raise ValueError(f"tokens must be from 0 to {self._shape.vocab_size - 1}")


def _dimensions(shape: Shape, tokens: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The name and the dimensions of each layer's keys and values."""
    for layer in range(shape.layers):
        yield f"{layer}.key", (tokens, shape.head_size)
        yield f"{layer}.value", (2, tokens, shape.head_size // 2)


def _turned_back(keys: NDArray[np.float32], places: int, shape: Shape) -> NDArray[np.float32]:
    """Keys, shape (..., head size), as they are so many places before."""
    half = shape.head_size // 2
    angles = -places * shape.theta ** (-np.arange(half) / half)
    cos, sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    left, right = keys[..., :half], keys[..., half:]
    return np.concatenate([left * cos - right * sin, right * cos + left * sin], axis=-1)
