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

TRIAL_STEPS = 20
"""Steps by which one thread and two are compared."""


class Session:
    """A model that is loaded and ready. Caches are made from it; it holds no state of theirs."""

    def __init__(
        self,
        session: Any,
        shape: Shape,
        folder: Path | None = None,
        on_one_core: Session | None = None,
    ):
        self._session = session
        self.shape = shape
        self.folder = folder
        """Where it was loaded from, so that another process can load the same; None where none."""
        self._on_one_core = on_one_core

    @classmethod
    def load(cls, folder: str | Path, threads: int | None = None) -> Session:
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
            loaded = [cls(_session(graph, threads or 1), shape, folder)]
            if threads is None and (os.cpu_count() or 1) > 1:
                loaded.append(cls(_session(graph, 2), shape, folder, on_one_core=loaded[0]))
            for session in loaded:
                session.cache().feed([0])  # fails here if the graph is not what is described
            session = min(loaded, key=_seconds_of_a_step) if len(loaded) > 1 else loaded[0]
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

    def on_one_core(self) -> Session:
        """The same model, that leaves the other cores alone; itself where threads were said."""
        return self._on_one_core or self

    def cache(self, batch: int = 1) -> KVCache:
        """A new, empty cache of `batch` rows that are fed side by side."""
        if batch < 1:
            raise ValueError("a cache has one row at least")
        return KVCache(self._session, self.shape, batch)


def _seconds_of_a_step(session: Session) -> float:
    """The middle one of some steps on trial, in a window as full as it is while playing: the fuller
    it is, the more a second thread is worth."""
    cache, spent = session.cache(), []
    cache.feed(np.zeros(session.context // 2, dtype=np.int64))
    for _ in range(TRIAL_STEPS):
        began = time.perf_counter()
        cache.feed([0])
        spent.append(time.perf_counter() - began)
    return sorted(spent)[len(spent) // 2]


def _session(graph: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised, and need not be printed too
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
