"""The grammar: which tokens can come next, so that every sampled bar is valid music data.

A small state machine over the sequence of `restyle.tokens.codec`. It accepts every prefix of every
encoded song, and everything that it accepts decodes.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from restyle.music.classes import CLASSES, PARTS
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

Mask = NDArray[np.bool_]

_HEADING = (v.STYLE, v.MANNER, v.FEEL, v.TEMPO, v.KEY)
_BAR_LENGTHS = [4 * GRID * n // d for n, d in v.METERS]


class Grammar:
    """Follows one sequence token by token.

    `allowed()` is a mask of shape (SIZE,) over the tokens that can come next; `push(token)` takes
    one, and raises ValueError for a token that is not allowed.
    """

    def __init__(self) -> None:
        self.state = "start"
        self.parts: list[int] = []  # parts in use, by number
        self._heading = 0
        self._lead_length = 0  # of the lead bar being written or just written
        self._bar_length = 0  # of the arrangement bar being written
        self._previous_length = 0  # of the lead bar before, whose arrangement comes next
        self._leads = 0
        self._ended = False
        self._part = -1  # index into self.parts
        self._position = -1
        self._chord_position = -1
        self._pitch = -1
        self._in_melody = False

    def allowed(self) -> Mask:
        mask = np.zeros(v.SIZE, dtype=np.bool_)
        getattr(self, f"_allow_{self.state}")(mask)
        return mask

    def push(self, token: int) -> None:
        if not self.allowed()[token]:
            raise ValueError(f"{v.describe(token)} cannot come after '{self.state}'")
        self.advance(token)

    def feed(self, tokens: Iterable[int]) -> None:
        for token in tokens:
            self.push(token)

    def advance(self, token: int) -> None:
        """`push` for a token that is known to be allowed."""
        if token in v.POSITION:
            self._position, self._pitch = v.POSITION.value(token), -1
            self.state = "lead_position" if self.state.startswith("lead") else "onset"
        elif token in v.PITCH:
            self._pitch = v.PITCH.value(token)
            if self.state == "lead_position":
                self._in_melody, self.state = True, "lead_pitch"
            else:
                self.state = "pitch"
        elif token in v.DURATION:
            self.state = "lead_note" if self.state == "lead_pitch" else "note"
        elif token in v.DRUM:
            self._pitch, self.state = v.DRUM.value(token), "note"
        elif token in v.CHORD:
            self._chord_position = self._position
            self.state = "lead_chord" if token < v.NO_CHORD else "lead_bare"
            self._pitch = v.CHORD.value(token) % 12
        elif token in v.BASS:
            self.state = "lead_bare"
        elif v.DENSITY.first <= token < v.FIGURE.end:
            self._advance_attributes(token)
        else:
            self._advance_structure(token)

    def _advance_attributes(self, token: int) -> None:
        if token in v.DENSITY:
            silent = v.DENSITY.value(token) == 0
            self.state = "silent" if silent else "figure" if self._drumming else "size"
        elif token in v.SIZE_OF_CHORDS:
            self.state = "register"
        else:
            self.state = "figure" if token in v.REGISTER else "phrase"

    def _advance_structure(self, token: int) -> None:
        if token in v.PART:
            self._enter_part(token)
        elif token in v.BAR:
            self._enter_lead(token)
        elif token == v.END:
            self._previous_length, self._ended, self.state = self._lead_length, True, "ended"
        elif token == v.EOS:
            self.state = "finished"
        else:
            self._advance_heading(token)

    def _advance_heading(self, token: int) -> None:
        if token == v.BOS:
            self.state = "heading"
        elif token in v.INSTRUMENT:
            self.parts.append(PARTS.index(CLASSES[v.INSTRUMENT.value(token)].part))
            self.state = "uses"
        else:
            self._heading += 1
            self.state = "heading" if self._heading < len(_HEADING) else "uses"

    def _enter_lead(self, token: int) -> None:
        self._previous_length = self._lead_length
        self._lead_length = _BAR_LENGTHS[v.BAR.value(token)]
        self._leads += 1
        self._position = self._chord_position = -1
        self._in_melody = False
        self.state = "lead_bar"

    def _enter_part(self, token: int) -> None:
        if self.state not in ("note", "part", "phrase", "silent"):  # a new bar begins
            self._part, self._bar_length = -1, self._previous_length
        self._part += 1
        self._position = self._pitch = -1
        self.state = "part"

    def _allow_start(self, mask: Mask) -> None:
        mask[v.BOS] = True

    def _allow_heading(self, mask: Mask) -> None:
        kind = _HEADING[self._heading]
        mask[kind.first : kind.end] = True

    def _allow_uses(self, mask: Mask) -> None:
        last = self.parts[-1] if self.parts else -1
        for number, instrument in enumerate(CLASSES):
            mask[v.INSTRUMENT[number]] = PARTS.index(instrument.part) > last
        if self.parts:
            mask[v.BAR.first : v.BAR.end] = True

    def _allow_lead_bar(self, mask: Mask) -> None:
        mask[v.POSITION[0]] = True

    def _allow_lead_position(self, mask: Mask) -> None:
        if not self._in_melody and self._position > self._chord_position:
            mask[v.CHORD.first : v.CHORD.end] = True
        if self._chord_position >= 0:
            mask[v.PITCH.first : v.PITCH.end] = True

    def _allow_lead_chord(self, mask: Mask) -> None:
        mask[v.BASS.first : v.BASS.end] = True
        mask[v.BASS[self._pitch]] = False  # the root in the bass goes without saying
        self._allow_lead_bare(mask)

    def _allow_lead_bare(self, mask: Mask) -> None:
        mask[v.POSITION.first : v.POSITION.first + self._lead_length] = True
        self._allow_after_lead(mask)

    def _allow_lead_pitch(self, mask: Mask) -> None:
        mask[v.DURATION.first : v.DURATION.end] = True

    def _allow_lead_note(self, mask: Mask) -> None:
        later = v.POSITION.first + self._position + 1
        mask[later : max(later, v.POSITION.first + self._lead_length)] = True
        self._allow_after_lead(mask)

    def _allow_after_lead(self, mask: Mask) -> None:
        if self._leads > 1:
            mask[v.PART[self.parts[0]]] = True
        else:
            self._allow_next_bar(mask)

    def _allow_next_bar(self, mask: Mask) -> None:
        mask[v.BAR.first : v.BAR.end] = True
        mask[v.END] = True

    def _allow_ended(self, mask: Mask) -> None:
        mask[v.PART[self.parts[0]]] = True

    def _allow_part(self, mask: Mask) -> None:
        mask[v.DENSITY.first : v.DENSITY.end] = True
        self._allow_more(mask)

    def _allow_size(self, mask: Mask) -> None:
        mask[v.SIZE_OF_CHORDS.first : v.SIZE_OF_CHORDS.end] = True

    def _allow_register(self, mask: Mask) -> None:
        mask[v.REGISTER.first : v.REGISTER.end] = True

    def _allow_figure(self, mask: Mask) -> None:
        mask[v.FIGURE.first : v.FIGURE.end] = True

    def _allow_phrase(self, mask: Mask) -> None:
        self._allow_more(mask)

    def _allow_silent(self, mask: Mask) -> None:
        self._allow_next_part(mask)

    def _allow_more(self, mask: Mask) -> None:
        later = v.POSITION.first + self._position + 1
        mask[later : max(later, v.POSITION.first + self._bar_length)] = True
        self._allow_next_part(mask)

    def _allow_next_part(self, mask: Mask) -> None:
        if self._part + 1 < len(self.parts):
            mask[v.PART[self.parts[self._part + 1]]] = True
        elif self._ended:
            mask[v.EOS] = True
        else:
            self._allow_next_bar(mask)

    def _allow_onset(self, mask: Mask) -> None:
        kind = v.DRUM if self._drumming else v.PITCH
        mask[kind.first : kind.end] = True

    def _allow_pitch(self, mask: Mask) -> None:
        mask[v.DURATION.first : v.DURATION.end] = True

    def _allow_note(self, mask: Mask) -> None:
        kind = v.DRUM if self._drumming else v.PITCH
        mask[kind.first + self._pitch + 1 : kind.end] = True  # chords are spelled upwards
        self._allow_more(mask)

    def _allow_finished(self, mask: Mask) -> None:
        pass

    @property
    def _drumming(self) -> bool:
        return PARTS[self.parts[self._part]] == "drums"
