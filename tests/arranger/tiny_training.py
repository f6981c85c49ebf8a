"""A training run of seconds."""

from dataclasses import replace

from restyle.model.llama import SIZES
from restyle.model.options import TrainOptions
from restyle.model.windows import WindowOptions

STYLES = ("a", "b")
OPTIONS = TrainOptions(
    steps=8,
    batch=2,
    rate=5e-3,
    warm_up=3,
    save_every=4,
    valid_every=8,
    valid_windows=8,
    model=replace(SIZES["tiny"], context=64),
    windows=WindowOptions(context=64),
)
