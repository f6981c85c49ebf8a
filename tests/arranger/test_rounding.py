"""Rounding to 4 bits while training: by hand, straight through, and as the export rounds."""

import torch

from restyle.model.llama import SIZES, build
from restyle.model.qat import RoundedLinear, round_layers, rounded


def test_blocks_by_hand():
    # scales 1, -2 and none: the largest becomes -8, what lies opposite it at most 7 steps
    weights = torch.tensor([[-8.0, 4.0, 1.4, 0.6, 16.0, 3.0, -15.8, 0.4, 0.0, 0.0, 0.0, 0.0]])
    wanted = [[-8.0, 4.0, 1.0, 1.0, 16.0, 4.0, -14.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    assert rounded(weights, block=4).tolist() == wanted


def test_rounding_twice_changes_nothing():
    once = rounded(torch.randn(6, 64, generator=torch.Generator().manual_seed(0)))
    assert torch.allclose(rounded(once), once)


def test_the_gradient_passes_as_if_nothing_were_rounded():
    layer = RoundedLinear(32, 2, bias=False)
    x = torch.arange(32.0)
    layer(x).sum().backward()
    assert torch.equal(layer.weight.grad, x.expand(2, 32))


def test_only_the_layers_are_rounded_and_keep_their_names():
    model = build(SIZES["tiny"])
    before = dict(model.named_parameters())
    round_layers(model)
    after = dict(model.named_parameters())
    assert before.keys() == after.keys()
    assert all(after[name] is before[name] for name in before)
    kinds = {name: type(m) for name, m in model.named_modules() if isinstance(m, torch.nn.Linear)}
    assert set(kinds.values()) == {RoundedLinear}
