"""Players: what each part of the band may do next, beyond the grammar.

A small model's slips are those of a tired musician: out of the instrument's range, asleep for
bars (and the longer asleep, the likelier to stay so), stuck on one note, or unable to stop. A
player keeps to the range of the style, is there from the beginning, comes back after some bars of
rest, leaves a note after four bars, strikes no more notes at once than its style's players do, and
plays no more than these can over four bars.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.style.style import Style
from restyle.tokens import vocabulary as v

LONGEST_REST = {"drums": 2, "bass": 2}
"""Bars in a row that a part may be silent; others may rest for `USUAL_REST`."""
USUAL_REST = 4
REST_ALONE = 1
"""Bars that a part may be silent when it is the whole band."""
LATE = 2
"""Bars after which those enter who need not begin with the song, as drums and bass do."""
SPAN = 4
"""Bars over which the places that a part strikes are counted."""
MOST_PLACES = {"bass": 2.0, "drums": 2.2}
"""Over `SPAN` bars, the places that a part strikes beside what is usual in the style; others may
strike `USUAL_MOST` times as many. One in twenty of real stretches goes beyond."""
USUAL_MOST = 3.0
MOST_NOTES, LEAST_NOTES = 2.0, 2
"""Notes that a part may strike at once beside what is usual in the style, rounded up, and how many
every part may. One in twenty of real chords goes beyond."""
LEAST_ROOM = 8
"""Places in a bar that every part may strike: quavers."""
LONGEST_ON_ONE_NOTE = 4
"""Bars in a row that may strike one pitch only, always the same; few real songs go beyond."""

Mask = NDArray[np.bool_]

CLOSING = np.array([*range(v.BAR.first, v.BAR.end), v.END, v.EOS])
"""The tokens that end an arrangement bar."""
_LEAVING = np.array([*CLOSING, *range(v.PART.first, v.PART.end)])


@dataclass(frozen=True)
class Entry:
    """How a player comes in."""

    alone: bool = False
    """The part is the whole band."""
    pickup: bool = False
    """The song begins with a bar that is not whole, in which a part may be silent."""
    begun: bool = False
    """The song has begun before: nobody need play at once."""


class Player:
    """One part of the band, as it goes from bar to bar.

    `shift` is how many semitones the song that it plays has been moved.
    """

    def __init__(self, part: str, style: Style, shift: int = 0, entry: Entry | None = None):
        entry = entry or Entry()
        self._rest = REST_ALONE if entry.alone else LONGEST_REST.get(part, USUAL_REST)
        self._range = np.ones(v.SIZE, dtype=np.bool_)
        if part != "drums":
            low, high = (min(max(k + shift, 0), 127) for k in style.range_of(part))
            self._range[v.PITCH.first : v.PITCH.end] = False
            self._range[v.PITCH[low] : v.PITCH[high] + 1] = True
        late = 0 if entry.alone or part in LONGEST_REST else LATE
        begins = max(self._rest - late, 0) - entry.pickup
        self._silent_bars = 0 if entry.begun else begins
        self._most, self._most_notes = _most_places(part, style), _most_notes(part, style)
        self._notes = 0  # struck at this place
        # struck in the last bars, which the song is taken to have come from, and in this one
        self._places = [0.5 * self._most] * (SPAN - 1) + [0.0] if self._most else []
        self._stuck_on, self._stuck_bars = -1, 0
        self._struck: set[int] = set()  # in the bar that is being played

    def restrict(self, allowed: Mask) -> Mask:
        """Of the tokens that the grammar allows those that this player takes; never none."""
        out = allowed & self._range
        if self._most and sum(self._places) >= SPAN * self._most:
            out[v.POSITION.first : v.POSITION.end] = False
        if self._notes >= self._most_notes:
            out[v.PITCH.first : v.PITCH.end] = False
            out[v.DRUM.first : v.DRUM.end] = False
        if not self._struck and self._silent_bars >= self._rest:
            out[_LEAVING] = False
        if self._stuck_bars >= LONGEST_ON_ONE_NOTE and self._struck == {self._stuck_on}:
            out[_LEAVING] = False
            out[self._stuck_on] = False
        return out if np.count_nonzero(out) else allowed

    def took(self, token: int) -> None:
        """A token of this part was chosen."""
        if token in v.PITCH or token in v.DRUM:
            self._struck.add(token)
            self._notes += 1
        elif token in v.POSITION:
            self._notes = 0
            if self._places:
                self._places[-1] += 1.0

    def end_bar(self) -> None:
        """The part is done with this bar."""
        self._silent_bars = 0 if self._struck else self._silent_bars + 1
        if len(self._struck) == 1 and next(iter(self._struck)) in v.PITCH:
            (pitch,) = self._struck
            self._stuck_bars = self._stuck_bars + 1 if pitch == self._stuck_on else 1
            self._stuck_on = pitch
        else:
            self._stuck_on, self._stuck_bars = -1, 0
        self._struck, self._notes = set(), 0
        self._places = [*self._places[1:], 0.0] if self._places else []


def _most_places(part: str, style: Style) -> float:
    """Places a bar that a part may strike over `SPAN` bars; 0 where the style has no measure."""
    pace = style.figures.get("pace", {}).get(part)
    if pace is None:
        return 0.0
    return max(float(pace[0]) * MOST_PLACES.get(part, USUAL_MOST), LEAST_ROOM)


def _most_notes(part: str, style: Style) -> float:
    """Notes that a part may strike at once; any number where the style has no measure. A bass
    plays as many as it usually does, which is one."""
    pace = style.figures.get("pace", {}).get(part)
    if pace is None:
        return math.inf
    if part == "bass":
        return max(round(float(pace[1])), 1)
    return max(math.ceil(MOST_NOTES * float(pace[1])), LEAST_NOTES)


def kept_in(allowed: Mask) -> Mask:
    """Of the tokens allowed those that do not end the part; all, where there are no others."""
    out = allowed.copy()
    out[_LEAVING] = False
    return out if np.count_nonzero(out) else allowed


def merged_closing(logits: NDArray[np.float32], allowed: Mask) -> NDArray[np.float32]:
    """Logits in which one closing token stands for all.

    Whether a bar is over is one question; which bar follows is the lead sheet's to say. So the
    closing token that the grammar allows gets the chances of all of them together.
    """
    possible = CLOSING[allowed[CLOSING]]
    if not len(possible):
        return logits
    out = logits.copy()
    top = float(logits[CLOSING].max())
    together = top + float(np.log(np.exp(logits[CLOSING] - top).sum()))
    out[CLOSING] = -np.inf
    out[possible[0]] = together
    return out
