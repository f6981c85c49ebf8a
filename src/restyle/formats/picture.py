"""Piano rolls as pictures: a colour a part, bar lines, chord names; base above result."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from restyle.formats.files import save
from restyle.song import TICKS, Key, Song

COLOURS = {
    "Melody": "#d62728", "Drums": "#7f7f7f", "Bass": "#1f3b8f", "Piano": "#2ca02c",
    "Guitar": "#ff7f0e", "Keys": "#17a2b8", "Strings": "#9467bd", "Winds": "#8c564b",
    "Synth": "#e377c2",
}  # fmt: skip
OTHERS = ("#2ca02c", "#1f77b4", "#ff7f0e", "#9467bd", "#8c564b", "#17a2b8", "#bcbd22", "#e377c2")
DRUM_ROWS = (27, 87)


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
        RestyleError: when the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 100, 3.4 * len(rolls)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = np.atleast_1d(figure.subplots(len(rolls), 1, sharex=True))
    lines = max((song.bar_starts() for _, song in rolls), key=len)
    first, last = bars or (1, len(lines) - 1)
    left, right = lines[first - 1], lines[min(last, len(lines) - 1)]
    for axis, (title, song) in zip(axes, rolls, strict=True):
        _roll(axis, song, int(left), int(right))
        axis.set_title(title, loc="left", fontsize=10)
        _bar_lines(axis, song, int(left), int(right))
        _chord_names(axis, song, int(left), int(right))
    axes[-1].set_xlabel("bar", fontsize=8)
    axes[0].set_xlim(left / TICKS, right / TICKS)
    content = BytesIO()
    kind = Path(path).suffix.lower().lstrip(".") or "png"
    figure.savefig(content, format=kind, metadata={"Date": None} if kind == "svg" else None)
    save(path, content.getvalue())


def _roll(axis: Any, song: Song, left: int, right: int) -> None:
    from matplotlib.collections import PolyCollection

    low, high = 127, 0
    for number, track in enumerate(song.tracks):
        notes = track.notes[
            (track.notes["start"] < right) & (track.notes["start"] + track.notes["duration"] > left)
        ]
        if not len(notes):
            continue
        begin = notes["start"] / TICKS
        end = begin + np.maximum(notes["duration"] / TICKS, 0.08) * 0.96
        pitch = notes["pitch"].astype(float)
        if track.is_drum:  # drums lie in a strip of their own below the roll
            pitch = 8 + (pitch - DRUM_ROWS[0]) / (DRUM_ROWS[1] - DRUM_ROWS[0]) * 12
            end = begin + 0.12
        else:
            low, high = min(low, int(pitch.min())), max(high, int(pitch.max()))
        corners = np.stack(
            [
                np.stack([begin, pitch - 0.45], -1),
                np.stack([end, pitch - 0.45], -1),
                np.stack([end, pitch + 0.45], -1),
                np.stack([begin, pitch + 0.45], -1),
            ],
            axis=1,
        )
        colour = COLOURS.get(track.name, OTHERS[number % len(OTHERS)])
        colour = COLOURS["Drums"] if track.is_drum else colour
        axis.add_collection(
            PolyCollection(
                list(corners), facecolors=colour, linewidths=0, alpha=0.85, label=track.name
            )
        )
    drums = any(track.is_drum and len(track.notes) for track in song.tracks)
    if low > high:
        low, high = 48, 72
    axis.set_ylim(5 if drums else low - 3, high + 8)
    ticks = [p for p in range(0, 128, 12) if low - 3 <= p <= high + 3]
    axis.set_yticks(ticks, [f"C{p // 12 - 1}" for p in ticks], fontsize=7)
    if song.tracks:
        axis.legend(  # above the roll, where it hides no note
            loc="lower right",
            bbox_to_anchor=(1, 1),
            fontsize=7,
            ncols=min(len(song.tracks), 9),
            frameon=False,
        )


def _bar_lines(axis: Any, song: Song, left: int, right: int) -> None:
    lines = song.bar_starts()
    shown = lines[(lines >= left) & (lines <= right)]
    axis.vlines(shown / TICKS, 0, 127, colors="#cccccc", linewidths=0.6, zorder=0)
    every = max(1, len(shown) // 24)
    numbered = [int(np.searchsorted(lines, line)) for line in shown[::every]]
    axis.set_xticks(
        [lines[n] / TICKS for n in numbered], [str(n + 1) for n in numbered], fontsize=7
    )


def _chord_names(axis: Any, song: Song, left: int, right: int) -> None:
    """Names where there is room for them: in a long song only some."""
    key = song.keys[0][1] if song.keys else Key(0)
    top = axis.get_ylim()[1] - 3
    room = (right - left) / 40
    last = -room
    for chord in song.chords:
        if left <= chord.start < right and chord.start - last >= room:
            axis.text(chord.start / TICKS, top, chord.symbol(key), fontsize=7, color="#333333")
            last = chord.start
