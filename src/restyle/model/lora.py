"""Low-rank adapters: few weights that learn, beside many that stay (LoRA, Hu et al. 2021)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Adapted(nn.Module):
    """A linear layer, frozen, with a product of two thin matrices added to it."""

    def __init__(self, layer: nn.Linear, rank: int):
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.empty(rank, layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        return torch.as_tensor(self.layer(x) + 2.0 * (x @ self.down.T) @ self.up.T)

    @torch.no_grad()
    def folded(self) -> nn.Linear:
        """The plain layer that does the same."""
        self.layer.weight += 2.0 * self.up @ self.down
        return self.layer


def add_adapters(model: nn.Module, rank: int) -> None:
    """Freeze a model but for its embeddings, and give every linear layer inside an adapter."""
    for name, weight in model.named_parameters():
        weight.requires_grad = "embed" in name
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear) and name != "lm_head":
                setattr(module, name, Adapted(child, rank))


def fold_adapters(model: nn.Module) -> None:
    """Put what the adapters learnt into the layers, and take them away; nothing without any."""
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, Adapted):
                setattr(module, name, child.folded())
