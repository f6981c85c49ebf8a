"""What instruments and hands can play: compass, notes at once, stretch, speed, low intervals.

The figures are those of `music.instruments`, which says where they are from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Band
from restyle.decoding.cursor import BASS, DRUMS, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.sheet import Sheet
from restyle.decoding.state import Choice, State
from restyle.music.classes import PARTS
from restyle.music.drums import FEET, STICKS
from restyle.music.instruments import lowest_for_interval
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]
_PITCHES = slice(v.PITCH.first, v.PITCH.end)
_POSITIONS = slice(v.POSITION.first, v.POSITION.end)
_DURATIONS = slice(v.DURATION.first, v.DURATION.end)
_LENGTHS = np.array(v.DURATIONS)
_KEYS = slice(v.FIRST_DRUM, v.FIRST_DRUM + v.DRUM.size)
_STICKS = np.isin(np.arange(128), list(STICKS))
_SHAKEN = ~_STICKS & ~np.isin(np.arange(128), list(FEET))
_LONGEST_BAR = np.arange(v.LONGEST_BAR)


class Compass:
    """Only notes that the instrument has, up to where it is comfortable: in songs strings go beyond
    in none to three notes of a hundred, a saxophone in one to five (`benchmarks/habits.py`). Brass
    does in six to fourteen, and may. A bass keeps to its strings, and below the others."""

    name = "compass"
    of: tuple[Choice, ...] = ("pitch",)

    def __init__(self, sheet: Sheet, band: Band):
        self._has = np.ones((len(PARTS), 128), dtype=np.bool_)
        keys = np.arange(128) - sheet.shift  # as they sound
        for player in band.pitched:
            one = player.instrument
            tops = {"bass": FIGURES.highest_bass, "brass": one.high}
            high = tops.get(player.part, one.comfortable_high)
            self._has[player.number] = (keys >= one.low) & (keys <= high)

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        rows = cursor.choosing_pitch()
        mask[rows, _PITCHES] &= self._has[cursor.part[rows]]
        return mask


class Hands:
    """No more notes at once than the instrument has strings or fingers, and no wider than two hands
    stretch, side by side, with something between them. A drummer has two sticks, and one more
    player beside the kit."""

    name = "hands"
    of: tuple[Choice, ...] = ("position",)

    def __init__(self, sheet: Sheet, band: Band):
        self._most = np.full(len(PARTS), FIGURES.drums_at_once)
        self._span = np.full(len(PARTS), 127)
        for player in band.pitched:
            one = player.instrument
            self._most[player.number] = min(one.at_once, FIGURES.most_at_once)
            if one.span:
                self._span[player.number] = 2 * one.span + FIGURES.between_hands

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        rows = (cursor.state == State.NOTE).nonzero()[0]
        full = rows[cursor.at_once[rows] >= self._most[cursor.part[rows]]]
        mask[full, _PITCHES] = False
        mask[full, v.DRUM.first : v.DRUM.end] = False
        for row in rows[cursor.part[rows] != DRUMS].tolist():
            top = int(cursor.lowest[row] + self._span[cursor.part[row]])
            mask[row, v.PITCH.first + top + 1 : v.PITCH.end] = False
        for row in rows[cursor.part[rows] == DRUMS].tolist():
            struck = cursor.struck[row, DRUMS] == cursor.onset[row]
            if np.count_nonzero(struck & _STICKS) >= FIGURES.sticks:
                mask[row, v.DRUM.first : v.DRUM.end] &= ~_STICKS[_KEYS]
            if (struck & _SHAKEN).any():  # one more player, at most
                mask[row, v.DRUM.first : v.DRUM.end] &= ~_SHAKEN[_KEYS]
        return mask


class Speed:
    """No faster than hands, tongues and ears are: in milliseconds, at the song's tempo."""

    name = "speed"
    of: tuple[Choice, ...] = ("position", "pitch", "duration")

    def __init__(self, sheet: Sheet, band: Band):
        self._ms = sheet.ms
        self._run = np.full(len(PARTS), float(FIGURES.shortest_ms))
        self._repeat = np.full(len(PARTS), float(FIGURES.shortest_ms))
        for player in band.pitched:
            self._run[player.number] = max(player.instrument.run_ms, FIGURES.shortest_ms)
            self._repeat[player.number] = player.instrument.repeat_ms

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        for row in cursor.choosing_position().tolist():
            self._next_position(mask[row], cursor, row)
        rows = cursor.choosing_pitch()
        since = (cursor.onset[rows, None] - cursor.struck[rows, cursor.part[rows]]).astype(float)
        since *= self._ms[cursor.onset[rows], None]
        mask[rows, _PITCHES] &= since >= self._repeat[cursor.part[rows], None]
        rows = cursor.choosing_duration()
        lasts = _LENGTHS * self._ms[cursor.onset[rows], None]
        mask[rows, _DURATIONS] &= lasts >= FIGURES.shortest_ms
        return mask

    def _next_position(self, mask: Mask, cursor: Cursor, row: int) -> None:
        part, onset = int(cursor.part[row]), int(cursor.onset[row])
        line = int(cursor.sheet.lines[cursor.bar[row]])
        before = onset if onset >= 0 else int(cursor.last[row, part])
        gap = -(-self._run[part] // self._ms[line])  # positions
        soonest = int(before + gap) - line
        if soonest > 0:
            mask[v.POSITION.first : v.POSITION.first + min(soonest, v.LONGEST_BAR)] = False


class LowIntervals:
    """No close intervals where they are mud: within a part, and between it and the bass' note."""

    name = "low_intervals"
    of: tuple[Choice, ...] = ("pitch",)

    def __init__(self, sheet: Sheet, band: Band):
        low = np.arange(128)[:, None]
        interval = np.abs(np.arange(128)[None] - low)
        lowest = np.array([lowest_for_interval(i) for i in range(128)])
        under = np.minimum(low, np.arange(128)[None]) - sheet.shift
        self._clear = (under >= lowest[interval]) | (interval == 0)
        self._clear_of_bass = self._clear.copy()
        self._clear_of_bass[0] = True  # it rests

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        rows = cursor.choosing_pitch()
        inside = rows[cursor.at_once[rows] > 0]
        mask[inside, _PITCHES] &= self._clear[cursor.pitch[inside]]
        others = rows[cursor.part[rows] != BASS]
        bass = cursor.floor[others, cursor.position[others]]
        mask[others, _PITCHES] &= self._clear_of_bass[bass]
        return mask
