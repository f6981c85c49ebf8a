"""The ear: how a passage came off, heard with all that was played before it.

Three things are listened for: whether the band is on the way to the style's profile (`likeness`),
whether melody and accompaniment together are heard as the style (a judge of its own, which learnt
from 16 bars at a time of half the training songs, so that the judges of `restyle evaluate` say
something that it does not: `benchmarks/ear.py`), and whether what the song sounds sounds here, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from restyle.critic.features import features
from restyle.critic.judge import Judge
from restyle.critic.played import Played, played, triads_only
from restyle.critic.profile import Profile, profile, similarity
from restyle.decoding.memory import form_of
from restyle.decoding.rehearsal import Heard, Tries
from restyle.music.beat_chroma import sounding
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID
from restyle.tokens import encode_lead

LEAST_CHANCE = 1e-4
"""What a style is taken for at least: an ear that is sure of something else says no more."""


@dataclass(frozen=True)
class EarOptions:
    """How often a passage is played, what weighs how much, and what is enough."""

    tries: int = 4
    """How often a passage is played as a rule; few are enough before."""
    most: int = 8
    """How often one is played that is not heard as the style."""
    long: int = 48
    """Bars of a song from which on it takes long enough: no passage is tried beyond `tries`."""
    bars: int = 32
    """Bars from the first on that are rehearsed: by then a song has found its style."""
    near: float = 1.0
    """Weight of the cosine to the style's profile."""
    heard: float = 0.2
    """For each e-fold of how surely it is heard as the style."""
    sounds: float = 0.6
    """Weight of the cosine to what the song sounds."""
    near_enough: float = 0.9
    few: float = 1.4
    """The cosine that is enough is `near_enough`, less `few` over the bars played: a few bars are
    near no profile."""
    sure_enough: float = 0.6
    """The chance of the style that is enough."""
    fair: float = 0.75
    """The chance of the style from which on no passage is played oftener than usual."""


@dataclass(frozen=True)
class Ear:
    """Listens to one song in one style; an `arranger.rehearsal.Listener`."""

    lead: LeadSheet
    target: Profile | None
    """The profile to come near; not listened for when None."""
    styles: tuple[str, ...]
    """What it is to be heard as, of the styles of a blend any; those that the ear has not learnt
    are not listened for."""
    swing: float = 1.0
    """The ratio that it is played with."""
    strength: float = 1.0
    """How much of the style is enough: at 0 any, beyond 1 hardly a passage has it."""
    begin: int = 0
    """The first bar that is played; those before are not heard."""
    options: EarOptions = field(default_factory=EarOptions)

    def tries(self, first: int, last: int) -> Tries:
        """How often bars `first` up to `last` (not included) are played: once where the song has
        most of them from before, since they are played as the first time."""
        if first - self.begin >= self.options.bars:
            return Tries()
        known = form_of(encode_lead(self.lead)).source[first:last] >= self.begin
        options = self.options
        most = options.most if self.lead.bars < options.long else options.tries
        often = Tries(options.tries, most)
        return Tries() if 2 * known.sum() > last - first else often

    def hear(self, arrangement: Arrangement, first: int, last: int) -> Heard:
        """How bars `first` up to `last` (not included) came off, after those before them."""
        options, bars = self.options, last - self.begin
        straight = replace(triads_only(self.lead), sounding=None)
        song = played(straight, arrangement, self.swing).part(self.begin, last)
        near, chance = self._near(song), self._chance(song)
        enough = near >= self.strength * (options.near_enough - options.few / bars)
        heard = options.near * near + options.heard * math.log(max(chance, LEAST_CHANCE))
        return Heard(
            heard + options.sounds * self._sounds(arrangement, first, last),
            enough and chance >= self.strength * options.sure_enough,
            chance >= self.strength * options.fair,
        )

    def _near(self, song: Played) -> float:
        if self.target is None:
            return 1.0
        return similarity(profile(song.without_melody), self.target)["all"]

    def _chance(self, song: Played) -> float:
        """That the song is of the styles; 1 where the ear knows none of them."""
        judge = Judge.load("ear")
        if not set(self.styles) & set(judge.styles):
            return 1.0
        found = judge.classify_features(features(song, drums=True))
        return sum(found.get(name, 0.0) for name in self.styles)

    def _sounds(self, arrangement: Arrangement, first: int, last: int) -> float:
        """Cosine, beat by beat, to what the song's accompaniment sounds; 1 where nobody knows."""
        if self.lead.sounding is None:
            return 1.0
        lines = self.lead.bar_starts()
        beats = slice(int(lines[first]) // GRID, -(-int(lines[last]) // GRID))
        pitched = [notes for part, notes in arrangement.parts.items() if part != "drums"]
        here = sounding(pitched, self.lead.length)[beats].astype(float)
        there = self.lead.sounding[beats].astype(float)
        heard = (here.any(axis=1) | there.any(axis=1)).sum()
        return float((_unit(here) * _unit(there)).sum() / heard) if heard else 1.0


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    size = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(size > 0, size, 1.0))
