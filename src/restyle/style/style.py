"""Style: a named style of a model, with what its songs were measured to be like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from restyle.errors import BadModel, UnknownStyle
from restyle.music.classes import PARTS
from restyle.music.parts import band_size, part_of

_FALLBACK_PROGRAMS = {
    "melody": 73, "drums": 0, "bass": 33, "piano": 0, "guitar": 25, "keys": 16,
    "strings": 48, "winds": 65, "synth": 88,
}  # fmt: skip
_FALLBACK_VELOCITY = (80.0, 6.0)
LARGEST_BAND = 6
"""Parts of a default band; a big band can still be asked for by name."""
HELD_BACK = "held_back"
"""The figure of a style that plays more than it is held to: the share that it is held to, of the
places a bar that its songs have."""


@dataclass(frozen=True)
class Style:
    """One style: its slot in the vocabulary and the figures that `restyle corpus` measured."""

    name: str
    slot: int
    figures: dict[str, Any]
    mix: tuple[tuple[int, float], ...] = ()
    """Of a blend: slots and shares, which sum to 1."""
    whole_band: bool = False
    """Whether the band is the first of `figures["bands"]`, however large (a style by example)."""

    @property
    def slots(self) -> tuple[tuple[int, float], ...]:
        """The slots that the model is to follow, with their shares; slot -1 is "no style"."""
        return self.mix or ((self.slot, 1.0),)

    @property
    def parts(self) -> tuple[str, ...]:
        """The default band: the commonest one of the style that has what most of it has.

        A style in which most songs have drums (or bass) gets a band with drums (or bass). A band
        that was chosen by measurement, `figures["band"]`, goes before.
        """
        if "band" in self.figures:
            return tuple(self.figures["band"])
        if self.whole_band:
            return tuple(self.figures["bands"][0][0])
        shares: dict[str, float] = self.figures["parts"]
        needed = {part for part in ("drums", "bass") if shares.get(part, 0) > 0.5}
        refused = {part for part in ("drums", "bass") if shares.get(part, 0) < 0.2}
        for band, _ in self.figures["bands"]:
            if needed <= set(band) and not refused & set(band) and len(band) <= LARGEST_BAND:
                return tuple(band)
        most = max(shares, key=lambda part: shares[part])
        return tuple(part for part in PARTS if part in needed or part == most)

    def in_band(self, parts: Sequence[str]) -> Style:
        """The style as a band of those parts plays it: with few others each part plays more. A part
        that bands of that size lack keeps the pace that it has in all of them."""
        return replace(self, figures={**self.figures, "pace": self.pace_in(band_size(parts))})

    def pace_in(self, size: int) -> dict[str, list[float]]:
        """Places a bar and notes a place of each part, in a band of that size."""
        by_size = self.figures.get("pace_in", {})
        return {**self.figures.get("pace", {}), **by_size.get(str(size), {})}

    @property
    def known_parts(self) -> tuple[str, ...]:
        """The parts that the style's songs have taught (in one song of twenty at least)."""
        return tuple(part for part in PARTS if self.figures["parts"].get(part, 0) >= 0.05)

    @property
    def swings(self) -> bool:
        return float(self.figures["swing"]["share"]) > 0.5

    def swing_ratio(self, bpm: float) -> float:
        """Long over short eighth at that tempo; the faster, the more even (Friberg & Sundström
        2002)."""
        if not self.swings:
            return 1.0
        ratio = float(self.figures["swing"]["ratio"])
        return max(1.0, min(ratio, ratio - (bpm - 160.0) / 100.0))

    def program(self, part: str) -> int:
        """The GM program that a part (or "melody") most often has in the style.

        The melody takes one that is no other player's in the default band, to be heard above it,
        and not program 0, which files have that say nothing of the instrument.
        """
        counted = [int(program) for program, _ in self.figures["programs"].get(part, ())]
        if part == "melody":
            counted = [p for p in counted if p and part_of(p) not in self.parts] or counted
        return counted[0] if counted else _FALLBACK_PROGRAMS[part]

    def velocity(self, part: str, level: int) -> tuple[float, float]:
        """Mean and spread of velocity of a part at a metrical level (see `corpus.measure`)."""
        levels = self.figures["velocities"].get(part)
        mean, spread = levels[level] if levels else _FALLBACK_VELOCITY
        return float(mean), float(spread)

    def range_of(self, part: str) -> tuple[int, int]:
        """Lowest and highest pitch that the part plays in the style."""
        low, high = self.figures["ranges"].get(part, (21, 108))
        return int(low), int(high)


def load_styles(folder: Path) -> dict[str, Style]:
    """The styles of a model folder.

    Raises BadModel when the folder has no readable styles.json.
    """
    path = folder / "styles.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: Style(name, int(f["slot"]), _held_back(f)) for name, f in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadModel(
            f"{folder} is not a model: 'restyle export MODEL -o FOLDER' makes one."
        ) from error


def _held_back(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures of a style as it is to play: without `HELD_BACK`, but with that share of the
    places a bar of each part, in bands of every size."""
    share = figures.get(HELD_BACK)
    if share is None:
        return figures

    def fewer(pace: dict[str, list[float]]) -> dict[str, list[float]]:
        return {part: [round(places * share, 2), notes] for part, (places, notes) in pace.items()}

    by_size = {size: fewer(pace) for size, pace in figures.get("pace_in", {}).items()}
    rest = {name: figure for name, figure in figures.items() if name != HELD_BACK}
    return {**rest, "pace": fewer(figures.get("pace", {})), "pace_in": by_size}


def pick_style(styles: dict[str, Style], name: str) -> Style:
    """The style of that name; UnknownStyle, with the names there are, if there is none."""
    if name.lower() not in styles:
        raise UnknownStyle(f"There is no style '{name}': choose from {', '.join(sorted(styles))}.")
    return styles[name.lower()]


def pick_parts(style: Style, asked: Sequence[str]) -> tuple[str, ...]:
    """The parts asked for, in the fixed order, or the style's own band when none are.

    Raises UnknownStyle for a name that is no part.
    """
    if not asked:
        return style.parts
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        raise UnknownStyle(f"There is no part '{unknown[0]}': choose from {', '.join(PARTS)}.")
    return tuple(part for part in PARTS if part in asked)
