"""The reference numbers that ship with restyle: what real songs are like.

`profiles.npz`, `moves.npz` and `real.json` are made by `benchmarks/reference.py` from a corpus,
`band.json` by `benchmarks/band_reference.py` from song files. Numbers only, no music, no pickles.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.critic.profile import NAMES, Profile

FOLDER = resources.files("restyle.pretrained").joinpath("evaluation")


@dataclass(frozen=True)
class Reference:
    """What results are compared with."""

    profiles: dict[str, Profile]
    """The style profile of each style's training songs."""
    moves: NDArray[np.uint32]
    """A sample of the runs of moves in training songs, for `originality.share_known`."""
    keep: int
    """One run in so many is in the sample."""
    real: dict[str, Any]
    """Rows of the report of held-out songs ("ceiling" and "chance"), by style."""
    bands: dict[str, Any]
    """By style, what its songs do as bands: "measures" (name -> interval) and "drum_keys" (key ->
    share of strokes), as `benchmarks/band_reference.py` measured them."""

    def drum_keys(self, style: str) -> dict[int, float]:
        """Share of strokes of each drum key in the style's songs; empty where nobody knows."""
        found = self.bands.get(style, {}).get("drum_keys", {})
        return {int(key): float(share) for key, share in found.items()}


@cache
def reference() -> Reference:
    """The shipped reference numbers, read once."""
    with (
        FOLDER.joinpath("profiles.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as table,
    ):
        profiles = {
            str(style): {name: table[f"{style}/{name}"].astype(np.float64) for name in NAMES}
            for style in table["styles"]
        }
    with FOLDER.joinpath("moves.npz").open("rb") as file, np.load(file, allow_pickle=False) as t:
        sample, keep = t["sample"], int(t["keep"])
    return Reference(profiles, sample, keep, _told("real.json"), _told("band.json"))


def _told(name: str) -> dict[str, Any]:
    known = FOLDER.joinpath(name)
    return dict(json.loads(known.read_text(encoding="utf-8"))) if known.is_file() else {}
