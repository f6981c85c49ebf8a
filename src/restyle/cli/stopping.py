"""Ctrl-C and SIGTERM: "Stopped." at once, nothing left behind. Imports next to nothing."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

_PATIENCE = 1.0
"""Seconds that tidying up (temporary files, the cursor, workers) may take."""


class Stop(BaseException):
    """We were asked to stop. Not KeyboardInterrupt, which libraries take for their own."""


class Stopping:
    """Hears requests to stop, in the main thread of a command."""

    def __init__(self) -> None:
        self.status = 0
        """The exit status of the request that came; 0 while none has."""
        self.working = False
        """Whether there may be anything to tidy up. Before, we go at once."""
        self._told = threading.Lock()

    def listen(self) -> None:
        """From now on requests to stop are ours; one that is ignored (as after nohup) stays so."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def tell(self) -> None:
        """Say that we stop, once."""
        if self._told.acquire(blocking=False):
            for stream, text in ((sys.stdout, ""), (sys.stderr, "restyle: Stopped.\n")):
                try:
                    stream.write(text)
                    stream.flush()
                except (OSError, ValueError):
                    pass  # whoever read it has stopped as well

    def leave(self) -> None:
        """Say so and end this process now, without its exit handlers; the workers see it."""
        self.tell()
        if "multiprocessing.util" in sys.modules:
            self._soon(os._exit, self.status)
            _give_back_semaphores()
        os._exit(self.status)

    def _soon(self, action: Callable[..., object], *words: object) -> None:
        """Do something in a while, whatever this process is doing then."""
        late = threading.Timer(_PATIENCE, action, words)
        late.daemon = True
        late.start()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        again, self.status = bool(self.status), 128 + number
        warnings.simplefilter("ignore")  # that work was cancelled is what was asked for
        if again or not self.working:
            self.leave()
        self._soon(self.leave)
        raise Stop


def _give_back_semaphores() -> None:
    """Those that are shared with workers: the process that counts them would complain, below our
    sentence, that they were left to it."""
    from multiprocessing import util

    with suppress(Exception):
        util._run_finalizers(0)  # type: ignore[attr-defined]
