"""Who plays a song, the band asked for or the style's own, and the manner that it plays in."""

from __future__ import annotations

import numpy as np

from restyle.decoding.band import Band, Player
from restyle.music.classes import PARTS, class_of
from restyle.music.lead import LeadSheet
from restyle.options import TransferOptions
from restyle.style.bands import Instruments, drawn_band, pick_band
from restyle.style.hands import PART
from restyle.style.keep import with_kept
from restyle.style.manner import in_a_manner
from restyle.style.redo import players_in
from restyle.style.style import Style


def band_for(style: Style, options: TransferOptions) -> Band:
    """The band: as asked for, as the earlier result has it, or the style's own."""
    if options.earlier is not None:
        return Band(
            players_in(options.earlier), style.colours, style.usual, style.kit, style.together
        )
    if options.any_band and not options.parts:
        members = drawn_band(style, np.random.default_rng([options.seed, 2]))
    else:
        members = pick_band(style, options.parts)
    if options.hands and not options.parts and PART not in dict(members):
        members = _with_piano(members, style)  # the right hand has a left one
    asked = options.played_on
    players = tuple(_player(part, cls, style, asked.get(part)) for part, cls in members)
    band = Band(players, style.colours, style.usual, style.kit, style.together)
    return with_kept(band, options.kept) if options.kept else band


def _with_piano(members: Instruments, style: Style) -> Instruments:
    every = {**dict(members), PART: style.class_of(PART)}
    return tuple((part, every[part]) for part in PARTS if part in every)


def _player(part: str, instrument_class: str, style: Style, asked: int | None) -> Player:
    """Who plays a part: on the program asked for, where one is, and of its class."""
    if asked is None:
        return Player(part, instrument_class, style.program(part, instrument_class))
    known = class_of(asked, part == "drums")
    fits = known is not None and known.part == part
    return Player(part, known.name if known and fits else instrument_class, asked)


def manner_for(style: Style, lead: LeadSheet, band: Band, options: TransferOptions) -> Style:
    """The style in a manner that is drawn with the seed; in any where the band was not the
    style's."""
    own = not (options.parts or options.keep or options.any_band or options.earlier)
    rng = np.random.default_rng([options.seed, 3])
    return in_a_manner(style, lead, band.parts, rng, any_=not own)
