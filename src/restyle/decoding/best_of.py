"""Best of n: a passage is played by several candidates at once, and the critic's best goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.critic.score import Critic
from restyle.decoding.context import Context
from restyle.decoding.cursor import DENSITY, UNSAID, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.passage import Chooser, Fixed
from restyle.decoding.together import play_together
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v


def best_of(
    context: Context,
    cursors: Sequence[Cursor],
    chooser: Chooser,
    critic: Critic,
    lead: LeadSheet,
    bars: tuple[int, int],
    fixed: Fixed,
    rngs: Sequence[np.random.Generator],
    on_bar: Callable[[int], None] | None = None,
) -> None:
    """Bars `bars[0]` up to `bars[1]` are played by each row, and all rows become the best one.

    The best is what the critic says, less what its density is off from what its attributes say; of
    equals the first. `lead` is the lead sheet in the key in which `critic` hears it.
    """
    played = play_together(context, cursors, chooser, bars, fixed, rngs, on_bar)
    rows = [(group, row) for group, cursor in enumerate(cursors) for row in range(cursor.batch)]
    best = 0
    if len(rows) > 1:
        heard = [cursors[group].arrangement(row) for group, row in rows]
        off = np.concatenate([_off_density(cursor) for cursor in cursors])
        best = int(np.argmax(critic.score(lead, heard, *bars) - FIGURES.off_density * off))
    group, row = rows[best]
    context.end_phrase(group, row, played[group][row])
    for cursor in cursors:
        cursor.copy_row(row, cursors[group])


def _off_density(cursor: Cursor) -> NDArray[np.float64]:
    """How many bins of density each row's parts are from what was said of them, as a mean over the
    band; shape (batch,). Where nothing was said (bars anew inside a phrase), nothing is off."""
    sheet, bar = cursor.sheet, int(cursor.bar[0])
    first, _ = sheet.phrases[sheet.phrase_of[bar]]
    bars_of_four = (sheet.lines[bar + 1] - sheet.lines[first]) / (4 * GRID)
    parts = list(cursor.parts)
    said = cursor.attributes[:, parts, DENSITY]
    played = np.searchsorted(v.DENSITIES, cursor.onsets[:, parts] / bars_of_four, side="left")
    return np.asarray(np.where(said == UNSAID, 0, np.abs(played - said)).mean(axis=1))
