"""The key of a song, from how long each pitch class sounds and in the bass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.hearing.chroma import SLOT, fold, lowest, one_hot, pitched, slot_roll
from restyle.song import Key, Song

# Temperley's profiles from the Kostka-Payne corpus (Music and Probability, 2007).
_MAJOR = np.array(
    [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400]
)
_MINOR = np.array(
    [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330]
)


def find_key(song: Song) -> Key:
    """The one key that fits the whole song best; C major when nothing sounds."""
    notes = pitched(song)
    if not len(notes):
        return Key(0)
    slots = int((notes["start"] + notes["duration"]).max()) // SLOT + 1
    roll = slot_roll(notes, slots)
    time = np.minimum(fold(roll > 0), 1.0).sum(axis=0)
    bass = one_hot(lowest(roll)).sum(axis=0)
    scores = _fit(time) + 0.5 * _fit(bass)
    best = int(scores.argmax())
    return Key(best % 12, "major" if best < 12 else "minor")


def _fit(histogram: NDArray[np.float32]) -> NDArray[np.float64]:
    """Correlation of a pitch-class histogram with the 12 major, then the 12 minor keys."""
    profiles = np.array(
        [np.roll(p, tonic) for p in (_MAJOR, _MINOR) for tonic in range(12)], dtype=np.float64
    )
    a = histogram - histogram.mean()
    b = profiles - profiles.mean(axis=1, keepdims=True)
    scale = np.linalg.norm(a) * np.linalg.norm(b, axis=1)
    return np.asarray(b @ a / np.maximum(scale, 1e-9))
