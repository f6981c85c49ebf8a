"""Whether a song sits on its file's beat, and where its beats are when it does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.song import TICKS, Song

_BINS = 96  # of a beat
_TRUST = 0.85  # the file's own grid is kept when it fits this well, beside the best shifted one


@dataclass(frozen=True)
class GridFit:
    """How the onsets of a song lie on its file's beat.

    `fit` is the share (0 to 1, by chance 0) of onsets on sixteenths or triplets of the beat,
    `best` the same when the grid is moved by `shift` ticks (0 up to a sixteenth).
    """

    fit: float
    best: float
    shift: int

    @property
    def trusted(self) -> bool:
        return self.fit >= _TRUST * self.best or self.best < 0.1


def grid_fit(song: Song) -> GridFit:
    """Judge the file's beat by all onsets of the song."""
    onsets = np.unique(np.concatenate([t.notes["start"] for t in song.tracks]))
    histogram = np.bincount((onsets % TICKS) * _BINS // TICKS, minlength=_BINS) / len(onsets)
    spectrum = np.fft.rfft(histogram) * np.conj(np.fft.rfft(_comb()))
    scores = np.fft.irfft(spectrum, _BINS)
    shift = int(np.argmax(scores[: _BINS // 4]))
    return GridFit(float(scores[0]), float(scores[shift]), shift * TICKS // _BINS)


def _comb() -> NDArray[np.float64]:
    """What an onset is worth by its place in the beat: 1 on the beat, on average 0."""
    places = (np.arange(_BINS) + 0.5) / _BINS
    comb = np.zeros(_BINS)
    for target, worth in (
        (0, 1.0),
        (0.5, 1.0),
        (0.25, 0.9),
        (0.75, 0.9),
        (1 / 3, 0.6),
        (2 / 3, 0.6),
    ):
        away = np.abs((places - target + 0.5) % 1.0 - 0.5)
        comb = np.maximum(comb, worth * np.exp(-0.5 * (away / 0.025) ** 2))
    return np.asarray((comb - comb.mean()) / (1 - comb.mean()))


_ACCENTS = np.array([4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0.0])
"""How much is played on each sixteenth of a 4/4 bar, roughly."""


def downbeat_shift(song: Song, shift: int) -> int:
    """How many ticks a song in 4/4 is late, when it is `shift` ticks late on the sixteenths."""
    step = TICKS // 4
    notes = np.concatenate(
        [t.notes for t in song.tracks if not t.is_drum] or [song.tracks[0].notes]
    )
    slot = ((notes["start"] - shift + step // 2) // step) % 16
    weight = np.minimum(notes["duration"], 2 * TICKS) / TICKS
    weight = weight * np.where(notes["pitch"] < 55, 2.0, 1.0)
    profile = np.bincount(slot, weight, 16)
    scores = [float(np.roll(profile, -lag) @ _ACCENTS) for lag in range(16)]
    return shift + int(np.argmax(scores)) * step
