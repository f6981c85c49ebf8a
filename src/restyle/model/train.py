"""Training the arranger: from encoded shards to weights.

One command for any machine: one process on a CPU, one on a GPU, or several under
`accelerate launch`. Nothing here knows music libraries: shards, numpy and torch are enough. A run
that is killed goes on from its last checkpoint to the same loss curve, because every batch and
every dropout mask depends on (seed, step, process) alone.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from accelerate import Accelerator
from safetensors import SafetensorError
from torch import Tensor
from torch.nn.functional import cross_entropy

from restyle.data.shards import Corpus, open_corpus
from restyle.errors import RestyleError
from restyle.model.checkpoint import (
    State,
    has_checkpoint,
    read_checkpoint,
    read_weights,
    write_checkpoint,
)
from restyle.model.llama import build, fast_bf16, save
from restyle.model.muon import optimisers
from restyle.model.options import TrainOptions, rate_at
from restyle.model.prefetch import Prefetch
from restyle.model.qat import round_layers
from restyle.model.windows import Batch, Windows

if TYPE_CHECKING:
    from restyle.model.llama import Llama

BEST = "best"
"""Where the weights of the best held-out loss wait, in a run that may stop early."""


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
    known = {*corpus.styles, *(entry.style for entry in corpus.entries)}
    styles = options.styles or tuple(sorted(known))
    unknown = [s for s in styles if s not in known]
    if unknown:
        raise RestyleError(
            f"The corpus has no style {unknown[0]}: it has {', '.join(corpus.styles)}."
        )
    run = Run(corpus, styles, out, options)
    while not run.over:
        line = run.advance()
        if report and run.main:
            report(line)
    run.save()
    run.finish()


class Run:
    """A training run in progress: model, optimisers, and how far it has come.

    Under `accelerate launch` every process has one and all take their steps together; what is
    written is written by the first of them.
    """

    def __init__(self, corpus: Corpus, styles: tuple[str, ...], out: Path, options: TrainOptions):
        self.corpus, self.styles, self.out, self.options = corpus, styles, out, options
        self.windows = Windows(corpus, "train", styles, options.windows)
        rank = int(os.environ.get("RANK", "0"))
        self._ahead = Prefetch(self.batch, rank, options.workers)
        if torch.cuda.is_available():
            torch.set_float32_matmul_precision("high")  # Muon's products, too, on tensor cores
        self.accelerator = _accelerator()
        self.main = self.accelerator.is_main_process
        torch.manual_seed(options.seed)
        model = build(options.model)
        self.optimisers = optimisers(model, options.rate, options.weight_decay)
        self.step, self.tokens, self.seconds = 0, 0, 0.0
        self.raw = model
        if has_checkpoint(out):
            state = read_checkpoint(out, model, self.optimisers)
            self.step, self.tokens, self.seconds = state["step"], state["tokens"], state["seconds"]
        elif options.start:
            _start_from(Path(options.start), model)
        if options.rounded:
            round_layers(model)
        self._best, self._waited, self._loss = math.inf, 0, math.inf
        for measured in self._cut_log():
            self._judge(measured)
        self.model, *self.optimisers = self.accelerator.prepare(model, *self.optimisers)
        if options.compile:
            self.model = torch.compile(self.model)
        held_out = Windows(corpus, "valid", styles, options.windows)
        self.valid = {s: held_out.fixed(s, options.valid_windows) for s in held_out.styles}

    @property
    def over(self) -> bool:
        """Whether its steps or minutes are over, or held-out loss has not fallen for as long as
        the options' patience lasts."""
        options = self.options
        stalled = 0 < options.patience <= self._waited
        late = options.minutes > 0 and self.seconds >= 60 * options.minutes
        return self.step >= options.steps or stalled or late

    def batch(self, step: int, rank: int) -> Batch:
        """The windows of a step for a process: always the same."""
        return self.windows.batch(self.options.batch, (self.options.seed, step, rank))

    def advance(self) -> Report:
        """One step."""
        began = time.monotonic()
        options = self.options
        batch = self._ahead.batch(self.step)
        rank = self.accelerator.process_index
        torch.manual_seed(hash((options.seed, self.step, rank)) % 2**31)
        rate = rate_at(self.step, options, self.seconds)
        self.model.train()
        loss = self.loss(batch, options.label_smoothing)
        self.accelerator.backward(loss)
        self.take_step(rate)
        self.step += 1
        size = batch.tokens[:, 1:].size
        self.tokens += size * self.accelerator.num_processes
        last = self.step == options.steps
        held_out = self.held_out() if last or self.step % options.valid_every == 0 else {}
        shown = last or bool(held_out) or self.step % options.report_every == 0
        # asking for the number waits for the device: seldom, where steps are short
        if shown:
            self._loss = float(self.accelerator.reduce(loss.detach(), "mean"))
        self.seconds += time.monotonic() - began
        line = Report(self.step, self._loss, rate, self.tokens, self.seconds, held_out)
        if not shown:
            return line
        if not math.isfinite(line.loss):
            raise RestyleError(f"Training broke at step {self.step}: try a lower learning rate.")
        self._log(line)
        if held_out and self._judge(held_out) and options.patience and self.main:
            save(self.raw, self.out / BEST)
        if self.step % options.save_every == 0:
            self.save()
        return line

    def take_step(self, rate: float) -> None:
        """Move the weights along the gradients that have been gathered, and forget these."""
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate
        self.accelerator.clip_grad_norm_(self.model.parameters(), self.options.clip)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

    def loss(self, batch: Batch, smoothing: float = 0.0, raw: bool = False) -> Tensor:
        """Weighted mean of the nats a token; `raw` leaves other processes out of it."""
        device = self.accelerator.device
        tokens = torch.from_numpy(batch.tokens).to(device)
        weights = torch.from_numpy(batch.weights).to(device)[:, 1:].reshape(-1)
        model = self.raw if raw else self.model
        logits = model(tokens[:, :-1])
        each = cross_entropy(
            logits.float().flatten(0, 1),
            tokens[:, 1:].flatten(),
            reduction="none",
            label_smoothing=smoothing,
        )
        return (each * weights).sum() / weights.sum().clamp(min=1.0)

    @torch.no_grad()
    def held_out(self) -> dict[str, float]:
        """Nats an arrangement token on the held-out songs of each style; processes share the
        work."""
        self.raw.eval()
        rank, ranks = self.accelerator.process_index, self.accelerator.num_processes
        sums = torch.zeros(len(self.valid), 2, dtype=torch.float32, device=self.accelerator.device)
        for row, batch in zip(sums, self.valid.values(), strict=True):
            for i in range(4 * rank, len(batch.tokens), 4 * ranks):
                only = (batch.weights[i : i + 4] == 1.0).astype("float32")
                weight = float(only[:, 1:].sum())
                some = Batch(batch.tokens[i : i + 4], only)
                row += torch.tensor([float(self.loss(some, raw=True)) * weight, weight]).to(row)
        sums = self.accelerator.reduce(sums, "sum")
        return {
            style: total / max(count, 1.0)
            for style, (total, count) in zip(self.valid, sums.tolist(), strict=True)
        }

    def _judge(self, held_out: dict[str, float]) -> bool:
        """Take note of a measurement; whether it is the best so far."""
        mean = sum(held_out.values()) / len(held_out)
        better = mean < self._best
        self._best, self._waited = (mean, 0) if better else (self._best, self._waited + 1)
        return better

    def _log(self, line: Report) -> None:
        if self.main:
            self.out.mkdir(parents=True, exist_ok=True)
            with (self.out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(asdict(line)) + "\n")

    def save(self) -> None:
        """Write the checkpoint; all processes wait for it."""
        if self.main:
            state: State = {"step": self.step, "tokens": self.tokens, "seconds": self.seconds}
            write_checkpoint(self.out, self.raw, self.optimisers, state)
        self.accelerator.wait_for_everyone()

    def _cut_log(self) -> list[dict[str, float]]:
        """Forget log lines after the checkpoint, whose steps are made again; what was measured
        on held-out songs before it."""
        path = self.out / "log.jsonl"
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        kept = [line for line in text.splitlines(keepends=True) if _step_of(line) <= self.step]
        self.accelerator.wait_for_everyone()  # the others still read this and the checkpoint
        if self.main and text:
            path.write_text("".join(kept), encoding="utf-8")
        return [measured for line in kept if (measured := json.loads(line)["held_out"])]

    def finish(self) -> None:
        """The model folder as `restyle export` takes it."""
        if self.options.patience and (self.out / BEST).is_dir():
            read_weights(self.out / BEST, self.raw)
        held_out = self.held_out()
        if not self.main:
            return
        save(self.raw, self.out)
        styles = self.corpus.styles
        chosen = {name: styles[name] for name in self.styles if name in styles}
        training: dict[str, Any] = {
            "steps": self.step,
            "tokens": self.tokens,
            "seconds": round(self.seconds, 1),
            "parameters": sum(p.numel() for p in self.raw.parameters()),
            "held_out": held_out,
            "options": asdict(self.options),
            "left_out": self.corpus.left_out,
        }
        for name, content in (("styles.json", chosen), ("training.json", training)):
            text = json.dumps(content, indent=1, ensure_ascii=False)
            (self.out / name).write_text(text, encoding="utf-8")


def _start_from(folder: Path, model: Llama) -> None:
    try:
        read_weights(folder, model)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise RestyleError(f"{folder} holds no model of this size to start from.") from error


def _accelerator() -> Accelerator:
    """This process among those that were launched together, in bfloat16 where that is fast."""
    many = int(os.environ.get("WORLD_SIZE", "1")) > 1
    gpu = torch.cuda.is_available() or torch.xpu.is_available()
    # accelerate takes processes on a machine without a GPU for single ones, unless told of the CPU
    return Accelerator(cpu=many and not gpu, mixed_precision="bf16" if fast_bf16() else "no")


def _step_of(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError):
        return math.inf  # the line that was being written when the run was killed
