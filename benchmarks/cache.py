"""What keys and values in 8 bits are worth, beside the same weights with floats.

    python benchmarks/cache.py [--model MODEL]

The first table has the milliseconds of a step on one core by how many tokens stand in the window,
medians of turns that the two take one after the other. The second restyles an example song with
floats, shows every token to the other, too, which forgets what the first one forgets, and says how
far apart their predictions are, in each quarter of the song.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from restyle.analysis import hear
from restyle.decoding.kv_cache import KVCache
from restyle.decoding.session import Session
from restyle.io import read
from restyle.model.export import export
from restyle.options import TransferOptions
from restyle.pipeline import Arranger
from song import EXAMPLE, repeated

FULL = (4, 160, 320, 480, 640, 800, 960)
STEPS, TURNS, MINUTES = 30, 8, 3.0
STYLES = ("classical", "jazz", "pop", "film", "game")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("weights/arranger"))
    model = parser.parse_args().model
    with tempfile.TemporaryDirectory() as temporary:
        folders = [Path(temporary) / name for name in ("floats", "bits")]
        for folder, small in zip(folders, (False, True), strict=True):
            export(model, folder, small_cache=small)
        floats, bits = (Session.load(folder, threads=1) for folder in folders)
        print("| tokens in the window | floats, ms | 8 bits, ms | share |\n|---|---|---|---|")
        for full in FULL:
            slow, fast = step_times([floats.cache(), bits.cache()], full)
            print(f"| {full} | {slow:.3f} | {fast:.3f} | {fast / slow:.2f} |", flush=True)
        print("\n| style | steps | nats a token apart, by quarter of the song |\n|---|---|---|")
        for style in STYLES:
            apart = differences(folders[0], floats, bits, style)
            quarters = ", ".join(f"{x.mean():.5f}" for x in np.array_split(apart, 4))
            print(f"| {style} | {len(apart)} | {quarters} |", flush=True)


def step_times(caches: list[KVCache], full: int) -> list[float]:
    """Milliseconds of a step of each cache, with so many tokens in it."""
    spent: list[list[float]] = [[] for _ in caches]
    for cache in caches:
        cache.feed(np.zeros(full, dtype=np.int64))
    for _ in range(TURNS):
        for cache, times in zip(caches, spent, strict=True):
            began = time.perf_counter()
            for _ in range(STEPS):
                cache.feed([0])
            times.append((time.perf_counter() - began) / STEPS * 1000)
            cache.rewind(full)
    return [median(times) for times in spent]


def differences(folder: Path, floats: Session, bits: Session, style: str) -> np.ndarray[Any, Any]:
    """The divergence of the second session from the first at each step of a song, in nats."""
    both = Both(floats, bits)
    band = Arranger(folder, threads=1)
    band.session = both  # type: ignore[assignment]
    options = TransferOptions(to=style, candidates=1)
    band.transfer(hear(repeated(read(EXAMPLE), MINUTES)), options)
    return np.array(both.apart)


class Both:
    """A session whose caches predict what the first one does, and ask the second, too."""

    def __init__(self, first: Session, second: Session):
        self.first, self.second = first, second
        self.context = first.context
        self.apart: list[float] = []

    def cache(self, batch: int = 1) -> BothCaches:
        return BothCaches(self.first.cache(batch), self.second.cache(batch), self.apart)


class BothCaches:
    """Two caches in step: what is done to the first is done to the second, too."""

    def __init__(self, first: KVCache, second: KVCache, apart: list[float]):
        self._first, self._second, self._apart = first, second, apart

    def __getattr__(self, name: str) -> Any:
        here, there = getattr(self._first, name), getattr(self._second, name)
        if not callable(here):
            return here

        def both(*given: Any) -> Any:
            one, other = here(*given), there(*given)
            if name.startswith("feed"):
                wanted, found = (log_softmax(np.atleast_2d(x)[0]) for x in (one, other))
                self._apart.append(float((np.exp(wanted) * (wanted - found)).sum()))
            return one

        return both


def log_softmax(logits: Any) -> Any:
    scores = logits.astype(np.float64) - logits.max()
    return scores - np.log(np.exp(scores).sum())


if __name__ == "__main__":
    main()
