"""Over-repetition: more of the same in a row than a musician would play.

MusDr (Wu & Yang, ISMIR 2020) and those after it look for bars that repeat without end. Here the
accompaniment counts, pitched notes only: a drum loop may go on, and the tune is the user's own.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from restyle.critic.played import Played
from restyle.metrics.chroma import bars_of

MOST_SAME = 6
"""Identical bars in a row that are still music."""
MOST_PAIRS = 4
"""Identical pairs of bars in a row that are still music."""


def over_repetition(song: Played) -> float:
    """Share of the bars with accompaniment that lie in runs of more than 6 identical bars, or of
    more than 4 identical pairs of bars, 0..1; 0 without accompaniment."""
    bars = bars_of(song.without_melody.notes, song.lines)
    return share_over([bar or None for bar in bars])


def share_over(bars: Sequence[Hashable | None]) -> float:
    """The same of any row of bars; None is an empty bar, which ends a run and does not count."""
    count = sum(bar is not None for bar in bars)
    if not count:
        return 0.0
    over = np.zeros(len(bars), dtype=bool)
    for period, most in ((1, MOST_SAME), (2, MOST_PAIRS)):
        begin = 0
        for i in range(period, len(bars) + 1):
            if i < len(bars) and bars[i] is not None and bars[i] == bars[i - period]:
                continue
            whole = (i - begin) // period  # bars, or pairs of bars, that are the same
            if whole > most and bars[begin] is not None:
                over[begin:i] = True
            begin = i - period + 1
    return float(over.sum() / count)
