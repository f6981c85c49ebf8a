"""Piano rolls as pictures: a colour a part, bar lines, chord names; base above result.

A song is laid out as a score is: in systems of about sixteen bars, each with all rolls one above
the other, so that a whole song stays legible. Where everything goes is counted in pixels.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.errors import RestyleError
from restyle.io.files import save
from restyle.io.pianoroll.layout import (
    DRUM_LANES,
    Roll,
    System,
    chord_places,
    number_step,
    roll_of,
    systems_of,
)
from restyle.music.song import TICKS, Song

COLOURS = {
    "melody": "#d62728", "drums": "#666666", "bass": "#1f3b8f", "piano": "#2ca02c",
    "guitar": "#ff7f0e", "keys": "#17becf", "strings": "#9467bd", "winds": "#8c564b",
    "brass": "#b8860b", "synth": "#e377c2", "": "#bcbd22",
}  # fmt: skip
"""Colour of each part; "" is for sound effects."""
DPI = 100
TOP, LEFT, RIGHT, BOTTOM = 34, 62, 14, 10
CHORD_STRIP, NUMBER_STRIP = 17, 22
LANE = 7
"""Pixels of a drum lane."""
SEMITONE = (4.0, 3.0)
"""Pixels of a semitone in a picture of one system, and of several."""


def draw(
    rolls: Sequence[tuple[str, Song]],
    path: str | os.PathLike[str],
    bars: tuple[int, int] | None = None,
    width: int = 1200,
) -> None:
    """Draw piano rolls one above the other, on one time axis, as .png or .svg.

    Args:
        rolls: title and song of each.
        bars: first and last bar to draw, counted from 1; the whole song when None.
        width: pixels (a .svg scales).

    Raises:
        RestyleError: for another ending, or when the file cannot be written.
    """
    kind = Path(path).suffix.lower().lstrip(".")
    if kind not in ("png", "svg"):
        raise RestyleError(f"{Path(path).name}: a picture can be written as .png or .svg.")
    save(path, picture(rolls, kind, bars, width))


def picture(
    rolls: Sequence[tuple[str, Song]],
    kind: str = "png",
    bars: tuple[int, int] | None = None,
    width: int = 1200,
) -> bytes:
    """The bytes of a picture, as `draw` writes it; `kind` is png or svg."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    longest = max((song for _, song in rolls), key=lambda song: song.bar_starts()[-1])
    room = width - LEFT - RIGHT
    systems = systems_of(longest, bars, room)
    shown = [roll_of(song) for _, song in rolls]
    semitone = SEMITONE[len(systems) > 1]
    heights = [_height(roll, semitone) for roll in shown]
    system = sum(CHORD_STRIP + height for height in heights) + NUMBER_STRIP
    height = TOP + system * len(systems) + BOTTOM
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    _heading(figure, rolls, shown, width, height)
    y = height - TOP
    for part in systems:
        for (title, song), roll, tall in zip(rolls, shown, heights, strict=True):
            y -= CHORD_STRIP + tall
            box = (LEFT / width, y / height, part.pixels / width, tall / height)
            axis = figure.add_axes(box)
            _axis(axis, part, roll, semitone, title)
            _notes(axis, part, roll, semitone)
            for place, name in chord_places(song, part):
                axis.text(place, axis.get_ylim()[1] + 3, name, fontsize=7.5, va="bottom")
        _bar_numbers(axis, part)
        y -= NUMBER_STRIP
    content = BytesIO()
    figure.savefig(content, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return content.getvalue()


def _height(roll: Roll, semitone: float) -> float:
    drums = (len(DRUM_LANES) + 1) * LANE if roll.drums else 0
    return round((roll.high - roll.low + 1) * semitone + drums)


def _heading(
    figure: Any, rolls: Sequence[tuple[str, Song]], shown: Sequence[Roll], width: int, height: float
) -> None:
    """The parts in their colours, once for all rolls; the titles stand beside the rolls."""
    names: dict[str, None] = {}
    for roll in shown:
        names.update(dict.fromkeys(roll.parts))
    order = [part for part in COLOURS if part in names]
    x, y = LEFT, height - 15
    for part in order:
        label = (part or "effects").capitalize()
        figure.text(x / width, y / height, "■", color=COLOURS[part], fontsize=10, va="center")
        figure.text((x + 13) / width, y / height, label, fontsize=8.5, va="center")
        x += 13 + 7 * len(label) + 16
    song = next((song.title for _, song in rolls if song.title), "")
    if song and x + 7 * len(song) < width - RIGHT:
        figure.text(
            1 - RIGHT / width,
            y / height,
            song,
            fontsize=9,
            va="center",
            ha="right",
            color="#444444",
        )


def _axis(axis: Any, system: System, roll: Roll, semitone: float, title: str) -> None:
    """Limits, bar and beat lines, octaves; y counts pixels from the lowest row up."""
    height = _height(roll, semitone)
    axis.set_xlim(system.left / TICKS, system.right / TICKS)
    axis.set_ylim(0, height)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axis.spines[side].set_color("#999999")
    lines = np.array([*system.lines, system.right]) / TICKS
    axis.vlines(lines, 0, height, colors="#bbbbbb", linewidths=0.8, zorder=0)
    base = height - (roll.high - roll.low + 1) * semitone
    octaves = [p for p in range(0, 128, 12) if roll.low <= p <= roll.high]
    rows = [base + (p - roll.low + 0.5) * semitone for p in octaves]
    axis.hlines(
        rows, system.left / TICKS, system.right / TICKS, colors="#e4e4e4", linewidths=0.6, zorder=0
    )
    axis.set_yticks(rows, [f"C{p // 12 - 1}" for p in octaves], fontsize=7)
    axis.tick_params(axis="y", length=2, pad=2, colors="#444444")
    axis.set_xticks([])
    if roll.drums:
        axis.axhline(base - LANE / 2, color="#dddddd", linewidth=0.6, zorder=0)
    most = max(int(height / 7), 4)
    short = title if len(title) <= most else title[: most - 1] + "…"
    axis.text(
        -48, height / 2, short, fontsize=9, rotation=90, va="center", ha="center",
        fontweight="bold", transform=_pixels_from_left(axis),
    )  # fmt: skip


def _pixels_from_left(axis: Any) -> Any:
    """Coordinates whose x counts pixels from the axis' left edge and whose y is the data's."""
    from matplotlib.transforms import Affine2D, blended_transform_factory

    scale = axis.figure.dpi_scale_trans
    pixels = Affine2D().scale(1 / DPI) + scale
    left = Affine2D().translate(axis.get_position().x0 * axis.figure.get_figwidth() * DPI, 0)
    return blended_transform_factory(left + pixels, axis.transData)


def _notes(axis: Any, system: System, roll: Roll, semitone: float) -> None:
    from matplotlib.collections import PolyCollection

    height = _height(roll, semitone)
    base = height - (roll.high - roll.low + 1) * semitone
    pixel = (system.right - system.left) / system.pixels
    for part in [p for p in roll.parts if p != "melody"] + ["melody"] * ("melody" in roll.parts):
        notes = roll.parts[part]
        begin = notes["start"].astype(float)
        end = begin + notes["duration"]
        inside = (begin < system.right) & (end > system.left)
        begin, end, notes = begin[inside], end[inside], notes[inside]
        if part == "drums":
            low = LANE * (0.5 + roll.lanes(notes["pitch"])) + 1
            end, high = begin + 3 * pixel, low + LANE - 2
        else:
            low = base + (notes["pitch"] - roll.low) * semitone
            high = low + semitone
            end = np.maximum(end - pixel, begin + 2 * pixel)  # a gap between notes struck again
        boxes = _boxes(begin / TICKS, end / TICKS, low, high)
        axis.add_collection(
            PolyCollection(list(boxes), facecolors=COLOURS[part], linewidths=0, alpha=0.9)
        )


def _boxes(
    left: NDArray[np.float64], right: NDArray[np.float64], low: NDArray[Any], high: NDArray[Any]
) -> NDArray[np.float64]:
    """(notes, 4, 2) corners."""
    corners = [(left, low), (right, low), (right, high), (left, high)]
    return np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)


def _bar_numbers(axis: Any, system: System) -> None:
    step = number_step(system)
    for place, line in enumerate(system.lines):
        number = system.first + place
        if step == 1 or place == 0 or number % step == 1:
            axis.text(line / TICKS, -4, str(number), fontsize=7, va="top", color="#444444")
