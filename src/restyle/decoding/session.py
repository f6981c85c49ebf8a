"""An exported model, loaded to run: plain onnxruntime and numpy, no torch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from restyle.decoding.kv_cache import KVCache
from restyle.errors import BadModel
from restyle.model.shape import GRAPH_FILE, Shape

MOST_THREADS = 2
"""Threads that play, if nobody says how many: a graph run of one row of four takes half as long as
one of all four, so more threads take more of the machine than they save."""


class Session:
    """A model that is loaded and ready. Caches are made from it; it holds no state of theirs."""

    def __init__(
        self,
        session: Any,
        shape: Shape,
        folder: Path | None = None,
        threads: int = 1,
    ):
        self._session = session
        self.shape = shape
        self.threads = threads
        """How many groups of candidates may play at once, each in a thread of its own. A run of the
        graph has one thread: two of them in one run wait for each other two hundred times, and save
        a seventh."""
        self.folder = folder
        """Where it was loaded from, so that another process can load the same; None where none."""

    @classmethod
    def load(cls, folder: str | Path, threads: int | None = None) -> Session:
        """Load the model that `restyle export` made in `folder`.

        Args:
            threads: cores to use; when None two, where there are as many. What is played is the
                same, bit for bit.

        Raises:
            BadModel: when the folder is no model, is damaged, or needs a newer onnxruntime.
        """
        folder = Path(folder)
        shape = Shape.read(folder)
        graph = folder / GRAPH_FILE
        if not graph.is_file():
            raise BadModel(f"{folder} has no {GRAPH_FILE}: export the model again.")
        try:
            session = cls(_session(graph), shape, folder, threads or _threads())
            session.cache().read([0])  # fails here if the graph is not what is described
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


def _threads() -> int:
    """As many as there are cores that this process may use, but not more than are worth it."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, MOST_THREADS)


def _session(graph: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised, and need not be printed too
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
