"""The grammar of arrangement bars, by the state of the cursor: every bar that is sampled is valid
music data (see `tokens.grammar`, which follows whole sequences)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.cursor import DRUMS, Cursor
from restyle.decoding.state import STATES, State
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]


def _of_kinds(*kinds: v.Kind) -> Mask:
    mask = np.zeros(v.SIZE, dtype=np.bool_)
    for kind in kinds:
        mask[kind.first : kind.end] = True
    return mask


_NOTHING = _of_kinds()
_ALLOWED: dict[int, tuple[Mask, Mask]] = {  # of pitched parts, and of drums
    State.PART: (_NOTHING, _NOTHING),
    State.DENSITY: (_of_kinds(v.SIZE_OF_CHORDS), _of_kinds(v.FIGURE)),
    State.SIZE: (_of_kinds(v.REGISTER),) * 2,
    State.REGISTER: (_of_kinds(v.FIGURE),) * 2,
    State.PHRASE: (_NOTHING, _NOTHING),
    State.SILENT: (_NOTHING, _NOTHING),
    State.ONSET: (_of_kinds(v.PITCH), _of_kinds(v.DRUM)),
    State.PITCH: (_of_kinds(v.DURATION),) * 2,
    State.NOTE: (_NOTHING, _NOTHING),
    State.DONE: (_NOTHING, _NOTHING),
}
_FIXED = np.array([_ALLOWED[state] for state in range(STATES)])
"""What a state allows wherever the row is, shape (states, 2, vocabulary)."""
_SAID = _of_kinds(v.DENSITY)


class Grammar:
    """Only tokens that can follow. The one constraint that always holds."""

    name = "grammar"

    def allow(self, mask: Mask, cursor: Cursor) -> Mask:
        """What the grammar allows, whatever `mask` is."""
        mask = _FIXED[cursor.state, (cursor.part == DRUMS).astype(int)]
        for row, state in enumerate(cursor.state.tolist()):
            if state == State.PART and cursor.begins_phrase(row):
                mask[row] = _SAID
            elif state in (State.PART, State.PHRASE, State.NOTE):
                self._go_on(mask[row], cursor, row)
                if state == State.NOTE:
                    self._more_notes(mask[row], cursor, row)
            elif state == State.SILENT:
                mask[row, cursor.leaving(row)] = True
        return mask

    def _go_on(self, mask: Mask, cursor: Cursor, row: int) -> None:
        begin, end = cursor.sheet.lines[cursor.bar[row] : cursor.bar[row] + 2]
        later = v.POSITION.first + int(cursor.position[row]) + 1
        mask[later : v.POSITION.first + int(end - begin)] = True
        mask[cursor.leaving(row)] = True

    def _more_notes(self, mask: Mask, cursor: Cursor, row: int) -> None:
        pitch = int(cursor.pitch[row])  # chords are spelled upwards
        if cursor.part[row] == DRUMS:
            mask[v.DRUM.first + pitch - v.FIRST_DRUM + 1 : v.DRUM.end] = True
        else:
            mask[v.PITCH.first + pitch + 1 : v.PITCH.end] = True
