"""What is looked at before any work is done, each fault with a sentence of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from restyle.errors import BadModel, RestyleError
from restyle.model.shape import Shape
from restyle.music.lead import LeadSheet
from restyle.options import TransferOptions
from restyle.tokens import vocabulary as v


def check_kept(options: TransferOptions) -> None:
    """Raise RestyleError where the song's tracks that are to stay cannot, or are not there."""
    if options.keep and options.kept is None and options.earlier is None:
        raise RestyleError("A lead sheet has no tracks to keep: give the song itself.")
    if options.kept and options.kept.pitched and options.harmony == "reharmonise":
        raise RestyleError(
            "Kept tracks play the song's chords: keep the drums alone to have others, or leave "
            "out reharmonise."
        )


def check_version(folder: Path) -> None:
    """Raise BadModel for a model of another version of the vocabulary."""
    if Shape.read(folder).vocabulary != v.VERSION:
        raise BadModel(
            f"{folder} was made by an earlier version of restyle, which wrote songs in other "
            "tokens: train it again, or use the model that ships."
        )


def check_bars(lead: LeadSheet) -> None:
    """Raise RestyleError where a bar is longer than the vocabulary can say."""
    lines = lead.bar_starts()
    long = np.flatnonzero(np.diff(lines) > v.LONGEST_BAR)
    if len(long):
        meter = lead.meter_at(int(lines[long[0]])).name
        raise RestyleError(
            f"Bar {long[0] + 1} is in {meter}, which this model has not learnt: write it in "
            f"shorter bars (7/4 is the longest)."
        )
