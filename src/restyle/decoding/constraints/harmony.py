"""Where no chord is said, the scale; with `keep`, the chord; and what a note may be held into."""

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
_BEATS = 2
"""The metrical level up to which positions are beats."""


class Harmony:
    """Under "no chord" only the key's scale."""

    name = "harmony"
    of: tuple[Choice, ...] = ("pitch",)

    def __init__(self, sheet: Sheet, band: Band):
        self._any = np.ones_like(sheet.tones)
        self._any[~sheet.said] = sheet.scale
        self._chord = sheet.chord

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        rows = cursor.choosing_pitch()
        mask[rows, _PITCHES] &= self._any[self._chord[cursor.onset[rows]]]
        return mask


class KeepChords:
    """The chords as they are (`--harmony keep`): on beats their own notes, between them the
    scale's, too, and these no longer than they pass."""

    name = "keep"
    of: tuple[Choice, ...] = ("pitch", "duration")

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet
        self._between = sheet.tones | sheet.scale

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        sheet = self._sheet
        rows = cursor.choosing_pitch()
        chord = sheet.chord[cursor.onset[rows]]
        beat = sheet.level[cursor.onset[rows]] <= _BEATS
        mask[rows, _PITCHES] &= np.where(beat[:, None], sheet.tones[chord], self._between[chord])
        for row in cursor.choosing_duration().tolist():
            if not sheet.tones[sheet.chord[cursor.onset[row]], cursor.pitch[row]]:
                mask[row, _DURATIONS] &= FIGURES.passing >= _LENGTHS
        return mask


class Holding:
    """A note is not held into a chord that it does not fit into (see `Sheet.fitting`); one that is
    neither in its chord nor in the scale passes, or lasts as long as the tune has it."""

    name = "holding"
    of: tuple[Choice, ...] = ("duration",)

    def __init__(self, sheet: Sheet, band: Band):
        self._sheet = sheet
        inside = sheet.tones | sheet.scale
        self._longest = np.where(inside, sheet.lines[-1], FIGURES.strange)
        changes = np.append(np.flatnonzero(np.diff(sheet.tune)) + 1, len(sheet.tune))
        at = np.arange(len(sheet.tune))
        self._sung = changes[np.searchsorted(changes, at, side="right")] - at

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        rows = cursor.choosing_duration()
        onset, pitch = cursor.onset[rows], cursor.pitch[rows]
        chord = self._sheet.chord[onset]
        tune = self._sheet.tune[onset]
        sung = np.where((tune > 0) & (tune % 12 == pitch % 12), self._sung[onset], 0)
        longest = np.maximum(self._longest[chord, pitch], sung)
        room = np.minimum(self._sheet.until[chord, pitch] - onset, longest)
        mask[rows, _DURATIONS] &= np.maximum(room, 1)[:, None] >= _LENGTHS
        return mask
