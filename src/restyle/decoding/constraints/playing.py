"""Somebody plays: no phrase over chords is left to the tune, and the rhythm section comes back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import DENSITY, Cursor
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice, State
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]


SPARSE = 1
"""The density up to which a part leaves whole bars empty."""


class Playing:
    """Where the lead sheet has chords, drums, bass and whoever carries the harmony play in every
    bar, and the last of the pitched parts is not silent when all others are.

    The songs that the model learnt from have breaks and introductions; drawn by chance, and kept
    for a section, they sound as if the band had left.
    """

    name = "playing"
    of: tuple[Choice, ...] = ("position",)

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet
        self._pitched = [player.number for player in band.pitched]
        self._carrying = band.carrying
        self._chords = [bool(sheet.chords_in[first:last].any()) for first, last in sheet.phrases]

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in (cursor.state == State.PART).nonzero()[0].tolist():
            if not cursor.begins_phrase(row):
                continue
            if self._carries(cursor, row):
                mask[row, v.DENSITY[0] : v.DENSITY[SPARSE] + 1] = False
            elif self._must_play(cursor, row):
                mask[row, v.DENSITY[0]] = False
        for row in cursor.choosing_position().tolist():
            density = cursor.attributes[row, cursor.part[row], DENSITY]
            rests = cursor.position[row] < 0 and density > SPARSE
            if rests and self._carries(cursor, row) and self._sheet.chords_in[cursor.bar[row]]:
                mask[row, cursor.leaving(row)] = False
        return mask

    def _carries(self, cursor: Cursor, row: int) -> bool:
        """Whether a part is of those that carry the song, where it has begun and has chords."""
        phrase = int(self._sheet.phrase_of[cursor.bar[row]])
        pickup = phrase == 0 and self._sheet.lead.pickup > 0
        return self._chords[phrase] and not pickup and int(cursor.part[row]) in self._carrying

    def _must_play(self, cursor: Cursor, row: int) -> bool:
        """Whether a part is the last pitched one, and all others are silent over chords."""
        if not self._pitched or int(cursor.part[row]) != self._pitched[-1]:
            return False
        others = self._pitched[:-1]
        chords = self._chords[self._sheet.phrase_of[cursor.bar[row]]]
        return chords and not cursor.attributes[row, others, DENSITY].any()
