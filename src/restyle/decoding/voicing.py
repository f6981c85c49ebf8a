"""Voicing: which pitches chord, bass line and tune call for, and how long they may ring.

What a small model slips on is said to it as nats: notes of the chord before others of the scale,
these before the rest; the chord's bass note at the bottom where a chord begins; accompaniment
below the tune; and notes that the next chord does not have end with the chord that has them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.critic.takes import harmony
from restyle.decoding.following import Following, FollowOptions
from restyle.decoding.passing import Line, by_step, may_pass
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, QUALITIES, Chord
from restyle.tokens import vocabulary as v

Nats = NDArray[np.float32]

RICH = 0.6
"""Share of sevenths in the chords of a style from which on its colours cost nothing."""
COLOURS = (2, 9, 10, 11)
"""Ninth, sixth and sevenths above the root; those in the key's scale are a chord's colours."""
NO_CHORD = 0.5
"""Share of the nats for a chord where none is heard, which keeps an intro from wandering."""
BELOW = ("drums", "bass")
"""Parts that lie below the tune without being told."""
NEAR = 8 * GRID
"""Grid positions for which a tune that rests is still in the ear, or already expected."""
EASY, MOST_HIGH = 4, 16
"""Semitones above the style's depth that a bass note may lie for nothing, and beyond these the
semitones that count."""
_DURATIONS = np.array(v.DURATIONS)


@dataclass(frozen=True)
class VoicingOptions:
    """How many nats for what; 0 leaves it to the model.

    Chord, root and full were raised until five beats of six are heard again on the root they were
    given; the tune's were set so that no more notes lie above it than in real songs.
    """

    inside: float = 1.3
    """Off a pitch outside chord and scale."""
    chord: float = 5.5
    """Off a pitch of the scale that the chord does not have; less for its colours (sixth, seventh,
    ninth) in a style that is rich in them."""
    root: float = 6.5
    """On the chord's bass note, for what the lowest part plays first in a chord."""
    tune: float = 2.2
    """Off a pitch above the note of the tune that sounds; half of it where the tune rests."""
    deep: float = 0.25
    """A semitone, off what the lowest part plays first in a chord, from `EASY` semitones above the
    style's depth on."""
    ring: float = 2.5
    """Off a length that carries a note into a chord that does not have it."""
    full: float = 2.4
    """On the root, third and fifth of a chord that nobody has struck yet in this bar; in a rich
    style on the seventh in place of the fifth."""
    step: float = 1.2
    """Off such a note where it passes (see `passing`); how much oftener or less the style's parts
    do so than samples is for its habits to say."""
    resolve: float = 2.0
    """On the chord's notes a step away from a note that the chord did not have."""
    follow: FollowOptions = field(default_factory=FollowOptions)
    """What the song's own accompaniment sounds."""
    arrive: float = 2.0
    """On the places where a chord begins, for the lowest part."""


@dataclass(frozen=True)
class Register:
    """Who plays the bass, and where."""

    lowest: str = "bass"
    """The part that has it."""
    depth: float = 0.0
    """The middle of the lowest pitches of the style's bars (`corpus.measure.depth_of`); 0 where
    nobody knows."""


class Voicing:
    """The nats for one song. `sevenths` is the share of them in the style's chords."""

    def __init__(
        self,
        lead: LeadSheet,
        options: VoicingOptions,
        sevenths: float = 0.0,
        register: Register | None = None,
    ):
        register = register or Register()
        self._options, self._lowest = options, register.lowest
        self._deep = _deep(register.depth, options.deep)
        self.roots = [-1, *(c.root for c in lead.chords)]
        """The root of each chord, with one before the first (-1 for none)."""
        chords, self._inside = harmony(lead)
        self._chords: list[int] = chords.tolist()  # looked into for every token: lists are faster
        self._end = lead.length + v.DURATIONS[-1]
        self._sung: list[int] = lead.melody["pitch"].tolist()
        self._sung_from: list[int] = lead.melody["start"].tolist()
        self._sung_to: list[int] = (lead.melody["start"] + lead.melody["duration"]).tolist()
        self._plain = 1.0 - min(sevenths / RICH, 1.0)
        self._fill_tables(lead)
        self._answered = -1  # the chord that has its bass note
        self._missing: dict[int, Nats] = {}  # by chord, what it lacks in this bar
        self._following = None
        if lead.sounding is not None:
            self._following = Following(lead.sounding, options.follow)
        self._lines: dict[str, Line] = {}
        self._part = ""

    def _fill_tables(self, lead: LeadSheet) -> None:
        options, pitches = self._options, slice(v.PITCH.first, v.PITCH.end)
        classes = np.arange(128) % 12
        # a row for each chord, and one before the first
        self._harmony = np.zeros((len(self._inside), v.SIZE), dtype=np.float32)
        self._harmony[:, pitches] = -options.inside * ~self._inside[:, classes]
        self._below = self._harmony.copy()  # for bass notes: no colours there
        self._basses = np.zeros_like(self._harmony)
        self._triads = np.zeros_like(self._harmony)
        plain = self._plain
        scale = self._inside[0]
        leant_on = _leant_on(lead.chords)
        self._leant_on = [chord for chord, _ in leant_on]
        for i, (chord, share) in enumerate(leant_on):
            if not share:
                continue
            off = share * np.array([k not in chord.pitch_classes for k in range(12)])
            self._below[i, pitches] -= options.chord * off[classes]
            for step in COLOURS:
                colour = (chord.root + step) % 12
                off[colour] *= plain if scale[colour] else 1.0
            self._harmony[i, pitches] -= options.chord * off[classes]
            self._basses[i, pitches] = share * options.root * (classes == chord.bass % 12)
            wanted = _wanted(chord, scale, plain)
            self._triads[i, pitches] = share * options.full * wanted[(classes - chord.root) % 12]
        self._basses += self._deep
        self._fitting = self._harmony[:, v.PITCH.first : v.PITCH.first + 12] >= 0.0

    def chord_at(self, place: int) -> int:
        """The number of the chord that sounds at a grid position, counted from 1; 0 before all."""
        return bisect_right(self._chords, place)

    def begin_bar(self) -> None:
        """Another bar begins."""
        self._missing = {}

    def begin_part(self, part: str) -> None:
        """A part plays from here on, or goes on in another bar."""
        self._answered, self._part = -1, part

    def struck(self, place: int, pitch: int) -> None:
        """A pitch was struck at a grid position."""
        self._answered = self.chord_at(place)
        self._line.struck(place, pitch)
        self._lacking(self._answered)[v.PITCH.first + pitch % 12 : v.PITCH.end : 12] = 0.0

    def held(self, place: int, pitch: int, length: int) -> None:
        """The pitch that was struck at a grid position is held for so many."""
        if self._following:
            self._following.sounds(place, pitch, length)

    def pitches(self, place: int, lowest_note: bool, passing: float = 0.0) -> Nats:
        """Nats on pitches at a grid position; shape (v.SIZE,), not to be written to.

        `lowest_note` says whether the note would be the lowest of those struck there; `passing`
        are the nats that the part's habits have for passing notes.
        """
        chord = self.chord_at(place)
        if self._part == self._lowest and lowest_note:
            if self._answered != chord:
                owed: Nats = self._below[chord] + self._basses[chord]
                return owed
            inside = self._below[chord]
        else:
            inside = self._harmony[chord] + self._lacking(chord)
        if self._following:
            followed = self._following.nats(place, self._leant_on[chord], self._fitting[chord])
            inside = inside if followed is None else inside + followed
        return self._with_steps(inside, chord, place, passing)

    def _with_steps(self, nats: Nats, chord: int, place: int, passing: float) -> Nats:
        """With what may come by step, and what must go on so."""
        began, before = self._line.before(place)
        if began < 0:
            return nats
        out = nats.copy()
        unresolved = [p for p in before if not self._fits(self.chord_at(began), p)]
        if unresolved:
            for pitch in unresolved:
                for near in by_step(pitch):
                    if self._fits(chord, near):
                        out[v.PITCH[near]] = nats[v.PITCH[near]] + self._options.resolve
        elif chord and may_pass(self._part, place, self._chords[chord - 1]):
            for pitch in before:
                for near in by_step(pitch):
                    self._let_pass(out, chord, near, passing)
        return out

    def _let_pass(self, nats: Nats, chord: int, pitch: int, passing: float) -> None:
        if self._fits(chord, pitch):
            return
        outside = 0.0 if self._inside[chord, pitch % 12] else self._options.inside
        eased = passing - self._options.step - outside
        nats[v.PITCH[pitch]] = max(eased, float(self._harmony[chord, v.PITCH[pitch]]))

    @property
    def _line(self) -> Line:
        return self._lines.setdefault(self._part, Line())

    def _lacking(self, chord: int) -> Nats:
        """Nats on what nobody has struck of a chord in this bar."""
        if chord not in self._missing:
            self._missing[chord] = self._triads[chord].copy()
        return self._missing[chord]

    def above_tune(self, part: str, place: int) -> tuple[int, float]:
        """The token of the pitch from which on a part would cover the tune at a grid position, and
        the nats off it and all above."""
        sung, sounds = (-1, False) if part in BELOW else self._sung_at(place)
        if sung < 0:
            return v.PITCH.end, 0.0
        return v.PITCH[sung] + 1, self._options.tune * (1.0 if sounds else 0.5)

    def places(self, part: str, begin: int, length: int) -> dict[int, float]:
        """Nats on places in the bar that begins at `begin`, by token."""
        if part != self._lowest or not self._options.arrive:
            return {}
        first, last = (bisect_left(self._chords, line) for line in (begin, begin + length))
        return {
            v.POSITION[start - begin]: self._options.arrive for start in self._chords[first:last]
        }

    def lengths(self, place: int, pitch: int) -> Nats | None:
        """Nats on the lengths of a pitch struck at a grid position; None for none."""
        chord = self.chord_at(place)
        last = chord + 1
        while last < len(self._inside) and self._fits(last, pitch):
            last += 1
        end = self._chords[last - 1] if last < len(self._inside) else self._end
        if not self._fits(chord, pitch):
            end = min(end, place + GRID)  # what does not fit does not stay
        too_long = place + _DURATIONS > end
        if not too_long.any():
            return None
        out = np.zeros(v.SIZE, dtype=np.float32)
        out[v.DURATION.first : v.DURATION.end] = -self._options.ring * too_long
        return out

    def _fits(self, chord: int, pitch: int) -> bool:
        return bool(self._fitting[chord, pitch % 12])

    def _sung_at(self, place: int) -> tuple[int, bool]:
        """The pitch of the tune at a grid position, and whether it sounds there; where it rests,
        the pitch that comes next or was last, if that is near; -1 for none."""
        starts, pitches = self._sung_from, self._sung
        i = bisect_right(starts, place) - 1
        if i >= 0 and self._sung_to[i] > place:
            return pitches[i], True
        if i + 1 < len(starts) and starts[i + 1] - place <= NEAR:
            return pitches[i + 1], False
        if i >= 0 and place - self._sung_to[i] <= NEAR:
            return pitches[i], False
        return -1, False


def _leant_on(chords: Sequence[Chord]) -> list[tuple[Chord, float]]:
    """What chord to lean on before the first chord and under each, and the share of the nats: where
    none is heard the one before, or in an intro the one to come, and less firmly."""
    known = [chord for chord in chords if chord.root >= 0]
    if not known:
        return [(Chord(0, -1, "maj"), 0.0)] * (len(chords) + 1)
    out, last = [(known[0], NO_CHORD)], known[0]
    for chord in chords:
        last = chord if chord.root >= 0 else last
        out.append((last, 1.0 if chord.root >= 0 else NO_CHORD))
    return out


def _wanted(chord: Chord, scale: NDArray[np.bool_], plain: float) -> NDArray[np.float64]:
    """How much each step above a chord's root is wanted in it, shape (12,): root, third and fifth;
    in a rich style the key's seventh in place of the fifth."""
    wanted = np.zeros(12)
    wanted[list(QUALITIES[chord.triad])] = 1.0
    wanted[[6, 7, 8]] *= plain
    for seventh in (10, 11):
        wanted[seventh] += (1.0 - plain) * scale[(chord.root + seventh) % 12]
    return wanted


def _deep(depth: float, nats: float) -> Nats:
    """Nats on pitches that are too high for a bass; shape (v.SIZE,)."""
    out = np.zeros(v.SIZE, dtype=np.float32)
    if depth:
        high = np.clip(np.arange(128) - depth - EASY, 0, MOST_HIGH)
        out[v.PITCH.first : v.PITCH.end] = -nats * high
    return out
