"""Errors that a musician understands: one sentence, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class RestyleError(Exception):
    """Something about the user's input cannot be done; `str(error)` is one clear sentence.

    The command line prints it without a traceback and exits with status 1.
    """


class UnreadableSong(RestyleError):
    """A file that is not music, is damaged, or holds nothing that can be played."""


class UnknownStyle(RestyleError):
    """A style, part or model that is not at hand; the message lists those that are."""


class BadModel(RestyleError):
    """A model folder that is not one, or does not fit this version."""


def choices(name: str, there: Iterable[str]) -> str:
    """What a message says of a name that is not there: the nearest one, then all.

    "did you mean jazz? The choices are classical, jazz, pop."
    """
    known = list(there)
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    listed = ", ".join(known)
    return (
        f"did you mean {near[0]}? The choices are {listed}." if near else f"choose from {listed}."
    )
