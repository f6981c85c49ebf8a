"""Worker processes with manners: they end with the process that started them, and leave Ctrl-C to
it.

loky's workers wait for work for ever: when the process that started them is killed, nobody tells
them. So each watches it (`watch_parent`), which costs a thread that sleeps.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, TypeVar

_T = TypeVar("_T")
_EVERY = 0.5
"""Seconds between two looks for the parent, where the system cannot tell of its end."""


def parallel(
    work: Callable[[Any], _T], items: Iterable[Any], workers: int | None, batch: int
) -> Iterator[_T]:
    """`work` of every item, in order, by that many processes (all cores when None).

    `batch` items are given to a process at once. The first ones are begun before this returns.
    """
    import joblib

    _start_trackers()
    pool = joblib.Parallel(
        n_jobs=workers or -1,
        return_as="generator",
        batch_size=batch,
        initializer=watch_parent,
        initargs=(os.getpid(),),
    )
    with starting():
        results: Iterator[_T] = pool(joblib.delayed(work)(item) for item in items)
    return results


def _start_trackers() -> None:
    """Python's and loky's processes that count what workers share.

    Alone and before the workers: whoever starts one lets Ctrl-C through again, whoever blocked it.
    """
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as of_loky

    for tracker in (resource_tracker, of_loky):
        with starting():
            tracker.ensure_running()


def watch_parent(parent: int) -> None:
    """From now on this process ends, whatever it is doing, as soon as `parent` has ended."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


@contextmanager
def starting() -> Iterator[None]:
    """Inside, processes are started: they never hear Ctrl-C, and none is left half started.

    A terminal sends Ctrl-C to all of them, where the one that started them sees to their end: they
    inherit that it is blocked. What this process is sent meanwhile it gets when the block is over.
    """
    came: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():  # the one that handlers run in
        for number in (signal.SIGINT, signal.SIGTERM):
            if callable(handler := signal.getsignal(number)):
                handlers[number] = handler
                signal.signal(number, lambda sent, _: came.append(sent))
    masked = hasattr(signal, "pthread_sigmask")  # Windows: its workers have no console to hear it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else set()
    try:
        yield
    finally:
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for sent in came[:1]:
            signal.raise_signal(sent)


def _end_with(parent: int) -> None:
    _wait_for_end(parent)
    os._exit(1)  # no exit handlers: they would wait for the parent


def _wait_for_end(parent: int) -> None:
    if sys.platform == "win32":
        import _winapi

        synchronise = 0x100000
        try:
            wait([_winapi.OpenProcess(synchronise, False, parent)])
        except OSError:  # it has gone already
            return
    elif sys.platform == "linux":
        try:
            ended = os.pidfd_open(parent)
        except OSError:  # gone already, or a kernel (or container) that has no such call
            pass
        else:
            if os.getppid() == parent:  # it may have gone, and its number been given anew
                wait([ended])
            return
    while os.getppid() == parent:
        time.sleep(_EVERY)
