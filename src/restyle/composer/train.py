"""Training of a composer: best weights by held-out loss, and going on after a kill."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load, save

from restyle.composer import weights
from restyle.composer.corpus import Numbered, batch, every_window, number
from restyle.composer.model import VARIANTS, Composer, Shape
from restyle.composer.pieces import Piece
from restyle.composer.vocabulary import note_set
from restyle.errors import BadModel, RestyleError
from restyle.io.files import save as save_file

STATE = "state.safetensors"


@dataclass(frozen=True)
class Options:
    """How to train. `length` is the window: that many notes in, the next one out."""

    variant: str = "embedding"
    length: int = 100
    steps: int = 3000
    size: int = 32
    rate: float = 3e-3
    hidden: int = 256
    layers: int = 1
    dropout: float = 0.25
    least: int = 4
    """Times a note or chord must come in the songs to be in the note set."""
    seed: int = 0
    check: int = 150
    """Steps between looks at the held-out loss, each of which also saves the state."""
    windows: int = 64
    """Held-out windows looked at."""


@dataclass(frozen=True)
class Progress:
    """Where a training stands; losses in nats a note."""

    step: int
    steps: int
    seconds: float
    train: float
    held_out: float
    best: float


def train(
    pieces: Sequence[Piece],
    held_out: Sequence[Piece],
    out: Path,
    options: Options | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Progress:
    """Train a network into the folder `out`; a folder with a state goes on where it stopped.

    The best weights by held-out note loss (for `last` and `sequence` too) are what it holds at
    every moment. The same songs and options give the same curve, killed or not.

    Raises RestyleError for too little music, BadModel for a state of other options.
    """
    options = options or Options()
    if options.variant not in VARIANTS:
        raise RestyleError(f"{options.variant} is no variant: there are {', '.join(VARIANTS)}.")
    styles = tuple(dict.fromkeys(p.style for p in pieces))
    notes = note_set((p.symbols for p in pieces), options.least)

    def numbered(some: Sequence[Piece]) -> list[Numbered]:
        rows = (number(p, notes, styles.index(p.style)) for p in some if p.style in styles)
        return [r for r in rows if len(r.known) >= options.length]

    songs, tests = numbered(pieces), numbered(held_out)
    if not songs or not tests:
        raise RestyleError(
            f"There are too few songs of more than {options.length} notes to train and test on."
        )
    shape = Shape(
        options.variant, len(notes), options.hidden, options.layers, options.dropout,
        styles=len(styles),
    )  # fmt: skip
    torch.manual_seed(options.seed)  # the weights that a network begins with, too
    run = _Run(Composer(shape), options, out, every_window(tests, options.length, options.windows))
    run.resume()
    card = weights.Card(
        options.variant, options.hidden, options.layers, shape.rhythm, options.length,
        notes.symbols, tuple(describe(s, [p for p in pieces if p.style == s]) for s in styles),
    )  # fmt: skip
    return run.go(songs, card, progress)


def describe(name: str, pieces: Sequence[Piece]) -> weights.Style:
    """What the songs of a style have in common: meters, keys, swing, tempo."""
    bars = Counter(int(np.median(np.diff(p.bars))) for p in pieces if len(p.bars) > 1)
    meters = tuple((n, round(c / len(pieces), 3)) for n, c in bars.most_common(4) if n % 12 == 0)
    swung = [p.swing for p in pieces if p.swing > 1.0]
    return weights.Style(
        name,
        minor=round(float(np.mean([p.mode == "minor" for p in pieces])), 3),
        meters=meters or ((48, 1.0),),
        swing=round(float(np.median(swung)), 2) if 2 * len(swung) > len(pieces) else 1.0,
        bpm=round(float(np.median([p.bpm for p in pieces]))),
        shifts=tuple(k for k, _ in Counter(-p.shift for p in pieces).most_common(6)),
        songs=tuple(Counter(p.source for p in pieces).most_common()),
    )


class _Run:
    def __init__(
        self, model: Composer, options: Options, out: Path, test: tuple[np.ndarray, np.ndarray]
    ):
        torch.manual_seed(options.seed)
        for p in model.parameters():  # the same start whatever was drawn before
            if p.dim() > 1:
                torch.nn.init.normal_(p, std=min(0.08, p.shape[-1] ** -0.5))
        self.model, self.options, self.out = model, options, out
        self.test = [torch.from_numpy(a) for a in test]
        self.optimiser = torch.optim.AdamW(model.parameters(), options.rate, weight_decay=0.01)
        # The mean of the last weights, which is what is tested and kept: it does as well at any
        # moment as the weights alone do at the end of a schedule.
        self.mean = {n: t.clone() for n, t in model.state_dict().items()}
        self.step, self.seconds, self.best, self.train_loss = 0, 0.0, float("inf"), 0.0

    def go(
        self,
        songs: Sequence[Numbered],
        card: weights.Card,
        progress: Callable[[Progress], None] | None,
    ) -> Progress:
        o = self.options
        began = time.monotonic() - self.seconds
        held_out = self.best
        while self.step < o.steps:
            self._one(songs)
            if self.step % o.check == 0 or self.step == o.steps:
                losses = self._held_out()
                held_out = losses["note"]
                self.seconds = time.monotonic() - began
                if held_out < self.best:
                    self.best = held_out
                    trained = {"steps": self.step, "seconds": round(self.seconds, 1), **losses}
                    weights.write(self.out, arrays_of(self.mean), replace(card, trained=trained))
                self._save()
                if progress:
                    progress(self._progress(held_out))
        return self._progress(held_out)

    def _one(self, songs: Sequence[Numbered]) -> None:
        """One step; its windows and dropout depend on the seed and its number alone."""
        o = self.options
        seed = o.seed * 1_000_003 + self.step
        known, aims = batch(songs, o.length, o.size, np.random.default_rng(seed))
        torch.manual_seed(seed)
        rate = o.rate * min(1.0, (self.step + 1) / 50)
        rate *= 0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * self.step / o.steps))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.model.train()
        losses = self.model.losses(torch.from_numpy(known), torch.from_numpy(aims))
        self.optimiser.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._update_mean()
        self.train_loss += 0.02 * (float(losses["note"].detach()) - self.train_loss)
        if self.step == 1:
            self.train_loss = float(losses["note"].detach())

    @torch.no_grad()
    def _update_mean(self) -> None:
        keep = min(0.99, (1 + self.step) / (10 + self.step))
        for name, tensor in self.model.state_dict().items():
            self.mean[name].lerp_(tensor, 1 - keep)

    @torch.no_grad()
    def _held_out(self) -> dict[str, float]:
        self.model.eval()
        current = {n: t.clone() for n, t in self.model.state_dict().items()}
        self.model.load_state_dict(self.mean)
        losses = {n: round(float(v), 4) for n, v in self.model.losses(*self.test).items()}
        self.model.load_state_dict(current)
        return losses

    def _progress(self, held_out: float) -> Progress:
        return Progress(
            self.step, self.options.steps, self.seconds, self.train_loss, held_out, self.best
        )

    def _save(self) -> None:
        """Weights and moments in one file that is whole or the last one."""
        tensors = {f"model.{n}": t for n, t in self.model.state_dict().items()}
        tensors |= {f"mean.{n}": t for n, t in self.mean.items()}
        for i, state in self.optimiser.state_dict()["state"].items():
            for name, value in state.items():
                tensors[f"adam.{i}.{name}"] = value
        where = {
            "step": self.step, "seconds": self.seconds, "best": self.best,
            "train_loss": self.train_loss, "options": self._what(),
        }  # fmt: skip
        self.out.mkdir(parents=True, exist_ok=True)
        save_file(self.out / STATE, save(tensors, {"state": json.dumps(where)}))

    def _what(self) -> dict[str, object]:
        return {**asdict(self.options), "vocabulary": self.model.shape.vocabulary}

    def resume(self) -> None:
        """Take up the state of the folder, if it has one."""
        file = self.out / STATE
        if not file.is_file():
            return
        data = file.read_bytes()
        where = json.loads(weights.metadata(data)["state"])
        # More or fewer steps are welcome: the rate falls to the new end.
        if {**where["options"], "steps": 0} != {**self._what(), "steps": 0}:
            raise BadModel(
                f"{self.out} holds a training with other songs or options: give another folder."
            )
        tensors = load(data)
        self.model.load_state_dict(
            {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")}
        )
        self.mean = {n: tensors[f"mean.{n}"] for n in self.mean}
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith("adam."):
                _, i, field = name.split(".")
                state.setdefault(int(i), {})[field] = tensor
        whole = self.optimiser.state_dict()
        self.optimiser.load_state_dict({**whole, "state": state})
        self.step, self.seconds = where["step"], where["seconds"]
        self.best, self.train_loss = where["best"], where["train_loss"]


def arrays_of(tensors: dict[str, torch.Tensor]) -> weights.Arrays:
    """Weights as numpy arrays under torch's own names."""
    return {n: t.detach().numpy().copy() for n, t in tensors.items()}
