"""What a model expects of songs, and which of its styles expects them most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from restyle.model.llama import fast_bf16
from restyle.model.windows import Batch
from restyle.tokens import vocabulary as v

if TYPE_CHECKING:
    from restyle.model.llama import Llama

FINALISTS = 4
KNOWN_BY = 16
"""Windows by which the nearest style is found: of four, a choice among three was chance."""


def nats(logits: Tensor, tokens: Tensor, weights: Tensor) -> Tensor:
    each = cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none")
    flat = weights[:, 1:].reshape(-1)
    return (each * flat).sum() / flat.sum().clamp(min=1.0)


def following(model: Llama, tokens: Tensor) -> Tensor:
    """What follows each token but the last; in bfloat16 where the machine computes in it."""
    with torch.autocast(tokens.device.type, torch.bfloat16, enabled=fast_bf16()):
        return torch.as_tensor(model(tokens[:, :-1])).float()


@torch.no_grad()
def nearest_style(model: Llama, batch: Batch, styles: dict[str, Any]) -> str:
    """The style under whose token the model expects the new songs most.

    The `FINALISTS` of a quarter of the windows are compared by all.
    """
    model.eval()
    few = len(batch.tokens) // 4
    first = {name: _expected(model, batch, int(styles[name]["slot"]), few) for name in styles}
    likeliest = sorted(first, key=lambda name: first[name])[:FINALISTS]
    last = {name: _expected(model, batch, int(styles[name]["slot"])) for name in likeliest}
    return min(last, key=lambda name: last[name])


def _expected(model: Llama, batch: Batch, slot: int, most: int | None = None) -> float:
    """Nats of the windows' arrangement tokens under the style of a slot."""
    tokens = torch.from_numpy(batch.tokens[:most])
    only = torch.from_numpy((batch.weights[:most] == 1.0).astype(np.float32))
    named = (tokens >= v.STYLE.first) & (tokens < v.STYLE.end)
    under = torch.where(named, torch.tensor(v.STYLE[slot + 1]), tokens)
    each = zip(*(torch.split(t, 1) for t in (under, tokens, only)), strict=True)
    return sum(float(nats(following(model, a), b, c)) for a, b, c in each)  # all at once: gigabytes
