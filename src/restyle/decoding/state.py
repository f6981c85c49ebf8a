"""What a row's last token was, and so what can come next."""

from __future__ import annotations

from typing import Literal


class State:
    """What the last token was, and so what can come next: plain numbers, since they are asked for
    at every step."""

    PART = 0
    """The part's name: how it plays the phrase comes, or a position, or it leaves."""
    DENSITY = 1
    """Said; chord size comes, or the timekeeper of drums."""
    SIZE = 2
    REGISTER = 3
    PHRASE = 4
    """All is said: a position comes, or it leaves."""
    SILENT = 5
    """Density 0: it leaves."""
    ONSET = 6
    """A position: a pitch or drum comes."""
    PITCH = 7
    """A duration comes."""
    NOTE = 8
    """A whole note: a higher one comes, a later position, or it leaves."""
    DONE = 9
    """The bar is over."""


STATES = 10

Choice = Literal["position", "pitch", "duration"]
CHOICES: tuple[Choice, ...] = ("position", "pitch", "duration")
"""What most choices are of: where to go on, or to leave; which note; and how long it lasts."""
