"""Jobs: they wait in line, run in worker processes, tell what they do, and can be stopped."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from restyle.studio.limits import Limits
from restyle.studio.process import WORKER, Job, Json, Worker, end_job

OnEnd = Callable[["Job"], Awaitable[None] | None]
QUICK = ("hear", "export")
"""Kinds that are done in a moment, which do not wait behind those that take their time."""
KEPT_SECONDS = 900.0
"""How long what a finished job said can still be read."""
_USUAL = {"hear": 1.5, "export": 4.0, "make": 8.0, "compose": 12.0, "notes": 3.0, "report": 40.0}
"""Seconds that a job of each kind takes, before any has been seen."""


class Busy(Exception):
    """Too many jobs wait; `seconds` says when to come back."""

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


class Jobs:
    """The lines of waiting jobs, one for what is quick and one for what is not, and the workers."""

    def __init__(
        self,
        limits: Limits,
        on_end: OnEnd,
        makers: int = 1,
        quick: int = 1,
        command: Sequence[str] = WORKER,
    ):
        self._limits = limits
        self._command = command
        self._on_end = on_end
        self._sizes = {"make": makers, "quick": quick}
        self._waiting: dict[str, deque[Job]] = {"make": deque(), "quick": deque()}
        self._running: dict[str, tuple[Job, Worker]] = {}
        self._wake = {line: asyncio.Condition() for line in self._waiting}
        self._seconds = dict(_USUAL)
        self._known: dict[str, Job] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._later: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Start the workers."""
        for line, count in self._sizes.items():
            for _ in range(count):
                self._tasks.append(asyncio.create_task(self._work(line)))

    async def end(self) -> None:
        """Stop everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def find(self, visit: str, job: str) -> Job | None:
        found = self._known.get(job)
        return found if found is not None and found.visit == visit else None

    def of_visit(self, visit: str) -> list[Job]:
        return [job for job in self._known.values() if job.visit == visit]

    def add(self, visit: str, kind: str, task: Json, about: Json) -> Job:
        """Put a job at the end of its line. Raises Busy where that is full."""
        self.room(visit, kind)
        self._forget()
        job = Job(secrets.token_hex(8), visit, kind, task, about)
        self._known[job.id] = job
        line = self._line(kind)
        self._waiting[line].append(job)
        self._soon(self._call(line))
        return job

    def room(self, visit: str, kind: str) -> None:
        """Raise Busy where one more job would be too many, for all or for this visit."""
        line = self._line(kind)
        waiting = self._waiting[line]
        mine = sum(job.visit == visit for job in waiting)
        if len(waiting) >= self._limits.waiting or mine >= self._limits.waiting_a_visit:
            raise Busy(self.wait(line, len(waiting)))

    def wait(self, line: str, ahead: int) -> int:
        """Seconds until a place is free, about."""
        mean = max(self._seconds[job.kind] for job in self._waiting[line]) if ahead else 1.0
        return max(1, round(mean * max(ahead / 4, 1) / self._sizes[line]))

    async def cancel(self, job: Job) -> None:
        """Stop a job, wherever it is."""
        if job.over or job.cancelled:
            return
        job.cancelled = True
        line = self._line(job.kind)
        if job in self._waiting[line]:
            self._waiting[line].remove(job)
            end_job(job, "cancelled")
            await self._over(job)
        elif job.id in self._running:
            await self._running[job.id][1].cancel(job)

    async def events(self, job: Job, after: int = 0) -> AsyncIterator[tuple[int, Json] | None]:
        """What a job says, from event number `after` on, its end last; None now and then, where
        nothing happens. Who stops listening to a job that runs has it cancelled in the end."""
        job.listeners += 1
        told = after
        try:
            while True:
                async with job.changed:
                    if told >= len(job.events) and not job.over:
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(job.changed.wait(), 5.0)
                    news, over = job.events[told:], job.over
                if not news and not over:
                    yield None
                for event in news:
                    told += 1
                    yield told, event
                if over and told >= len(job.events):
                    yield told + 1, {"event": "end", **job.public()}
                    return
        finally:
            job.listeners -= 1
            if not job.over and not job.listeners:
                self._soon(self._deserted(job))

    async def _deserted(self, job: Job) -> None:
        await asyncio.sleep(self._limits.reconnect_seconds)
        if not job.listeners and job.kind != "hear":
            await self.cancel(job)

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _call(self, line: str) -> None:
        async with self._wake[line]:
            self._wake[line].notify()

    async def _work(self, line: str) -> None:
        worker = Worker(self._limits, self._command)
        try:
            await worker.start()
            while True:
                async with self._wake[line]:
                    await self._wake[line].wait_for(lambda: bool(self._waiting[line]))
                    job = self._waiting[line].popleft()
                    job.state = "running"
                    self._running[job.id] = (job, worker)
                began = time.monotonic()
                await job.tell({"event": "begin"})
                await worker.run(job)
                del self._running[job.id]
                took = time.monotonic() - began
                self._seconds[job.kind] += 0.2 * (took - self._seconds[job.kind])
                await self._over(job)
                await worker.start()
        finally:
            await worker.stop()

    async def _over(self, job: Job) -> None:
        done = self._on_end(job)
        if done is not None:
            await done
        async with job.changed:
            job.changed.notify_all()

    def _forget(self) -> None:
        """Let go of what finished jobs said long ago."""
        until = time.monotonic() - KEPT_SECONDS
        for job in [job for job in self._known.values() if job.over and job.ended < until]:
            del self._known[job.id]

    @staticmethod
    def _line(kind: str) -> str:
        return "quick" if kind in QUICK else "make"
