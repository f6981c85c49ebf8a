"""The graph of a model, bound to the memory that it reads and writes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]
Ints = NDArray[np.int64]
Arrays = dict[str, NDArray[np.float32]]
"""By layer and "key" or "value"."""


class BoundGraph:
    """The graph with everything bound to fixed buffers, for some rows of a cache.

    What it takes and gives stands in `model.shared_prefix`.
    """

    def __init__(
        self, session: Any, mask: NDArray[np.float32], shared: Arrays, own: Arrays, vocab_size: int
    ):
        rows, count = mask.shape[:2]
        self._run = session.run_with_iobinding
        self._binding = session.io_binding()
        self._kept: list[Any] = []  # onnxruntime does not keep what is bound alive
        self._ids, self._places = np.zeros((2, rows, count), np.int64)
        self._own_keys = np.zeros((rows, count, 2), np.int64)  # row, token
        self._own_values = np.zeros((rows, count, 2, 3), np.int64)  # row, half, token
        self._own_keys[..., 0] = np.arange(rows)[:, None]
        self._own_values[..., 0] = np.arange(rows)[:, None, None]
        self._own_values[..., 1] = (0, 1)
        self._logits = np.zeros((rows, count, vocab_size), np.float32)
        given: dict[str, NDArray[Any]] = {
            "input_ids": self._ids,
            "places": self._places,
            "own_keys": self._own_keys,
            "own_values": self._own_values,
            "mask": mask,
            **{f"shared.{name}": array for name, array in shared.items()},
        }
        for name, array in given.items():
            self._binding.bind_ortvalue_input(name, self._value(array))
        for name, array in own.items():
            value = self._value(array)
            self._binding.bind_ortvalue_input(f"own.{name}", value)
            self._binding.bind_ortvalue_output(f"now.{name}", value)
        self._binding.bind_ortvalue_output("logits", self._value(self._logits))

    def _value(self, array: NDArray[Any]) -> Any:
        """`array` as onnxruntime's own kind, sharing its memory: writing to it in place is seen."""
        import onnxruntime

        value = onnxruntime.OrtValue.ortvalue_from_numpy(array)
        self._kept += [array, value]
        return value

    def run(self, ids: Ints, shared: int, own: Ints) -> Logits:
        """Logits, shape (rows, n, vocabulary), after each of some tokens (rows, n).

        Args:
            shared: tokens that all rows share.
            own: tokens that stand in each row beside.
        """
        at = own[:, None] + np.arange(ids.shape[1])
        self._ids[:] = ids
        self._places[:] = at + shared
        self._own_keys[..., 1] = at
        self._own_values[..., 2] = at[..., None]
        self._run(self._binding)
        return self._logits.copy()
