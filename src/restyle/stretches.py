"""How a stretch of a song becomes a job for a band: who plays, in which meter, feel and manner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from restyle.casting import band_for, manner_for
from restyle.critic.around import AroundKept
from restyle.critic.idiom import Idiom
from restyle.critic.likeness import profile_of, target_of
from restyle.critic.preference import Preference
from restyle.critic.profile import Profile
from restyle.critic.score import Critic
from restyle.data.playing import WALKS_FROM
from restyle.decoding.job import Course, DecodeOptions, Job, Redo
from restyle.decoding.session import Session
from restyle.music.lead import LeadSheet
from restyle.options import TransferOptions
from restyle.style.playing import attributes_said, walking
from restyle.style.redo import arrangement_in, parse_bars
from restyle.style.sections import is_sectional
from restyle.style.simple_meters import simplified
from restyle.style.style import Style
from restyle.work import Stretch

FEEL_FROM = 1.2
"""Swing ratio of a song from which on an example or a lead counts as swinging."""


class Model(Protocol):
    """What of an `Arranger` is asked here."""

    folder: Path
    session: Session
    styles: dict[str, Style]
    profiles: dict[int, Profile]


def stretch_of(
    model: Model,
    lead: LeadSheet,
    style: Style,
    options: TransferOptions,
    bars: tuple[int, int],
    course: Course,
) -> Stretch:
    """How some bars are to be played in a style."""
    like, simple = options.like, None
    if not options.keep and bars == (0, lead.bars):
        whole = options.earlier is None and course == Course()
        simple = simplified(lead, style, in_pairs=whole)
    read = simple.lead if simple else lead
    band = band_for(style, options)
    if like is None and style.manner is None and not style.mix:
        style = manner_for(style, read, band, options)
        band = replace(band, usual=style.usual, kit=style.kit)
    quarters = lead.main_meter.denominator == 4  # the eighths of 6/8 do not swing
    ratio = style.swing_ratio(lead.tempos[0].bpm) if quarters else 1.0
    if options.keep:
        ratio = lead.swing
    redo = None
    if options.earlier is not None:
        there = arrangement_in(options.earlier, lead, band.parts, ratio)
        there = simple.there(there) if simple else there
        redo = Redo(there, *parse_bars(options.redo, lead.bars), options.redo_parts)
    swings = (simple is not None and simple.compound) or ratio >= FEEL_FROM
    swings |= style.swings and quarters and not options.keep  # however even it is at that tempo
    if swings and _walks(style, band.parts, read, options):
        options = replace(options, figure={**options.figure, "bass": "walking"})
    job = Job(
        lead=read,
        band=band,
        slots=style.slots,
        feel="swing" if swings else "straight",
        manner=style.manner,
        options=DecodeOptions(
            sampling=options.sampling,
            strength=options.strength,
            candidates=options.candidates,
            keep_chords=options.harmony == "keep",
            without=options.without,
            only=options.only,
        ),
        attributes={**options.attributes, **attributes_said(options, band, lead)},
        walking=walking(options),
        returning=style.returning,
        fills=style.fills,
        ends=_ends(style, options),
        example=like.context(band.parts, style, model.session.context) if like else None,
        course=course,
        redo=redo,
        kept=options.kept.arrangement if options.kept else None,
        critic=_critic(idiom_of(model, style, options), options),
    )
    return Stretch(*bars, job, style, ratio, simple)


def idiom_of(model: Model, style: Style, options: TransferOptions) -> Idiom:
    """What a style sounds like. What is compared is the example's profile where there is one (that
    of sections in several styles, one of them an example's, is those' under whose tokens they are
    played)."""
    names = {known.slot: known.name for known in model.styles.values()}
    shares = {names[slot]: share for slot, share in style.slots if slot in names}
    if options.like is not None and not is_sectional(options.to):
        return Idiom(shares, profile_of(options.like.lead, options.like.arrangement))
    return Idiom(shares, target_of(style, model.profiles))


def _critic(idiom: Idiom, options: TransferOptions) -> Critic:
    """Who chooses among candidates. Beside kept tracks, what goes with them counts, too."""
    plain = Preference.load(idiom)
    kept = options.kept.arrangement.names if options.kept else ()
    return AroundKept(tuple(kept), plain) if kept else plain


def _walks(style: Style, parts: Sequence[str], lead: LeadSheet, options: TransferOptions) -> bool:
    """Whether the bass of a band that swings walks though nobody said so: as often as in the
    style's songs, and the same for a seed."""
    said = {*options.figure, *options.density, *options.attributes}
    kept = options.kept.parts if options.kept else ()
    if "bass" not in parts or "bass" in (*said, *kept):
        return False
    quick = lead.tempos[0].bpm >= WALKS_FROM
    return quick and np.random.default_rng([options.seed, 7]).random() < style.walking


def _ends(style: Style, options: TransferOptions) -> bool:
    """Whether the band ends with the tune's last note: where nobody says how the song is to end, as
    often as the style's songs do so, and the same for a seed."""
    said = options.frame.ending
    return not said and np.random.default_rng([options.seed, 9]).random() < style.ending
