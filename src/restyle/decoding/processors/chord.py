"""Chord tones are likelier, the more the stronger the position; strange notes do not last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Logits = NDArray[np.float32]
_PITCHES = slice(v.PITCH.first, v.PITCH.end)
_DURATIONS = slice(v.DURATION.first, v.DURATION.end)
_BEATS = (np.array(v.DURATIONS) / GRID).astype(np.float32)


class ChordTones:
    """A gentle bias to the notes of the chord: a sampled note is less sure of the harmony than the
    most likely one, and a listener hears it where the meter is strong."""

    name = "chord"

    def __init__(self, sheet: Sheet, band: Band):
        inside = sheet.tones | sheet.scale
        triad = FIGURES.chord_tone * (1.0 - band.colours)
        bias = triad * sheet.tones - FIGURES.outside * ~inside
        rich = max(band.colours - FIGURES.plain_colours, 0.0)
        bias = bias + FIGURES.seventh * rich * sheet.sevenths
        self._bias = bias.astype(np.float32)
        self._by_level = np.array(FIGURES.by_level, dtype=np.float32)
        self._bass = (FIGURES.bass_note * sheet.bass).astype(np.float32)
        lowest = next((p for p in band.players if p.part == "bass"), None)
        self._lowest = lowest.number if lowest else -1
        self._sheet = sheet

    def process(self, logits: Logits, cursor: Cursor) -> Logits:
        rows = cursor.choosing_pitch()
        if len(rows):
            self._choose_well(logits, cursor, rows)
        rows = cursor.choosing_duration()
        if len(rows):
            sheet = self._sheet
            chord = sheet.chord[cursor.onset[rows]]
            strange = rows[~sheet.fitting[chord, cursor.pitch[rows]]]
            logits[strange, _DURATIONS] -= np.float32(FIGURES.held_strange) * _BEATS
        return logits

    def _choose_well(self, logits: Logits, cursor: Cursor, rows: NDArray[np.int64]) -> None:
        """Pitches more surely, and those of the chord above all."""
        sheet = self._sheet
        logits[rows] /= FIGURES.pitch_temperature
        at = cursor.onset[rows]
        weight = self._by_level[sheet.level[at], None]
        logits[rows, _PITCHES] += weight * self._bias[sheet.chord[at]]
        low = rows[(cursor.part[rows] == self._lowest) & (cursor.at_once[rows] == 0)]
        at = cursor.onset[low]
        weight = self._by_level[sheet.level[at], None]
        logits[low, _PITCHES] += weight * self._bass[sheet.chord[at]]

    def accept(self, tokens: NDArray[np.int64], cursor: Cursor) -> None:
        pass
