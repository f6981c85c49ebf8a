"""One job, what it says, and the process that does one after another."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from restyle.studio.limits import Limits

Json = dict[str, Any]
WORKER = (sys.executable, "-m", "restyle.studio.worker", "--warm")
"""What starts a worker."""


@dataclass
class Job:
    """One thing to do, and all that it has said."""

    id: str
    visit: str
    kind: str
    task: Json
    about: Json
    """What the page needs to know of it: which song, which result."""
    state: str = "waiting"
    """waiting, running, done, failed or cancelled."""
    message: str = ""
    events: list[Json] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    listeners: int = 0
    cancelled: bool = False
    ended: float = 0.0

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    async def tell(self, event: Json) -> None:
        async with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    async def finished(self) -> None:
        """Wait until it is over."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.over)

    def public(self) -> Json:
        """What anyone who knows the visit may see."""
        return {
            "job": self.id,
            "kind": self.kind,
            "state": self.state,
            "message": self.message,
            **self.about,
        }


class Worker:
    """A process that does one job after another."""

    def __init__(self, limits: Limits, command: Sequence[str]):
        self._limits = limits
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        if self._process is not None and self._process.returncode is None:
            return
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=64 * 2**20,
            start_new_session=True,  # so that its own children end with it
        )

    async def run(self, job: Job) -> None:
        """Do a job; its state says how it ended."""
        await self.start()
        try:
            await asyncio.wait_for(self._talk(job), self._limits.job_seconds)
        except TimeoutError:
            await self.stop()
            minutes = self._limits.job_seconds / 60
            end_job(job, "failed", f"That took more than {minutes:.0f} minutes, and was stopped.")
        except (ConnectionError, ValueError):
            await self.stop()
            end_job(job, *_broken(job))

    async def _talk(self, job: Job) -> None:
        assert self._process is not None and self._process.stdout is not None
        await self._send({**job.task, "job": job.id, "kind": job.kind})
        while True:
            line = await self._process.stdout.readline()
            if not line:
                await self.stop()
                return end_job(job, *_broken(job))
            event = json.loads(line)
            if "end" not in event:
                await job.tell(event)
                continue
            end_job(job, event["end"], event.get("message", ""))
            if event["memory"] > self._limits.memory_bytes:
                await self.stop()
            return None

    async def _send(self, data: Json) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps(data).encode() + b"\n")
        await self._process.stdin.drain()

    async def cancel(self, job: Job) -> None:
        """Ask it to stop at the next bar, and end the process where it does not."""
        with contextlib.suppress(ConnectionError):
            await self._send({"cancel": job.id})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(job.finished(), self._limits.grace_seconds)
        if not job.over:
            await self.stop()

    async def stop(self) -> None:
        """End the process, and those that it started."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        await process.wait()


def end_job(job: Job, state: str, message: str = "") -> None:
    job.state, job.message, job.ended = state, message, time.monotonic()


def _broken(job: Job) -> tuple[str, str]:
    """How a job ends whose process has ended."""
    if job.cancelled:
        return "cancelled", ""
    return "failed", "The process that did this was ended: try again."
