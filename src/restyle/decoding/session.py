"""An exported model, loaded to run: plain onnxruntime and numpy, no torch."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from restyle.decoding.kv_cache import KVCache
from restyle.errors import BadModel
from restyle.model.shape import GRAPH_FILE, Shape

TRIAL_STEPS, TRIAL_ROWS, TRIAL_TOKENS = 12, 4, 48
"""Steps by which one thread and two are compared, of so many rows with so many tokens."""
WORTH_TWO = 1.4
"""Times faster that two threads must be: they take up to twice the CPU, and on a machine that has
other work soon wait for each other, at a tenth of the speed of one."""


class Session:
    """A model that is loaded and ready. Caches are made from it; it holds no state of theirs."""

    def __init__(
        self,
        session: Any,
        shape: Shape,
        folder: Path | None = None,
    ):
        self._session = session
        self.shape = shape
        self.folder = folder
        """Where it was loaded from, so that another process can load the same; None where none."""

    @classmethod
    def load(cls, folder: str | Path, threads: int | None = None) -> Session:
        """Load the model that `restyle export` made in `folder`.

        Args:
            threads: cores to use; when None one, or two where some steps on trial are much
                faster with them. What is predicted is the same, bit for bit.

        Raises:
            BadModel: when the folder is no model, is damaged, or needs a newer onnxruntime.
        """
        folder = Path(folder)
        shape = Shape.read(folder)
        graph = folder / GRAPH_FILE
        if not graph.is_file():
            raise BadModel(f"{folder} has no {GRAPH_FILE}: export the model again.")
        try:
            session = cls(_session(graph, threads or 1), shape, folder)
            session.cache().read([0])  # fails here if the graph is not what is described
            if threads is None and (os.cpu_count() or 1) > 1:
                two = cls(_session(graph, 2), shape, folder)
                if _seconds_of_a_step(session) > WORTH_TWO * _seconds_of_a_step(two):
                    session = two
        except ImportError:
            raise
        except Exception as error:  # onnxruntime raises a dozen kinds, some of them bare
            raise BadModel(f"{graph} cannot be run: {_first_line(error)}") from error
        return session

    @property
    def context(self) -> int:
        """Tokens that a row of a cache holds."""
        return self.shape.context

    @property
    def vocab_size(self) -> int:
        return self.shape.vocab_size

    def cache(self, batch: int = 1) -> KVCache:
        """A new, empty cache of `batch` rows that are fed side by side."""
        if batch < 1:
            raise ValueError("a cache has one row at least")
        return KVCache(self._session, self.shape, batch)


def _seconds_of_a_step(session: Session) -> float:
    """The middle one of some steps on trial."""
    cache, spent = session.cache(TRIAL_ROWS), []
    tokens = np.zeros((TRIAL_ROWS, 1), dtype=np.int64)
    cache.read(np.zeros(min(TRIAL_TOKENS, session.context // 2), dtype=np.int64))
    for _ in range(min(TRIAL_STEPS, cache.room)):
        began = time.perf_counter()
        cache.feed(tokens)
        spent.append(time.perf_counter() - began)
    return sorted(spent)[len(spent) // 2]


def _session(graph: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait are a twentieth faster on a machine that does nothing else,
    # and half as fast, at half as much CPU again, beside one other program.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what goes wrong is raised, and need not be printed too
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
