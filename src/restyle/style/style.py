"""Style: a named style of a model, with what its songs were measured to be like."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from restyle.data.manners import Manner
from restyle.errors import BadModel, UnknownStyle, choices
from restyle.music.classes import CHORDAL_PARTS, CLASS_NAMES, PARTS, class_named, usual_class
from restyle.music.instruments import instrument

PRETRAINED = Path(__file__).parents[1] / "pretrained" / "arranger"
"""The folder of the model that ships in the package."""
_FALLBACK_VELOCITY = (80.0, 6.0)
SMALLEST_BAND, LARGEST_BAND = 3, 6
"""Parts of a band that is drawn; a duo or a big band can still be asked for by name."""

USUAL, DEFAULT_BAND = 0.5, 5
"""Share of the style's songs that have a part of the default band, and its largest size."""
LEAST_KIT = 0.65
"""Share of phrases with drums that have a kick, and a snare, for drums in the default band: other
percussion (of an orchestra) is no groove to play all through a song."""
FAIRLY_USUAL, SAYS_CHORDS = 0.4, 0.3
"""Share for a bass beside drums and for who joins a small band; and for who says the chords where
none of the usual ones does (anyone, where nobody has more than one voice)."""
KNOWN = 0.05
"""Share of songs that have a part, from which on the style has learnt it."""
KNOWN_TUNE = 0.05
"""Share of an instrument among those that play the style's tunes, from which on it is asked to."""

Instruments = tuple[tuple[str, str], ...]
"""A band: each part and the class of its instrument, in the parts' order."""


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
        if self.whole_band:
            return next(iter(self.bands()))[0]
        shares, kit = self._typical()
        chosen = _usual(shares, kit)
        common = sorted(shares, key=lambda part: -shares[part])
        says = [p for p in common if p in CHORDAL_PARTS and p in chosen][:1]
        if not says:
            least = SAYS_CHORDS if any(map(self._has_chords, chosen)) else KNOWN
            says = [p for p in common if p in CHORDAL_PARTS and shares[p] >= least][:1]
            chosen += says
        few = len(chosen) < SMALLEST_BAND
        asked_in = few or any(shares[part] < USUAL for part in chosen)
        if says and asked_in and shares[says[0]] >= SAYS_CHORDS:
            company = _usual(self._typical(says[0])[0], kit)
            chosen = company if len(company) >= SMALLEST_BAND else chosen
        return tuple((part, self._class_in(chosen, part)) for part in PARTS if part in chosen)

    def _class_in(self, band: Sequence[str], part: str) -> str:
        """What plays a part in a band: a bass without drums is what it is in the style's bands that
        have none (a contrabass, where the electric one belongs to the groove)."""
        if part != "bass" or "drums" in band:
            return self.class_of(part)
        counted: Counter[str] = Counter()
        for members, count in self.bands():
            here = dict(members)
            if part in here and "drums" not in here:
                counted[here[part]] += round(1000 * count)  # a blend's counts are shares
        return counted.most_common(1)[0][0] if counted else self.class_of(part)

    def _has_chords(self, part: str) -> bool:
        """Whether what plays a part in this style can play three notes at once."""
        return part != "drums" and instrument(self.program(part)).at_once >= 3

    def _typical(self, beside: str = "") -> tuple[dict[str, float], tuple[float, ...]]:
        """The shares of songs that have each part, and of phrases with kick and snare, in typical
        manners; in the one that the style is in, or in all songs where none is known.

        With `beside` of the songs that have that part; empty where nobody counted.
        """
        manners = [Manner.read(one) for one in self.figures.get("manners", ())]
        known = [one for one in manners if one.typical and one.parts]
        if self.manner is not None or not known:
            told = self.figures
            return told.get("beside", {}).get(beside, {}) if beside else told["parts"], self.kit
        if beside:
            having = [(m.beside.get(beside, {}), m.songs * m.parts.get(beside, 0)) for m in known]
        else:
            having = [(m.parts, float(m.songs)) for m in known]
        songs = sum(count for shares, count in having if shares)
        shares = {
            part: sum(count * shares.get(part, 0.0) for shares, count in having) / songs
            for part in self.figures["parts"]
            if songs
        }
        kits = [np.array(one.kit) * one.songs for one in known if one.kit]
        drummed = sum(one.songs for one in known if one.kit)
        return shares, tuple((np.sum(kits, axis=0) / drummed).tolist()) if kits else ()

    @property
    def tunes(self) -> list[int]:
        """The programs that play tunes, the commonest first, in typical manners, or in the one that
        the style is in and that people do not mean by its name; without rare ones, so that not
        every tune that is low comes on a choir because few songs have one."""
        manners = [Manner.read(one) for one in self.figures.get("manners", ())]
        own = None if self.manner is None else manners[self.manner]
        known = [own] if own and not own.typical else [one for one in manners if one.typical]
        counted: Counter[int] = Counter()
        for one in known:
            counted.update({program: count for program, count in one.tunes})
        told = counted.most_common() or self.figures["programs"].get("melody", ())
        named = sum(count for program, count in told if program)  # 0 is what says nothing, too
        return [int(p) for p, count in told if not p or count >= KNOWN_TUNE * named]

    def drawn_band(self, rng: np.random.Generator) -> Instruments:
        """A band of one of the style's songs, as a whole: likelier, the commoner it is."""
        bands = [(b, n) for b, n in self.bands() if self._usual(b)]
        some = [(b, n) for b, n in bands if SMALLEST_BAND <= len(b) <= LARGEST_BAND] or bands
        if not some:
            return self.band
        counts = np.array([count for _, count in some], dtype=float)
        return some[int(rng.choice(len(some), p=counts / counts.sum()))][0]

    def bands(self) -> Iterator[tuple[Instruments, float]]:
        """The bands of the style's songs and how many have them, the commonest first."""
        for members, count in self.figures["bands"]:
            named = {part: name or self.class_of(part) for part, name in members}
            yield tuple((part, named[part]) for part in PARTS if part in named), count

    def _needed(self) -> tuple[set[str], set[str]]:
        """Parts that a band of the style must have, and that it must not have."""
        shares: dict[str, float] = self.figures["parts"]
        rhythm = ("drums", "bass")
        return (
            {part for part in rhythm if shares.get(part, 0) > 0.5},
            {part for part in rhythm if shares.get(part, 0) < 0.2},
        )

    def _usual(self, band: Instruments) -> bool:
        parts = {part for part, _ in band}
        needed, refused = self._needed()
        return bool(parts) and needed <= parts and not refused & parts

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
        return float(self.figures["swing"]["share"]) > 0.5

    @property
    def colours(self) -> float:
        """Share of the time that its songs sound sevenths and sixths, 0..1."""
        return float(self.figures.get("sevenths", 0.0))

    @property
    def together(self) -> float:
        """Share of bars in which who plays its songs' chords has the tune's rhythm."""
        return float(self.figures.get("together", 0.0))

    @property
    def compound(self) -> float:
        """Share of its songs that are in compound meters; 1 where nobody counted."""
        return float(self.figures.get("compound", 1.0))

    @property
    def duple(self) -> float:
        """Share of its songs that are in 2/4; 1 where nobody counted."""
        return float(self.figures.get("duple", 1.0))

    @property
    def returning(self) -> float:
        """Share of its bars in stretches that return that are played as before, 0..1; 0 where
        nobody counted."""
        return float(self.figures.get("returning") or 0.0)

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


def _usual(shares: dict[str, float], kit: tuple[float, ...]) -> list[str]:
    """The parts that are usual at those shares, the commonest first: see `Style.band`."""
    common = sorted(shares, key=lambda part: -shares[part])
    chosen = [part for part in common if shares[part] >= USUAL][:DEFAULT_BAND] or common[:1]
    if "drums" in chosen and min(kit, default=1.0) < LEAST_KIT:
        chosen.remove("drums")
    if "drums" in chosen and "bass" not in chosen and shares.get("bass", 0) >= FAIRLY_USUAL:
        chosen.append("bass")
    if len(chosen) < SMALLEST_BAND:
        more = [p for p in common if p not in chosen and p != "drums"]
        chosen += [p for p in more if shares[p] >= FAIRLY_USUAL]
    return chosen


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


def pick_band(style: Style, asked: Sequence[str]) -> Instruments:
    """The band asked for, by parts ("guitar") or instruments ("nylon-guitar"), in the parts' order;
    the style's own when nothing is.

    Raises UnknownStyle for a name that is neither.
    """
    if not asked:
        return style.band
    found: dict[str, str] = {}
    own = dict(style.band)
    for name in asked:
        if name in PARTS:
            found.setdefault(name, own.get(name) or style.class_of(name))
        elif name in CLASS_NAMES:
            found[class_named(name).part] = name
        else:
            near = choices(name, (*PARTS, *CLASS_NAMES))
            raise UnknownStyle(f"There is no part '{name}': {near}")
    return tuple((part, found[part]) for part in PARTS if part in found)
