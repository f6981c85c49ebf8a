"""Training of the networks of a lead sheet, on the lead bars of a corpus."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from restyle.composer.lead import events as e
from restyle.composer.lead.corpus import stretches
from restyle.composer.lead.habits import habits
from restyle.composer.lead.network import Chords, Tune
from restyle.composer.lead.weights import Card, write
from restyle.data.shards import Corpus
from restyle.errors import RestyleError

STEPS, ROWS = 128, 16
"""Events of a window, and windows of a step."""
HALVES, CHORD_ROWS = 64, 32
EVENNESS = 0.35
"""Styles are drawn by their notes to this power: 1 as they are, 0 evenly."""
CHORD_SHARE = 0.12
"""Share of the time that the chords' network is trained for."""
SAVE_EVERY = 60.0
"""Seconds between saves."""

Told = Callable[[str], None]


def train(
    corpus: Corpus, out: Path, minutes: float = 12.0, seed: int = 0, told: Told = print
) -> dict[str, float]:
    """Train for so many minutes into the folder `out`; held-out losses by style.

    An eighth of the time is the chords', the rest the tune's. What is there is saved each minute.
    Raises RestyleError where the corpus has no tunes.
    """
    styles = [name for name in corpus.styles if corpus.select("train", name)]
    data = stretches(corpus, "train", styles)
    held_out = stretches(corpus, "valid", styles)
    if not data:
        raise RestyleError(f"{corpus.folder} has no songs with a tune to learn from.")
    told(f"{len(data)} stretches, {sum(len(s.events) for s in data)} events, {len(styles)} styles")
    torch.manual_seed(seed)
    drawer = Drawer(data, np.random.default_rng(seed))
    tune, chords = Tune(len(styles)), Chords(len(styles))
    losses: dict[str, float] = {}

    def save(**more: Any) -> None:
        arrays = {f"tune.{n}": t.numpy() for n, t in tune.state_dict().items()}
        arrays |= {f"chords.{n}": t.numpy() for n, t in chords.state_dict().items()}
        said = {name: round(loss, 3) for name, loss in losses.items()}
        write(out, arrays, Card(tuple(styles), {"losses": said, **more}))

    seconds = minutes * 60 * CHORD_SHARE
    _run(chords, lambda: chord_batch(drawer), chord_loss, seconds, 4e-3, told, save)
    losses |= {f"chords {s}": x for s, x in by_style(chords, held_out, styles, chord_rows).items()}
    seconds = minutes * 60 * (1 - CHORD_SHARE)
    _run(tune, lambda: batch(drawer), tune_loss, seconds, 3e-3, told, save)
    losses |= {f"tune {s}": x for s, x in by_style(tune, held_out, styles, tune_rows).items()}
    save(habits={style: habits(corpus, style) for style in styles})
    told(json.dumps({name: round(loss, 3) for name, loss in losses.items()}))
    return losses


Batch = tuple[Tensor, Tensor, Tensor]
"""Rows (batch, steps, fields), what is known of each song (batch, 3), and targets."""


def _run(
    model: torch.nn.Module,
    draw: Callable[[], Batch],
    loss_of: Callable[[torch.nn.Module, Batch], Tensor],
    seconds: float,
    rate: float,
    told: Told,
    save: Callable[[], None],
) -> None:
    """Train by the clock: the rate rises for a twentieth of the time, then falls as a cosine."""
    optimiser = torch.optim.AdamW(model.parameters(), rate, weight_decay=0.01)
    begin = saved = time.monotonic()
    total, steps = 0.0, 0
    model.train()
    while (done := (time.monotonic() - begin) / seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(done * 20, 0.5 + 0.5 * math.cos(math.pi * done)) + 1e-6
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(model, draw())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        total, steps = total + loss.item(), steps + 1
        if steps % 50 == 0:
            told(f"{type(model).__name__} step {steps}, {done:.0%}: {total / 50:.3f}")
            total = 0.0
        if time.monotonic() - saved > SAVE_EVERY:
            save()
            saved = time.monotonic()
    model.eval()


def weights_of(data: list[e.Stretch]) -> NDArray[np.float64]:
    """The chance of each stretch: styles nearly evenly, in each as long as it is."""
    size = np.array([len(s.events) for s in data], float)
    style = np.array([s.style for s in data])
    amount = np.bincount(style, size)
    chance = size * (amount[style] ** (EVENNESS - 1))
    return np.asarray(chance / chance.sum())


class Drawer:
    """Draws stretches to learn from."""

    def __init__(self, data: list[e.Stretch], rng: np.random.Generator):
        self.data, self.rng = data, rng
        self.edges = np.cumsum(weights_of(data))

    def some(self, count: int) -> list[e.Stretch]:
        at = np.searchsorted(self.edges, self.rng.random(count) * self.edges[-1])
        return [self.data[min(int(i), len(self.data) - 1)] for i in at]


def about(stretch: e.Stretch) -> tuple[int, int, int]:
    return stretch.style, stretch.meter, int(stretch.minor)


def batch(drawer: Drawer) -> Batch:
    """Windows that begin at bar lines."""
    rows = np.zeros((ROWS, STEPS + 1, len(e.FIELDS)), np.int64)
    target = np.full((ROWS, STEPS, 3), -100)
    known = []
    for i, stretch in enumerate(drawer.some(ROWS)):
        lines = np.flatnonzero(stretch.events[:, 0] == e.BAR)
        fits = lines[: max(np.searchsorted(lines, len(stretch.events) - STEPS), 1)]
        begin = int(drawer.rng.choice(fits))
        piece = stretch.events[begin : begin + STEPS + 1]
        rows[i, : len(piece)] = piece
        target[i, : len(piece) - 1] = targets(piece)
        known.append(about(stretch))
    return torch.from_numpy(rows), torch.tensor(known), torch.from_numpy(target)


def targets(piece: NDArray[np.int16]) -> NDArray[np.int64]:
    """Place, pitch and length of each event after the first; -100 where there is none."""
    out = piece[1:, :3].astype(np.int64)
    out[out[:, 1] == 0, 1:] = -100
    return out


def tune_loss(model: torch.nn.Module, some: Batch) -> Tensor:
    """Nats an event: place, pitch and length together."""
    rows, known, target = some
    place, pitch, length = model(rows, known)
    count = (target[..., 0] >= 0).sum()
    parts = [
        cross_entropy(x.flatten(0, 1).float(), target[..., i].flatten(), reduction="sum")
        for i, x in enumerate((place, pitch, length))
    ]
    return sum(parts, torch.zeros(())) / count


def chord_batch(drawer: Drawer) -> Batch:
    """Windows of chords that begin at bar lines."""
    rows = np.zeros((CHORD_ROWS, HALVES, 3), np.int64)
    target = np.full((CHORD_ROWS, HALVES), -100)
    known = []
    for i, stretch in enumerate(drawer.some(CHORD_ROWS)):
        own, wanted = chord_table(stretch)
        begin = 2 * int(drawer.rng.integers(max(len(own) // 2 - HALVES // 2, 0) + 1))
        piece = own[begin : begin + HALVES]
        rows[i, : len(piece)] = piece
        target[i, : len(piece)] = wanted[begin : begin + HALVES]
        if begin:
            rows[i, 0, 0] = e.CHORDS if drawer.rng.random() < 0.2 else rows[i, 0, 0]
        known.append(about(stretch))
    return torch.from_numpy(rows), torch.tensor(known), torch.from_numpy(target)


def chord_table(stretch: e.Stretch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows (chord before, phase of the half bar, bars left) and the chords themselves."""
    lines = stretch.events[stretch.events[:, 0] == e.BAR]
    chords = stretch.chords.reshape(-1).astype(np.int64)
    phase = np.repeat(lines[:, 5], 2) * 2 + np.tile([0, 1], len(lines))
    before = np.concatenate([[e.CHORDS], chords[:-1]])
    return np.stack([before, phase, np.repeat(lines[:, 6], 2)], 1).astype(np.int64), chords


def chord_loss(model: torch.nn.Module, some: Batch) -> Tensor:
    """Nats a half bar."""
    rows, known, target = some
    logits = model(rows, known)
    return cross_entropy(logits.flatten(0, 1).float(), target.flatten())


def tune_rows(model: torch.nn.Module, stretch: e.Stretch) -> Tensor:
    rows = torch.from_numpy(stretch.events[None, :600].astype(np.int64))
    target = torch.from_numpy(targets(stretch.events[:600])[None])
    return tune_loss(model, (rows, torch.tensor([about(stretch)]), target))


def chord_rows(model: torch.nn.Module, stretch: e.Stretch) -> Tensor:
    rows, wanted = chord_table(stretch)
    some = (torch.from_numpy(rows[None]), torch.tensor([about(stretch)]))
    return chord_loss(model, (*some, torch.from_numpy(wanted[None])))


@torch.no_grad()
def by_style(
    model: torch.nn.Module,
    data: list[e.Stretch],
    styles: list[str],
    loss: Callable[[torch.nn.Module, e.Stretch], Tensor],
) -> dict[str, float]:
    """The held-out loss of each style: at most 40 stretches of each."""
    model.eval()
    out = {}
    for number, style in enumerate(styles):
        own = [float(loss(model, s)) for s in [s for s in data if s.style == number][:40]]
        if own:
            out[style] = float(np.mean(own))
    return out
