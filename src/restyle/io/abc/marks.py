"""Decorations and texts that say where to go on: segno, coda, da capo, al fine."""

from __future__ import annotations

import re

_JUMP = re.compile(
    r"(?P<what>d\.?c\.?|dacapo|d\.?s\.?|dalsegno)(?P<to>al\.?fine|al\.?coda)?\d?\.?", re.DOTALL
)
_PLAIN = {
    "segno": "segno", "coda": "coda", "fine": "fine", "tocoda": "tocoda", "dacoda": "tocoda",
    "thecoda": "coda",
}  # fmt: skip


def jump_marks(text: str) -> frozenset[str]:
    """What a decoration or a text above the staff says, as `Bar` names it; empty for others.

    "D.S. al Coda", "D.S.alcoda", "dalsegno", "Fine", "To Coda".
    """
    word = re.sub(r"[\s_]+", "", text[:60]).lower()
    if word.rstrip(".") in _PLAIN:
        return frozenset((_PLAIN[word.rstrip(".")],))
    found = _JUMP.fullmatch(word)
    if not found:
        return frozenset()
    marks = {"dacapo" if found["what"].replace(".", "") in ("dc", "dacapo") else "dalsegno"}
    if found["to"]:
        marks.add("alfine" if "fine" in found["to"] else "alcoda")
    return frozenset(marks)
