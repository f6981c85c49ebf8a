"""What verovio's SVG draws, as matplotlib takes it: outlines, and the ink of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

_TURN = 0.5522847498  # how far the handles of a quarter circle reach

Matrix = NDArray[np.float64]
Outline = tuple[NDArray[np.float64], NDArray[np.uint8]]
"""Vertices and matplotlib's codes of a path."""


def moved(points: NDArray[np.float64], matrix: Matrix) -> NDArray[np.float64]:
    """Points (n, 2) by a matrix (3, 3)."""
    return points @ matrix[:2, :2].T + matrix[:2, 2]


def _numbers(text: str) -> list[float]:
    return [float(n) for n in re.split(r"[\s,]+", text.strip())]


def matrix_of(text: str) -> Matrix:
    """The matrix of "translate(..) scale(..) rotate(..)"."""
    matrix = np.eye(3)
    for name, inside in re.findall(r"(\w+)\(([^)]*)\)", text):
        numbers = _numbers(inside)
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
def outline(d: str, *, flip: bool = False) -> Outline:
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
    return outline(element.get("d", ""))


def _polyline(numbers: Iterable[float], *, closed: bool) -> Outline:
    vertices = np.array(list(numbers), dtype=np.float64).reshape(-1, 2)
    codes = [1] + [2] * (len(vertices) - 1)
    if closed:
        vertices = np.concatenate([vertices, vertices[:1]])
        codes.append(79)
    return vertices, np.array(codes, dtype=np.uint8)


def _of_points(element: ElementTree.Element) -> Outline:
    return _polyline(_numbers(element.get("points", "")), closed=element.tag.endswith("polygon"))


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


SHAPES = {
    "path": _of_path, "rect": _of_rect, "ellipse": _of_ellipse, "polygon": _of_points,
    "polyline": _of_points,
}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A run of text of one font; size in the page's points."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    italic: bool


@dataclass
class Ink:
    """What is on a page, in points: shapes by kind, lines by width, text."""

    shapes: dict[str, list[Outline]] = field(default_factory=dict)
    lines: dict[float, list[Outline]] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)

    def add(self, kind: str, shape: Outline, matrix: Matrix) -> None:
        self.shapes.setdefault(kind, []).append((moved(shape[0], matrix), shape[1]))

    def line(self, width: float, shape: Outline, matrix: Matrix) -> None:
        width = round(width * abs(matrix[0, 0]), 3)
        self.lines.setdefault(width, []).append((moved(shape[0], matrix), shape[1]))
