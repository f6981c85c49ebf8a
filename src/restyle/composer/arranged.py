"""A song first, then the band: lead sheets are written, and a style's band plays them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from restyle.composer.lead.song import LeadOptions, Written, compose_lead
from restyle.options import TransferOptions
from restyle.pipeline import Result, arranger
from restyle.style.manner import manner_named
from restyle.style.style import PRETRAINED, load_styles, pick_style

MOST_PIECES = 16
"""How many songs may be made for the best one."""


def best_of(
    options: LeadOptions, solo: bool, takes: int, on_bar: Callable[[int, int], None] | None = None
) -> tuple[Written, Result]:
    """The best of several songs in the critic's eyes, with its arrangement."""
    band = arranger()
    asked = TransferOptions(to=options.style, parts=("piano",) if solo else (), seed=options.seed)
    band.check(asked)
    found = []
    for number in range(takes):
        written = compose_lead(in_its_manner(replace(options, take=number)))
        found.append((written, band.transfer(written.lead, asked, on_bar)))
    return max(found, key=lambda made: made[1].takes[0].measures.score)


def in_its_manner(options: LeadOptions) -> LeadOptions:
    """The options of a song in a style's manner, such as "jazz/waltz": meter and tempo, where they
    are not said, are the manner's. Raises UnknownStyle for a manner that is not there."""
    style, mark, name = options.style.partition("/")
    if not mark:
        return options
    manner = manner_named(pick_style(load_styles(PRETRAINED), style), name)
    rng = np.random.default_rng([options.seed, options.take, 4])
    kind = max(manner.meters, key=lambda kind: manner.meters[kind])
    meter = {"three": "3/4", "compound": "6/8"}.get(kind, "4/4")
    tempo = options.tempo or round(float(np.exp(rng.uniform(*np.log(manner.tempos)))))
    return replace(options, style=style, meter=options.meter or meter, tempo=tempo)
