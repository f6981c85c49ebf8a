"""Pages drawn by verovio to a PDF, by way of matplotlib, which needs no system library.

Verovio's SVG holds few things: glyphs that are used many times, lines, filled shapes and text.
Those of a page are gathered into a handful of large paths, which is fast; text stays text.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

import numpy as np

from restyle.io.score.svg_shapes import SHAPES, Ink, Matrix, Outline, matrix_of, outline
from restyle.io.score.svg_text import SERIF, set_text

POINTS = 72 / 254
"""Points a tenth of a millimetre, which is what verovio's page sizes are in."""
_HREF = "{http://www.w3.org/1999/xlink}href"


def pdf_of(
    pages: Sequence[str], title: str = "", on_page: Callable[[int, int], None] | None = None
) -> bytes:
    """A PDF of verovio's SVG pages. The same pages give the same bytes.

    `on_page` is told of the pages drawn so far, and in all.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import PdfPages

    out = io.BytesIO()
    info = {"Title": title, "Creator": "restyle", "CreationDate": None}
    with (
        rc_context({"pdf.fonttype": 42, "path.simplify": False}),
        warnings.catch_warnings(),
        PdfPages(out, metadata=info) as pdf,
    ):
        warnings.simplefilter("ignore")  # a sign that no font has becomes a box, and that is all
        for number, page in enumerate(pages, 1):
            figure = _figure(page)
            pdf.savefig(figure)
            if on_page:
                on_page(number, len(pages))
    return out.getvalue()


def png_of(page: str, dpi: int = 110) -> bytes:
    """A picture of one page, its empty borders cut off."""
    out = io.BytesIO()
    _figure(page).savefig(
        out, format="png", dpi=dpi, bbox_inches="tight", pad_inches=0.1, metadata={"Software": None}
    )
    return out.getvalue()


def _figure(page: str) -> Any:
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Curve
    from matplotlib.transforms import Affine2D

    root = ElementTree.fromstring(page)
    inner = next(e for e in root.iter() if e.get("viewBox"))
    _, _, width, height = (float(n) for n in (inner.get("viewBox") or "").split())
    scale = POINTS / 10  # verovio's definition scale: ten to a tenth of a millimetre
    figure = Figure(figsize=(width * scale / 72, height * scale / 72), dpi=72)
    points = Affine2D().scale(1 / (width * scale), 1 / (height * scale)) + figure.transFigure
    matrix = np.array([[scale, 0, 0], [0, -scale, height * scale], [0, 0, 1]])
    ink = Ink()
    _walk(inner, matrix, ink, _glyphs(root), "")
    fills = [(outlines, 0.0) for outlines in ink.shapes.values()]
    lines = [(outlines, width) for width, outlines in sorted(ink.lines.items())]
    for outlines, width in fills + lines:
        curve = Curve(
            np.concatenate([vertices for vertices, _ in outlines]),
            np.concatenate([codes for _, codes in outlines]),
        )
        figure.add_artist(
            PathPatch(
                curve, transform=points, facecolor="none" if width else "black",
                edgecolor="black" if width else "none", linewidth=width, capstyle="butt",
            )
        )  # fmt: skip
    for text in ink.texts:
        figure.text(
            text.x, text.y, text.text, transform=points, parse_math=False,
            fontsize=text.size, fontfamily=SERIF, fontweight="bold" if text.bold else "normal",
            fontstyle="italic" if text.italic else "normal", verticalalignment="baseline",
        )  # fmt: skip
    return figure


def _glyphs(root: ElementTree.Element) -> dict[str, Outline]:
    found = {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        name = group.get("id", "")
        if re.match(r"[0-9A-F]{4}-", name) and len(group):
            found[name] = outline(group[0].get("d", ""), flip=True)
    return found


def _walk(
    element: ElementTree.Element, matrix: Matrix, ink: Ink, glyphs: dict[str, Outline], style: str
) -> None:
    for child in element:
        tag = child.tag.rpartition("}")[2]
        inside = matrix @ matrix_of(child.get("transform", ""))
        kind = f"{style} {child.get('class', '')}"
        if "placeholder" in kind:
            continue  # hidden by the style sheet
        if tag == "g":
            _walk(child, inside, ink, glyphs, kind)
        elif tag == "use":
            ink.add("glyph", glyphs[child.get(_HREF, "").removeprefix("#")], inside)
        elif tag == "text":
            set_text(child, inside, ink, style)
        elif tag in ("path", "rect", "ellipse", "polygon", "polyline"):
            _draw(tag, child, inside, ink)


def _draw(tag: str, element: ElementTree.Element, matrix: Matrix, ink: Ink) -> None:
    shape = SHAPES[tag](element)
    straight = len(shape[0]) == 2
    empty = straight or element.get("fill") == "none" or element.get("fill-opacity") == "0"
    if not empty:
        ink.add(tag, shape, matrix)
    width = element.get("stroke-width")
    if width:
        ink.line(float(width), shape, matrix)
