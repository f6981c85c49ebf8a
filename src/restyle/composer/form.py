"""The form of a piece: phrases that return, and where they close.

The network sees a hundred notes, a few bars. What is larger is planned here: a piece is a row of
phrases with letters, and a letter that comes again brings its bars back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Close = Literal["", "open", "closed"]

FORMS: dict[str, tuple[tuple[str, int], ...]] = {
    "classical": (("AABACCDCAABA", 4), ("ABACABA", 8)),  # minuet with trio, rondo
    "pop": (("AABBAABBCCBB", 4), ("AABAABCBB", 4)),  # verse, chorus, bridge
    "jazz": (("AABA", 8), ("ABAC", 8)),  # choruses of 32 bars
}
"""Letters of the phrases, and how many bars a phrase has; from the start again when it is over."""
OTHERS = (("AABA", 4), ("ABAC", 4), ("AABB", 4))
"""For styles that are not in the table."""


@dataclass(frozen=True)
class Place:
    """Where a bar stands."""

    phrase: int
    """Number of its phrase, from 0."""
    within: int
    """Its number in the phrase, from 0."""
    source: int | None
    """The bar that it brings back; None in a phrase that is new."""
    close: Close
    """Whether it closes a phrase: "open" on the dominant, "closed" on the tonic."""


@dataclass(frozen=True)
class Form:
    """Phrases of equal length."""

    letters: str
    bars: int
    """Bars of a phrase."""

    def place(self, bar: int) -> Place:
        """Where a bar stands, counted from 0; without end."""
        phrase, within = divmod(bar, self.bars)
        letter = self.letters[phrase % len(self.letters)]
        first = self.letters.index(letter)
        source = None if first == phrase else first * self.bars + within
        return Place(phrase, within, source, self._close(phrase, within))

    def _close(self, phrase: int, within: int) -> Close:
        """A period has two halves: the first stays open, the second closes.

        Short phrases are such halves by turns; a phrase of eight bars is a period of its own.
        """
        if self.bars >= 8:
            half = self.bars // 2
            return "open" if within == half - 1 else "closed" if within == self.bars - 1 else ""
        if within < self.bars - 1:
            return ""
        return "closed" if phrase % 2 else "open"


def draw_form(style: str, rng: np.random.Generator) -> Form:
    """One of the forms of a style."""
    known = FORMS.get(style, OTHERS)
    return Form(*known[int(rng.integers(len(known)))])


def exact_bars(form: Form, share: float, rng: np.random.Generator) -> int:
    """How many bars a returning phrase begins with note for note: `share` of it on average.

    Its last bar is always written anew, so that it leads on to what follows now.
    """
    return min(int(share * form.bars + rng.random()), form.bars - 1)
