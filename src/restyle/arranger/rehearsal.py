"""Rehearsal: a passage that does not come off is played once more, and the better time stays.

Sampling has good and bad days, and what it plays in one passage it goes on with in the next. So
every few bars somebody listens; where it did not come off the band goes back to the passage's
first bar and plays it again, by other chances (a particle filter of few particles, that spends
them where they are needed).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from restyle.parts import Arrangement

PASSAGE = 4
"""Bars that are played before somebody listens."""


@dataclass(frozen=True)
class Heard:
    """What a listener says of a passage."""

    score: float
    """Higher is better; comparable between tries of one passage only."""
    enough: bool
    """It need not be played again."""


class Listener(Protocol):
    """Somebody who hears a passage in its song."""

    def tries(self, first: int, last: int) -> int:
        """How often bars `first` up to `last` (not included) are played at most."""

    def hear(self, played: Arrangement, first: int, last: int) -> Heard:
        """How bars `first` up to `last` (not included) came off; `played` is all up to there."""


class Band(Protocol):
    """A band that can go back."""

    def play(self, bar: int) -> None:
        """Play this bar, after those before it."""

    def played(self) -> Arrangement:
        """All that it has played."""

    def kept(self) -> Any:
        """Where it is, to go back to."""

    def restore(self, state: Any) -> None:
        """Go back to where it was."""


def rehearse(
    band: Band,
    first: int,
    last: int,
    listener: Listener | None = None,
    on_bar: Callable[[int], None] | None = None,
) -> None:
    """Have bars `first` up to `last` (not included) played, passage by passage.

    `on_bar(bar)` is called after each bar, the first time that it is played.
    """
    for begin in range(first, last, PASSAGE):
        bars = range(begin, min(begin + PASSAGE, last))
        tries = listener.tries(bars.start, bars.stop) if listener else 1
        before = band.kept() if tries > 1 else None
        for bar in bars:
            band.play(bar)
            if on_bar:
                on_bar(bar)
        if listener and tries > 1:
            _play_again(band, before, bars, listener, tries)


def _play_again(band: Band, before: Any, bars: range, listener: Listener, tries: int) -> None:
    """The bars were played once: play them again until they are good enough, or often enough, and
    leave the band with the best of it."""
    best = listener.hear(band.played(), bars.start, bars.stop)
    for _ in range(1, tries):
        if best.enough:
            return
        state = band.kept()
        band.restore(before)
        for bar in bars:
            band.play(bar)
        now = listener.hear(band.played(), bars.start, bars.stop)
        if now.score > best.score:
            best = now
        else:
            band.restore(state)
