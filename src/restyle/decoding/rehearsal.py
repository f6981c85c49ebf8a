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

import numpy as np

from restyle.music.parts import Arrangement

PASSAGE = 4
"""Bars that are played before somebody listens."""


@dataclass(frozen=True)
class Heard:
    """What a listener says of a passage."""

    score: float
    """Higher is better; comparable between tries of one passage only."""
    enough: bool
    """It need not be played again."""
    fair: bool = True
    """Once it has been played as often as is usual, it need not be played more often."""


@dataclass(frozen=True)
class Tries:
    """How often a passage is played."""

    usual: int = 1
    """As long as it is not good enough."""
    most: int = 1
    """As long as it is not even fair."""


class Listener(Protocol):
    """Somebody who hears a passage in its song."""

    def tries(self, first: int, last: int) -> Tries:
        """How often bars `first` up to `last` (not included) are played."""

    def hear(self, played: Arrangement, first: int, last: int) -> Heard:
        """How bars `first` up to `last` (not included) came off; `played` is all up to there."""


class Band(Protocol):
    """A band that can go back."""

    def play(self, bar: int, rng: np.random.Generator) -> None:
        """Play this bar, after those before it, by these chances."""

    def played(self) -> Arrangement:
        """All that it has played."""

    def kept(self) -> Any:
        """Where it is, to go back to."""

    def restore(self, state: Any) -> None:
        """Go back to where it was, or where another band at the same song was."""


class Friend(Protocol):
    """Somebody who has a passage played meanwhile, by another band."""

    def start(self, state: Any, bars: range, rng: np.random.Generator) -> None:
        """Begin to play these bars from where a band was, by these chances."""

    def finish(self) -> tuple[Any, Heard] | None:
        """Where the other band is after it, and how it came off; None where it came to nothing."""


def rehearse(
    band: Band,
    first: int,
    last: int,
    rng: np.random.Generator,
    listener: Listener | None = None,
    on_bar: Callable[[int], None] | None = None,
    friend: Friend | None = None,
    on_passage: Callable[[Arrangement, int], None] | None = None,
) -> None:
    """Have bars `first` up to `last` (not included) played, passage by passage.

    `on_bar(bar)` is called after each bar, the first time that it is played; `on_passage(played,
    last)` once a passage stands, with all that is played up to bar `last` (not included). Every try
    of every passage has chances of its own, so it is the same whether a friend plays some of them
    or not.
    """
    for begin in range(first, last, PASSAGE):
        bars = range(begin, min(begin + PASSAGE, last))
        tries = listener.tries(bars.start, bars.stop) if listener else Tries()
        chances = rng.spawn(1)[0].spawn(tries.most)
        if listener and tries.most > 1:
            _play_often(band, bars, tries, chances, listener, on_bar, friend)
        else:
            _play(band, bars, chances[0], on_bar)
        if on_passage:
            on_passage(band.played(), bars.stop)


def _play(
    band: Band,
    bars: range,
    rng: np.random.Generator,
    on_bar: Callable[[int], None] | None = None,
) -> None:
    for bar in bars:
        band.play(bar, rng)
        if on_bar:
            on_bar(bar)


def _play_often(
    band: Band,
    bars: range,
    tries: Tries,
    chances: list[np.random.Generator],
    listener: Listener,
    on_bar: Callable[[int], None] | None,
    friend: Friend | None,
) -> None:
    """Play the bars as often as `tries` says, and leave the band with the best of it. The friend
    plays every second time."""
    before = band.kept()
    best: tuple[Any, Heard] | None = None
    helped = None
    for number, rng in enumerate(chances):
        if number % 2 == 0:
            helped = friend if number + 1 < len(chances) else None
            if helped:
                helped.start(before, bars, chances[number + 1])
        now = helped.finish() if helped and number % 2 else None
        if now is None:
            if number:
                band.restore(before)
            _play(band, bars, rng, None if number else on_bar)
            now = band.kept(), listener.hear(band.played(), bars.start, bars.stop)
        if best is None or now[1].score > best[1].score:
            best = now
        if best[1].enough or (best[1].fair and number + 1 >= tries.usual):
            break
    assert best is not None
    band.restore(best[0])
