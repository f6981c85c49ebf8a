"""Tries that somebody else has played meanwhile: one passage, from where the band was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from restyle.decoding.decode import Band, Job
from restyle.decoding.engine import Engine
from restyle.decoding.rehearsal import Heard
from restyle.decoding.second import Helper


@dataclass(frozen=True)
class Try:
    """One passage of a song, and where a band at it was before."""

    job: Job
    state: Any
    bars: range
    rng: np.random.Generator

    def play(self, engine: Engine) -> tuple[Any, Heard]:
        """Where the band is after the passage, and how it came off."""
        listener = self.job.options.listener
        assert listener is not None
        band = Band(self.job, engine)
        band.restore(self.state)
        for bar in self.bars:
            band.play(bar, self.rng)
        return band.kept(), listener.hear(band.played(), self.bars.start, self.bars.stop)


class TriesElsewhere:
    """A `rehearsal.Friend` that has them played by a helper, once this one is there."""

    def __init__(self, job: Job, helper: Helper):
        self._job, self._helper = job, helper
        self._begun = False

    def start(self, state: Any, bars: range, rng: np.random.Generator) -> None:
        self._begun = self._helper.ready
        if self._begun:
            self._helper.start(Try(self._job, state, bars, rng))

    def finish(self) -> tuple[Any, Heard] | None:
        return self._helper.finish() if self._begun else None
