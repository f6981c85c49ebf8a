"""Training the weights as they will ship: rounded to 4 bits whenever they are used.

What `export` rounds afterwards costs a hundredth of a nat, as much as an hour of training is worth.
A model that has been rounded all along learns to do without the lost digits (quantisation-aware
training, Jacob et al. 2018): it computes with rounded weights, and the gradient goes to the exact
ones as if nothing had been rounded (straight through, Bengio et al. 2013).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

BLOCK = 32
"""Weights that share a scale; as `export` asks the builder for."""
_LOWEST, _HIGHEST = -8, 7


def rounded(weights: Tensor, block: int = BLOCK) -> Tensor:
    """Weights (rows, columns) rounded to 4 bits, as onnxruntime rounds for MatMulNBits.

    Each block of a row has a scale of its own, even about zero: its largest weight, whatever the
    sign, becomes -8. `columns` is a multiple of `block`.
    """
    blocks = weights.reshape(len(weights), -1, block)
    at = blocks.abs().argmax(-1, keepdim=True)
    scale = blocks.gather(-1, at) / _LOWEST
    safe = torch.where(scale == 0, 1.0, scale)
    steps = (blocks / safe).round().clamp(_LOWEST, _HIGHEST)
    return (steps * safe).reshape(weights.shape)


class RoundedLinear(torch.nn.Linear):
    """A linear layer without bias that computes with rounded weights and learns exact ones."""

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight + (rounded(self.weight) - self.weight).detach())


def round_layers(model: torch.nn.Module) -> None:
    """Make the linear layers inside a Llama's blocks, which export has in 4 bits, rounded ones.

    The weights stay the same objects under the same names; the last product and the embeddings,
    which export keeps finer, stay as they are.
    """
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and ".layers." in name:
            layer = RoundedLinear(module.in_features, module.out_features, False, device="meta")
            layer.weight = module.weight
            model.set_submodule(name, layer)


@torch.no_grad()
def fix_rounding(model: torch.nn.Module) -> None:
    """Make rounded layers plain ones of rounded weights, for a model that learns no more."""
    for name, module in list(model.named_modules()):
        if isinstance(module, RoundedLinear):
            layer = torch.nn.Linear(module.in_features, module.out_features, False, device="meta")
            layer.weight = torch.nn.Parameter(rounded(module.weight))
            model.set_submodule(name, layer)
