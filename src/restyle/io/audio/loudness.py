"""Loudness as ears have it (ITU-R BS.1770-4), over plain numpy arrays.

Sound is an array of (frames, channels), floats with 1.0 as full scale. Loudness is in LUFS: the
mean power of blocks of 0.4 s, weighted by frequency as the recommendation's two filters do; the
filters are applied to the spectrum of each block, which spares a filter library.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
Loudness = NDArray[np.float64]

BLOCK = 0.4
"""Seconds of a block; blocks overlap by half."""
SILENCE = -70.0
"""LUFS below which a block counts as silent."""
GATE = 10.0
"""Blocks this much (LU) below the mean of the others do not count: rests are no soft music."""
# The filters of BS.1770-4 at 48 kHz: a shelf for the head, and a high pass.
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_FILTER_RATE = 48000


def block_loudness(sound: Sound, rate: int) -> Loudness:
    """LUFS of each block of the sound, one every 0.2 s; `SILENCE` or more."""
    size, hop = block_sizes(rate)
    count = max(1, -(-max(len(sound) - size, 0) // hop) + 1)
    weight = _weights(size, rate)
    out = np.empty(count)
    for i in range(count):
        block = sound[i * hop : i * hop + size]
        spectrum = np.fft.rfft(block, n=size, axis=0)
        power = (np.abs(spectrum) ** 2 * weight[:, None]).sum()
        out[i] = power
    floor = 10 ** ((SILENCE + 0.691) / 10)
    return np.asarray(10 * np.log10(np.maximum(out, floor)) - 0.691)


def block_sizes(rate: int) -> tuple[int, int]:
    """Frames of a block, and from one block to the next."""
    size = int(BLOCK * rate)
    return size, size // 2


def loudness(blocks: Loudness) -> float:
    """The loudness of all blocks together without the silent and the much softer ones."""
    loud = blocks[blocks > SILENCE]
    if not len(loud):
        return SILENCE
    return mean_loudness(loud[loud >= mean_loudness(loud) - GATE])


def mean_loudness(blocks: Loudness) -> float:
    """The loudness of the blocks' mean power."""
    return float(10 * np.log10(np.mean(10 ** (blocks / 10)))) if len(blocks) else SILENCE


def above(front: Loudness, back: Loudness) -> float:
    """How much louder (LU) one sound is than another wherever the first one sounds."""
    count = min(len(front), len(back))
    front, back = front[:count], back[:count]
    sounding = front >= max(loudness(front) - GATE, SILENCE + 1)
    if not sounding.any():
        return 0.0
    return mean_loudness(front[sounding]) - mean_loudness(back[sounding])


@lru_cache(maxsize=4)
def _weights(size: int, rate: int) -> NDArray[np.float64]:
    """What each line of a block's spectrum counts: the filters' gain, Parseval's factor."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(size, 1 / rate) / _FILTER_RATE)
    gain = np.ones(len(turn))
    for above_line, below in (_SHELF, _HIGH_PASS):
        response = np.polyval(above_line[::-1], turn) / np.polyval(below[::-1], turn)
        gain *= np.abs(response) ** 2
    twice = np.full(len(turn), 2.0)  # the lines below zero that a real spectrum leaves out
    twice[0] = 1.0
    if size % 2 == 0:
        twice[-1] = 1.0
    return np.asarray(gain * twice / size**2)
