"""Several songs at once: a process a song on all cores, or on a Dask cluster.

Every song is made as it would be alone, so the results are the same bytes. What a song has to say
comes back from its process and is printed here, in the songs' order.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from restyle.errors import RestyleError
from restyle.workers import parallel

Make = Callable[[Path, Path], None]
"""Makes the result of a song: from its file, into a file. It can be sent to another process."""


@dataclass(frozen=True)
class Told:
    """What became of a song."""

    said: str
    """What is to be printed."""
    error: str = ""
    """Why it could not be done."""


def make_all(jobs: Sequence[tuple[Path, Path]], make: Make, address: str = "") -> Iterator[Told]:
    """What became of each of some songs, in their order.

    With the `address` of a Dask scheduler its workers do it, which must see the same folders.
    Raises RestyleError as `data.cluster` does.
    """
    import joblib

    try:
        if address:
            yield from _on_cluster(jobs, make, address)
        else:
            workers = min(joblib.cpu_count(), len(jobs))  # those that this process may use
            yield from parallel(partial(_told, make), jobs, workers, batch=1)
    except BrokenProcessPool as error:
        raise RestyleError(
            "A process was killed, most likely for lack of memory: give fewer songs at once."
        ) from error


def _on_cluster(jobs: Sequence[tuple[Path, Path]], make: Make, address: str) -> Iterator[Told]:
    import joblib

    from restyle.data.cluster import cluster

    there = [(file.absolute(), out.absolute()) for file, out in jobs]
    with cluster(address, there[0][0]):
        run = joblib.Parallel(n_jobs=-1, return_as="generator", batch_size=1)
        yield from run(joblib.delayed(_told)(make, job) for job in there)


def _told(make: Make, job: tuple[Path, Path]) -> Told:
    file, out = job
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            make(file, out)
    except RestyleError as error:  # one bad song does not keep the others from being done
        return Told(said.getvalue(), str(error))
    return Told(said.getvalue())
