"""Leaning: what makes one token likelier than the model has it.

A small model knows the notes of its window, and little of the song around it. What it cannot know
or slips on is said to it as nats added to its predictions: chord and scale, the bass on the root
where the chord changes, the music that was played the first time (see `memory`), and fills that
lead into a new passage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.groove import Groove
from restyle.decoding.habits import Habits
from restyle.decoding.memory import Recall, form_of, parts_of, phrases
from restyle.decoding.pace import Lengths, LengthsByPlace, Pace
from restyle.decoding.voicing import Register, Voicing, VoicingOptions
from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID
from restyle.tokens import encode_lead
from restyle.tokens import vocabulary as v

FILLS = {41: 1.0, 43: 1.0, 45: 1.0, 47: 1.0, 48: 1.0, 50: 1.0, 38: 0.5, 40: 0.5}
"""Drums of a fill (toms, snares) and their share of `LeanOptions.fill`."""
CRASHES = (49, 57)
FREE_AT_THE_END = 0.5
"""What is left of the memory in the last bar of a passage: the second time may go elsewhere."""

DRUMS_SHARE = 0.5
"""Share of the memory that drums need: their figures are steady by themselves."""


@dataclass(frozen=True)
class LeanOptions:
    """How many nats for what; 0 leaves it to the model."""

    voicing: VoicingOptions = field(default_factory=VoicingOptions)
    """What chord, bass line and tune call for."""
    monotony: float = 1.0
    """Off a pitch for each time that it was struck in this bar with no other, after the second."""
    memory: float = 4.0
    """On what was played the first time, where the song repeats."""
    fill: float = 2.5
    """On toms and snare before a new passage, and on the crash that begins it."""
    habits: float = 1.0
    """Weight of the style's habits."""
    pace: float = 1.0
    """Weight of the style's pace."""
    by_place: float = 1.0
    """Weight of how long the style's notes are by where they begin."""
    groove: float = 1.0
    """Weight of the strokes that the style's drums are known by."""


FEWER, MORE = 0.3, 0.9
"""Shares of the pace's nats that go into whether there is another place, and not only how far on:
of a part that plays too much, whose bars would only end sooner, and of one that plays too
little."""
SHORTEST, LONGEST = 4, 36
"""Grid positions of the strides that pace tells apart: a part that plays too little is not to roll,
nor one that plays too much to fall silent."""
WHETHER = {"part": (v.POSITION,), "note": (v.PITCH, v.DRUM, v.POSITION)}
"""The kinds of tokens that stand beside others in a state of the grammar, so that nats on some of
them also say whether there is one at all."""
_STRIDES = np.log(np.clip(np.arange(1.0, v.POSITION.size + 1), SHORTEST, LONGEST) / GRID)


class Leaning:
    """Follows the sampling of a song and says what to lean on, token by token.

    `figures` are the style's, `lowest` is the part that has the bass, `habits` what the style's
    parts do oftener than the model, `by_place` its lengths by place (see `pace.LengthsByPlace`).
    """

    def __init__(
        self,
        lead: LeadSheet,
        options: LeanOptions,
        figures: Mapping[str, Any] | None = None,
        lowest: str = "bass",
        habits: Habits | None = None,
        by_place: NDArray[np.float64] | None = None,
    ):
        figures = figures or {}
        self._habits = habits or Habits([])
        self._options = options
        self._lines = lead.bar_starts()
        self._form = form_of(encode_lead(lead))
        register = Register(lowest, float(figures.get("depth", 0.0)))
        sevenths = float(figures.get("sevenths", 0.0))
        self._voicing = Voicing(lead, options.voicing, sevenths, register)
        self._pace = Pace(figures.get("pace", {}), options.pace)
        self._groove = Groove(figures.get("groove", {}), options.groove)
        self._meters = _whole_meters(lead)
        self._lengths = Lengths(figures.get("lengths", {}), options.pace)
        share = float(figures.get("by_place", 1.0))
        self._by_place = LengthsByPlace(by_place, options.by_place * share)
        self._phrase_begins = phrases(self._form)
        self._bar = 0
        self._first_time: dict[int, list[int]] = {}
        self._recall: Recall | None = None
        self._part, self._position, self._key = -1, -1, -1
        self._tokens: list[int] = []  # of this part in this bar
        self._struck: dict[int, int] = {}
        self._low: dict[int, int] = {}  # each part's lowest note of the place before

    def begin_bar(self, bar: int, played: Sequence[list[int]]) -> None:
        """Bar `bar` comes next; `played` are the tokens of the arrangement bars before it."""
        self._bar = bar
        self._voicing.begin_bar()
        self._groove.begin_bar(self._meters[bar])
        source = int(self._form.source[bar])
        self._first_time = parts_of(played[source]) if 0 <= source < len(played) else {}

    def begin_part(self, part: str) -> None:
        """The part that plays next in this bar."""
        self.end_part()
        self._part, self._position, self._key = PARTS.index(part), -1, -1
        self._struck, self._tokens = {}, []
        self._voicing.begin_part(part)
        ending = self._begins(self._bar + 1)
        nats = self._options.memory * (FREE_AT_THE_END if ending else 1.0)
        if part == "drums":
            nats *= DRUMS_SHARE
        tokens = self._first_time.get(self._part)
        self._recall = Recall(tokens, nats) if tokens is not None and nats else None

    def end_part(self) -> None:
        """The part is done with this bar."""
        if self._part >= 0:
            self._pace.played(PARTS[self._part], self._tokens)
            if PARTS[self._part] == "drums":
                self._groove.end_bar()
        self._part, self._tokens = -1, []

    def took(self, token: int) -> None:
        """A token of this part was chosen."""
        self._tokens.append(token)
        if token in v.DURATION:
            self._lengths.took(PARTS[self._part], token)
            self._by_place.took(self._place, token)
            length = v.DURATIONS[v.DURATION.value(token)]
            self._voicing.held(self._place, v.PITCH.value(self._key), length)
        if token in v.POSITION:
            self._position, self._key = token, -1
        elif token in v.PITCH or token in v.DRUM:
            if self._key < 0 and token in v.PITCH:
                self._low[self._part] = v.PITCH.value(token)
            self._key = token
            if token in v.PITCH:
                self._voicing.struck(self._place, v.PITCH.value(token))
            self._struck[token] = self._struck.get(token, 0) + 1
            if token in v.DRUM:
                self._groove.struck(self._at, v.DRUM.value(token) + v.FIRST_DRUM)

    def leaned(
        self, logits: NDArray[np.float32], allowed: NDArray[np.bool_], state: str
    ) -> NDArray[np.float32]:
        """The logits with the nats added, in a state of the grammar; all of shape (v.SIZE,).

        Most nats say which note or place, not whether there is another one: so the chances of all
        pitches together, and of all places, stay what they were. Memory, density and the tune,
        which is not to be covered, say whether.
        """
        out = logits + self._which(state)
        for kind in WHETHER.get(state, ()):
            group = slice(kind.first, kind.end)
            here = allowed[group]
            if np.count_nonzero(here):
                out[group] -= _log_sum(out[group][here]) - _log_sum(logits[group][here])
        places, notes = self._density(state)
        if places or notes:
            out[v.POSITION.first : v.POSITION.end] += places
            out[v.PITCH.first : v.PITCH.end] += notes
            out[v.DRUM.first : v.DRUM.end] += notes
        if state in ("onset", "note"):
            first, nats = self._voicing.above_tune(PARTS[self._part], self._place)
            out[first : v.PITCH.end] -= nats
        if state == "note" and PARTS[self._part] == "drums":
            for token, nats in self._groove.drums(self._at).items():
                out[token] += nats
        if self._recall:
            for token, nats in self._recall.lean(self._position, self._key, state).items():
                out[token] += nats
        return out

    def _density(self, state: str) -> tuple[float, float]:
        """Nats on another place, and on another note at this place."""
        if state not in ("part", "note"):
            return 0.0, 0.0
        part = PARTS[self._part]
        habit, pace = self._habits.density(part, state), self._pace.nats(part)
        places = (FEWER if pace[0] < 0 else MORE) * pace[0]
        return habit[0] + places, habit[1] + pace[1]

    @property
    def _place(self) -> int:
        """The grid position of the last place, or of the bar."""
        return int(self._lines[self._bar]) + self._at

    @property
    def _at(self) -> int:
        """The last place of this bar, 0 before the first."""
        return v.POSITION.value(self._position) if self._position >= 0 else 0

    def _which(self, state: str) -> NDArray[np.float32]:
        part, voicing = PARTS[self._part], self._voicing
        out = self._on_lengths(part) if state == "pitch" else self._on_notes(part, state)
        root = voicing.roots[voicing.chord_at(self._place)]
        last = self._low.get(self._part, -1)
        if state == "note":
            last = v.PITCH.value(self._key) if self._key in v.PITCH else -1
        habits = self._habits.nats(part, state, self._length, root, last, self._at)
        return out if habits is None else out + habits

    def _on_lengths(self, part: str) -> NDArray[np.float32]:
        out = self._voicing.lengths(self._place, v.PITCH.value(self._key))
        out = np.zeros(v.SIZE, dtype=np.float32) if out is None else out
        for nats in (self._lengths.nats(part), self._by_place.nats(self._place)):
            if nats is not None:
                out[v.DURATION.first : v.DURATION.end] += nats
        return out

    def _on_notes(self, part: str, state: str) -> NDArray[np.float32]:
        """On places and on what is struck there."""
        passing = self._habits.passing(part)
        out: NDArray[np.float32] = self._voicing.pitches(self._place, self._key < 0, passing)
        if state != "onset":
            arriving = self._voicing.places(part, int(self._lines[self._bar]), self._length)
            out = out.copy() if arriving else out
            for token, nats in arriving.items():
                out[token] += nats
            out = self._strided(out, part)
        if part == "drums":
            return self._with_fill(self._with_groove(out, state))
        return self._off_monotony(out) if len(self._struck) == 1 else out

    def _strided(self, out: NDArray[np.float32], part: str) -> NDArray[np.float32]:
        """With the strides that the part has the habit of, longer ones where it plays too much and
        shorter ones where it plays too little: ending its bars sooner or later would not do."""
        if self._position < 0:
            return out
        out = out.copy()
        ahead = out[self._position + 1 : v.POSITION.end]
        ahead -= self._pace.nats(part)[0] * _STRIDES[: len(ahead)]
        strides = self._habits.strides(part)
        if strides is not None:
            ahead[: len(strides)] += strides[: len(ahead)]
        return out

    def _off_monotony(self, nats: NDArray[np.float32]) -> NDArray[np.float32]:
        """Less of a pitch that is all that was struck in this bar."""
        ((token, times),) = self._struck.items()
        if times < 2:
            return nats
        out = nats.copy()
        out[token] -= self._options.monotony * (times - 1)
        return out

    def _with_groove(self, nats: NDArray[np.float32], state: str) -> NDArray[np.float32]:
        leaned = self._groove.drums(self._at) if state == "onset" else self._groove.places()
        out = nats.copy()
        for token, more in leaned.items():
            out[token] += more
        return out

    def _with_fill(self, nats: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._position < 0:
            return nats
        at = v.POSITION.value(self._position)
        if at == 0 and self._begins(self._bar) and self._bar:
            leaned = dict.fromkeys(CRASHES, 1.0)
        elif self._begins(self._bar + 1) and 2 * at >= self._length:
            leaned = FILLS
        else:
            return nats
        out = nats.copy()
        for drum, share in leaned.items():
            out[v.DRUM[drum - v.FIRST_DRUM]] += share * self._options.fill
        return out

    @property
    def _length(self) -> int:
        return int(self._lines[self._bar + 1] - self._lines[self._bar])

    def _begins(self, bar: int) -> bool:
        return bar < len(self._phrase_begins) and bool(self._phrase_begins[bar])


def _whole_meters(lead: LeadSheet) -> list[str]:
    """The meter of each bar; none for a pickup or another bar that is not whole, whose places are
    not those of the meter."""
    lines = lead.bar_starts()
    meters = [lead.meter_at(int(line)) for line in lines[:-1]]
    lengths = np.diff(lines)
    return [
        meter.name if meter.bar_length(GRID) == length else ""
        for meter, length in zip(meters, lengths, strict=True)
    ]


def _log_sum(logits: NDArray[np.float32]) -> float:
    top = float(logits.max())
    return top + float(np.log(np.exp(logits - top).sum()))
