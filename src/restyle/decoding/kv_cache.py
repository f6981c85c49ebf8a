"""Keys and values of what a model has read, a row for each sequence, and the model's next step.

The graph takes tokens, a mask and the keys and values of the tokens before, and gives logits and
the keys and values with the new ones added. Here each layer's keys and values live in one fixed
buffer that is bound as input and output at once, so nothing is copied from step to step. How much
of a row is valid is the number of ones in its mask, so going back is only a smaller number; a row
can be copied to others (a branch); what stands in the middle can be forgotten: what follows moves
up, its keys turned to their new places. Keys and values are floats or, where the graph says so,
numbers of 8 bits (see `model.calibrate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from restyle.model.shape import Shape

MOST_IN_CACHE = 127
"""The largest number in a cache of 8 bits."""

Logits = NDArray[np.float32]
Cache = NDArray[Any]
"""Keys or values of a layer, float32 or int8, shape (batch, heads, context, head size)."""


class ContextFull(ValueError):
    """There are more tokens than the model can read at once."""


class KVCache:
    """What a model remembers of one or several rows of tokens.

    Rows share nothing but the call: each has its own length. Not for several threads.
    """

    def __init__(self, session: Any, shape: Shape, batch: int):
        self._session, self._shape = session, shape
        self._lengths = [0] * batch
        caches = (batch, shape.kv_heads, shape.context, shape.head_size)
        self.caches: dict[str, Cache] = {  # by layer and "key" or "value"
            f"{layer}.{kind}": np.zeros(caches, _kind_of_cache(session))
            for layer in range(shape.layers)
            for kind in ("key", "value")
        }
        self._mask = np.zeros((batch, shape.context), np.int64)
        self._calls: dict[tuple[int, int], _Call] = {}

    def _call(self, first: int, last: int) -> _Call:
        """The graph bound to rows `first` up to `last`, which are a part of the same buffers."""
        if (first, last) not in self._calls:
            rows = slice(first, last)
            caches = {name: cache[rows] for name, cache in self.caches.items()}
            call = _Call(self._session, self._mask[rows], caches, self._shape.vocab_size)
            self._calls[first, last] = call
        return self._calls[first, last]

    @property
    def batch(self) -> int:
        return len(self._lengths)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Tokens that stand in each row."""
        return tuple(self._lengths)

    @property
    def length(self) -> int:
        """Tokens that stand in the longest row."""
        return max(self._lengths)

    @property
    def room(self) -> int:
        """Tokens that can still be fed to every row."""
        return self._shape.context - self.length

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
            ids = np.tile(ids, (self.batch, 1)) if self.batch > 1 else ids[None]
        if ids.ndim != 2 or len(ids) != self.batch:
            raise ValueError(f"tokens of shape {ids.shape} do not fit {self.batch} rows")
        if self.batch > 1 and ids.shape[1] > 1:
            self._check(ids, self.length)
            return np.stack([self.feed_row(row, ids[row]) for row in range(self.batch)])
        self._check(ids, self.length)
        return self._extended(0, self.batch, ids)

    def feed_row(self, row: int, tokens: ArrayLike) -> Logits:
        """Add tokens to one row, leaving the others as they are; logits of shape (vocabulary,).

        The attention kernel takes several tokens on top of a past for one row only. Raises
        ValueError as `feed` does.
        """
        ids = np.asarray(tokens, dtype=np.int64).reshape(1, -1)
        self._check(ids, self._lengths[row])
        return np.asarray(self._extended(row, row + 1, ids)[0], np.float32)

    def feed_rows(self, first: int, tokens: NDArray[np.int64]) -> Logits:
        """Add one token to each of the rows from `first` on; logits of shape (rows, vocabulary).

        Raises ValueError as `feed` does.
        """
        last = first + len(tokens)
        self._check(tokens[:, None], max(self._lengths[first:last]))
        return self._extended(first, last, tokens[:, None])

    def _extended(self, first: int, last: int, ids: NDArray[np.int64]) -> Logits:
        count = ids.shape[1]
        for row in range(first, last):
            length = self._lengths[row]
            self._mask[row, length : length + count] = 1
            self._lengths[row] = length + count
        return self._call(first, last).run(ids)

    def rewind(self, length: int, row: int | None = None) -> None:
        """Forget all but the first `length` tokens of a row, or of all rows.

        What was fed before stays as it was computed. Raises ValueError for a length that is
        longer than what stands there.
        """
        rows: Sequence[int] = range(self.batch) if row is None else (row,)
        if not 0 <= length <= min(self._lengths[r] for r in rows):
            raise ValueError(f"cannot go back to {length} tokens: there are fewer")
        for r in rows:
            self._set_length(r, length)

    def copy_row(self, source: int, targets: Iterable[int], begin: int = 0) -> None:
        """Make rows what the row `source` is; the first `begin` tokens are known to be the same."""
        rows = [row for row in targets if row != source]
        if not rows:
            return
        length = self._lengths[source]
        for cache in self.caches.values():
            cache[rows, :, begin:length] = cache[source, :, begin:length]
        for row in rows:
            self._set_length(row, length)

    def forget(self, row: int, *stretches: tuple[int, int]) -> None:
        """Take the tokens of each stretch, from its first to before its second number, out of a
        row; those after move up.

        Their keys are turned back by as many places (a rotary embedding is a rotation), so that
        distances are what they are without the tokens. What those told later ones stays in them:
        in a model of one layer nothing, in deeper ones more than a sequence read anew would have
        (as StreamingLLM keeps it, Xiao et al. 2023). The caller feeds on from there.

        Raises ValueError for stretches that do not stand in the row, one after the other.
        """
        length = self._lengths[row]
        edges = [0, *(edge for stretch in stretches for edge in stretch), length]
        if edges != sorted(edges):
            raise ValueError(f"cannot forget tokens {edges[1:-1]}: they are not all there")
        gone = 0
        for i, (begin, end) in enumerate(stretches):
            gone += end - begin
            until = stretches[i + 1][0] if i + 1 < len(stretches) else length
            for name, cache in self.caches.items():
                rest = cache[row, :, end:until].copy()
                moved = _turned_back(rest, gone, self._shape) if name.endswith("key") else rest
                cache[row, :, end - gone : until - gone] = moved
        self._set_length(row, length - gone)

    def _set_length(self, row: int, length: int) -> None:
        self._mask[row, :length] = 1
        self._mask[row, length:] = 0
        self._lengths[row] = length

    def _check(self, ids: NDArray[np.int64], length: int) -> None:
        if not ids.size:
            raise ValueError("there is no token to feed")
        if length + ids.shape[1] > self._shape.context:
            raise ContextFull(
                f"the context is full: {length} tokens of {self._shape.context} stand in it, "
                f"{ids.shape[1]} more do not fit"
            )
        low, high = (ids.item(),) * 2 if ids.size == 1 else (ids.min(), ids.max())
        if low < 0 or high >= self._shape.vocab_size:
            raise ValueError(f"tokens must be from 0 to {self._shape.vocab_size - 1}")


class _Call:
    """The graph with everything bound to fixed buffers, for some rows of a cache."""

    def __init__(
        self,
        session: Any,
        mask: NDArray[np.int64],
        caches: dict[str, Cache],
        vocab_size: int,
    ):
        self._run = session.run_with_iobinding
        self._binding = session.io_binding()
        self._logits = np.zeros((len(mask), 1, vocab_size), np.float32)
        self._inputs: dict[int, tuple[NDArray[np.int64], Any]] = {}
        self._bound = 0
        self._kept: list[Any] = []  # onnxruntime does not keep what is bound alive
        self._bind_input("attention_mask", mask)
        for name, cache in caches.items():
            value = self._bind_input(f"past_key_values.{name}", cache)
            self._binding.bind_ortvalue_output(f"present.{name}", value)
        logits = _ort_value(self._logits)
        self._kept.append(logits)
        self._binding.bind_ortvalue_output("logits", logits)

    def _bind_input(self, name: str, array: NDArray[Any]) -> Any:
        value = _ort_value(array)
        self._kept.append(value)
        self._binding.bind_ortvalue_input(name, value)
        return value

    def run(self, ids: NDArray[np.int64]) -> Logits:
        """Run on tokens of shape (rows, n); logits of shape (rows, vocabulary)."""
        count = ids.shape[1]
        if count not in self._inputs:
            array = np.empty(ids.shape, np.int64)
            self._inputs[count] = array, _ort_value(array)
        array, value = self._inputs[count]
        if count != self._bound:
            self._binding.bind_ortvalue_input("input_ids", value)
            self._bound = count
        array[:] = ids
        self._run(self._binding)
        return self._logits[:, 0].copy()


def _kind_of_cache(session: Any) -> type[np.number[Any]]:
    """What the graph takes for keys and values."""
    kinds = {node.type for node in session.get_inputs() if node.name.startswith("past_key_values.")}
    return np.int8 if kinds == {"tensor(int8)"} else np.float32


def _turned_back(keys: Cache, places: int, shape: Shape) -> Cache:
    """Keys, shape (..., head size), as they are so many places before. In 8 bits the two numbers
    that are turned together have one scale, so they can be turned as they are."""
    half = shape.head_size // 2
    angles = -places * shape.theta ** (-np.arange(half) / half)
    cos, sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    left, right = keys[..., :half], keys[..., half:]
    turned = np.concatenate([left * cos - right * sin, right * cos + left * sin], axis=-1)
    if keys.dtype == np.int8:
        turned = np.clip(np.rint(turned), -MOST_IN_CACHE, MOST_IN_CACHE)
    return turned.astype(keys.dtype)


def _ort_value(array: NDArray[Any]) -> Any:
    """`array` as onnxruntime's own kind, sharing its memory: writing to it in place is seen."""
    import onnxruntime

    return onnxruntime.OrtValue.ortvalue_from_numpy(array)
