"""How fast restyle is: cold start, tokens a second, seconds a song by length, memory, reading.

    python benchmarks/speed.py [--model FOLDER] [--weights MODEL] [--songs FOLDER]
                               [--style jazz] [--most 20]

Prints one table. `--weights` is a folder that `restyle train arranger` left: the same weights are
then run by `transformers.generate`, turn by turn with our engine (needs the train extra). `--songs`
is a folder of MIDI files, which ours, pretty_midi and music21 read in turn; the examples when not
said. Every song is a process of its own, from a cold start, with its peak memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from restyle.decoding.sampler import Sampling, sample
from restyle.decoding.session import Session
from restyle.errors import RestyleError
from restyle.io import read
from restyle.style.style import PRETRAINED
from song import EXAMPLE, repeated

MINUTES = (0.5, 1.0, 3.0, 10.0, 20.0)
TOKENS, PROMPT, TURNS = 200, 16, 3
MOST_FILES = 10
LOOK_EVERY = 0.005
"""Seconds between two looks at the memory of a process."""
Row = tuple[str, str]


def main() -> None:
    options = arguments()
    print("| what | figure |")
    print("|---|---|")
    for name, figure in every_row(options):
        print(f"| {name} | {figure} |", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=PRETRAINED)
    parser.add_argument("--weights", type=Path, help="a folder made by 'restyle train arranger'")
    parser.add_argument("--songs", type=Path, default=EXAMPLE.parent, help="MIDI files to read")
    parser.add_argument("--style", default="jazz")
    parser.add_argument("--most", type=float, default=MINUTES[-1], help="minutes of music")
    return parser.parse_args()


def every_row(options: argparse.Namespace) -> Iterator[Row]:
    yield "cores, load before", f"{os.cpu_count()}, {os.getloadavg()[0]:.1f}"
    yield from cold_starts()
    yield from tokens_a_second(options.model, options.weights)
    yield from seconds_a_song(options.model, options.style, options.most)
    yield from reading(sorted(options.songs.rglob("*.mid"))[:MOST_FILES])


def cold_starts() -> Iterator[Row]:
    """A new Python that only imports, and one that says which styles there are."""
    for name, words in (
        ("`import restyle`, cold", ["-c", "import restyle"]),
        ("`restyle styles`, cold", ["-m", "restyle.cli", "styles"]),
    ):
        yield name, f"{median(ran(words)[0] for _ in range(TURNS)):.2f} s"


def tokens_a_second(model: Path, weights: Path | None) -> Iterator[Row]:
    """The engine and, where the weights are at hand, `transformers.generate`, in turns."""
    session = Session.load(model)
    prompt = np.random.default_rng(0).integers(session.vocab_size, size=PROMPT)
    runners: dict[str, Callable[[], None]] = {"engine": lambda: ours(session, prompt)}
    if weights is not None:
        runners["generate"] = theirs(weights, prompt)
    found: dict[str, list[float]] = {name: [] for name in runners}
    for turn in range(TURNS + 1):  # the first one warms up
        for name, run in runners.items():
            began = time.perf_counter()
            run()
            if turn:
                found[name].append(TOKENS / (time.perf_counter() - began))
    precision = session.shape.precision
    yield f"tokens a second, {precision}, one stream", f"{median(found['engine']):,.0f}"
    if weights is not None:
        ratios = [a / b for a, b in zip(found["engine"], found["generate"], strict=True)]
        yield "`transformers.generate`, the same weights", f"{median(found['generate']):,.0f}"
        spread = f"({min(ratios):.1f} to {max(ratios):.1f})"
        yield "ours over `generate`", f"{median(ratios):.1f} times {spread}"


def ours(session: Session, prompt: np.ndarray) -> None:
    cache = session.cache()
    rng = np.random.default_rng(0)
    allowed = np.ones(session.vocab_size, dtype=bool)
    logits = cache.feed(prompt)[0]
    for _ in range(TOKENS):
        logits = cache.feed([sample(logits, allowed, Sampling(), rng)])[0]


def theirs(weights: Path, prompt: np.ndarray) -> Callable[[], None]:
    import torch
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM.from_pretrained(weights, local_files_only=True).eval()
    ids = torch.from_numpy(prompt)[None]

    def run() -> None:
        with torch.inference_mode():
            model.generate(
                ids, max_new_tokens=TOKENS, min_new_tokens=TOKENS, do_sample=True, top_p=0.95,
                pad_token_id=0,
            )  # fmt: skip

    return run


def seconds_a_song(model: Path, style: str, most: float) -> Iterator[Row]:
    """Read, hear, arrange and write, by length; and whether the time grows in proportion."""
    lengths, times = [], []
    with tempfile.TemporaryDirectory() as folder:
        for minutes in (m for m in MINUTES if m <= most):
            path = Path(folder) / f"{minutes:g}.mid"
            repeated(read(EXAMPLE), minutes).write(str(path))
            out = str(Path(folder) / "out.mid")
            words = ["-m", "restyle.cli", "transfer", str(path), "--to", style]
            seconds, peak = ran([*words, "--model", str(model), "-o", out, "--quiet"])
            lengths.append(minutes)
            times.append(seconds)
            yield f"{minutes:g} min to {style}, cold", f"{seconds:.1f} s, peak {peak:.0f} MB"
    if len(lengths) > 2:
        # 1 is linear growth: the slope of log time on log length, from a minute on
        x, y = np.log(lengths[1:]), np.log(times[1:])
        yield "time grows as length to the power of", f"{np.polyfit(x, y, 1)[0]:.2f}"


def reading(files: Sequence[Path]) -> Iterator[Row]:
    """The same files read by ours, by pretty_midi and by music21."""
    for name, reader in (
        ("restyle", read),
        ("pretty_midi", pretty_midi_reader),
        ("music21", music21_reader),
    ):
        began = time.perf_counter()
        done = 0
        for file in files:
            try:
                reader(file)
            except (RestyleError, ValueError, OSError, KeyError, IndexError):
                continue  # not every reader takes every file
            done += 1
        taken = time.perf_counter() - began
        yield f"reading {done} of {len(files)} files, {name}", f"{done / taken:,.1f} files a second"


def pretty_midi_reader(file: Path) -> object:
    import pretty_midi

    return pretty_midi.PrettyMIDI(str(file))


def music21_reader(file: Path) -> object:
    from music21 import converter

    return converter.parse(str(file), forceSource=True)


def ran(words: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak memory, in MB, of a new Python with these arguments."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    peak = 0.0
    while child.poll() is None:
        peak = max(peak, high_water(child.pid))
        time.sleep(LOOK_EVERY)
    if child.returncode:
        raise SystemExit(f"python {' '.join(words)} failed.")
    return time.perf_counter() - began, peak


def high_water(process: int) -> float:
    """The most memory that a process has had so far, in MB; 0 where Linux does not say.

    Not `ru_maxrss`: a new process takes over that of the one that started it.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    found = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(next(found, 0)) / 1024


if __name__ == "__main__":
    main()
