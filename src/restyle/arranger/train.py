"""Training the arranger: from encoded shards to weights.

One command for any machine: one process on a CPU, one on a GPU, or several under
`accelerate launch`. Nothing here knows music libraries: shards, numpy and torch are enough. A run
that is killed goes on from its last checkpoint to the same loss curve, because every batch and
every dropout mask depends on (seed, step) alone.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from restyle.arranger.model import WEIGHTS, ModelConfig, build, fast_bf16, save
from restyle.arranger.optimiser import optimisers
from restyle.arranger.windows import Batch, WindowOptions, Windows
from restyle.corpus.shards import Corpus, open_corpus
from restyle.errors import RestyleError

CHECKPOINT = "checkpoint"


@dataclass(frozen=True)
class TrainOptions:
    """How to train. `steps` may be changed between runs; all else belongs to the run."""

    steps: int = 2000
    batch: int = 8
    """Windows a step and process."""
    rate: float = 2e-3
    warm_up: int = 50
    decay: float = 0.3
    """Share of the steps over which the rate falls to nothing at the end; constant before, so
    that a run can be prolonged or ended at any step (Hägele et al. 2024)."""
    weight_decay: float = 0.1
    label_smoothing: float = 0.0
    clip: float = 1.0
    seed: int = 0
    save_every: int = 50
    valid_every: int = 100
    valid_windows: int = 16
    """Held-out windows a style."""
    styles: tuple[str, ...] = ()
    """Styles to learn; all of the corpus when empty."""
    compile: bool = False
    model: ModelConfig = field(default_factory=ModelConfig)
    windows: WindowOptions = field(default_factory=WindowOptions)


@dataclass(frozen=True)
class Report:
    """One line of the log."""

    step: int
    loss: float
    rate: float
    tokens: int
    seconds: float
    """Seconds of training so far, those of earlier runs included."""
    held_out: dict[str, float] = field(default_factory=dict)
    """Nats an arrangement token by style, where it was measured at this step."""


def rate_at(step: int, options: TrainOptions) -> float:
    """Learning rate: linear warm-up, constant, linear fall over the last part of the steps."""
    falling = max(1.0, options.decay * options.steps)
    left = (options.steps - step) / falling
    return options.rate * min(1.0, (step + 1) / options.warm_up, max(left, 0.0))


def train(
    corpus_folder: Path,
    out: Path,
    options: TrainOptions,
    report: Callable[[Report], None] | None = None,
) -> None:
    """Train into the folder `out`, going on from its checkpoint where there is one.

    Leaves model.safetensors, config.json, styles.json, training.json and log.jsonl.
    Raises RestyleError for a folder that is no corpus or lacks a style.
    """
    corpus = open_corpus(corpus_folder)
    styles = options.styles or tuple(corpus.styles)
    unknown = [s for s in styles if s not in corpus.styles]
    if unknown:
        raise RestyleError(
            f"The corpus has no style {unknown[0]}: it has {', '.join(corpus.styles)}."
        )
    run = _Run(corpus, styles, out, options)
    while run.step < options.steps:
        line = run.advance()
        if report and run.main:
            report(line)
    run.save()
    run.finish()


class _Run:
    """A training run in progress: model, optimisers, and how far it has come."""

    def __init__(self, corpus: Corpus, styles: tuple[str, ...], out: Path, options: TrainOptions):
        self.corpus, self.styles, self.out, self.options = corpus, styles, out, options
        self.accelerator = Accelerator(mixed_precision="bf16" if fast_bf16() else "no")
        self.main = self.accelerator.is_main_process
        torch.manual_seed(options.seed)
        model = build(options.model)
        self.optimisers = optimisers(model, options.rate, options.weight_decay)
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        self.raw = model
        if (out / CHECKPOINT / "state.json").is_file():
            self._resume(out / CHECKPOINT)
        self.model, *self.optimisers = self.accelerator.prepare(model, *self.optimisers)
        if options.compile:
            self.model = torch.compile(self.model)
        self.windows = Windows(corpus, "train", styles, options.windows)
        held_out = Windows(corpus, "valid", styles, options.windows)
        self.valid = {s: held_out.fixed(s, options.valid_windows) for s in held_out.styles}

    def advance(self) -> Report:
        """One step."""
        began = time.monotonic()
        options = self.options
        rank = self.accelerator.process_index
        torch.manual_seed(hash((options.seed, self.step, rank)) % 2**31)
        batch = self.windows.batch(options.batch, (options.seed, self.step, rank))
        rate = rate_at(self.step, options)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate
        self.model.train()
        loss = self._loss(batch, options.label_smoothing)
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.model.parameters(), options.clip)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step += 1
        size = batch.tokens[:, 1:].size
        self.tokens += size * self.accelerator.num_processes
        last = self.step == options.steps
        held_out = self._held_out() if last or self.step % options.valid_every == 0 else {}
        self.seconds += time.monotonic() - began
        line = Report(self.step, float(loss.detach()), rate, self.tokens, self.seconds, held_out)
        if not math.isfinite(line.loss):
            raise RestyleError(f"Training broke at step {self.step}: try a lower learning rate.")
        self._log(line)
        if self.step % options.save_every == 0:
            self.save()
        return line

    def _loss(self, batch: Batch, smoothing: float = 0.0) -> Tensor:
        device = self.accelerator.device
        tokens = torch.from_numpy(batch.tokens).to(device)
        weights = torch.from_numpy(batch.weights).to(device)[:, 1:].reshape(-1)
        logits = self.model(input_ids=tokens[:, :-1], use_cache=False).logits
        each = cross_entropy(
            logits.float().flatten(0, 1),
            tokens[:, 1:].flatten(),
            reduction="none",
            label_smoothing=smoothing,
        )
        return (each * weights).sum() / weights.sum().clamp(min=1.0)

    @torch.no_grad()
    def _held_out(self) -> dict[str, float]:
        """Nats an arrangement token on the held-out songs of each style."""
        self.model.eval()
        out = {}
        for style, batch in self.valid.items():
            total, count = 0.0, 0.0
            for i in range(0, len(batch.tokens), 4):
                only = (batch.weights[i : i + 4] == 1.0).astype("float32")
                some = Batch(batch.tokens[i : i + 4], only)
                weight = float(only[:, 1:].sum())
                total += float(self._loss(some)) * weight
                count += weight
            out[style] = total / max(count, 1.0)
        return out

    def _log(self, line: Report) -> None:
        if self.main:
            self.out.mkdir(parents=True, exist_ok=True)
            with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(asdict(line)) + "\n")

    def save(self) -> None:
        """Write the checkpoint beside the old one, then put it in its place."""
        if not self.main:
            return
        new, old = self.out / "checkpoint.new", self.out / "checkpoint.old"
        place = self.out / CHECKPOINT
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        save(self.raw, new)
        tensors = {
            f"{i}.{j}.{name}": value.contiguous()
            for i, optimiser in enumerate(self.optimisers)
            for j, state in optimiser.state_dict()["state"].items()
            for name, value in state.items()
            if isinstance(value, Tensor)
        }
        save_file(tensors, str(new / "optimisers.safetensors"))
        state = {"step": self.step, "tokens": self.tokens, "seconds": self.seconds}
        (new / "state.json").write_text(json.dumps(state), encoding="utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            place.replace(old)
        new.replace(place)
        shutil.rmtree(old, ignore_errors=True)

    def _resume(self, folder: Path) -> None:
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        self.step, self.tokens, self.seconds = state["step"], state["tokens"], state["seconds"]
        weights = load_file(str(folder / WEIGHTS))
        self.raw.load_state_dict(weights, strict=False)  # the output layer is the embedding, tied
        tensors = load_file(str(folder / "optimisers.safetensors"))
        for i, optimiser in enumerate(self.optimisers):
            whole = optimiser.state_dict()
            whole["state"] = {}
            for name, value in tensors.items():
                which, number, key = name.split(".")
                if int(which) == i:
                    whole["state"].setdefault(int(number), {})[key] = value
            optimiser.load_state_dict(whole)
        self._cut_log()

    def _cut_log(self) -> None:
        """Forget log lines after the checkpoint: those steps are made again."""
        path = self.out / "log.jsonl"
        if self.main and path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if _step_of(line) <= self.step]
            path.write_text("".join(kept), encoding="utf-8")

    def finish(self) -> None:
        """The model folder as `restyle export` takes it."""
        if not self.main:
            return
        save(self.raw, self.out)
        chosen = {name: self.corpus.styles[name] for name in self.styles}
        training: dict[str, Any] = {
            "steps": self.step,
            "tokens": self.tokens,
            "seconds": round(self.seconds, 1),
            "parameters": sum(p.numel() for p in self.raw.parameters()),
            "held_out": self._held_out(),
            "options": asdict(self.options),
            "left_out": self.corpus.left_out,
        }
        for name, content in (("styles.json", chosen), ("training.json", training)):
            text = json.dumps(content, indent=1, ensure_ascii=False)
            (self.out / name).write_text(text, encoding="utf-8")


def _step_of(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError):
        return math.inf  # the line that was being written when the run was killed
