"""Checkpoints of a training run: weights, the optimisers' memory, and how far it has come.

No pickles: tensors in safetensors, numbers in JSON.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from safetensors.torch import load_file, save_file
from torch import Tensor

from restyle.model.llama import WEIGHTS, save

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from restyle.model.llama import Llama

CHECKPOINT = "checkpoint"
_STATE, _OPTIMISERS, _BEST = "state.json", "optimisers.safetensors", "best.safetensors"


class State(TypedDict):
    """How far a run has come: steps done, tokens seen, seconds spent."""

    step: int
    tokens: int
    seconds: float
    best_step: NotRequired[int]
    """The step of the least held-out loss, and that loss."""
    least: NotRequired[float]
    begun: NotRequired[dict[str, Any]]
    """What was known when a style of one's own was begun (see `finetune`)."""


def write_checkpoint(
    out: Path,
    model: Llama,
    optimisers: Sequence[Optimizer],
    state: State,
    best: Mapping[str, Tensor] | None = None,
) -> None:
    """Write the checkpoint of a run folder beside the old one, then put it in its place.

    `best` are the weights of the least held-out loss, where a run keeps them.
    """
    new, old, place = out / "checkpoint.new", out / "checkpoint.old", out / CHECKPOINT
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    save(model, new)
    tensors = {
        f"{i}.{j}.{name}": value.contiguous()
        for i, optimiser in enumerate(optimisers)
        for j, memory in optimiser.state_dict()["state"].items()
        for name, value in memory.items()
        if isinstance(value, Tensor)
    }
    save_file(tensors, str(new / _OPTIMISERS))
    if best:
        save_file({name: w.contiguous() for name, w in best.items()}, str(new / _BEST))
    (new / _STATE).write_text(json.dumps(state), encoding="utf-8")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.replace(old)
    new.replace(place)
    shutil.rmtree(old, ignore_errors=True)


def has_checkpoint(out: Path) -> bool:
    return (out / CHECKPOINT / _STATE).is_file()


def read_checkpoint(out: Path, model: Llama, optimisers: Sequence[Optimizer]) -> State:
    """Put the checkpoint of a run folder into model and optimisers; how far it had come."""
    folder = out / CHECKPOINT
    read_weights(folder, model)
    tensors = load_file(str(folder / _OPTIMISERS))
    for i, optimiser in enumerate(optimisers):
        whole: dict[str, Any] = optimiser.state_dict()
        whole["state"] = {}
        for name, value in tensors.items():
            which, number, key = name.split(".")
            if int(which) == i:
                whole["state"].setdefault(int(number), {})[key] = value
        optimiser.load_state_dict(whole)
    state: State = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    return state


def read_best(out: Path) -> dict[str, Tensor]:
    """The weights of the least held-out loss in the checkpoint of a run folder."""
    return dict(load_file(str(out / CHECKPOINT / _BEST)))


def read_weights(folder: Path, model: Llama) -> None:
    """The weights that `restyle.model.llama.save` left in a folder, into the model."""
    weights = load_file(str(folder / WEIGHTS))
    model.load_state_dict(weights, strict=False)  # the output layer is the embedding, tied
