"""Numbers and words out of MusicXML elements."""

from __future__ import annotations

import math
import re
from xml.etree.ElementTree import Element


def number(text: str | None) -> float | None:
    """The number that a text is; None for anything else, infinities too."""
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None


def whole(text: str | None) -> int | None:
    """The whole number nearest to the one that a text is, halves up."""
    value = number(text)
    return None if value is None or abs(value) > 1e9 else math.floor(value + 0.5)


def words(element: Element | None) -> str:
    """The text of an element and all within it, white space as single spaces."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def passes(text: str | None) -> tuple[int, ...]:
    """The passes that a list names: "1", "1, 2", "1-3", "1.+2."; at most 64 of them."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d{1,3})(?:\s*\.?\s*[-–]\s*(\d{1,3}))?", text or ""):  # noqa: RUF001
        low, high = int(first), int(last or first)
        found.update(range(low, min(high, low + 63) + 1))
    return tuple(sorted(n for n in found if n > 0))[:64]
