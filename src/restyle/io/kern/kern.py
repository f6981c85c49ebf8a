"""Kern files to Song."""

from __future__ import annotations

from restyle.errors import UnreadableSong
from restyle.io.kern.reader import read_kern
from restyle.io.notation.source import decode
from restyle.io.written.score import Score


def kern_score(data: bytes, name: str) -> Score:
    """A kern file as written.

    Raises UnreadableSong when it is damaged or holds no **kern spine.
    """
    text = decode(data)
    if "\0" in text:
        raise UnreadableSong(f"{name} is damaged: it cannot be read as kern.")
    score = read_kern(text, name)
    if not score.voices:
        raise UnreadableSong(f"{name} holds no notes.")
    return score
