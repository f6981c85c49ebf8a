"""Running an exported arranger: plain onnxruntime and numpy, no torch.

The graph takes tokens, a mask and the keys and values of the tokens before, and gives logits and
the keys and values with the new ones added. Here each layer's keys and values live in one fixed
buffer that is bound as input and output at once, so nothing is copied from step to step. How
much of a buffer is valid is the number of ones in the mask, so going back is only a smaller
number. What stands in the middle can be forgotten, too: what follows moves up, its keys turned to
their new places. Everything is bound once; a decoding step writes two integers and runs the graph.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from restyle.errors import BadModel

GRAPH_FILE = "model.onnx"
DESCRIPTION_FILE = "restyle.json"
TRIAL_STEPS = 20
"""Steps by which one thread and two are compared."""
FORMAT = 1  # of the description; a model of another number is refused

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the engine must know about a graph; stands in restyle.json."""

    layers: int
    kv_heads: int
    head_size: int
    context: int  # tokens in the window, past and present together
    vocab_size: int
    precision: str  # of the weights: int4, int8 or fp32
    vocabulary: int  # version of the vocabulary that it was trained with
    divergence: float = 0.0  # nats a token from the full-precision model, measured on export
    theta: float = 10_000.0  # base of the rotary embedding (Su et al. 2021)

    @classmethod
    def read(cls, folder: Path) -> Shape:
        """The shape of the model in `folder`. Raises BadModel."""
        path = Path(folder) / DESCRIPTION_FILE
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if values.pop("format") != FORMAT:
                raise BadModel(f"{folder} was made by another version of restyle: export it again.")
            return cls(**values)
        except OSError as error:
            raise BadModel(
                f"{folder} is not a model: 'restyle export MODEL -o FOLDER' makes one."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadModel(f"{path} is damaged: export the model again.") from error


class Engine:
    """A model that is loaded and ready. Lanes are made from it; it holds no state of theirs."""

    def __init__(
        self,
        session: Any,
        shape: Shape,
        folder: Path | None = None,
        on_one_core: Engine | None = None,
    ):
        self._session = session
        self.shape = shape
        self.folder = folder
        """Where it was loaded from, so that another process can load the same; None where none."""
        self._on_one_core = on_one_core

    @classmethod
    def load(cls, folder: str | Path, threads: int | None = None) -> Engine:
        """Load the model that `restyle export` made in `folder`.

        Args:
            threads: cores to use; when None one or two, whichever some steps on trial are
                faster with. A step of a small model is short: two are a third faster on an idle
                machine, and wait for each other, at less than half the speed of one, on a busy
                one. What is predicted is the same, bit for bit.

        Raises:
            BadModel: when the folder is no model, is damaged, or needs a newer onnxruntime.
        """
        folder = Path(folder)
        shape = Shape.read(folder)
        graph = folder / GRAPH_FILE
        if not graph.is_file():
            raise BadModel(f"{folder} has no {GRAPH_FILE}: export the model again.")
        try:
            engines = [cls(_session(graph, threads or 1), shape, folder)]
            if threads is None and (os.cpu_count() or 1) > 1:
                engines.append(cls(_session(graph, 2), shape, folder, on_one_core=engines[0]))
            for engine in engines:
                engine.lane().feed([0])  # fails here if the graph is not what is described
            engine = min(engines, key=_seconds_of_a_step) if len(engines) > 1 else engines[0]
        except ImportError:
            raise
        except Exception as error:  # onnxruntime raises a dozen kinds, some of them bare
            raise BadModel(f"{graph} cannot be run: {_first_line(error)}") from error
        return engine

    @property
    def context(self) -> int:
        """Tokens that the window of a lane holds."""
        return self.shape.context

    @property
    def vocab_size(self) -> int:
        return self.shape.vocab_size

    def on_one_core(self) -> Engine:
        """The same model, that leaves the other cores alone; itself where threads were said."""
        return self._on_one_core or self

    def lane(self, batch: int = 1) -> Lane:
        """A new, empty window with `batch` rows that are fed side by side."""
        if batch < 1:
            raise ValueError("a lane has one row at least")
        return Lane(self._session, self.shape, batch)


@dataclass(frozen=True)
class Memory:
    """What stood in a lane: how many tokens in each row, and what the model keeps of them."""

    lengths: tuple[int, ...]
    caches: list[NDArray[np.float32]]


class Lane:
    """A window of tokens that the model has seen, one or several rows of them.

    Rows share nothing but the call: each may have its own length. Not for several threads.
    """

    def __init__(self, session: Any, shape: Shape, batch: int):
        self._shape = shape
        self._lengths = [0] * batch
        caches = (batch, shape.kv_heads, shape.context, shape.head_size)
        self._caches = {
            f"{layer}.{kind}": np.zeros(caches, np.float32)
            for layer in range(shape.layers)
            for kind in ("key", "value")
        }
        self._mask = np.zeros((batch, shape.context), np.int64)
        self._all = self._call(session, slice(None))
        # The attention kernel takes several tokens on top of a past for one row only, so each
        # row also has a call of its own, bound to its part of the same buffers.
        rows = [slice(row, row + 1) for row in range(batch)]
        self._rows = [self._all] if batch == 1 else [self._call(session, row) for row in rows]

    def _call(self, session: Any, rows: slice) -> _Call:
        caches = {name: cache[rows] for name, cache in self._caches.items()}
        return _Call(session, self._mask[rows], caches, self._shape.vocab_size)

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
        for row in range(self.batch):
            self._extend(row, ids.shape[1])
        return self._all.run(ids)

    def feed_row(self, row: int, tokens: ArrayLike) -> Logits:
        """Add tokens to one row, leaving the others as they are; logits of shape (vocabulary,).

        Raises ValueError as `feed` does.
        """
        ids = np.asarray(tokens, dtype=np.int64).reshape(1, -1)
        self._check(ids, self._lengths[row])
        self._extend(row, ids.size)
        return np.asarray(self._rows[row].run(ids)[0], np.float32)

    def rewind(self, length: int, row: int | None = None) -> None:
        """Forget all but the first `length` tokens of a row, or of all rows.

        What was fed before stays as it was computed. Raises ValueError for a length that is
        longer than what stands there.
        """
        rows: Sequence[int] = range(self.batch) if row is None else (row,)
        if not 0 <= length <= min(self._lengths[r] for r in rows):
            raise ValueError(f"cannot go back to {length} tokens: there are fewer")
        for r in rows:
            self._mask[r, length:] = 0
            self._lengths[r] = length

    def kept(self) -> Memory:
        """What stands in the window, to go back to later."""
        rows = [cache[:, :, : self.length].copy() for cache in self._caches.values()]
        return Memory(self.lengths, rows)

    def restore(self, memory: Memory) -> None:
        """Go back to what stood in the window of this lane, or of one like it."""
        longest = max(memory.lengths)
        for cache, rows in zip(self._caches.values(), memory.caches, strict=True):
            cache[:, :, :longest] = rows
        for row, length in enumerate(memory.lengths):
            self._mask[row, :length] = 1
            self._mask[row, length:] = 0
        self._lengths = [*memory.lengths]

    def forget(self, begin: int, end: int) -> None:
        """Take the tokens from `begin` to before `end` out of every row; those after move up.

        Their keys are turned back by as many places (a rotary embedding is a rotation), so that
        distances are what they are without the tokens. What those told later ones stays in them:
        in a model of one layer nothing, in deeper ones more than a window read anew would have
        (as StreamingLLM keeps it, Xiao et al. 2023). The caller feeds on from there.

        Raises ValueError for a stretch that does not stand in every row.
        """
        if not 0 <= begin <= end <= min(self._lengths):
            raise ValueError(f"cannot forget tokens {begin} to {end}: they are not all there")
        gone, longest = end - begin, self.length
        for name, cache in self._caches.items():
            rest = cache[:, :, end:longest].copy()
            moved = self._turned_back(rest, gone) if name.endswith("key") else rest
            cache[:, :, begin : longest - gone] = moved
        for row, length in enumerate(self._lengths):
            self.rewind(length - gone, row)

    def _turned_back(self, keys: NDArray[np.float32], places: int) -> NDArray[np.float32]:
        """Keys, shape (..., head size), as they are so many places before."""
        half = self._shape.head_size // 2
        angles = -places * self._shape.theta ** (-np.arange(half) / half)
        cos, sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
        left, right = keys[..., :half], keys[..., half:]
        return np.concatenate([left * cos - right * sin, right * cos + left * sin], axis=-1)

    def _extend(self, row: int, count: int) -> None:
        length = self._lengths[row]
        self._mask[row, length : length + count] = 1
        self._lengths[row] = length + count

    def _check(self, ids: NDArray[np.int64], length: int) -> None:
        if not ids.size:
            raise ValueError("there is no token to feed")
        if length + ids.shape[1] > self._shape.context:
            raise ValueError(
                f"the window is full: {length} tokens of {self._shape.context} stand in it, "
                f"{ids.shape[1]} more do not fit"
            )
        low, high = (ids.item(),) * 2 if ids.size == 1 else (ids.min(), ids.max())
        if low < 0 or high >= self._shape.vocab_size:
            raise ValueError(f"tokens must be from 0 to {self._shape.vocab_size - 1}")


class _Call:
    """The graph with everything bound to fixed buffers, for some rows of a lane."""

    def __init__(
        self,
        session: Any,
        mask: NDArray[np.int64],
        caches: dict[str, NDArray[np.float32]],
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


def _seconds_of_a_step(engine: Engine) -> float:
    """The middle one of some steps on trial, in a window as full as it is while playing: the fuller
    it is, the more a second thread is worth."""
    lane, spent = engine.lane(), []
    lane.feed(np.zeros(engine.context // 2, dtype=np.int64))
    for _ in range(TRIAL_STEPS):
        began = time.perf_counter()
        lane.feed([0])
        spent.append(time.perf_counter() - began)
    return sorted(spent)[len(spent) // 2]


def _ort_value(array: NDArray[Any]) -> Any:
    """`array` as onnxruntime's own kind, sharing its memory: writing to it in place is seen."""
    import onnxruntime

    return onnxruntime.OrtValue.ortvalue_from_numpy(array)


def _session(graph: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised, and need not be printed too
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
