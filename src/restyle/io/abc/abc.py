"""ABC tunes to Song."""

from __future__ import annotations

import re

from restyle.errors import UnreadableSong
from restyle.io.abc.reader import read_tune
from restyle.io.notation.source import decode
from restyle.io.written.score import Score


def abc_tune(data: bytes, name: str) -> Score:
    """The first tune of an ABC file as written.

    Raises UnreadableSong when it has no bars.
    """
    score = read_tune(decode(data), name)
    if not score.voices:
        raise UnreadableSong(f"{name} holds no notes.")
    return score


def says_swing(score: Score) -> bool:
    """Whether the word "swing" stands above the staff."""
    return any(re.search(r"(?i)\bswing\b", words) for words in score.directions)
