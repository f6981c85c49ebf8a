"""Who plays in a style's band: by default, drawn from its songs, or as somebody asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from restyle.data.manners import Manner
from restyle.errors import UnknownStyle, choices
from restyle.music.classes import CHORDAL_PARTS, CLASS_NAMES, PARTS, class_named
from restyle.music.instruments import instrument

if TYPE_CHECKING:
    from restyle.style.style import Style

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

Instruments = tuple[tuple[str, str], ...]
"""A band: each part and the class of its instrument, in the parts' order."""


def default_band(style: Style) -> Instruments:
    """The band that plays where none is asked for: see `Style.band`."""
    if style.whole_band:
        return next(iter(style.bands()))[0]
    shares, kit = _typical(style)
    chosen = _usual(shares, kit)
    common = sorted(shares, key=lambda part: -shares[part])
    says = [p for p in common if p in CHORDAL_PARTS and p in chosen][:1]
    if not says:
        least = SAYS_CHORDS if any(_has_chords(style, part) for part in chosen) else KNOWN
        says = [p for p in common if p in CHORDAL_PARTS and shares[p] >= least][:1]
        chosen += says
    few = len(chosen) < SMALLEST_BAND
    asked_in = few or any(shares[part] < USUAL for part in chosen)
    if says and asked_in and shares[says[0]] >= SAYS_CHORDS:
        company = _usual(_typical(style, says[0])[0], kit)
        chosen = company if len(company) >= SMALLEST_BAND else chosen
    return tuple((part, _class_in(style, chosen, part)) for part in PARTS if part in chosen)


def drawn_band(style: Style, rng: np.random.Generator) -> Instruments:
    """A band of one of the style's songs, as a whole: likelier, the commoner it is."""
    bands = [(b, n) for b, n in style.bands() if _fits(style, b)]
    some = [(b, n) for b, n in bands if SMALLEST_BAND <= len(b) <= LARGEST_BAND] or bands
    if not some:
        return style.band
    counts = np.array([count for _, count in some], dtype=float)
    return some[int(rng.choice(len(some), p=counts / counts.sum()))][0]


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


def _typical(style: Style, beside: str = "") -> tuple[dict[str, float], tuple[float, ...]]:
    """The shares of songs that have each part, and of phrases with kick and snare, in typical
    manners; in the one that the style is in, or in all songs where none is known.

    With `beside` of the songs that have that part; empty where nobody counted.
    """
    manners = [Manner.read(one) for one in style.figures.get("manners", ())]
    known = [one for one in manners if one.typical and one.parts]
    if style.manner is not None or not known:
        told = style.figures
        return told.get("beside", {}).get(beside, {}) if beside else told["parts"], style.kit
    if beside:
        having = [(m.beside.get(beside, {}), m.songs * m.parts.get(beside, 0)) for m in known]
    else:
        having = [(m.parts, float(m.songs)) for m in known]
    songs = sum(count for shares, count in having if shares)
    shares = {
        part: sum(count * shares.get(part, 0.0) for shares, count in having) / songs
        for part in style.figures["parts"]
        if songs
    }
    kits = [np.array(one.kit) * one.songs for one in known if one.kit]
    drummed = sum(one.songs for one in known if one.kit)
    return shares, tuple((np.sum(kits, axis=0) / drummed).tolist()) if kits else ()


def _class_in(style: Style, band: Sequence[str], part: str) -> str:
    """What plays a part in a band: a bass without drums is what it is in the style's bands that
    have none (a contrabass, where the electric one belongs to the groove)."""
    if part != "bass" or "drums" in band:
        return style.class_of(part)
    counted: Counter[str] = Counter()
    for members, count in style.bands():
        here = dict(members)
        if part in here and "drums" not in here:
            counted[here[part]] += round(1000 * count)  # a blend's counts are shares
    return counted.most_common(1)[0][0] if counted else style.class_of(part)


def _has_chords(style: Style, part: str) -> bool:
    """Whether what plays a part in this style can play three notes at once."""
    return part != "drums" and instrument(style.program(part)).at_once >= 3


def _fits(style: Style, band: Instruments) -> bool:
    """Whether a band has the drums and the bass that most songs of the style have, and none that
    hardly one has."""
    parts = {part for part, _ in band}
    shares: dict[str, float] = style.figures["parts"]
    needed = {part for part in ("drums", "bass") if shares.get(part, 0) > 0.5}
    refused = {part for part in ("drums", "bass") if shares.get(part, 0) < 0.2}
    return bool(parts) and needed <= parts and not refused & parts
