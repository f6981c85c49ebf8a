"""Words under the notes: the w: fields of a tune, aligned syllable by syllable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from restyle.io.abc.text import plain
from restyle.io.written.score import Bar

_SIGN = re.compile(
    r"(?P<bar>\|)|(?P<skip>[*_])|(?P<space>\s+)|(?P<hyphen>-)|(?P<text>(?:\\-|[^\s|*_-])+)"
)

MOST_VERSES = 40
"""Verses under a line that are read; the longest ballads go on below the tune."""


@dataclass
class Sung:
    """The notes of one line of music, and the verses below it."""

    notes: list[tuple[Bar, int, int]] = field(default_factory=list)
    """Of every note its bar, the bar's number, and its place."""
    verses: list[list[str]] = field(default_factory=list)

    def add(self, text: str) -> None:
        """One more w: line under the same notes."""
        if len(self.verses) == MOST_VERSES:
            return
        self.verses.append(_aligned(_signs(text), [number for _, number, _ in self.notes]))

    def put(self) -> None:
        """Write the verses into the bars."""
        verses = zip_longest(*self.verses, fillvalue="")
        for (bar, _, start), sung in zip(self.notes, verses, strict=False):
            if any(sung):
                bar.words.append((start, tuple(sung)))


def _signs(text: str) -> list[str]:
    """Syllables as they are ("word", "syl-"), and *, | for notes and bars that are passed over."""
    out: list[str] = []
    after_space = True
    for found in _SIGN.finditer(text):
        if found["text"]:
            out.append(_syllable(found["text"]))
        elif found["hyphen"] and not after_space and out[-1] not in "*|" and out[-1][-1:] != "-":
            out[-1] += "-"
        elif found["hyphen"] or found["skip"]:
            out.append("*")
        elif found["bar"]:
            out.append("|")
        after_space = bool(found["space"])
    return out


def _syllable(text: str) -> str:
    """One syllable; ~ is a space within it, and a hyphen of its own has a backslash."""
    return "-".join(plain(part.replace("~", " ")) for part in text.split("\\-"))


def _aligned(signs: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """The syllable of each note, "" for none; `numbers` are the notes' bars."""
    out: list[str] = []
    bar = numbers[0] if numbers else 0
    for sign in signs:
        if len(out) >= len(numbers):
            break
        if sign == "|":
            bar += 1
            while len(out) < len(numbers) and numbers[len(out)] < bar:
                out.append("")
            continue
        out.append("" if sign == "*" else sign)
        bar = max(bar, numbers[len(out) - 1])
    return out
