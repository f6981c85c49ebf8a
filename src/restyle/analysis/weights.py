"""The small weight tables that come with restyle, one .npz a subject, loaded once."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Weights = dict[str, NDArray[np.float32]]


@cache
def weights(name: str) -> Weights:
    """The tables of restyle/pretrained/`name`.npz; not to be written to."""
    with (
        resources.files("restyle.pretrained").joinpath(f"{name}.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as table,
    ):
        return {key: table[key] for key in table.files}
