"""How fast training goes, and what share of the machine's matrix products it reaches.

    python benchmarks/training.py [CORPUS] [--sizes small base] [--threads N]

Each size takes some steps, turn about with a matrix product of the same precision on the same
threads, so that other work on the machine falls on both. Needed are, for each token, six
operations a parameter (two forward, four backward) and in each layer six a channel and position of
the window (causal attention: half of what a full one would need); what Muon or the loss take on
top is not counted as needed, only its time is. On a CPU all times are CPU time a thread, which does
not count waiting for other work; on an accelerator they are seconds. Without a CORPUS tokens are
drawn by chance, which changes nothing in the speed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from restyle.data.shards import Corpus, Entry, open_corpus, write_corpus
from restyle.model.llama import SIZES
from restyle.model.options import TrainOptions
from restyle.model.train import Run
from restyle.model.windows import WindowOptions
from restyle.tokens import vocabulary as v

PRODUCT = {"cpu": 1024, "cuda": 8192, "xpu": 8192}
"""Rows and columns of the matrices whose product is the measure, by device."""
PARTS = ("windows", "forward", "backward", "clip", "Muon", "AdamW")


class Clock:
    """Seconds of this device's work."""

    def __init__(self, device: torch.device, threads: int):
        self.device, self._threads = device, threads

    def __call__(self, work: Callable[[], Any]) -> tuple[float, Any]:
        """How long some work takes, and what it returns."""
        began = self._now()
        out = work()
        return self._now() - began, out

    def _now(self) -> float:
        if self.device.type == "cpu":
            return time.process_time() / self._threads
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        elif self.device.type == "xpu":
            torch.xpu.synchronize()
        return time.perf_counter()


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        corpus = open_corpus(options.corpus) if options.corpus else chance(Path(folder) / "corpus")
        rows = [measured(corpus, size, options, Path(folder) / size) for size in options.sizes]
    print(table(rows))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--sizes", nargs="+", default=["small"], choices=list(SIZES))
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--context", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1, help="of the CPU")
    parser.add_argument("--compile", action="store_true")
    return parser.parse_args()


def chance(folder: Path) -> Corpus:
    """A corpus of one song whose pitches are drawn by chance."""
    rng = np.random.default_rng(0)
    bars = [
        [v.BAR[3], v.POSITION[0], v.NO_CHORD, v.PART[2]]
        + ([] if number % 4 else [v.DENSITY[1]])  # windows begin where phrases do
        + [t for i in range(12) for t in (v.POSITION[4 * i], v.PITCH[int(rng.integers(128))])]
        for number in range(4000)
    ]
    tokens = np.array([v.BOS, *(t for bar in bars for t in bar), v.END, v.EOS], dtype=np.uint16)
    entries = [(Entry("", "", "x", s, "", 0, 0, len(tokens)), tokens) for s in ("train", "valid")]
    write_corpus(folder, entries, {"x": {"slot": 0}}, {})
    return open_corpus(folder)


def measured(corpus: Corpus, size: str, options: argparse.Namespace, out: Path) -> dict[str, Any]:
    """Medians over the steps: seconds by part of a step, and the share of the product's speed."""
    training = TrainOptions(
        batch=options.batch,
        valid_windows=1,
        compile=options.compile,
        model=replace(SIZES[size], context=options.context),
        windows=WindowOptions(context=options.context),
    )
    run = Run(corpus, tuple(corpus.styles), out, training)
    clock = Clock(run.accelerator.device, options.threads)
    dtype = torch.bfloat16 if run.accelerator.mixed_precision == "bf16" else torch.float32
    one_step(run, clock, 0)  # the first one warms up
    products = []
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    for step in range(options.steps):
        products.append(product_speed(clock, dtype))
        for part, took in one_step(run, clock, step + 1).items():
            seconds[part].append(took)
    tokens = options.batch * options.context
    needed = operations(run, options.context) * tokens
    parts = {part: median(seconds[part]) for part in PARTS}
    whole, passes = sum(parts.values()), parts["forward"] + parts["backward"]
    product = median(products)
    return {
        "size": size,
        "parameters": sum(p.numel() for p in run.raw.parameters()),
        "device": str(clock.device),
        "precision": str(dtype).removeprefix("torch."),
        "tokens": tokens / whole,
        "speed": needed / whole,
        "product": product,
        "share": needed / whole / product,
        "share of passes": needed / passes / product,
        "parts": parts,
    }


def one_step(run: Run, clock: Clock, step: int) -> dict[str, float]:
    """Seconds of each part of a training step."""
    out = {}
    run.model.train()
    out["windows"], batch = clock(lambda: run.batch(step, 0))
    out["forward"], loss = clock(lambda: run.loss(batch))
    out["backward"], _ = clock(lambda: run.accelerator.backward(loss))
    out["clip"], _ = clock(
        lambda: run.accelerator.clip_grad_norm_(run.model.parameters(), run.options.clip)
    )
    for name, optimiser in zip(("Muon", "AdamW"), run.optimisers, strict=True):
        out[name], _ = clock(optimiser.step)
        optimiser.zero_grad(set_to_none=True)
    return out


def product_speed(clock: Clock, dtype: torch.dtype) -> float:
    """Operations a second of a large matrix product."""
    n = PRODUCT.get(clock.device.type, 2048)
    a, b = (torch.randn(n, n, device=clock.device).to(dtype) for _ in range(2))
    a @ b
    took, _ = clock(lambda: [a @ b for _ in range(4)])
    return 4 * 2 * n**3 / took


def operations(run: Run, context: int) -> float:
    """Operations that a token needs, forward and backward."""
    model = run.options.model
    parameters = sum(p.numel() for p in run.raw.parameters())
    return 6.0 * parameters + 6.0 * model.layers * model.width * context


def table(rows: list[dict[str, Any]]) -> str:
    lines = [
        f"{rows[0]['device']}, {rows[0]['precision']}",
        "",
        "| size | parameters | tokens a second | G operations a second | of a matrix product "
        "| share | share of the passes alone | " + " | ".join(PARTS) + " |",
        "|---" * (7 + len(PARTS)) + "|",
    ]
    for row in rows:
        whole = sum(row["parts"].values())
        cells = [
            row["size"],
            f"{row['parameters'] / 1e6:.2f} M",
            f"{row['tokens']:,.0f}",
            f"{row['speed'] / 1e9:,.1f}",
            f"{row['product'] / 1e9:,.1f}",
            f"{row['share']:.0%}",
            f"{row['share of passes']:.0%}",
            *(f"{row['parts'][part] / whole:.1%}" for part in PARTS),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
