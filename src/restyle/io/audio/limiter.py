"""A limiter: loud places are turned down smoothly, so that no peak is above a ceiling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.io.audio.loudness import Sound

STEP = 240
"""Frames for which one gain is found: 5 ms at 48 kHz."""
_AHEAD, _BEHIND = 4, 30  # steps: 20 ms to turn down, 150 ms to come back


@dataclass(frozen=True)
class Limiter:
    """How far each place of a sound is turned down."""

    gains: NDArray[np.float64]
    """The factor in the middle of each `STEP` of frames."""
    ceiling: float

    def applied(self, sound: Sound, first: int = 0) -> Sound:
        """A stretch of the sound that begins with frame `first`, turned down."""
        if self.gains.min(initial=1.0) >= 1.0:
            return sound
        middles = (np.arange(len(self.gains)) + 0.5) * STEP
        gain = np.interp(np.arange(first, first + len(sound)), middles, self.gains)
        held_down = np.clip(sound * gain[:, None], -self.ceiling, self.ceiling)
        return np.asarray(held_down, dtype=np.float32)


def limiter(pieces: Iterable[Sound], ceiling: float) -> Limiter:
    """The limiter for a sound in pieces, each a multiple of `STEP` frames long but for the last."""
    peaks = np.concatenate([np.zeros(0, np.float32), *map(_peaks, pieces)])
    need = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    if need.min(initial=1.0) >= 1.0:
        return Limiter(np.ones(0), ceiling)
    padded = np.pad(need, (_BEHIND, _AHEAD), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _AHEAD + _BEHIND + 1)
    spread = np.pad(windows.min(axis=1), _AHEAD, mode="edge")
    smooth = np.lib.stride_tricks.sliding_window_view(spread, 2 * _AHEAD + 1).mean(axis=1)
    return Limiter(np.minimum(smooth, need), ceiling)


def _peaks(sound: Sound) -> NDArray[np.float32]:
    """The highest sample of each step."""
    count = -(-len(sound) // STEP)
    peaks = np.zeros(count * STEP, dtype=np.float32)
    peaks[: len(sound)] = np.abs(sound).max(axis=1, initial=0.0)
    return np.asarray(peaks.reshape(count, STEP).max(axis=1))
