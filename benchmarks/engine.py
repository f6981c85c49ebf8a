"""How fast the engine writes tokens, beside `transformers.generate` on the same weights.

    python benchmarks/engine.py                      random weights, sizes small and base
    python benchmarks/engine.py --model MODEL        the weights that a training run left

Every runner writes the same number of tokens after the same prompt, sampling with the same top-p,
one token at a time. The runners take turns, and the ratio is taken within each turn, so that
other work on the machine falls on all of them; the table shows medians.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from transformers import LlamaForCausalLM

from restyle.decoding.sampler import Sampling, sample
from restyle.decoding.session import Session
from restyle.model.export import export
from restyle.model.llama import SIZES, build, save

SAMPLING = Sampling(temperature=1.0, top_p=0.95)
BATCH = 8
PRECISIONS = ("int4", "fp32")
Runner = Callable[[], int]  # does its work once and returns how many tokens that were


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    results = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name, folder in _models(options, Path(temporary)):
            made = {precision: Path(temporary) / f"{name}-{precision}" for precision in PRECISIONS}
            for precision, out in made.items():
                export(folder, out, precision)
            results[name] = _measure(folder, made, options)
            if not options.json:
                _show(name, results[name])
    if options.json:
        print(json.dumps(results, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, help="a folder made by 'restyle train arranger'")
    parser.add_argument("--sizes", nargs="+", default=["small", "base"], choices=list(SIZES))
    parser.add_argument("--prompt", type=int, default=16, help="tokens before the first one")
    parser.add_argument("--tokens", type=int, default=496, help="tokens to write")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="of all but ours, which has one")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _models(options: argparse.Namespace, temporary: Path) -> list[tuple[str, Path]]:
    if options.model:
        return [(options.model.name, options.model)]
    torch.manual_seed(0)
    for size in options.sizes:
        save(build(SIZES[size]), temporary / size)
    return [(size, temporary / size) for size in options.sizes]


def _measure(folder: Path, made: dict[str, Path], options: argparse.Namespace) -> dict[str, Any]:
    starts, engines = {}, {}
    for precision, out in made.items():
        began = time.perf_counter()
        engines[precision] = Session.load(out)
        starts[precision] = time.perf_counter() - began
    model = LlamaForCausalLM.from_pretrained(folder, local_files_only=True).eval()
    prompt = np.random.default_rng(0).integers(engines["int4"].vocab_size, size=options.prompt)
    runners = {
        "engine int4": _writing(engines["int4"], prompt, options.tokens),
        "engine fp32": _writing(engines["fp32"], prompt, options.tokens),
        "transformers.generate": _generating(model, prompt, options.tokens),
        f"engine int4, {BATCH} rows at once": _rows(engines["int4"], prompt, options.tokens // 4),
        "engine int4, reading": _reading(engines["int4"], prompt),
    }
    speeds = _take_turns(runners, options.repeats)
    ratios = [
        fast / slow
        for fast, slow in zip(speeds["engine int4"], speeds["transformers.generate"], strict=True)
    ]
    return {
        "parameters": model.num_parameters(),
        "file size": (made["int4"] / "model.onnx").stat().st_size,
        "load seconds": starts,
        "tokens a second": {name: median(found) for name, found in speeds.items()},
        "ratio": median(ratios),
        "ratios": ratios,
    }


def _take_turns(runners: dict[str, Runner], repeats: int) -> dict[str, list[float]]:
    speeds: dict[str, list[float]] = {name: [] for name in runners}
    for turn in range(repeats + 1):  # the first one warms up
        for name, runner in runners.items():
            began = time.perf_counter()
            tokens = runner()
            if turn:
                speeds[name].append(tokens / (time.perf_counter() - began))
    return speeds


def _writing(session: Session, prompt: np.ndarray, tokens: int) -> Runner:
    cache = session.cache()
    allowed = np.ones(session.vocab_size, dtype=bool)

    def run() -> int:
        rng = np.random.default_rng(0)
        cache.rewind(0)
        logits = cache.feed(prompt)[0]
        for _ in range(tokens):
            logits = cache.feed([sample(logits, allowed, SAMPLING, rng)])[0]
        return tokens

    return run


def _rows(session: Session, prompt: np.ndarray, tokens: int) -> Runner:
    cache = session.cache(BATCH)
    allowed = np.ones(session.vocab_size, dtype=bool)

    def run() -> int:
        rng = np.random.default_rng(0)
        cache.rewind(0)
        logits = cache.feed(prompt)
        for _ in range(tokens):
            logits = cache.feed([[sample(row, allowed, SAMPLING, rng)] for row in logits])
        return tokens * BATCH

    return run


def _reading(session: Session, prompt: np.ndarray) -> Runner:
    cache = session.cache()
    piece = np.resize(prompt, min(512, session.context))

    def run() -> int:
        for _ in range(4):
            cache.rewind(0)
            cache.feed(piece)
        return 4 * len(piece)

    return run


def _generating(model: LlamaForCausalLM, prompt: np.ndarray, tokens: int) -> Runner:
    ids = torch.tensor(prompt[None])

    def run() -> int:
        torch.manual_seed(0)
        with torch.inference_mode():
            out = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                temperature=SAMPLING.temperature,
                top_p=SAMPLING.top_p,
                top_k=0,
                use_cache=True,
                min_new_tokens=tokens,
                max_new_tokens=tokens,
                pad_token_id=0,
            )
        return int(out.shape[1]) - len(prompt)

    return run


def _show(name: str, result: dict[str, Any]) -> None:
    print(f"{name}: {result['parameters'] / 1e6:.1f} M parameters, ", end="")
    print(f"{result['file size'] / 1e6:.1f} MB in int4, ", end="")
    print(f"loaded in {result['load seconds']['int4']:.2f} s")
    for runner, speed in result["tokens a second"].items():
        print(f"  {runner:<32} {speed:8,.0f} tokens a second")
    shown = ", ".join(f"{ratio:.1f}" for ratio in sorted(result["ratios"]))
    print(f"  engine int4 over generate: {result['ratio']:.1f} times ({shown})")


if __name__ == "__main__":
    main()
