"""MGEval: are the results, as a set, as varied as real songs and of their kind?

Yang & Lerch, "On the evaluation of generative models in music" (Neural Computing and Applications,
2020). Each song is described by nine features; the distances between the songs of one set, and
those from one set to the other, each make a distribution (Gaussian kernel density); a result set
that is like real songs has an overlap area near 1 and a Kullback-Leibler divergence near 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.critic.played import Played
from restyle.music.song import GRID

Array = NDArray[np.float64]

LENGTHS = np.array([1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 36, 48])
"""Note lengths (grid positions) of the length histogram; each note takes the nearest in ratio."""
_POINTS = 1000


@dataclass(frozen=True)
class Overlap:
    """How two distributions of distances lie to each other."""

    area: float
    """Overlap area of the two densities, 0..1."""
    divergence: float
    """Kullback-Leibler divergence of the within-set from the between-set density, in nats."""


def mgeval_features(song: Played) -> dict[str, Array]:
    """The nine features of a song, pitched notes only.

    pitch_count (different pitches), pitch_range (semitones), pitch_interval (mean absolute step, in
    semitones), note_count (a bar), onset_interval (mean, in quarters): shape (1,); pitch_classes
    (12,), pitch_class_steps (12, 12), note_lengths (13,), note_length_steps (13, 13): sum 1 each.
    Pitch classes are counted from the tonic of the key, so that keys do not tell songs apart.
    """
    notes = song.notes
    tonic = song.lead.key.tonic
    pitch = notes["pitch"].astype(np.int64)
    starts = np.unique(notes["start"])
    classes = (pitch - tonic) % 12
    lengths = np.abs(np.log(notes["duration"][:, None] / LENGTHS)).argmin(axis=1)
    single = {
        "pitch_count": len(np.unique(pitch)),
        "pitch_range": int(np.ptp(pitch)) if len(pitch) else 0,
        "pitch_interval": np.abs(np.diff(pitch)).mean() if len(pitch) > 1 else 0.0,
        "note_count": len(notes) / max(song.lead.bars, 1),
        "onset_interval": np.diff(starts).mean() / GRID if len(starts) > 1 else 0.0,
    }
    return {
        **{name: np.array([float(value)]) for name, value in single.items()},
        "pitch_classes": _share(np.bincount(classes, minlength=12)),
        "pitch_class_steps": _steps(classes, 12),
        "note_lengths": _share(np.bincount(lengths, minlength=len(LENGTHS))),
        "note_length_steps": _steps(lengths, len(LENGTHS)),
    }


FEATURES = (
    "pitch_count", "pitch_range", "pitch_interval", "note_count", "onset_interval",
    "pitch_classes", "pitch_class_steps", "note_lengths", "note_length_steps",
)  # fmt: skip


def compare_sets(real: Sequence[Array], made: Sequence[Array]) -> Overlap:
    """Distances within the real set (leave one out) against those from the made set to it.

    Each set is a sequence of one feature's arrays. NaN with fewer than three songs in a set.
    """
    if len(real) < 3 or len(made) < 3:
        return Overlap(float("nan"), float("nan"))
    x, y = (np.stack([np.ravel(a) for a in rows]) for rows in (real, made))
    apart = _distances(x, x)[np.triu_indices(len(x), 1)]
    between = _distances(y, x).ravel()
    return overlap(apart, between)


def overlap(a: Array, b: Array) -> Overlap:
    """Overlap area and divergence of the kernel densities of two samples.

    Both densities are taken at 1,000 points from the lowest to the highest value, one bandwidth
    beyond each side. Samples that do not vary and are equal overlap wholly.
    """
    widths = [bandwidth(s) for s in (a, b)]
    if not all(widths):
        floor = 1e-6 * max(float(np.abs(a).max()), float(np.abs(b).max()), 1.0)
        widths = [w or max(*widths, floor) for w in widths]
    reach = 3 * max(widths)
    points = np.linspace(min(a.min(), b.min()) - reach, max(a.max(), b.max()) + reach, _POINTS)
    p, q = (density(s, points, w) for s, w in zip((a, b), widths, strict=True))
    step = points[1] - points[0]
    area = float(np.minimum(p, q).sum() * step)
    p, q = (d / d.sum() + 1e-12 for d in (p, q))
    return Overlap(min(area, 1.0), max(float((p * np.log(p / q)).sum()), 0.0))


def bandwidth(sample: Array) -> float:
    """Scott's rule for a Gaussian kernel: the sample's spread times n to the power of -1/5."""
    return float(np.std(sample, ddof=1) * len(sample) ** -0.2) if len(sample) > 1 else 0.0


def density(sample: Array, points: Array, width: float) -> Array:
    """Gaussian kernel density of a sample at some points."""
    apart = (points[:, None] - sample[None, :]) / width
    height = np.exp(-0.5 * apart**2).mean(axis=1)
    return np.asarray(height / (width * np.sqrt(2 * np.pi)))


def _distances(x: Array, y: Array) -> Array:
    square = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1)[None, :] - 2 * x @ y.T
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))


def _share(counts: NDArray[np.integer]) -> Array:
    return np.asarray(counts / max(counts.sum(), 1), dtype=np.float64)


def _steps(values: NDArray[np.integer], size: int) -> Array:
    """How often each value follows each, shape (size, size), sum 1."""
    pairs = np.bincount(values[:-1] * size + values[1:], minlength=size * size)
    return _share(pairs).reshape(size, size)
