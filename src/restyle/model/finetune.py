"""A style of one's own: a trained model goes on learning from a small folder of songs.

The new style gets a slot of its own, beside those that the model has, and starts from the style of
the model that expects its songs most. So that the other styles stay as they were, some windows of
every step are read under their tokens, and there the model is held to what it predicted before
(learning without forgetting, Li & Hoiem 2016). Either all weights move, or low-rank adapters that
are folded into them at the end (LoRA, Hu et al. 2021).
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import kl_div, log_softmax

from restyle.errors import RestyleError
from restyle.model.checkpoint import (
    CHECKPOINT,
    State,
    has_checkpoint,
    read_best,
    read_checkpoint,
    write_checkpoint,
)
from restyle.model.dequantise import load_or_dequantise
from restyle.model.expected import KNOWN_BY, following, nats, nearest_style
from restyle.model.llama import save
from restyle.model.lora import add_adapters, fold_adapters
from restyle.model.options import AdaptOptions, rate_at
from restyle.model.own_songs import own_corpus, relabelled, styles_of, told_of
from restyle.model.qat import fix_rounding, round_layers
from restyle.model.windows import Batch, Windows
from restyle.tokens import vocabulary as v

if TYPE_CHECKING:
    from restyle.model.llama import Llama


@dataclass(frozen=True)
class Progress:
    """One line of the log."""

    step: int
    loss: float
    seconds: float
    held_out: float | None = None
    """Nats an arrangement token on the style's held-out songs, where it was measured."""
    drift: float | None = None
    """Nats a token by which the other styles' predictions have moved, there."""


def _nothing(_: object) -> None:
    """For who does not want to know."""


def adapt(
    songs: Path,
    parent: Path,
    out: Path,
    options: AdaptOptions,
    report: Callable[[Progress], None] = _nothing,
    say: Callable[[str], None] = _nothing,
    begins: Callable[[int], None] = _nothing,
) -> dict[str, Any]:
    """Teach the model of the folder `parent` the style of some songs, into the folder `out`.

    Args:
        songs: a folder of songs, whose name becomes the style's; or a corpus of one.
        parent: a folder that training left, or one that `export` made.
        report: gets a line of the log after each step.
        say: gets what is done, a sentence each.
        begins: gets the steps that were done earlier, when the first of this run begins.

    A run that was killed goes on from its last checkpoint in `out`, to the same weights. Leaves
    what `train` leaves, with the parent's styles and the new one; returns what training.json says.
    Raises RestyleError for too few songs, a name that is taken, a full model, or a checkpoint of
    other options; BadModel for a parent that is none.
    """
    began = time.monotonic()
    model, before = _as_shipped(parent, options), _as_shipped(parent, options)
    if not options.adapters:
        fix_rounding(before)  # it never learns: rounded once, not whenever it is used
    styles = styles_of(parent)
    corpus = relabelled(own_corpus(songs, out, say), styles)
    (name,) = corpus.styles
    slot = int(corpus.styles[name]["slot"])
    windows = replace(options.windows, context=options.context)
    train, valid = (Windows(corpus, split, [name], windows) for split in ("train", "valid"))
    held_out = valid.fixed(name, options.valid_windows)
    say(f"{len(corpus.select('train'))} songs to learn, {len(corpus.select('valid'))} held out")
    run = _Run(model, before, options, slot, [int(f["slot"]) for f in styles.values()])
    begun = run.go_on(out, name)
    if begun is None:
        say(f"looks for the nearest of the {len(styles)} styles that are there")
        nearest = nearest_style(before, train.fixed(name, KNOWN_BY), styles)
        run.begin_as(int(styles[nearest]["slot"]))
        begun = _Begun(name, asdict(options), nearest, run.held_out(held_out))
    afresh = f"begins as {begun.nearest}, held-out loss {begun.held_out:.3f}"
    say(f"goes on after step {run.step}" if run.step else afresh)
    begins(run.step)
    while run.step < options.steps:
        loss = run.advance(train.batch(options.batch + options.rehearsed, (options.seed, run.step)))
        measured = {}
        if run.step == options.steps or run.step % options.valid_every == 0:
            measured = {"held_out": run.held_out(held_out), "drift": run.drift(held_out)}
            run.keep_if_best(measured["held_out"])
            run.write(out, begun, time.monotonic() - began)
        report(Progress(run.step, loss, time.monotonic() - began, **measured))
    run.back_to_best()
    fold_adapters(model)
    save(model, out)
    told = {
        "steps": run.best_step,
        "songs": {split: len(corpus.select(split)) for split in ("train", "valid", "test")},
        "seconds": round(time.monotonic() - began, 1),
        **run.measured(begun, held_out),
        "adapted": asdict(options),
        **told_of(parent),
    }
    for file, content in (("styles.json", {**styles, **corpus.styles}), ("training.json", told)):
        (out / file).write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")
    shutil.rmtree(out / CHECKPOINT, ignore_errors=True)
    return told


def _as_shipped(parent: Path, options: AdaptOptions) -> Llama:
    """The parent's weights, rounded whenever they are used, as their export is (see `rounding`);
    exact ones under adapters, which are folded into them."""
    model = load_or_dequantise(parent).float()
    if not options.adapters:
        round_layers(model)
    return model


@dataclass(frozen=True)
class _Begun:
    """What is known when a run begins, and stands in its checkpoints."""

    style: str
    options: dict[str, Any]
    nearest: str
    held_out: float


class _Run:
    """The model as it learns, and as it was."""

    def __init__(
        self, model: Llama, before: Llama, options: AdaptOptions, slot: int, others: Sequence[int]
    ):
        torch.manual_seed(options.seed)
        self.model, self.before, self.options = model, before.eval(), options
        self.slot, self.step = slot, 0
        self.others = [v.STYLE[0], *(v.STYLE[slot + 1] for slot in others)]
        if options.adapters:
            add_adapters(model, options.adapters)
            only = torch.zeros(v.SIZE, 1)  # of the embeddings only the new style's moves
            only[v.STYLE[slot + 1]] = 1.0
            table = model.model.embed_tokens.weight
            table.register_hook(lambda slope: slope * only)
        moving = [p for p in model.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(moving, lr=options.rate, weight_decay=0.0)
        self.best_step, self._least = 0, math.inf
        self._best: dict[str, Tensor] = {}

    @torch.no_grad()
    def begin_as(self, slot: int) -> None:
        """Let the new style be what the style in another slot is."""
        table = self.model.model.embed_tokens.weight
        table[v.STYLE[self.slot + 1]] = table[v.STYLE[slot + 1]]

    def go_on(self, out: Path, style: str) -> _Begun | None:
        """Go on from the checkpoint in a folder; None when there is none.

        Raises RestyleError for one of another style or of other options.
        """
        if not has_checkpoint(out):
            return None
        state = read_checkpoint(out, self.model, [self.optimiser])
        begun = _Begun(
            **state.get("begun", {"style": "", "options": {}, "nearest": "", "held_out": 0})
        )
        if (begun.style, begun.options) != (style, asdict(self.options)):
            raise RestyleError(
                f"{out} holds an unfinished run with other songs or options: give the same ones, "
                "or name a new folder."
            )
        self.step, self.best_step = state["step"], state["best_step"]
        self._least, self._best = state["least"], read_best(out)
        return begun

    def write(self, out: Path, begun: _Begun, seconds: float) -> None:
        """Write the checkpoint."""
        state: State = {
            "step": self.step,
            "tokens": 0,
            "seconds": seconds,
            "best_step": self.best_step,
            "least": self._least,
            "begun": asdict(begun),
        }
        write_checkpoint(out, self.model, [self.optimiser], state, self._best)

    def keep_if_best(self, held_out: float) -> None:
        """Remember the weights of the least held-out loss."""
        if held_out < self._least:
            self.best_step, self._least = self.step, held_out
            self._best = {name: w.clone() for name, w in self.model.state_dict().items()}

    def back_to_best(self) -> None:
        """The model as it was when it expected the held-out songs most."""
        if self._best:
            self.model.load_state_dict(self._best)

    def advance(self, batch: Batch) -> float:
        """One step; the loss on the new style's windows."""
        options = self.options
        torch.manual_seed(options.seed * 1_000_003 + self.step)
        rate = rate_at(self.step, options)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.model.train()
        tokens, weights = torch.from_numpy(batch.tokens), torch.from_numpy(batch.weights)
        rehearsed = self._under_others(tokens[options.batch :], self.step)
        every = torch.cat([tokens[: options.batch], rehearsed])
        logits = following(self.model, every)
        own, theirs = logits[: options.batch], logits[options.batch :]
        loss = nats(own, tokens[: options.batch], weights[: options.batch])
        total = loss
        if len(rehearsed):
            total = loss + self._strayed(theirs, rehearsed, weights[options.batch :])
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), options.clip)
        self.optimiser.step()
        self.step += 1
        value = float(loss.detach())
        if not math.isfinite(value):
            raise RestyleError(f"Training broke at step {self.step}: try a lower learning rate.")
        return value

    @torch.no_grad()
    def held_out(self, batch: Batch) -> float:
        """Nats an arrangement token on windows of the new style."""
        self.model.eval()
        only = torch.from_numpy((batch.weights == 1.0).astype(np.float32))
        tokens = torch.from_numpy(batch.tokens)
        logits = following(self.model, tokens)
        return float(nats(logits, tokens, only))

    @torch.no_grad()
    def drift(self, batch: Batch) -> float:
        """Nats a token between now and before, under the other styles' tokens."""
        self.model.eval()
        tokens = self._under_others(torch.from_numpy(batch.tokens), 0)
        logits = following(self.model, tokens)
        return float(self._strayed(logits, tokens, torch.from_numpy(batch.weights)))

    def measured(self, begun: _Begun, batch: Batch) -> dict[str, Any]:
        """How the run began and how it is now, on windows of the new style."""
        return {
            "nearest": begun.nearest,
            "held_out": {begun.style: self.held_out(batch)},
            "held_out_before": {begun.style: begun.held_out},
            "drift": self.drift(batch),
        }

    def _strayed(self, logits: Tensor, tokens: Tensor, weights: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = log_softmax(following(self.before, tokens), -1)
        now = log_softmax(logits, -1)
        each = kl_div(now, wanted, reduction="none", log_target=True).sum(-1)
        return (each * weights[:, 1:]).sum() / weights[:, 1:].sum().clamp(min=1.0)

    def _under_others(self, tokens: Tensor, step: int) -> Tensor:
        """The windows with other styles' tokens in place of the new one's."""
        out = tokens.clone()
        styles = (out >= v.STYLE.first) & (out < v.STYLE.end)
        turns = (torch.arange(len(out)) + step * max(len(out), 1)) % len(self.others)
        named = torch.tensor(self.others)[turns][:, None].expand_as(out)
        return torch.where(styles, named, out)
