"""The cursor: where each row of a batch is, and what it has played. The one place that knows.

A row is one candidate. It follows the tokens of arrangement bars (those of lead bars are forced
and tell it nothing new): bar, part, place in the bar, last pitch, how the phrase is to be played,
what was struck when. All arrays have a row for each candidate; a branch is a copy of a row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.sheet import Sheet
from restyle.decoding.state import CHOICES, STATES, Choice, State
from restyle.music.classes import PARTS
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, notes_array, sort_notes
from restyle.tokens import vocabulary as v
from restyle.tokens.codec import VELOCITY


def is_part(numbers: Sequence[int]) -> NDArray[np.bool_]:
    """Of each part whether it is one of some, shape (parts,): what a row's part is looked up in."""
    out = np.zeros(len(PARTS), dtype=bool)
    out[list(numbers)] = True
    return out


NEVER = -(1 << 20)
"""A grid position so long ago that it never was."""
UNSAID = -1
DRUMS = PARTS.index("drums")
BASS = PARTS.index("bass")
DENSITY, SIZE, REGISTER, FIGURE = range(4)
"""The columns of `Cursor.attributes`."""

SIXTEENTHS, TRIPLETS = 1, 2
_DIVISION = [0, 0, TRIPLETS, SIXTEENTHS, TRIPLETS, 0, 0, 0, TRIPLETS, SIXTEENTHS, TRIPLETS, 0]
"""What each place in a beat of twelve says of how it is divided."""

Ints = NDArray[np.int64]
Row = tuple[int, int, int, int, int]
"""A note: part, start, duration, pitch, velocity."""


_GOING_ON = np.isin(np.arange(STATES), [State.PART, State.PHRASE, State.NOTE])
_STRIKING = np.isin(np.arange(STATES), [State.ONSET, State.NOTE])
_KINDS = (v.DENSITY, v.SIZE_OF_CHORDS, v.REGISTER, v.FIGURE)
_PART, _DENSITY, _SIZE, _REGISTER, _FIGURE, _POSITION, _PITCH, _DURATION, _DRUM = range(9)
_KIND = np.full(v.SIZE, -1)
for _number, _kind in enumerate((v.PART, *_KINDS, v.POSITION, v.PITCH, v.DURATION, v.DRUM)):
    _KIND[_kind.first : _kind.end] = _number
_KIND_OF = _KIND.tolist()


class Cursor:
    """Follows `batch` rows through the arrangement bars of a sheet."""

    def __init__(self, sheet: Sheet, parts: Sequence[str], batch: int = 1):
        self.sheet = sheet
        self.parts = tuple(PARTS.index(part) for part in PARTS if part in parts)
        count = len(PARTS)
        self.state = np.full(batch, State.DONE, dtype=np.int64)
        self.bar = np.full(batch, -1, dtype=np.int64)
        self.place = np.zeros(batch, dtype=np.int64)
        """Which of the band's parts plays."""
        self.part = np.full(batch, self.parts[0], dtype=np.int64)
        self.position = np.full(batch, -1, dtype=np.int64)
        """In the bar; -1 before the part's first one."""
        self.onset = np.full(batch, -1, dtype=np.int64)
        """The same from the song's beginning."""
        self.pitch = np.full(batch, -1, dtype=np.int64)
        """The last one struck at this position, or drum key; -1 before the first."""
        self.lowest = np.full(batch, -1, dtype=np.int64)
        self.at_once = np.zeros(batch, dtype=np.int64)
        self.taken = np.zeros(batch, dtype=np.int64)
        """Tokens that the part took in this bar."""
        self.room = np.full(batch, 1 << 20, dtype=np.int64)
        """Tokens that the model can still read in this passage, lead bars apart."""
        self.attributes = np.full((batch, count, 4), UNSAID, dtype=np.int64)
        """How parts play this phrase: density, size, register, figure."""
        self.onsets = np.zeros((batch, count), dtype=np.int64)
        """Positions struck in this phrase so far."""
        self.grid = np.zeros((batch, count), dtype=np.int64)
        """How parts divide the beat this phrase: `SIXTEENTHS`, `TRIPLETS`, both or neither."""
        self.last = np.full((batch, count), NEVER, dtype=np.int64)
        """Where each part struck last, before the position that it is at."""
        self.struck = np.full((batch, count, 128), NEVER, dtype=np.int64)
        """Where each part last struck each pitch."""
        self.above = np.zeros((batch, count), dtype=np.int64)
        """Positions that a part has been above the tune without coming below."""
        self.floor = np.zeros((batch, v.LONGEST_BAR), dtype=np.int64)
        """What the bass sounds at each position of this bar, 0 where it rests."""
        self.notes: list[list[Row]] = [[] for _ in range(batch)]
        self.written: list[list[int]] = [[] for _ in range(batch)]
        """The tokens of this bar."""
        self._found: dict[str, Ints] | None = None
        self._bass_end: list[tuple[int, int]] = [(0, 0)] * batch  # where its note ends, and pitch

    @property
    def batch(self) -> int:
        return len(self.state)

    def choosing_position(self) -> Ints:
        """The rows that may go on to a later position, or leave."""
        return self._rows["position"]

    def choosing_pitch(self) -> Ints:
        """The rows of pitched parts that may strike a pitch."""
        return self._rows["pitch"]

    def choosing_duration(self) -> Ints:
        """The rows that choose how long a note lasts."""
        return self._rows["duration"]

    def choices(self) -> set[Choice]:
        """What is chosen by some row now, as far as it is one of these."""
        rows = self._rows
        return {choice for choice in CHOICES if len(rows[choice])}

    @property
    def _rows(self) -> dict[str, Ints]:
        if self._found is None:  # asked by a dozen constraints between two steps
            state = self.state
            self._found = {
                "position": _GOING_ON[state].nonzero()[0],
                "pitch": (_STRIKING[state] & (self.part != DRUMS)).nonzero()[0],
                "duration": (state == State.PITCH).nonzero()[0],
            }
        return self._found

    def leaving(self, row: int) -> int:
        """The token by which a row's part comes to its end: the next part's name, or `END`, which
        stands for all that can follow a bar."""
        place = int(self.place[row]) + 1
        return v.PART[self.parts[place]] if place < len(self.parts) else v.END

    def begins_phrase(self, row: int) -> bool:
        bar = int(self.bar[row])
        return bool(self.sheet.phrases[self.sheet.phrase_of[bar]][0] == bar)

    def begin_bar(self, row: int, bar: int) -> int:
        """A row enters an arrangement bar; returns the name of its first part, which it is at."""
        self._found = None
        self.bar[row] = bar
        self.written[row] = []
        if self.begins_phrase(row):
            self.onsets[row] = self.grid[row] = 0
            self.attributes[row] = UNSAID
        begin, end = self.sheet.lines[bar : bar + 2]
        until, pitch = self._bass_end[row]
        self.floor[row] = 0
        self.floor[row, : max(0, min(until, end) - begin)] = pitch
        self._enter(row, 0)
        return v.PART[self.parts[0]]

    def advance(self, tokens: Ints, rows: Ints) -> None:
        """Each of some rows takes its token."""
        for row in rows.tolist():
            self.take(row, int(tokens[row]))

    def replay(self, row: int, tokens: Sequence[int]) -> None:
        """One row takes tokens that are given."""
        for token in tokens:
            self.take(row, token)

    def replay_bar(self, bar: int, tokens: Sequence[int]) -> None:
        """All rows take a whole bar that is given, its first part's name too."""
        for row in range(self.batch):
            self.begin_bar(row, bar)
            self.replay(row, [*tokens[1:], v.END])

    def take(self, row: int, token: int) -> None:
        """One row takes a token that the grammar allows."""
        self._found = None
        kind = _KIND_OF[token]
        if kind == _PART or kind < 0:
            self._close_part(row)
            if kind < 0:
                self.state[row] = State.DONE
            else:
                self._enter(row, int(self.place[row]) + 1)
            return
        self.written[row].append(token)
        self.taken[row] += 1
        self.room[row] -= 1
        if kind == _POSITION:
            self._strike(row, token - v.POSITION.first)
        elif kind == _PITCH:
            self._press(row, token - v.PITCH.first, State.PITCH)
        elif kind == _DRUM:
            self._press(row, v.FIRST_DRUM + token - v.DRUM.first, State.NOTE)
            self._note(row, 1)
        elif kind == _DURATION:
            self._note(row, v.DURATIONS[token - v.DURATION.first])
            self.state[row] = State.NOTE
        else:
            self._describe(row, kind - _DENSITY, token)

    def _enter(self, row: int, place: int) -> None:
        self.place[row], self.part[row] = place, self.parts[place]
        self.position[row] = self.pitch[row] = self.onset[row] = -1
        self.at_once[row] = self.taken[row] = 0
        self.room[row] -= 1
        self.state[row] = State.PART
        self.written[row].append(v.PART[self.parts[place]])

    def _describe(self, row: int, which: int, token: int) -> None:
        part = int(self.part[row])
        value = token - _KINDS[which].first
        self.attributes[row, part, which] = value
        if which == DENSITY:
            self.state[row] = State.SILENT if value == 0 else State.DENSITY
        else:
            self.state[row] = State.DENSITY + which

    def _strike(self, row: int, position: int) -> None:
        part = int(self.part[row])
        if self.onset[row] >= 0:
            self.last[row, part] = self.onset[row]
        self.position[row] = position
        self.onset[row] = self.sheet.lines[self.bar[row]] + position
        self.pitch[row], self.at_once[row] = -1, 0
        self.onsets[row, part] += 1
        self.grid[row, part] |= _DIVISION[position % GRID]
        self.state[row] = State.ONSET

    def _press(self, row: int, pitch: int, state: int) -> None:
        if self.at_once[row] == 0:
            self.lowest[row] = pitch
        self.pitch[row] = pitch
        self.at_once[row] += 1
        self.state[row] = state

    def _note(self, row: int, duration: int) -> None:
        part, start, pitch = int(self.part[row]), int(self.onset[row]), int(self.pitch[row])
        duration = min(duration, int(self.sheet.lines[-1]) - start)
        self.notes[row].append((part, start, duration, pitch, VELOCITY))
        self.struck[row, part, pitch] = start
        if part == BASS and self.at_once[row] == 1:
            position = int(self.position[row])
            self.floor[row, position:] = 0
            self.floor[row, position : position + duration] = pitch
            self._bass_end[row] = (start + duration, pitch)
        if part != DRUMS:
            tune = int(self.sheet.tune[start])
            over = 0 < tune < pitch
            if over:
                self.above[row, part] += duration
            elif tune:
                self.above[row, part] = 0

    def _close_part(self, row: int) -> None:
        if self.onset[row] >= 0:
            self.last[row, self.part[row]] = self.onset[row]

    def copy_row(self, source: int, of: Cursor | None = None) -> None:
        """Make all rows what one of them is, or one of another cursor."""
        other = of or self
        self._found = None
        for name, array in vars(self).items():
            if isinstance(array, np.ndarray):
                array[:] = vars(other)[name][source].copy()
        self.notes = [[*other.notes[source]] for _ in self.notes]
        self.written = [[*other.written[source]] for _ in self.written]
        self._bass_end = [other._bass_end[source]] * self.batch

    def arrangement(self, row: int, classes: dict[str, str] | None = None) -> Arrangement:
        """What a row has played, in the song's own key."""
        return arrangement_of(self.notes[row], self.parts, self.sheet.shift, classes or {})


def asked_attribute(cursor: Cursor, row: int) -> int | None:
    """Which attribute of its phrase a row chooses now, if any."""
    state = cursor.state[row]
    if state == State.PART:
        return DENSITY if cursor.begins_phrase(row) else None
    if state == State.REGISTER or cursor.part[row] == DRUMS:
        return FIGURE
    return SIZE if state == State.DENSITY else REGISTER


def arrangement_of(
    notes: Sequence[Row], parts: Sequence[int], shift: int, classes: dict[str, str]
) -> Arrangement:
    """Notes in home key, which was `shift` semitones away, as what the parts play."""
    found: dict[int, list[tuple[int, int, int, int]]] = {part: [] for part in parts}
    for part, start, duration, pitch, velocity in notes:
        key = pitch if part == DRUMS else min(max(pitch - shift, 0), 127)
        found[part].append((start, duration, key, velocity))
    return Arrangement(
        {PARTS[part]: sort_notes(notes_array(rows)) for part, rows in found.items()},
        {name: cls for name, cls in classes.items() if PARTS.index(name) in parts},
    )
