"""How much a phrase sounds like its style, to ears that know no more than notes and drums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from restyle.critic.judge import Judge
from restyle.critic.played import Played, cut, played
from restyle.critic.profile import Profile, profile, similarity
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement

Array = NDArray[np.float64]

IDIOM = ("style, by the judge", "style, by the profile", "style, by the drums' profile")
"""The logarithm of the judge's probability of the style; cosines to the style's profile, of the
accompaniment's pitches and rhythm and of the drums."""
LEAST = 1e-4
"""A probability below it counts as it."""


@dataclass(frozen=True)
class Idiom:
    """What a style sounds like. Of one that is not known all is 0."""

    shares: Mapping[str, float] = field(default_factory=dict)
    """Of each style of a blend; one has 1."""
    target: Profile | None = None

    def features(
        self, lead: LeadSheet, arrangements: Sequence[Arrangement], first: int, last: int
    ) -> Array:
        """`IDIOM` of bars `first` up to `last` (not included), shape (arrangements, 3)."""
        begin, end = (int(line) for line in lead.bar_starts()[[first, last]])
        sheet = replace(lead.part(first, last), pickup=0, sounding=None)
        return np.array([self._of(played(sheet, cut(made, begin, end))) for made in arrangements])

    def _of(self, song: Played) -> list[float]:
        judge, judged, near, drums = Judge.load(), 0.0, 0.0, 0.0
        known = {style: part for style, part in self.shares.items() if style in judge.styles}
        if known:
            found = judge.classify(song)
            judged = float(np.log(max(sum(p * found[s] for s, p in known.items()), LEAST)))
        if self.target is not None:
            near = similarity(profile(song.without_melody), self.target)["all"]
            drums = similarity(profile(song), self.target)["onset_drum"]
        return [judged, near, drums]
