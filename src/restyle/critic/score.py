"""The criterion by which the best of several candidates is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement

Scores = NDArray[np.float64]


class Critic(Protocol):
    """Who says which candidate is best."""

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        """How good bars `first` up to `last` (not included) of each candidate are; higher is
        better; shape (candidates,). The candidates hold what was played before, too."""
