"""Lyrics under the notes of the tune in MusicXML."""

from __future__ import annotations

from xml.sax.saxutils import escape

import numpy as np

from restyle.io.score.layout import TUNES, Layout, Part
from restyle.io.score.rhythm import UNITS


def sung_under(score: Layout, part: Part, *, first: bool) -> dict[int, str]:
    """`<lyric>` elements by the time of the note that they stand under, for the part that sings.

    That is the tune's, or the first part of a score without one. A syllable goes to the note that
    starts nearest to it; syllables of one note are written together.
    """
    tunes = [p for p in score.parts if p.name.casefold() in TUNES]
    if not score.lyrics or part.is_drum or (part not in tunes[:1] if tunes else not first):
        return {}
    starts = np.array(sorted({e[0] for s in part.staves for v in s.voices for e in v}))
    if not len(starts):
        return {}
    texts: dict[int, str] = {}
    for time, text in score.lyrics:
        near = int(starts[np.argmin(np.abs(starts - time))])
        if abs(near - time) < UNITS / 2:
            before = texts.get(near)
            texts[near] = text if before is None else _joined(before, text)
    out: dict[int, str] = {}
    inside = False
    for time in sorted(texts):
        text = texts[time]
        goes_on = text.endswith("-") and len(text) > 1
        kind = ("middle" if goes_on else "end") if inside else "begin" if goes_on else "single"
        plain = "".join(c for c in text.removesuffix("-" if goes_on else "") if c.isprintable())
        out[time] = f"<lyric><syllabic>{kind}</syllabic><text>{escape(plain)}</text></lyric>"
        inside = goes_on
    return out


def _joined(before: str, text: str) -> str:
    return before[:-1] + text if before.endswith("-") else f"{before} {text}"
