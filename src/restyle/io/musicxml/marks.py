"""Repeat signs, endings, da capo, dal segno, coda and fine: out of the elements of a measure.

What `<sound>` says counts, whatever the words beside it; words and signs count in a file that says
nothing of the kind in any `<sound>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from restyle.io.musicxml.score import Marks, Part
from restyle.io.musicxml.values import passes, whole

MOST_TIMES = 64
_DOUBLE = ("light-light", "light-heavy", "heavy-light", "heavy-heavy", "heavy")
_DACAPO = re.compile(r"(?i)\W*(d\.\s?c\.?(?!\w)|dc\b|da\s?capo)")
_DALSEGNO = re.compile(r"(?i)\W*(d\.\s?s\.?(?!\w)|ds\b|dal\s?segno|del\s?segno)")
_TO_CODA = re.compile(r"(?i)\W*(to|al|alla)\s+coda\b")
_CODA = re.compile(r"(?i)\W*coda\W*$")
_FINE = re.compile(r"(?i)\W*fine\W*$")
_SEGNO = re.compile(r"(?i)\W*segno\W*$")


@dataclass
class Neighbours:
    """What a bar line says of the measure before its own, and of the one after."""

    before: Marks
    after: Marks


def bar_line(element: Element, marks: Marks, near: Neighbours) -> None:
    """Read a `<barline>` into the marks of its measure and of those beside it."""
    left = element.get("location", "right") == "left"
    at_end = near.before if left else marks
    at_begin = marks if left else near.after
    for child in element:
        if child.tag == "repeat":
            if child.get("direction") == "forward":
                at_begin.forward = True
            else:
                at_end.times = min(max(whole(child.get("times")) or 2, 1), MOST_TIMES)
                at_end.after_jump |= child.get("after-jump") == "yes"
        elif child.tag == "ending":
            if child.get("type") == "start":
                at_begin.ending = passes(child.get("number")) or passes(child.text) or (1,)
            else:
                at_end.ending_stops = True
        elif child.tag == "bar-style" and (child.text or "").strip() in _DOUBLE:
            at_end.double = True
    if (segno := element.get("segno")) is not None:
        at_begin.segno = segno
    if (coda := element.get("coda")) is not None:
        at_begin.coda = coda


def sounded(sound: Element, marks: Marks, *, at_begin: bool) -> Marks | None:
    """Read the jumps of a `<sound>`; a segno or coda is given back, since it may belong after."""
    if sound.get("dacapo") == "yes":
        marks.dacapo = True
    if sound.get("dalsegno"):
        marks.dalsegno = sound.get("dalsegno")
    if marks.dacapo or marks.dalsegno:
        marks.jump_passes |= frozenset(passes(sound.get("time-only")))
    if sound.get("tocoda"):
        marks.to_coda = sound.get("tocoda")
        marks.to_coda_first = at_begin
    if sound.get("fine"):
        marks.fine = True
    if sound.get("forward-repeat") == "yes":
        marks.forward = True
    if sound.get("segno") or sound.get("coda"):
        return Marks(segno=sound.get("segno"), coda=sound.get("coda"))
    return None


def worded(text: str, marks: Marks) -> Marks | None:
    """The same for words above the staff."""
    if _DACAPO.match(text):
        marks.dacapo = True
    elif _DALSEGNO.match(text):
        marks.dalsegno = ""
    elif _TO_CODA.match(text):
        marks.to_coda = ""
    elif _FINE.match(text):
        marks.fine = True
    elif _SEGNO.match(text):
        return Marks(segno="")
    elif _CODA.match(text):
        return Marks(coda="")
    return None


def of_score(parts: Sequence[Part]) -> list[Marks]:
    """The marks of each measure, from all parts, words where nothing is said of the sound."""
    count = max((len(part.measures) for part in parts), default=0)
    out = [Marks() for _ in range(count)]
    said = [Marks() for _ in range(count)]
    for part in parts:
        for i, measure in enumerate(part.measures):
            out[i].merge(measure.marks)
            said[i].merge(measure.said)
    jumps = any(mark.dacapo or mark.dalsegno is not None for mark in out)
    codas = any(mark.to_coda is not None for mark in out)
    placed = any(mark.coda is not None for mark in out)
    segnos = any(mark.segno is not None for mark in out)
    fines = any(mark.fine for mark in out)
    _sort_coda_signs(said, out if jumps else said)
    for mark, word in zip(out, said, strict=True):
        mark.merge(
            replace(
                word,
                dacapo=word.dacapo and not jumps,
                dalsegno=None if jumps else word.dalsegno,
                to_coda=None if codas else word.to_coda,
                coda=None if placed else word.coda,
                segno=None if segnos else word.segno,
                fine=word.fine and not fines,
            )
        )
    return out


def _sort_coda_signs(said: Sequence[Marks], jumping: Sequence[Marks]) -> None:
    """Of bare coda signs, one before a jump says where to leave, one after it where to go on."""
    jumps = [i for i, m in enumerate(jumping) if m.dacapo or m.dalsegno is not None]
    if not jumps:
        return
    for i, word in enumerate(said):
        stands_first = word.to_coda_first and i > 0
        word.to_coda_first = False
        if word.coda is not None and i <= jumps[-1]:
            word.coda = None
            if word.to_coda is None:
                word.to_coda, word.to_coda_first = "", stands_first
