"""Following: what the song's own accompaniment sounds, beat by beat, sounds in the result, too.

Of two songs over one chord one leaves out the fifth and the other holds a sixth. So a pitch class
costs where the song does not sound it; and what has sounded of each, in that beat and the next one,
is held against the song's shares: what lags behind is made likelier, what there is too much of
rarer. The second goes by what the whole band has played, so that each part plays what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.music.beat_chroma import HEARD_OVER, MOST, Sounding
from restyle.music.song import GRID, QUALITIES, Chord
from restyle.tokens import vocabulary as v

Nats = NDArray[np.float32]
Classes = NDArray[np.float64]
"""Shape (12,): of each pitch class."""

COLOUR, ROOT_AND_THIRD = 1.5, 0.25
"""Shares of `FollowOptions.silent` for a chord's colours, in styles that have them and would play
them everywhere, and for its root and third, or the chord would not be heard again."""
DOUBT = 6.0
"""Grid positions of one note that are believed to have sounded in the song's shares before anything
has."""
FEW = 0.02
"""Added to every share: what the song never sounds is rare."""
MOST_BALANCE = 5.0
"""Nats that balance may add or take at most."""

_CLASS_OF = np.arange(128) % 12


@dataclass(frozen=True)
class FollowOptions:
    """How many nats for what; 0 leaves it to the model."""

    silent: float = 3.0
    """Off the fifth of a chord where the song never sounds it, less where it does."""
    added: float = 1.0
    """On a pitch that the song sounds all the while outside the chord."""
    balance: float = 2.0
    """For each e-fold that a note of the chord, or of its colours, has sounded less than its share,
    or more."""


class Following:
    """The nats on pitches of one song."""

    def __init__(self, sounding: Sounding, options: FollowOptions):
        self._song = sounding.astype(np.float64)
        sums = np.maximum(self._song.sum(axis=1, keepdims=True), 1.0)
        self._shares = (self._song / sums + FEW) / (1.0 + 12 * FEW)
        self._options = options
        self._known: dict[tuple[int, Chord, bytes], Classes] = {}  # by beat, chord, what fits
        longest = v.DURATIONS[-1] + HEARD_OVER
        self._played = np.zeros((12, len(sounding) * GRID + longest))

    def sounds(self, place: int, pitch: int, length: int) -> None:
        """Somebody holds a pitch from a grid position on for so many."""
        self._played[pitch % 12, place : place + length] += 1.0

    def nats(self, place: int, chord: Chord, fits: NDArray[np.bool_]) -> Nats | None:
        """Nats on pitches at a grid position, shape (v.SIZE,); None where the song is silent.

        `fits` says which pitch classes the chord has, its colours with them; shape (12,).
        """
        beat = min(place // GRID, len(self._song) - 1)
        here = self._song[beat]
        if not here.any():
            return None
        key = beat, chord, fits.tobytes()
        nats = self._known.get(key)
        if nats is None:
            nats = self._said(here / MOST, chord, fits)
            self._known[key] = nats
        if self._options.balance:
            nats = nats + np.where(fits, self._made_up(beat), 0.0)
        out = np.zeros(v.SIZE, dtype=np.float32)
        out[v.PITCH.first : v.PITCH.end] = nats[_CLASS_OF]
        return out

    def _said(self, sounds: Classes, chord: Chord, fits: NDArray[np.bool_]) -> Classes:
        """What the song's sounding says by itself."""
        if chord.root < 0:
            return np.zeros(12)
        part = np.full(12, COLOUR)
        part[list(chord.pitch_classes)] = 1.0
        part[_root_and_third(chord)] = ROOT_AND_THIRD
        silent = self._options.silent * part * (sounds - 1.0)
        return np.where(fits, silent, self._options.added * sounds)

    def _made_up(self, beat: int) -> Classes:
        """What lags behind the song's shares, and what there is too much of."""
        first, usual = beat * GRID, self._shares[beat]
        played = self._played[:, first : first + HEARD_OVER].sum(axis=1)
        now = (played + DOUBT * usual) / (played.sum() + DOUBT)
        nats: Classes = -self._options.balance * np.log(now / usual)
        return np.minimum(np.maximum(nats, -MOST_BALANCE), MOST_BALANCE)


def _root_and_third(chord: Chord) -> list[int]:
    return [(chord.root + step) % 12 for step in QUALITIES[chord.triad][:2]]
