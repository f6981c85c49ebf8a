"""Style profiles of sets: all results of a style taken together, beside the style's songs together.

One song's histogram is full of chance, and its cosine with a whole style is low for a real song of
the style, too. The mean histogram of many songs is not: what is left is how the set moves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.critic.profile import Profile

Array = NDArray[np.float64]

PITCHED = ("time_pitch", "onset_duration")
"""The histograms whose cosines are averaged, as in `profile.similarity`."""


def set_cosines(profiles: Sequence[Profile], whole: Profile, weights: Array) -> Array:
    """Cosine of the profile of a set with the profile of a style, for several choices of the set.

    `weights` says how often each song is in each choice, shape (choices, songs); the result has
    shape (choices,). The profile of a set is the mean of its songs' normalised histograms, empty
    ones not counted, and the figure the mean of the cosines of `PITCHED`, 0..1; 0 for a set in
    which nothing sounds, NaN for a choice without songs. After Groove2Groove (Cífka et al., TASLP
    2020), whose "macro" this is, but for a set instead of a song.
    """
    out = np.zeros(len(weights))
    for name in PITCHED:
        rows = np.stack([p[name].ravel() for p in profiles]).astype(np.float64)
        sums = weights @ rows  # only the direction counts, so the sum serves as well as the mean
        size = np.linalg.norm(sums, axis=1) * np.linalg.norm(whole[name])
        out += (sums @ whole[name].ravel()) / np.where(size > 0, size, 1.0)
    return np.where(weights.any(axis=1), out / len(PITCHED), np.nan)


def leave_one_out(songs: int) -> Array:
    """Weights for `set_cosines`, shape (songs + 1, songs): first every song, then all but one."""
    return np.concatenate([np.ones((1, songs)), 1 - np.eye(songs)])


def jackknife(values: Array) -> tuple[float, float, float]:
    """A figure of a whole set and its 95 % interval, from its values by `leave_one_out`.

    Normal interval with the delete-one jackknife's standard error (Quenouille, Tukey 1958),
    sqrt((n - 1) / n * sum of squared deviations). Not the bootstrap: a set drawn with replacement
    is less varied than the set, and its profile farther from any style's. NaN values do not count;
    the interval is the figure itself with fewer than two.
    """
    figure, rest = float(values[0]), values[1:][np.isfinite(values[1:])]
    if len(rest) < 2:
        return figure, figure, figure
    reach = 1.96 * float(np.std(rest) * np.sqrt(len(rest) - 1))
    return figure, figure - reach, min(figure + reach, 1.0)  # no cosine is larger
