"""How parts are to play, as a musician says it: how densely, how high, what figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from restyle.decoding.band import Band
from restyle.errors import RestyleError, choices
from restyle.music.classes import PARTS
from restyle.music.instruments import Instrument
from restyle.music.lead import LeadSheet
from restyle.music.transpose import home_shift
from restyle.tokens import vocabulary as v

DENSITIES = {"silent": 0.0, "sparse": 1.5, "light": 2.5, "medium": 5.0, "dense": 9.0, "full": 12.5}
"""Onsets in four beats."""
REGISTERS = {"low": 0.2, "middle": 0.5, "high": 0.8}
"""Where in the instrument's comfortable range."""
WALKING = 4.0
"""Onsets in four beats of a walking bass."""
FIGURES: Mapping[str, tuple[str, float | None]] = {
    **{name: (name, None) for name in v.FIGURES},
    "walking": ("line", WALKING),
    "arpeggio": ("broken", None),
    "pad": ("held", None),
    "comping": ("struck", None),
}
"""Figures by name, with the density that belongs to some."""
UNSAID = -1


class Wishes(Protocol):
    """What of the options is read here: values by part."""

    @property
    def density(self) -> Mapping[str, str]: ...
    @property
    def register(self) -> Mapping[str, str]: ...
    @property
    def figure(self) -> Mapping[str, str]: ...


def by_part(said: Iterable[str], option: str) -> dict[str, str]:
    """ "bass=walking" and the like as values by part.

    Raises RestyleError for what is no such pair, or no part.
    """
    out = {}
    for text in said:
        for piece in text.split(","):
            part, equals, value = (word.strip().lower() for word in piece.partition("="))
            if not equals or not value:
                raise RestyleError(
                    f"'{piece}' says nothing of a part: say {option} like {EXAMPLE[option]}."
                )
            out[part] = value
    return out


EXAMPLE = {"density": "piano=sparse", "register": "strings=high", "figure": "bass=walking"}


def check(wishes: Wishes) -> None:
    """Raise RestyleError for a part, density, register or figure that is none."""
    for wanted in (wishes.density, wishes.register, wishes.figure):
        for part in wanted:
            if part not in PARTS:
                raise RestyleError(f"There is no part '{part}': {choices(part, PARTS)}")
    for value in wishes.density.values():
        _onsets(value)
    for part, value in wishes.register.items():
        if part == "drums":
            raise RestyleError("Drums have no register: leave it out.")
        _pitch(value, (0, 1))
    for part, value in wishes.figure.items():
        _figure(part, value)


def attributes_said(wishes: Wishes, band: Band, lead: LeadSheet) -> dict[str, tuple[int, ...]]:
    """The attributes that wishes come to in a band: see `tokens.attributes`.

    Raises RestyleError for a part that does not play.
    """
    out = {}
    named = {*wishes.density, *wishes.register, *wishes.figure}
    players = {player.part: player for player in band.players}
    for part in sorted(named, key=PARTS.index):
        if part not in players:
            raise RestyleError(f"No {part} plays: name it with --parts too.")
        out[part] = _attributes(wishes, part, players[part].instrument, lead)
    return out


def walking(wishes: Wishes) -> tuple[str, ...]:
    """The parts that are to walk."""
    return tuple(part for part, value in wishes.figure.items() if value == "walking")


def _attributes(
    wishes: Wishes, part: str, instrument: Instrument, lead: LeadSheet
) -> tuple[int, ...]:
    said = [UNSAID] * 4
    if part in wishes.figure:
        said[3], onsets = _figure(part, wishes.figure[part])
        said[0] = UNSAID if onsets is None else _bin(onsets)
    if part in wishes.density:
        said[0] = _bin(_onsets(wishes.density[part]))
    if part in wishes.register:
        compass = (instrument.comfortable_low, instrument.comfortable_high)
        pitch = _pitch(wishes.register[part], compass) + home_shift(lead.key)
        step = (pitch - v.LOWEST_REGISTER) // v.REGISTER_STEP
        said[2] = int(min(max(step, 0), v.REGISTERS - 1))
    return tuple(said)


def _bin(onsets: float) -> int:
    return int(np.searchsorted(v.DENSITIES, onsets, side="left"))


def _onsets(value: str) -> float:
    """Onsets in four beats: a word, or a number."""
    if value in DENSITIES:
        return DENSITIES[value]
    if re.fullmatch(r"\d+(\.\d+)?", value) and float(value) <= 48:
        return float(value)
    raise RestyleError(
        f"'{value}' is no density: say {', '.join(DENSITIES)}, or notes a bar of four beats."
    )


def _pitch(value: str, compass: tuple[int, int]) -> float:
    """The middle of a register: a word, or a note such as C4 (middle C)."""
    if value in REGISTERS:
        return compass[0] + REGISTERS[value] * (compass[1] - compass[0])
    found = re.fullmatch(r"([a-g])([#b]?)(\d)", value.lower())
    if not found:
        raise RestyleError(
            f"'{value}' is no register: say {', '.join(REGISTERS)}, or a note as C4."
        )
    step = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}[found[1]]
    return step + {"": 0, "#": 1, "b": -1}[found[2]] + 12 * (int(found[3]) + 1)


def _figure(part: str, value: str) -> tuple[int, float | None]:
    """The number of a figure (of drums: what keeps time), and the density that belongs to it."""
    if part == "drums":
        if value not in v.TIMEKEEPERS:
            raise RestyleError(f"Drums keep no time on '{value}': {choices(value, v.TIMEKEEPERS)}")
        return v.TIMEKEEPERS.index(value), None
    if value not in FIGURES:
        raise RestyleError(f"'{value}' is no figure: {choices(value, tuple(FIGURES))}")
    name, onsets = FIGURES[value]
    return v.FIGURES.index(name), onsets
