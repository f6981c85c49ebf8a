"""What sounds: pitch classes over time, of a song's accompaniment beat by beat.

A chord symbol says which notes may be played; of two songs over one chord, one leaves out the fifth
and the other holds a sixth. What sounds in each beat keeps that, and no style of playing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import GRID, NOTE, Notes

Array = NDArray[np.float64]
Sounding = NDArray[np.uint8]
"""Shape (beats, 12): how long each pitch class sounds from a beat on (quarter notes from grid
position 0, whatever the meter), 0 to `MOST`, which the longest has. A beat of silence is all 0."""
MOST = 9
HEARD_OVER = 2 * GRID
"""Grid positions from each beat on over which is counted."""


def chroma(notes: Notes, length: int) -> Array:
    """How many notes of each pitch class sound in each grid position, shape (12, length)."""
    change = np.zeros((12, length + 1))
    begin = np.minimum(notes["start"], length)
    end = np.minimum(notes["start"] + notes["duration"], length)
    np.add.at(change, (notes["pitch"] % 12, begin), 1)
    np.add.at(change, (notes["pitch"] % 12, end), -1)
    return np.asarray(np.cumsum(change, axis=1)[:, :length])


def sounding(voices: Iterable[Notes], length: int) -> Sounding:
    """What sounds in `length` grid positions of some voices (no drums), beat by beat."""
    notes = np.concatenate([np.zeros(0, dtype=NOTE), *voices])
    summed = np.cumsum(np.pad(chroma(notes, length), ((0, 0), (1, 0))), axis=1)
    begins = np.arange(0, length, GRID)
    ends = np.minimum(begins + HEARD_OVER, length)
    counts = (summed[:, ends] - summed[:, begins]).T
    most = counts.max(axis=1, keepdims=True, initial=0.0)
    return np.rint(MOST * counts / np.where(most > 0, most, 1.0)).astype(np.uint8)
