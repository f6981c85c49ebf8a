"""restyle as somebody calls it who types, in a process of its own or, much sooner, in this one.

Both go through the console script. A process of its own is for what hangs on one: encodings, what
is imported, the same bytes from another process, workers, being stopped.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from restyle.cli import main

WITHOUT_TORCH = """
import sys
for name in ("torch", "transformers"): sys.modules[name] = None
from restyle.cli import main
sys.argv = ["restyle", *sys.argv[1:]]
main()
"""
"""For `restyle_apart`: the console script where torch is not installed."""

Done = subprocess.CompletedProcess[str]


def restyle(*words: object, cwd: Path) -> Done:
    """The console script, called in this process: exit status, and what it says."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    out, err = io.StringIO(), io.StringIO()
    command = ["restyle", *map(str, words)]
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(sys, "argv", command),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    assert isinstance(status, int)
    return subprocess.CompletedProcess(command, status, out.getvalue(), err.getvalue())


def restyle_apart(*words: object, cwd: Path, code: str = "", **env: str) -> Done:
    """`python -m restyle.cli`, or `python -c code`, in a process of its own."""
    start = ["-c", code] if code else ["-m", "restyle.cli"]
    return subprocess.run(
        [sys.executable, *start, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        encoding=env.get("PYTHONIOENCODING", "utf-8"),
        timeout=600,
        env={**os.environ, **env},
    )
