"""Pages drawn by verovio to a PDF, by way of matplotlib, which needs no system library.

Verovio's SVG holds few things: glyphs that are used many times, lines, filled shapes and text.
Those of a page are gathered into a handful of large paths, which is fast; text stays text.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

POINTS = 72 / 254
"""Points a tenth of a millimetre, which is what verovio's page sizes are in."""
SERIF = ("STIXGeneral", "DejaVu Serif", "DejaVu Sans")
"""Text fonts, which matplotlib brings along: the later ones where the earlier lack a sign."""
_HREF = "{http://www.w3.org/1999/xlink}href"
_TURN = 0.5522847498  # how far the handles of a quarter circle reach
_SMUFL = range(0xE000, 0xF900)
"""Code points of music signs."""

Matrix = NDArray[np.float64]
Outline = tuple[NDArray[np.float64], NDArray[np.uint8]]
"""Vertices and matplotlib's codes of a path."""


@dataclass
class _Ink:
    """What is on a page, in points: shapes by kind, lines by width, text."""

    shapes: dict[str, list[Outline]] = field(default_factory=dict)
    lines: dict[float, list[Outline]] = field(default_factory=dict)
    texts: list[_Text] = field(default_factory=list)

    def add(self, kind: str, shape: Outline, matrix: Matrix) -> None:
        self.shapes.setdefault(kind, []).append((_moved(shape[0], matrix), shape[1]))

    def line(self, width: float, shape: Outline, matrix: Matrix) -> None:
        width = round(width * abs(matrix[0, 0]), 3)
        self.lines.setdefault(width, []).append((_moved(shape[0], matrix), shape[1]))


@dataclass(frozen=True)
class _Text:
    """A run of text of one font; size in the page's points."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    italic: bool


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
    ink = _Ink()
    _walk(inner, matrix, ink, _glyphs(root), "")
    for outlines, width in _strokes_and_fills(ink):
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


def _strokes_and_fills(ink: _Ink) -> Iterator[tuple[list[Outline], float]]:
    for outlines in ink.shapes.values():
        yield outlines, 0.0
    for width, outlines in sorted(ink.lines.items()):
        yield outlines, width


def _glyphs(root: ElementTree.Element) -> dict[str, Outline]:
    found = {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        name = group.get("id", "")
        if re.match(r"[0-9A-F]{4}-", name) and len(group):
            found[name] = _outline(group[0].get("d", ""), flip=True)
    return found


def _walk(
    element: ElementTree.Element,
    matrix: Matrix,
    ink: _Ink,
    glyphs: dict[str, Outline],
    style: str,
) -> None:
    for child in element:
        tag = child.tag.rpartition("}")[2]
        inside = matrix @ _transform(child.get("transform", ""))
        kind = f"{style} {child.get('class', '')}"
        if "placeholder" in kind:
            continue  # hidden by the style sheet
        if tag == "g":
            _walk(child, inside, ink, glyphs, kind)
        elif tag == "use":
            ink.add("glyph", glyphs[child.get(_HREF, "").removeprefix("#")], inside)
        elif tag == "text":
            _set_text(child, inside, ink, style)
        elif tag in ("path", "rect", "ellipse", "polygon", "polyline"):
            _draw(tag, child, inside, ink)


def _draw(tag: str, element: ElementTree.Element, matrix: Matrix, ink: _Ink) -> None:
    shape = _SHAPES[tag](element)
    straight = len(shape[0]) == 2
    empty = straight or element.get("fill") == "none" or element.get("fill-opacity") == "0"
    if not empty:
        ink.add(tag, shape, matrix)
    width = element.get("stroke-width")
    if width:
        ink.line(float(width), shape, matrix)


def _moved(points: NDArray[np.float64], matrix: Matrix) -> NDArray[np.float64]:
    return points @ matrix[:2, :2].T + matrix[:2, 2]


def _transform(text: str) -> Matrix:
    """The matrix of "translate(..) scale(..) rotate(..)"."""
    matrix = np.eye(3)
    for name, inside in re.findall(r"(\w+)\(([^)]*)\)", text):
        numbers = [float(n) for n in re.split(r"[\s,]+", inside.strip())]
        step = np.eye(3)
        if name == "translate":
            step[:2, 2] = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
        elif name == "scale":
            step[0, 0], step[1, 1] = numbers[0], numbers[-1]
        elif name == "rotate":
            angle = np.deg2rad(numbers[0])
            step[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
            if len(numbers) == 3:
                there = np.eye(3)
                there[:2, 2] = numbers[1:]
                step = there @ step @ np.linalg.inv(there)
        matrix = matrix @ step
    return matrix


@lru_cache(maxsize=512)
def _outline(d: str, *, flip: bool = False) -> Outline:
    """A path's outline from its "d"; glyphs stand on their heads."""
    from fontTools.pens.recordingPen import RecordingPen  # type: ignore[import-untyped]
    from fontTools.svgLib.path import parse_path  # type: ignore[import-untyped]

    pen = RecordingPen()
    parse_path(d, pen)
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    kinds = {"moveTo": (1,), "lineTo": (2,), "qCurveTo": (3, 3), "curveTo": (4, 4, 4)}
    for name, where in pen.value:
        if name == "closePath":
            points.append((0.0, 0.0))
            codes.append(79)
        elif name in kinds:
            points += where
            codes += kinds[name]
    vertices = np.array(points, dtype=np.float64).reshape(-1, 2)
    return vertices * (1, -1) if flip else vertices, np.array(codes, dtype=np.uint8)


def _of_path(element: ElementTree.Element) -> Outline:
    return _outline(element.get("d", ""))


def _polyline(numbers: Iterable[float], *, closed: bool) -> Outline:
    vertices = np.array(list(numbers), dtype=np.float64).reshape(-1, 2)
    codes = [1] + [2] * (len(vertices) - 1)
    if closed:
        vertices = np.concatenate([vertices, vertices[:1]])
        codes.append(79)
    return vertices, np.array(codes, dtype=np.uint8)


def _of_points(element: ElementTree.Element) -> Outline:
    numbers = [float(n) for n in re.split(r"[\s,]+", element.get("points", "").strip())]
    return _polyline(numbers, closed=element.tag.endswith("polygon"))


def _of_rect(element: ElementTree.Element) -> Outline:
    x, y, w, h = (float(element.get(name, 0)) for name in ("x", "y", "width", "height"))
    return _polyline((x, y, x + w, y, x + w, y + h, x, y + h), closed=True)


def _of_ellipse(element: ElementTree.Element) -> Outline:
    cx, cy, rx, ry = (float(element.get(name, 0)) for name in ("cx", "cy", "rx", "ry"))
    k = _TURN
    circle = [(1, 0), (1, k), (k, 1), (0, 1), (-k, 1), (-1, k), (-1, 0), (-1, -k), (-k, -1),
              (0, -1), (k, -1), (1, -k), (1, 0), (1, 0)]  # fmt: skip
    vertices = np.array(circle, dtype=np.float64) * (rx, ry) + (cx, cy)
    return vertices, np.array([1] + [4] * 12 + [79], dtype=np.uint8)


_SHAPES = {
    "path": _of_path, "rect": _of_rect, "ellipse": _of_ellipse, "polygon": _of_points,
    "polyline": _of_points,
}  # fmt: skip


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


def _set_text(element: ElementTree.Element, matrix: Matrix, ink: _Ink, style: str) -> None:
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


def _set_line(line: Sequence[_Run], at: tuple[float, float], matrix: Matrix, ink: _Ink) -> None:
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
        px, py = _moved(np.array([[x, at[1]]]), matrix)[0]
        size = run.size * abs(matrix[0, 0])
        ink.texts.append(_Text(float(px), float(py), run.text, size, run.bold, run.italic))
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
    return _outline(path.get("d", ""), flip=True), width
