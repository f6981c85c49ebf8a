"""The tune is heard: nobody stays above it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]
_PITCHES = slice(v.PITCH.first, v.PITCH.end)
_DURATIONS = slice(v.DURATION.first, v.DURATION.end)
_LENGTHS = np.array(v.DURATIONS)


class RoomForTune:
    """A part that has been above the tune for a beat comes below it, and no note that begins above
    it lasts longer there. A low tune is sung in the middle of its band: there is no room below."""

    name = "tune"
    of: tuple[Choice, ...] = ("pitch", "duration")

    def __init__(self, sheet: Sheet, band: Band):
        low = sheet.tune < FIGURES.low_tune + sheet.shift  # the sheet is in its home key
        self._tune = np.where(low, 0, sheet.tune)

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in cursor.choosing_pitch().tolist():
            tune = int(self._tune[cursor.onset[row]])
            if tune and cursor.above[row, cursor.part[row]] >= FIGURES.above_tune:
                mask[row, v.PITCH.first + tune + 1 : v.PITCH.end] = False
        for row in cursor.choosing_duration().tolist():
            onset, pitch = int(cursor.onset[row]), int(cursor.pitch[row])
            sung = self._tune[onset : onset + int(_LENGTHS[-1])]
            above = np.cumsum((sung > 0) & (sung < pitch))
            longest = int(np.searchsorted(above, FIGURES.above_tune, side="right"))
            if longest < len(sung):
                mask[row, _DURATIONS] &= longest >= _LENGTHS
        return mask
