"""Style profiles of sets: all results of a style taken together, beside the style's songs together.

One song's histogram is full of chance, and its cosine with a whole style is low for a real song of
the style, too. The mean histogram of many songs is not: what is left is how the set moves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.evaluation.profile import Profile

Array = NDArray[np.float64]

PITCHED = ("time_pitch", "onset_duration")
"""The histograms whose cosines are averaged, as in `profile.similarity`."""


def set_cosines(profiles: Sequence[Profile], whole: Profile, weights: Array) -> Array:
    """Cosine of the profile of a set with the profile of a style, for each drawing of the set.

    `weights` says how often each song is in each drawing, shape (drawings, songs); the result has
    shape (drawings,). The profile of a set is the mean of its songs' normalised histograms, empty
    ones not counted, and the figure the mean of the cosines of `PITCHED`, 0..1; 0 for a set in
    which nothing sounds, NaN for a drawing without songs. After Groove2Groove (Cífka et al., TASLP
    2020), whose "macro" this is, but for a set instead of a song.
    """
    out = np.zeros(len(weights))
    for name in PITCHED:
        rows = np.stack([p[name].ravel() for p in profiles]).astype(np.float64)
        sums = weights @ rows  # only the direction counts, so the sum serves as well as the mean
        size = np.linalg.norm(sums, axis=1) * np.linalg.norm(whole[name])
        out += (sums @ whole[name].ravel()) / np.where(size > 0, size, 1.0)
    return np.where(weights.any(axis=1), out / len(PITCHED), np.nan)


def drawings(songs: int, draws: int, rng: np.random.Generator) -> Array:
    """How often each song is drawn, shape (draws + 1, songs): first each once, then as many songs
    as there are, with replacement."""
    drawn = rng.integers(songs, size=(draws, songs))
    counts = np.zeros((draws + 1, songs))
    counts[0] = 1
    np.add.at(counts, (np.arange(1, draws + 1)[:, None], drawn), 1)
    return counts
