"""Text in verovio's SVG: runs of one font, each at its place, and music signs among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from restyle.io.score.svg_shapes import Ink, Matrix, Outline, Text, moved, outline

SERIF = ("STIXGeneral", "DejaVu Serif", "DejaVu Sans")
"""Text fonts, which matplotlib brings along: the later ones where the earlier lack a sign."""
_SMUFL = range(0xE000, 0xF900)
"""Code points of music signs."""


@dataclass(frozen=True)
class _Run:
    """A piece of text in one font, in the page's units, with a place where it states one."""

    text: str
    size: float
    bold: bool
    italic: bool
    x: float | None
    y: float | None
    anchor: str


def set_text(element: ElementTree.Element, matrix: Matrix, ink: Ink, style: str) -> None:
    """Put a text on the page: its runs one after another, as its anchor says."""
    bold = bool(re.search(r"\b(ending|fing|reh|tempo)\b", style))
    italic = bool(re.search(r"\b(dir|dynam|mNum)\b", style))
    runs = list(_runs(element, _Run("", 0, bold, italic, None, None, "start")))
    line: list[_Run] = []
    at = (0.0, 0.0)
    for run in [*runs, None]:
        if run is None or run.x is not None or run.y is not None:
            _set_line(line, at, matrix, ink)
            line = []
        if run is not None:
            if run.x is not None or run.y is not None:
                at = (at[0] if run.x is None else run.x, at[1] if run.y is None else run.y)
            line.append(run)


def _runs(element: ElementTree.Element, above: _Run) -> Iterator[_Run]:
    """The leaves of a text element; the first leaf inherits its place."""
    size = element.get("font-size", "")
    weight, slant = element.get("font-weight"), element.get("font-style")
    x, y = element.get("x"), element.get("y")
    here = _Run(
        text=element.text or "",
        size=float(size.removesuffix("px")) if size else above.size,
        bold=above.bold if weight is None else weight == "bold",
        italic=above.italic if slant is None else slant == "italic",
        x=float(x) if x is not None else above.x,
        y=float(y) if y is not None else above.y,
        anchor=element.get("text-anchor", above.anchor),
    )
    if not len(element):
        if here.text and not ("\n" in here.text and not here.text.strip()):
            yield here
        return
    for child in element:
        found = False
        for run in _runs(child, replace(here, text="")):
            found = True
            yield run
        if found:
            here = replace(here, x=None, y=None)


def _set_line(line: Sequence[_Run], at: tuple[float, float], matrix: Matrix, ink: Ink) -> None:
    if not line:
        return
    widths = [_width(run) for run in line]
    back = {"middle": 0.5, "end": 1.0}.get(line[0].anchor, 0.0)
    x = at[0] - back * sum(widths)
    for run, width in zip(line, widths, strict=True):
        if ord(run.text[0]) in _SMUFL:
            for sign in run.text:
                shape, advance = _sign(ord(sign))
                scale = run.size / 1000
                place = matrix @ np.array([[scale, 0, x], [0, scale, at[1]], [0, 0, 1]])
                ink.add("glyph", shape, place)
                x += advance * scale
            continue
        px, py = moved(np.array([[x, at[1]]]), matrix)[0]
        size = run.size * abs(matrix[0, 0])
        ink.texts.append(Text(float(px), float(py), run.text, size, run.bold, run.italic))
        x += width


def _width(run: _Run) -> float:
    """How wide a run is, in its units."""
    if ord(run.text[0]) in _SMUFL:
        return sum(_sign(ord(sign))[1] for sign in run.text) * run.size / 1000
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(
        family=list(SERIF), size=100, weight="bold" if run.bold else "normal",
        style="italic" if run.italic else "normal",
    )  # fmt: skip
    return float(text_to_path.get_text_width_height_descent(run.text, font, False)[0]) * (
        run.size / 100
    )


@lru_cache(maxsize=64)
def _sign(code: int) -> tuple[Outline, float]:
    """Outline and advance (thousandths of the font size) of a sign of verovio's music font."""
    import verovio

    folder = Path(verovio.__file__).parent / "data"
    listed = (folder / "Leipzig.xml").read_text(encoding="utf-8")
    advance = re.search(rf'c="{code:04X}"[^>]*h-a-x="([\d.]+)"', listed)
    width = float(advance[1]) if advance else 500.0
    found = sorted((folder / "Leipzig").glob(f"{code:04X}*.xml"))
    path = next(iter(ElementTree.parse(found[0]).getroot()), None) if found else None
    if path is None:  # a space, or a sign that the font has not
        return (np.zeros((0, 2)), np.zeros(0, dtype=np.uint8)), width
    return outline(path.get("d", ""), flip=True), width
