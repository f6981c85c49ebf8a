"""The command line.

Exit status: 0 done; 1 could not (one line on stderr, no traceback); 2 wrong usage; 130 stopped by
Ctrl-C, 143 by a request to end (SIGTERM).
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from restyle.cli.stopping import Stopping

_EXTRAS = ("torch", "transformers", "accelerate", "safetensors", "onnx", "onnxruntime_genai")


def main() -> None:
    """The console script: our errors become one line on stderr and exit status 1.

    Nothing is imported before it: Ctrl-C has its sentence while we start, too.
    """
    from restyle.cli.stopping import Stopping

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # letters that a terminal lacks are spelled out
            stream.reconfigure(errors="backslashreplace")
    stopping = Stopping()
    stopping.listen()
    try:
        status = _run(stopping)
    except BaseException:
        if not stopping.status:  # what is raised while we stop is of no interest
            raise
        status = stopping.status
    if stopping.status:
        stopping.tell()  # a timer sees to it that exit handlers do not keep us
    sys.exit(status)


def _run(stopping: Stopping) -> int:
    """Run the command; the exit status."""
    from restyle.errors import RestyleError

    try:
        from restyle.cli.commands import app
        from restyle.cli.scores import spelled_out

        stopping.working = True
        app(spelled_out(sys.argv[1:]))
    except RestyleError as error:
        return _failed(str(error))
    except BrokenPipeError:  # the reader of our output has gone, as after "| head"
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _EXTRAS:
            raise
        return _failed(f"This needs {error.name}: install it with pip install 'restyle[train]'.")
    return 0


def _failed(sentence: str) -> int:
    from restyle.cli.terminal import say

    say(f"restyle: {sentence}", file=sys.stderr)
    return 1
