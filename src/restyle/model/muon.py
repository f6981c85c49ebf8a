"""Muon for the weight matrices, AdamW for the rest.

Muon (Jordan 2024) steps along the momentum with its singular values made equal, by a
Newton-Schulz iteration. torch's own does that in bfloat16, which processors without such
instructions only emulate, dozens of times slower; this one works in the weights' own precision,
and on all matrices of one shape at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalise(matrices: Tensor, steps: int = 5) -> Tensor:
    """Matrices (n, rows, columns) with singular values brought near 1, by Newton-Schulz."""
    a, b, c = _COEFFICIENTS
    tall = matrices.size(-2) > matrices.size(-1)
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    out: Tensor = x.mT if tall else x
    return out


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised, with decoupled weight decay; for 2-D parameters.

    The step is scaled by 0.2 sqrt(longer side), which gives it the size of an AdamW step, so that
    one learning rate serves both (Liu et al. 2025).
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0.95,
        weight_decay: float = 0.1,
    ):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: defaultdict[torch.Size, list[Tensor]] = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    by_shape[weight.shape].append(weight)
            for shape, weights in by_shape.items():
                moved = orthogonalise(torch.stack([self._momentum(w, group) for w in weights]))
                scale = 0.2 * max(shape) ** 0.5
                for weight, direction in zip(weights, moved, strict=True):
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    weight.add_(direction, alpha=-group["lr"] * scale)

    def _momentum(self, weight: Tensor, group: dict[str, Any]) -> Tensor:
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weight)
        assert weight.grad is not None
        state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
        return weight.grad.lerp(state["momentum"], group["momentum"])


def optimisers(
    model: torch.nn.Module, rate: float, weight_decay: float
) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers; AdamW for embeddings and norms."""
    hidden: list[Tensor] = []
    others: list[Tensor] = []
    for name, weight in model.named_parameters():
        matrix = weight.ndim == 2 and "embed" not in name and "lm_head" not in name
        (hidden if matrix else others).append(weight)
    return [
        Muon(hidden, lr=rate, weight_decay=weight_decay),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
