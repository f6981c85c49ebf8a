"""Style: a named style of a model, with what its songs were measured to be like."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from restyle.data.manners import Manner
from restyle.errors import BadModel, UnknownStyle, choices
from restyle.music.classes import PARTS, class_named, usual_class
from restyle.style.bands import KNOWN, Instruments, default_band

PRETRAINED = Path(__file__).parents[1] / "pretrained" / "arranger"
"""The folder of the model that ships in the package."""
_FALLBACK_VELOCITY = (80.0, 6.0)
KNOWN_TUNE = 0.05
"""Share of an instrument among those that play the style's tunes, from which on it is asked to."""


@dataclass(frozen=True)
class Style:
    """One style: its slot in the vocabulary and the figures that `restyle corpus` measured."""

    name: str
    slot: int
    figures: dict[str, Any]
    mix: tuple[tuple[int, float], ...] = ()
    """Of a blend: slots and shares, which sum to 1."""
    manner: int | None = None
    """The number of one of its manners (see `style.manner`)."""
    whole_band: bool = False
    """Whether the band is the first of `figures["bands"]`, however large (a style by example)."""

    @property
    def slots(self) -> tuple[tuple[int, float], ...]:
        """The slots that the model is to follow, with their shares; slot -1 is "no style"."""
        return self.mix or ((self.slot, 1.0),)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the default band."""
        return tuple(part for part, _ in self.band)

    @property
    def band(self) -> Instruments:
        """The default band: the parts that half of the style's songs have (of those in manners that
        people mean by its name), the five commonest of them, each on the instrument that most often
        plays it; a bass beside drums, in a small one who is fairly usual, somebody for the chords.

        Where somebody has to be asked in, for the chords or because the band is small, the band is
        one of the songs that have who says the chords: horns and flutes are usual in film music,
        and so is a piano, but beside a piano there are strings and a bass.

        The commonest band as it stands would be one of few players: large ones have hardly two
        songs alike.
        """
        return default_band(self)

    @property
    def tunes(self) -> list[int]:
        """The programs that play tunes, the commonest first, in typical manners, or in the one that
        the style is in and that people do not mean by its name; without rare ones, so that not
        every tune that is low comes on a choir because few songs have one."""
        if self.whole_band:
            return [int(program) for program, _ in self.figures["programs"].get("melody", ())]
        manners = [Manner.read(one) for one in self.figures.get("manners", ())]
        own = None if self.manner is None else manners[self.manner]
        known = [own] if own and not own.typical else [one for one in manners if one.typical]
        counted: Counter[int] = Counter()
        for one in known:
            counted.update({program: count for program, count in one.tunes})
        told = counted.most_common() or self.figures["programs"].get("melody", ())
        named = sum(count for program, count in told if program)  # 0 is what says nothing, too
        return [int(p) for p, count in told if not p or count >= KNOWN_TUNE * named]

    def bands(self) -> Iterator[tuple[Instruments, float]]:
        """The bands of the style's songs and how many have them, the commonest first."""
        for members, count in self.figures["bands"]:
            named = {part: name or self.class_of(part) for part, name in members}
            yield tuple((part, named[part]) for part in PARTS if part in named), count

    def class_of(self, part: str) -> str:
        """The class of instrument that most often plays a part in the style."""
        counted = self.figures.get("classes", {}).get(part, ())
        return next((str(name) for name, _ in counted if name), usual_class(part).name)

    @property
    def known_parts(self) -> tuple[str, ...]:
        """The parts that the style's songs have taught (in one song of twenty at least)."""
        return tuple(part for part in PARTS if self.figures["parts"].get(part, 0) >= KNOWN)

    @property
    def swings(self) -> bool:
        return float(self.figures.get("swing", {}).get("share", 0.0)) > 0.5

    @property
    def colours(self) -> float:
        """Share of the time that its songs sound sevenths and sixths, 0..1."""
        return float(self.figures.get("sevenths", 0.0))

    @property
    def together(self) -> float:
        """Share of bars in which who plays its songs' chords has the tune's rhythm."""
        return float(self.figures.get("together", 0.0))

    @property
    def ending(self) -> float:
        """Share of the parts of its songs that end with the tune's last note, where that is held; 0
        where nobody counted."""
        return float(self.figures.get("ending", 0.0))

    @property
    def compound(self) -> float:
        """Share of its songs that are in compound meters; 1 where nobody counted."""
        return float(self.figures.get("compound", 1.0))

    @property
    def duple(self) -> float:
        """Share of its songs that are in 2/4; 1 where nobody counted."""
        return float(self.figures.get("duple", 1.0))

    @property
    def tempos(self) -> tuple[float, float]:
        """Quarter notes a minute of its slowest and its fastest songs, all manners taken together,
        without the outer tenth of each; 0 and none where nobody counted."""
        known = [self.figures["tempos"]] if "tempos" in self.figures else [(0.0, np.inf)]
        known += [one["tempos"] for one in self.figures.get("manners", ())]
        return min(float(low) for low, _ in known), max(float(high) for _, high in known)

    @property
    def returning(self) -> float:
        """Share of its bars in stretches that return that are played as before, 0..1; 0 where
        nobody counted."""
        return float(self.figures.get("returning") or 0.0)

    @property
    def fills(self) -> tuple[float, ...]:
        """Share of its songs' turns of the form that drums fill, and of those fills that a crash
        follows; empty where nobody counted."""
        return tuple(float(x) for x in self.figures.get("fills", ()))

    @property
    def walking(self) -> float:
        """Share of its swinging songs, slow ones apart, whose bass walks, 0..1."""
        return float(self.figures.get("walking") or 0.0)

    def swing_ratio(self, bpm: float) -> float:
        """Long over short eighth at that tempo; the faster, the more even (Friberg & Sundström
        2002)."""
        if not self.swings:
            return 1.0
        ratio = float(self.figures["swing"]["ratio"])
        return max(1.0, min(ratio, ratio - (bpm - 160.0) / 100.0))

    @property
    def usual(self) -> dict[str, tuple[tuple[float, ...], ...]]:
        """How its songs play once they have begun, by part: see `data.playing`."""
        known = self.figures.get("playing", {})
        return {part: tuple(tuple(row) for row in rows) for part, rows in known.items()}

    @property
    def kit(self) -> tuple[float, ...]:
        """Shares of its songs' phrases with drums that have a kick, and a snare."""
        return tuple(float(x) for x in self.figures.get("kit", ()))

    def program(self, part: str, instrument_class: str = "") -> int:
        """The GM program that a part most often has in the style, of that class of instrument."""
        found = class_named(instrument_class or self.class_of(part))
        counted = [int(program) for program, _ in self.figures["programs"].get(part, ())]
        return next((p for p in counted if p in found.programs), found.programs[0])

    def velocity(self, part: str, level: int) -> tuple[float, float]:
        """Mean and spread of velocity of a part at a metrical level (see `data.measure`)."""
        levels = self.figures["velocities"].get(part)
        mean, spread = levels[level] if levels else _FALLBACK_VELOCITY
        return float(mean), float(spread)


def load_styles(folder: Path) -> dict[str, Style]:
    """The styles of a model folder.

    Raises BadModel when the folder has no readable styles.json.
    """
    path = folder / "styles.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: Style(name, int(f["slot"]), f) for name, f in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadModel(
            f"{folder} is not a model: 'restyle export MODEL -o FOLDER' makes one."
        ) from error


def pick_style(styles: dict[str, Style], name: str) -> Style:
    """The style of that name; UnknownStyle, with the names there are, if there is none."""
    said = name.lower()
    if said in styles:
        return styles[said]
    manners = {style: styles[style].figures.get("manners", ()) for style in sorted(styles)}
    within = [
        f"{s}/{said}" for s, known in manners.items() if said in {m.get("name") for m in known}
    ]
    if within:
        raise UnknownStyle(f"'{name}' is a kind of song within a style: say {' or '.join(within)}.")
    raise UnknownStyle(f"There is no style '{name}': {choices(name, sorted(styles))}")
