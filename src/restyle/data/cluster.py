"""A Dask cluster to hear songs on, through joblib.

What is sent there are paths and what comes back are token numbers and measures, so every worker
must have restyle installed and see the songs under the same paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from restyle.errors import RestyleError
from restyle.tokens import vocabulary

PATIENCE = 30
"""Seconds to wait for the scheduler, and for the first worker."""


@contextmanager
def cluster(address: str, song: Path) -> Iterator[None]:
    """Inside, `joblib.Parallel` runs on the Dask cluster whose scheduler is at `address`.

    A worker that dies costs nothing but time: its songs are given to another.

    Raises:
        RestyleError: when Dask is missing, nobody answers at the address, there are no workers,
            or one of them does not see `song`, lacks restyle, or has another version of it; and
            for songs whose workers died again and again.
    """
    import joblib

    with _client(address) as client:
        _check(client, address, song)
        from distributed import KilledWorker

        try:
            with joblib.parallel_config(backend="dask", client=client):
                yield
        except KilledWorker as error:
            raise RestyleError(
                "Several workers died over the same songs: give them more memory."
            ) from error


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise RestyleError("A cluster needs Dask: pip install 'restyle[cluster]'.") from error
    try:
        return Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise RestyleError(f"No Dask scheduler answers at {address}.") from error


def _check(client: Any, address: str, song: Path) -> None:
    """That there are workers, and that each can do the work."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise RestyleError(f"The cluster at {address} has no workers.") from error
    try:
        answers = client.run(_look, song)
    except ImportError as error:
        raise RestyleError(f"The workers at {address} lack restyle: install it there.") from error
    for worker, (sees, version) in answers.items():
        if not sees:
            raise RestyleError(
                f"The worker {worker} does not see {song}: keep the songs in a folder that all "
                f"machines share, and name it by its full path."
            )
        if version != vocabulary.VERSION:
            raise RestyleError(f"The worker {worker} has another version of restyle.")


def _look(song: Path) -> tuple[bool, int]:
    return song.is_file(), vocabulary.VERSION
