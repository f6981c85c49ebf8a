"""A second process, that plays something while this one plays something else.

Threads would not do: much of the time of a token is Python's own, which one thread at a time may
take. The process is joblib's kind (loky), which needs no guard in a user's script.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from restyle.decoding.engine import Engine
from restyle.workers import starting, watch_parent

MOST_WAITED = 1.0
"""Seconds that the second process may take to be handed its work, before it is ended."""
_NO_PROCESS = (BrokenExecutor, OSError)


class Work(Protocol):
    """Something to play that can be sent to another process."""

    def play(self, engine: Engine) -> Any:
        """Play it."""


class Helper(Protocol):
    """Somebody who plays one thing at a time."""

    @property
    def ready(self) -> bool:
        """Whether it would begin at once."""

    def start(self, work: Work) -> None:
        """Begin to play; what was begun before is forgotten."""

    def finish(self) -> Any | None:
        """What came of it, when it is done; None where nothing did."""


def can_help() -> bool:
    """Whether there is a core for a second process, and this one is not itself one of several."""
    import joblib

    alone = multiprocessing.current_process().name == "MainProcess"
    return alone and int(joblib.cpu_count()) > 1


class SecondProcess:
    """A process with the model of `folder`; a `Helper`. Ends with the `with` statement.

    Where there can be none, or somebody ends it, nothing is lost: then this process plays all.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._executor: Any = None
        self._loaded: Future[None] | None = None
        self._playing: Future[Any] | None = None

    def __enter__(self) -> SecondProcess:
        from joblib.externals.loky import ProcessPoolExecutor

        try:
            with suppress(*_NO_PROCESS), starting():
                self._executor = ProcessPoolExecutor(
                    max_workers=1, initializer=watch_parent, initargs=(os.getpid(),)
                )
                self._loaded = self._executor.submit(_load, self._folder)
        except BaseException:  # asked to stop meanwhile: nobody else will end it
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._executor is None:
            return
        until = time.monotonic() + MOST_WAITED
        while _on_its_way(self._playing) and time.monotonic() < until:
            time.sleep(0.001)  # what is still being handed over cannot be killed in order
        self._executor.shutdown(wait=True, kill_workers=True)

    @property
    def ready(self) -> bool:
        return self._loaded is not None and self._loaded.done()

    def start(self, work: Work) -> None:
        self._playing = None
        with suppress(*_NO_PROCESS):
            if self._executor:  # which sends it while this process goes on, so a copy of its own
                self._playing = self._executor.submit(_play, self._folder, deepcopy(work))

    def finish(self) -> Any | None:
        with suppress(*_NO_PROCESS):
            return self._playing.result() if self._playing else None
        return None


def _on_its_way(work: Future[Any] | None) -> bool:
    return work is not None and not (work.running() or work.done())


@lru_cache(maxsize=1)
def _engine(folder: Path) -> Engine:
    return Engine.load(folder, threads=1)


def _load(folder: Path) -> None:
    """Have the model at hand for what comes."""
    _engine(folder)


def _play(folder: Path, work: Work) -> Any:
    return work.play(_engine(folder))
