"""Trains the arranger on a machine with an accelerator, in minutes; everything is in this script.

    python benchmarks/accelerator.py pack CORPUS PACKED      here: small enough to travel
    python benchmarks/accelerator.py train PACKED OUT --minutes 8          there
    python benchmarks/accelerator.py take OUT/base MODEL --corpus CORPUS   here: what came back

Weights come back as float16 in pieces of 12 MB (`weights-N.bin`). Prints, with the log, tokens a
second and the share of what the machine's matrix product reaches (8,192 squared, bfloat16).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from restyle.data.pack import pack, unpack
from restyle.data.shards import open_corpus
from restyle.model.checkpoint import CHECKPOINT
from restyle.model.llama import SIZES, Llama, ModelConfig, load, read_config, save
from restyle.model.options import TrainOptions
from restyle.model.train import Report, train
from restyle.model.windows import WindowOptions

PIECE = 12_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("pack", "train", "take"))
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--size", default="base", choices=SIZES)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=12)
    parser.add_argument("--valid-every", type=int, default=1000)
    parser.add_argument("--report-every", type=int, default=100)
    parser.add_argument("--context", type=int, default=2048)
    for figure in ("layers", "width", "feed-forward"):
        parser.add_argument(f"--{figure}", type=int, help="in place of the size's own")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--exact", action="store_true", help="without rounding to 4 bits")
    options = parser.parse_args()
    if options.what == "pack":
        print(f"{pack(options.source, options.target):,} bytes")
    elif options.what == "train":
        train_there(options)
    else:
        take(options.source, options.target, options.corpus)


def train_there(options: argparse.Namespace) -> None:
    began = time.monotonic()
    corpus, run = Path("/tmp/corpus"), Path("/tmp/run") / options.size
    unpack(options.source, corpus)
    print(f"unpacked after {time.monotonic() - began:.0f} s", flush=True)
    config = shaped(options)
    chosen = TrainOptions(
        steps=options.steps,
        minutes=options.minutes,
        batch=options.batch,
        rate=options.rate,
        warm_up=200,
        decay=0.45,
        save_every=2000,
        valid_every=options.valid_every,
        valid_windows=8,
        workers=options.workers,
        report_every=options.report_every,
        compile=not options.no_compile,
        rounded=not options.exact,
        model=config,
        windows=WindowOptions(context=options.context, evenness=0.35, astray=0.35),
    )
    last = [time.monotonic(), 0.0]

    def report(line: Report) -> None:
        if line.step % options.report_every == 0 or line.held_out:
            now = time.monotonic()
            speed = (line.tokens - last[1]) / max(now - last[0], 1e-9)
            last[:] = [now, line.tokens]
            shown = ", ".join(f"{s} {x:.3f}" for s, x in line.held_out.items())
            mean = sum(line.held_out.values()) / len(line.held_out) if line.held_out else 0.0
            print(
                f"{now - began:.0f} s step {line.step} loss {line.loss:.3f} rate {line.rate:.5f} "
                f"{line.tokens / 1e6:.0f} M tokens, {speed:,.0f} a second"
                + (f"; held out {mean:.4f}: {shown}" if shown else ""),
                flush=True,
            )
            if line.held_out:
                send(run / CHECKPOINT, options.target / options.size)  # if it is cut off later

    train(corpus, run, chosen, report)
    send(run, options.target / options.size)
    told = json.loads((run / "training.json").read_text())
    if torch.cuda.is_available():
        share = flops_a_token(config) * told["tokens"] / told["seconds"] / product_speed()
        told["share_of_matrix_product"] = round(share, 3)
    (options.target / options.size / "training.json").write_text(json.dumps(told, indent=1))
    print(json.dumps({k: x for k, x in told.items() if k != "options"}), flush=True)


def shaped(options: argparse.Namespace) -> ModelConfig:
    """The size asked for, with what was said of its shape."""
    said = {name: getattr(options, name) for name in ("layers", "width", "feed_forward")}
    own = {name: value for name, value in said.items() if value is not None}
    return replace(SIZES[options.size], context=options.context, **own)


def send(run: Path, target: Path) -> None:
    """The weights of a finished run, in float16, in pieces that may travel."""
    if not (run / "model.safetensors").is_file():
        return
    target.mkdir(parents=True, exist_ok=True)
    model = load(run)
    flat = np.concatenate([w.half().numpy().ravel() for w in model.state_dict().values()])
    data = flat.tobytes()
    for number, at in enumerate(range(0, len(data), PIECE)):
        (target / f"weights-{number}.bin").write_bytes(data[at : at + PIECE])
    (target / "config.json").write_text((run / "config.json").read_text())


def take(source: Path, target: Path, corpus: Path | None) -> None:
    """A trainer's folder of the pieces that came back; styles from the corpus."""
    model = Llama(read_config(source))
    pieces = sorted(source.glob("weights-*.bin"), key=lambda p: int(p.stem.split("-")[1]))
    flat = np.frombuffer(b"".join(p.read_bytes() for p in pieces), np.float16).astype(np.float32)
    at = 0
    for weight in model.state_dict().values():
        size = weight.numel()
        weight.copy_(torch.from_numpy(flat[at : at + size].copy()).view(weight.shape))
        at += size
    if at != len(flat):
        sys.exit(f"{source} has {len(flat)} weights, the model {at}.")
    save(model, target)
    (target / "training.json").write_text((source / "training.json").read_text())
    if corpus:
        text = json.dumps(open_corpus(corpus).styles, indent=1, ensure_ascii=False)
        (target / "styles.json").write_text(text, encoding="utf-8")


def flops_a_token(config: ModelConfig) -> float:
    """Floating-point operations a token of a training step: products with weights, and attention
    under the causal mask, forward and backward."""
    width = config.width
    block = 2 * width**2 + 2 * width * 64 * config.kv_heads + 3 * width * config.feed_forward
    weights = config.layers * block + width * config.vocab_size
    return 6 * weights + 6 * config.layers * width * config.context


def product_speed() -> float:
    """Operations a second of a large bfloat16 matrix product on this accelerator."""
    a = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)
    b = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)
    for _ in range(3):
        a @ b
    torch.cuda.synchronize()
    began = time.monotonic()
    for _ in range(10):
        a @ b
    torch.cuda.synchronize()
    return 10 * 2 * 8192**3 / (time.monotonic() - began)


if __name__ == "__main__":
    main()
