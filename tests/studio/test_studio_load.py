"""Many visitors at once, and a studio that is killed, over loopback. The worker pretends: what is
tested is the studio's own part; `benchmarks/studio_load.py` asks the real one."""

import asyncio
import importlib.util
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from visitor import PRETENDS

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "studio_load.py"
SERVE = """
import sys, socket, uvicorn
from pathlib import Path
from restyle.studio.app import create_app
from restyle.studio.limits import Limits
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen(200)
app = create_app(Path(sys.argv[1]), Limits(waiting=5), worker=sys.argv[2:])
print(taken.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[taken])
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a studio in a process of its own."""
    command = [sys.executable, "-c", SERVE, str(folder), *PRETENDS]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def ask(address: str, path: str, data: bytes | None = None) -> Any:
    request = urllib.request.Request(
        address + path, data, {"content-type": "application/json"} if data else {}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


@pytest.mark.slow
def test_twenty_visitors_at_once(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("studio_load", BENCHMARK)
    assert spec is not None and spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    sys.modules["studio_load"] = bench
    spec.loader.exec_module(bench)
    with serving(tmp_path) as (address, _):
        told = asyncio.run(bench.load(address, 20))
    assert told.wrong == []
    assert told.finished == 20
    assert set(told.answers) <= {200, 201, 202, 429}
    assert told.pings


@pytest.mark.slow
def test_killed_and_started_again(tmp_path: Path) -> None:
    with serving(tmp_path) as (address, process):
        at = f"/api/visits/{ask(address, '/api/visits', b'{}')['visit']}"
        made = {}
        for name in ("short", "long"):
            brought = ask(address, f"{at}/songs?name={name}.mid", b"x")
            until(address, f"{at}/jobs/{brought['job']}", "done")
            begun = ask(address, f"{at}/songs/{brought['song']}/results", b'{"to": "jazz"}')
            made[name] = begun["result"]
            until(address, f"{at}/jobs/{begun['job']}", "done" if name == "short" else "running")
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(tmp_path) as (address, _):
        states = {r["result"]: r["state"] for r in ask(address, at)["results"]}
        assert states == {made["short"]: "done", made["long"]: "stopped"}
        assert ask(address, f"{at}/results/{made['short']}/takes/0")["tracks"]


def until(address: str, path: str, state: str) -> None:
    for _ in range(1000):
        if ask(address, path)["state"] == state:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} did not come to be {state}")
