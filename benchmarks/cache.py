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
from restyle.decoding.engine import Engine
from restyle.decoding.lane import Lane
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
        floats, bits = (Engine.load(folder, threads=1) for folder in folders)
        print("| tokens in the window | floats, ms | 8 bits, ms | share |\n|---|---|---|---|")
        for full in FULL:
            slow, fast = step_times([floats.lane(), bits.lane()], full)
            print(f"| {full} | {slow:.3f} | {fast:.3f} | {fast / slow:.2f} |", flush=True)
        print("\n| style | steps | nats a token apart, by quarter of the song |\n|---|---|---|")
        for style in STYLES:
            apart = differences(folders[0], floats, bits, style)
            quarters = ", ".join(f"{x.mean():.5f}" for x in np.array_split(apart, 4))
            print(f"| {style} | {len(apart)} | {quarters} |", flush=True)


def step_times(lanes: list[Lane], full: int) -> list[float]:
    """Milliseconds of a step of each lane, in windows of so many tokens."""
    spent: list[list[float]] = [[] for _ in lanes]
    for lane in lanes:
        lane.feed(np.zeros(full, dtype=np.int64))
    for _ in range(TURNS):
        for lane, times in zip(lanes, spent, strict=True):
            began = time.perf_counter()
            for _ in range(STEPS):
                lane.feed([0])
            times.append((time.perf_counter() - began) / STEPS * 1000)
            lane.rewind(full)
    return [median(times) for times in spent]


def differences(folder: Path, floats: Engine, bits: Engine, style: str) -> np.ndarray[Any, Any]:
    """The divergence of the second engine from the first at each step of a song, in nats."""
    both = Both(floats, bits)
    band = Arranger(folder)
    band.engine = both  # type: ignore[assignment]
    band.transfer(hear(repeated(read(EXAMPLE), MINUTES)), TransferOptions(to=style))
    return np.array(both.apart)


class Both:
    """An engine whose lanes predict what the first one does, and ask the second, too."""

    folder = None

    def __init__(self, first: Engine, second: Engine):
        self.first, self.second = first, second
        self.context = first.context
        self.apart: list[float] = []

    def lane(self) -> BothLanes:
        return BothLanes(self.first.lane(), self.second.lane(), self.apart)

    def on_one_core(self) -> Both:
        return self


class BothLanes:
    """Two lanes in step."""

    def __init__(self, first: Lane, second: Lane, apart: list[float]):
        self._lanes, self._apart = (first, second), apart

    @property
    def room(self) -> int:
        return self._lanes[0].room

    def feed(self, tokens: Any) -> Any:
        one, other = (lane.feed(tokens) for lane in self._lanes)
        wanted, found = log_softmax(one[0]), log_softmax(other[0])
        self._apart.append(float((np.exp(wanted) * (wanted - found)).sum()))
        return one

    def rewind(self, length: int) -> None:
        for lane in self._lanes:
            lane.rewind(length)

    def forget(self, *stretches: tuple[int, int]) -> None:
        for lane in self._lanes:
            lane.forget(*stretches)

    def kept(self) -> Any:
        return [lane.kept() for lane in self._lanes]

    def restore(self, memories: Any) -> None:
        for lane, memory in zip(self._lanes, memories, strict=True):
            lane.restore(memory)


def log_softmax(logits: Any) -> Any:
    scores = logits.astype(np.float64) - logits.max()
    return scores - np.log(np.exp(scores).sum())


if __name__ == "__main__":
    main()
