"""Load on `restyle studio`: many visitors at once who bring a song, have it made and fetch it, over
loopback, with the real engine. Prints what came of it: errors other than "wait", results that are
another's, how fast the page answered meanwhile, and how much memory the studio took.

    python benchmarks/studio_load.py --visitors 50

Linux only (memory is read from /proc). Needs httpx.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

EXAMPLES = Path(__file__).parent.parent / "examples"
SONGS = ("auld-lang-syne.mid", "greensleeves.abc", "when-the-saints.musicxml")
STYLES = ("jazz", "pop", "classical")


@dataclass
class Told:
    """What the visitors met with."""

    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    finished: int = 0
    pings: list[float] = field(default_factory=list)
    memory: int = 0


async def visit(http: httpx.AsyncClient, number: int, told: Told) -> None:
    """One visitor: a song in, a result out, nothing else than that."""
    opened = await _ask(http, told, "POST", "/api/visits")
    at = f"/api/visits/{opened['visit']}"
    name = f"song {number}"
    data = (EXAMPLES / SONGS[number % len(SONGS)]).read_bytes()
    brought = await _ask(http, told, "POST", f"{at}/songs", params={"name": name}, content=data)
    if await _follow(http, told, at, brought["job"]) != "done":
        told.wrong.append(f"{name} was not heard")
        return
    heard = await _ask(http, told, "GET", f"{at}/songs/{brought['song']}")
    wish = {"to": STYLES[number % len(STYLES)], "seed": number}
    begun = await _ask(http, told, "POST", f"{at}/songs/{brought['song']}/results", json=wish)
    if await _follow(http, told, at, begun["job"]) != "done":
        told.wrong.append(f"{name} was not made")
        return
    listed = await _ask(http, told, "GET", at)
    take = await _ask(http, told, "GET", f"{at}/results/{begun['result']}/takes/0")
    settings = listed["results"][0]["settings"]
    mine = (settings["to"], settings["seed"]) == (wish["to"], number)
    if not mine or len(listed["results"]) != 1 or take["bars"] != heard["bars"]:
        told.wrong.append(f"{name} got something else")
        return
    told.finished += 1


async def _ask(http: httpx.AsyncClient, told: Told, method: str, path: str, **more: Any) -> Any:
    """An answer, after waiting as often as it is asked for."""
    while True:
        answer = await http.request(method, path, **more)
        told.answers[answer.status_code] += 1
        if answer.status_code != 429:
            answer.raise_for_status()
            return answer.json()
        await asyncio.sleep(float(answer.headers["retry-after"]))


async def _follow(http: httpx.AsyncClient, told: Told, at: str, job: str) -> str:
    """How a job ended."""
    async with http.stream("GET", f"{at}/jobs/{job}/events") as answer:
        told.answers[answer.status_code] += 1
        async for line in answer.aiter_lines():
            if line.startswith("data: ") and (event := json.loads(line[6:]))["event"] == "end":
                return str(event["state"])
    return "cut off"


async def _ping(http: httpx.AsyncClient, told: Told, process: int | None) -> None:
    """Ask for the page and for the list of styles, five times a second, as long as it goes on."""
    while True:
        for path in ("/", "/api/about"):
            began = time.perf_counter()
            (await http.get(path)).raise_for_status()
            told.pings.append(time.perf_counter() - began)
        if process:
            told.memory = max(told.memory, _memory(process))
        await asyncio.sleep(0.2)


def _memory(process: int) -> int:
    """Bytes that a process and its descendants use, what they share counted once."""
    total, waiting = 0, [process]
    while waiting:
        one = waiting.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += int(rollup.split("Pss:")[1].split()[0]) * 1024
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError, ValueError):
            continue
    return total


async def load(address: str, visitors: int, process: int | None = None) -> Told:
    """Have so many visitors come at once."""
    told = Told()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as http:
        ping = asyncio.create_task(_ping(http, told, process))
        came = [visit(http, number, told) for number in range(visitors)]
        for error in await asyncio.gather(*came, return_exceptions=True):
            if error is not None:
                told.wrong.append(f"{type(error).__name__}: {error}")
        ping.cancel()
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    visitors = parser.parse_args().visitors
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "restyle.cli", "studio", "--port", "0", "--no-browser"]
        studio = subprocess.Popen(
            [*command, "--folder", folder], stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        assert studio.stdout is not None
        address = studio.stdout.readline().split()[2]
        began = time.perf_counter()
        told = asyncio.run(load(address, visitors, studio.pid))
        took = time.perf_counter() - began
        studio.terminate()
        studio.wait()
    pings = sorted(told.pings)
    print(f"{visitors} visitors, {told.finished} served, {took:.0f} s")
    print(f"answers: {dict(sorted(told.answers.items()))}; wrong: {told.wrong or 'nothing'}")
    print(
        f"page and API meanwhile: {len(pings)} requests, median {statistics.median(pings):.3f} s, "
        f"95 of 100 under {pings[int(len(pings) * 0.95)]:.3f} s, slowest {pings[-1]:.3f} s"
    )
    print(f"memory at most: {told.memory / 2**20:.0f} MB")


if __name__ == "__main__":
    main()
