"""Chord symbols that stand in an octave sign, on a page that verovio drew."""

from __future__ import annotations

import re

Box = tuple[float, float, float, float]
"""Left, right, top and bottom in the page's units; the top is the smaller number."""

_NUMBER = r"(-?[\d.]+)"
_OCTAVE = re.compile(r'<g [^>]*class="octave[^"]*"[^>]*>(.*?)</g>', re.DOTALL)
_GLYPH = re.compile(rf"translate\({_NUMBER}, {_NUMBER}\) scale\({_NUMBER}")
_LINE = re.compile(rf'd="M{_NUMBER} {_NUMBER} L{_NUMBER} {_NUMBER}"')
_SYMBOL = re.compile(
    rf'class="harm"[^>]*>\s*<text x="{_NUMBER}" y="{_NUMBER}"[^>]*>(.*?)</text>', re.DOTALL
)
_RUN = re.compile(r'font-size="(\d+)px"[^>]*>([^<]+)<')
GLYPH = 330
"""Width and height of an octave sign's figure before it is scaled, in the page's units."""
LETTER = 0.5
"""Mean width of a letter of a chord symbol, in ems."""
HEIGHT, DEPTH = 0.7, 0.25
"""Height of a chord symbol above its line and below (of a flat sign), in ems of its letters."""


def clashes(page: str) -> int:
    """Chord symbols on a page (an SVG text) that touch an octave sign or stand close under it."""
    signs = [_sign(octave) for octave in _OCTAVE.findall(page)]
    return sum(any(_touch(sign, symbol) for sign in signs) for symbol in _symbols(page))


def _sign(octave: str) -> Box:
    """From the line down to the foot of the figure, over the whole length."""
    boxes = []
    for x, y, scale in (map(float, found) for found in _GLYPH.findall(octave)):
        size = GLYPH * scale
        boxes.append((x, x + size, y - size, y))
    for x, y, end, _ in (map(float, found) for found in _LINE.findall(octave)):
        boxes.append((x, end, y, y))
    if not boxes:
        return 0.0, -1.0, 0.0, -1.0  # touches nothing
    left, right, top, bottom = zip(*boxes, strict=True)
    return min(left), max(right), min(top), max(bottom)


def _symbols(page: str) -> list[Box]:
    out = []
    for x, y, inside in _SYMBOL.findall(page):
        runs = [(float(size), text) for size, text in _RUN.findall(inside)]
        em = min((size for size, _ in runs), default=0.0)  # accidentals are of a larger font
        width = LETTER * em * sum(len(text.strip()) for _, text in runs)
        left, base = float(x), float(y)
        out.append((left, left + width, base - HEIGHT * em, base + DEPTH * em))
    return out


def _touch(one: Box, other: Box) -> bool:
    across = one[0] <= other[1] and other[0] <= one[1]
    return across and one[2] <= other[3] and other[2] <= one[3]
