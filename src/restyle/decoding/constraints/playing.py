"""Somebody plays: no phrase over chords is left to the tune, and the rhythm section comes back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import BASS, DENSITY, DRUMS, Cursor, State
from restyle.decoding.sheet import Sheet
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]


CHORDAL = ("piano", "guitar", "keys")
"""Parts of which the first in a band carries its harmony."""
SPARSE = 1
"""The density up to which a part leaves whole bars empty."""


class Playing:
    """Where the lead sheet has chords, the last of the pitched parts is not silent when all others
    are, and neither bass nor drums are silent for two phrases in a row. After the first phrase
    drums, bass and whoever carries the harmony leave no whole bars empty.

    The songs that the model learnt from have both now and then, in breaks and introductions; drawn
    by chance, and kept for a section, they sound as if the band had left.
    """

    name = "playing"

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet
        self._pitched = [player.number for player in band.pitched]
        chordal = [p.number for p in band.pitched if p.part in CHORDAL]
        rhythm = [p.number for p in band.players if p.number in (BASS, DRUMS)]
        self._carrying = {*rhythm, *chordal[:1]}
        has = sheet.said[sheet.chord]
        self._chords = [
            bool(has[sheet.lines[first] : sheet.lines[last]].any())
            for first, last in sheet.phrases
        ]  # fmt: skip

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in (cursor.state == State.PART).nonzero()[0].tolist():
            if not cursor.begins_phrase(row):
                continue
            if self._carries(cursor, row):
                mask[row, v.DENSITY[0] : v.DENSITY[SPARSE] + 1] = False
            elif self._must_play(cursor, row):
                mask[row, v.DENSITY[0]] = False
        return mask

    def _carries(self, cursor: Cursor, row: int) -> bool:
        """Whether a part is of those that carry the song, where it has begun and has chords."""
        phrase = int(self._sheet.phrase_of[cursor.bar[row]])
        return phrase > 0 and self._chords[phrase] and int(cursor.part[row]) in self._carrying

    def _must_play(self, cursor: Cursor, row: int) -> bool:
        part, phrase = int(cursor.part[row]), int(self._sheet.phrase_of[cursor.bar[row]])
        if not self._chords[phrase]:
            return False
        others = self._pitched[:-1]
        alone = part == self._pitched[-1] if self._pitched else False
        if alone and not cursor.attributes[row, others, DENSITY].any():
            return True
        if part not in (BASS, DRUMS) or phrase == 0 or not self._chords[phrase - 1]:
            return False
        before = self._sheet.lines[self._sheet.phrases[phrase - 1][0]]
        return bool(cursor.last[row, part] < before)
