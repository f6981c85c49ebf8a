"""Batches made ahead of time, so that an accelerator never waits for one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

from restyle.model.windows import Batch

Make = Callable[[int, int], Batch]
_made: Make | None = None


class Prefetch:
    """Batches by step for one rank: the next `depth` are made while one is used.

    Args:
        make: from (step, rank) to a batch; always the same for the same two.
        workers: processes that make them; 0 is one thread. Processes are forked, so make this
            before an accelerator is touched.
    """

    def __init__(self, make: Make, rank: int, workers: int = 0):
        self._rank, self._make = rank, make
        self._depth = max(1, 3 * workers)
        self._waiting: dict[int, Future[Batch]] = {}
        self._pool: Executor
        if workers:
            global _made
            _made = make  # children see it without its being pickled
            context = multiprocessing.get_context("fork")
            self._pool = ProcessPoolExecutor(workers, mp_context=context)
            for _ in self._pool.map(abs, range(workers)):
                pass
        else:
            self._pool = ThreadPoolExecutor(1)
        self._forked = bool(workers)

    def batch(self, step: int) -> Batch:
        """The batch of a step; those after it are begun."""
        for number in range(step, step + self._depth + 1):
            if number not in self._waiting:
                if self._forked:
                    self._waiting[number] = self._pool.submit(_make, number, self._rank)
                else:
                    self._waiting[number] = self._pool.submit(self._make, number, self._rank)
        done = self._waiting.pop(step).result()
        for old in [number for number in self._waiting if number < step]:
            del self._waiting[old]
        return done

    def close(self) -> None:
        """End the workers."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _make(step: int, rank: int) -> Batch:
    assert _made is not None
    return _made(step, rank)
