"""Manners in use: a kind of song within a style, such as jazz/ballad, by name or drawn to fit.

A manner is said to the model with a token of its own (see `data.manners`), and decides how the band
plays and whether it swings; one that is asked for by name also what the band is. Where none is
asked for one is drawn that fits the song and the band, of those that people mean by the style's
name; where a band is asked for, of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from restyle.data.manners import GROUPS, Manner
from restyle.errors import UnknownStyle, choices
from restyle.music.lead import LeadSheet
from restyle.style.style import Style

SWINGS, STRAIGHT = 0.6, 0.2
"""Share of a manner's songs that swing above which it swings, and below which it does not; between
them it does as its style does."""
SWUNG = 1.2
"""Ratio of a song's own swing from which on a manner that swings is drawn for a style that does
not."""
RAREST = 0.02
"""Share of a manner's songs in the song's kind of meter below which it is not drawn for it."""
UNUSUAL = 0.05
"""What a band counts that a manner's songs never have, or lack."""
NEAR_TEMPO = 0.15
"""Logarithm of the tempo's distance from a manner's at which it is drawn 0.6 times as often."""


def manners_of(style: Style) -> dict[str, Manner]:
    """The style's manners by name, in the order of their tokens; one without a name has its
    number, from 1."""
    found = [Manner.read(one) for one in style.figures.get("manners", ())]
    return {one.name or str(number): one for number, one in enumerate(found, 1)}


def manner_name(style: Style) -> str:
    """The name of the manner that the style is in; "" where it is in none."""
    return "" if style.manner is None else list(manners_of(style))[style.manner]


def manner_named(style: Style, name: str) -> Manner:
    """A manner of the style. Raises UnknownStyle where it has none of that name."""
    manners = manners_of(style)
    if name in manners:
        return manners[name]
    if not manners:
        raise UnknownStyle(f"{style.name.capitalize()} has no manners: say {style.name}.")
    near = choices(name, tuple(manners))
    raise UnknownStyle(f"There is no manner '{name}' of {style.name}: {near}")


def in_manner(style: Style, name: str) -> Style:
    """The style in one of its manners. Raises UnknownStyle where it has none of that name."""
    manner = manner_named(style, name)
    swing = style.figures["swing"]
    figures = {
        **style.figures,
        "songs": manner.songs,
        "parts": manner.parts or _parts(style, manner),
        "beside": manner.beside,
        "playing": manner.playing or style.figures.get("playing", {}),
        "kit": manner.kit or style.figures.get("kit", ()),
        "swing": {**swing, "share": float(_swings(style, manner))},
    }
    number = list(manners_of(style)).index(name)
    return replace(style, name=f"{style.name}-{name}", manner=number, figures=figures)


def in_a_manner(
    style: Style, lead: LeadSheet, parts: Sequence[str], rng: np.random.Generator, any_: bool
) -> Style:
    """The style in a manner of it that is drawn for a song and a band, under its own name: the
    more songs have it and the better its meter, its tempo and who plays fit, the likelier. `any_`:
    also one that is not typical of the style. As it is where none fits."""
    manners = {n: one for n, one in manners_of(style).items() if any_ or one.typical}
    weights = np.array([_weight(style, one, lead, parts) for one in manners.values()])
    if not weights.any():
        return style
    name = list(manners)[int(rng.choice(len(manners), p=weights / weights.sum()))]
    return replace(in_manner(style, name), name=style.name)


def fitting_manner(style: Style, lead: LeadSheet, parts: Sequence[str]) -> Style:
    """The style in the manner that fits a song and its band best, under its own name; as it is
    where none fits."""
    weights = {name: _weight(style, one, lead, parts) for name, one in manners_of(style).items()}
    best = max(weights, key=weights.__getitem__, default="")
    return replace(in_manner(style, best), name=style.name) if weights.get(best) else style


def _weight(style: Style, manner: Manner, lead: LeadSheet, parts: Sequence[str]) -> float:
    swings = _swings(style, manner)
    if not (swings == style.swings or (swings and lead.swing >= SWUNG)):
        return 0.0
    return manner.songs * _fit(manner, lead) * _fits_band(manner, parts)


def _fit(manner: Manner, lead: LeadSheet) -> float:
    """How well a song's meter and tempo fit a manner, 0..1."""
    meter = manner.meters.get(_kind(lead), 0.0)
    if meter < RAREST:
        return 0.0
    bpm = lead.tempos[0].bpm
    low, high = manner.tempos
    off = max(np.log(low / bpm), np.log(bpm / high), 0.0) / NEAR_TEMPO
    return meter * float(np.exp(-(off**2) / 2))


def _fits_band(manner: Manner, parts: Sequence[str]) -> float:
    """How well a band fits a manner, 0..1."""
    out = 1.0
    for group, members in GROUPS.items():
        plays = manner.features.get(f"{group} plays", 0.0)
        there = any(part in members for part in parts)
        out *= max(plays if there else 1.0 - plays, UNUSUAL)
    return out


def _kind(lead: LeadSheet) -> str:
    """The kind of the song's meter: four, three or compound."""
    meter = lead.main_meter
    if meter.numerator == 3:
        return "three"
    return "compound" if meter.denominator == 8 and meter.numerator % 3 == 0 else "four"


def _swings(style: Style, manner: Manner) -> bool:
    share = manner.features.get("swing", 0.0)
    return share > SWINGS or (share >= STRAIGHT and style.swings)


def _parts(style: Style, manner: Manner) -> dict[str, float]:
    """How many of the manner's songs have each part: of each group of parts as many as play in the
    manner, shared as the style's songs share them."""
    shares: dict[str, float] = style.figures["parts"]
    out = dict(shares)
    for group, members in GROUPS.items():
        most = max((shares.get(part, 0.0) for part in members), default=0.0)
        plays = manner.features.get(f"{group} plays", 0.0)
        for part in members:
            if most and part in shares:
                out[part] = round(shares[part] * plays / most, 3)
    return out
