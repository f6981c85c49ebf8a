"""A song ends: under a tune's last held note the band strikes once and lets it sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice
from restyle.music.ending import last_strike
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]
_DURATIONS = slice(v.DURATION.first, v.DURATION.end)
_LENGTHS = np.array(v.DURATIONS)


class Ending:
    """Where the tune's last note is held in the last bar, nothing begins after it there but where
    the chord changes, and what begins with it is held as the tune is.

    Songs end so; a model that is told of no end plays its groove to the last eighth. Who still owes
    notes to the density of a phrase does not play them there: fuller last beats are no ends. It is
    asked of positions before all others, and of durations after them: what rubs is not held.
    """

    name = "ending"

    def __init__(self, sheet: Sheet, of: Choice):
        self.of: tuple[Choice, ...] = (of,)
        self._sheet = sheet
        self._last = sheet.bars - 1
        strike = last_strike(sheet.lead)
        self._strike = sheet.lines[-1] if strike is None else strike
        line = int(sheet.lines[self._last])
        changes = [chord.start - line for chord in sheet.lead.chords]
        places = np.arange(v.POSITION.size)
        self._over = (places > self._strike - line) & ~np.isin(places, changes)
        if len(sheet.lead.melody):
            self._end = int(sheet.lead.melody[-1]["start"] + sheet.lead.melody[-1]["duration"])

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        if self.of == ("position",):
            for row in cursor.choosing_position().tolist():
                if cursor.bar[row] == self._last:
                    mask[row, v.POSITION.first : v.POSITION.end] &= ~self._over
        else:
            for row in cursor.choosing_duration().tolist():
                if cursor.onset[row] >= self._strike:
                    mask[row, _DURATIONS] &= self._shortest(cursor, row) <= _LENGTHS
        return mask

    def _shortest(self, cursor: Cursor, row: int) -> float:
        """How long a note of the last chord lasts at least: as the tune, or as its chord."""
        onset, sheet = int(cursor.onset[row]), self._sheet
        until = int(sheet.until[sheet.chord[onset], cursor.pitch[row]])
        held = FIGURES.held_end * (min(self._end, until) - onset)
        return min(held, float(_LENGTHS[-1]))
