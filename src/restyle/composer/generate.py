"""New music from a network: note after note, on a beat, in bars, in phrases that come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.composer.corpus import number
from restyle.composer.ending import NOTES, ending
from restyle.composer.engine import Network
from restyle.composer.form import draw_form
from restyle.composer.lean import DOMINANT, SCALES, SILENCE, TONIC, Leanings
from restyle.composer.notes import ELEMENT, Elements, note_pitch, pitch_classes
from restyle.composer.pieces import Piece
from restyle.composer.plan import BarPlan, Planner, Slot
from restyle.composer.pulse import Pulse
from restyle.composer.sampling import draw
from restyle.composer.vocabulary import LENGTHS, LONGEST_STEP, nearest_length
from restyle.composer.weights import Habits, Style
from restyle.composer.writing import Row, Writing

WARM_UP = 32
"""Notes written and thrown away before a piece begins: a network that has heard nothing writes
thin and aimless bars."""
ECHO, CADENCE, HOME = 1.0, 1.2, 1.5
"""Leanings, in nats: to the notes of a bar that returns, to the chord on which a phrase closes,
to the tonic on the first beat of all."""
LAST_WORDS = 12
"""The last so many notes before the ending lean to the dominant."""
LEAST = 40
"""Notes of a piece below which it gets no ending of its own, but a tonic as its last note."""
TIRED = 0.7
"""What a note loses for every time more than two that it was struck in a row."""
_EVEN = 6
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sheet:
    """What was written, in C major or A minor: elements and the length of their bars."""

    elements: Elements
    bar: int
    mode: str


def write(
    network: Network,
    style: str,
    count: int,
    seed: int = 0,
    habits: Habits | None = None,
    rhythm: str = "real",
    prime: Piece | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sheet:
    """Write `count` new notes and chords (those of `prime` not counted, nor returned).

    `rhythm`: "real" for durations and rests of the network's own, "even" for one note every half
    beat. The same arguments give the same notes.
    """
    slot, about = network.card.style(style)
    writer = _Writer(network, slot, about, habits or about.habits, rhythm, seed)
    writer.begin(prime)
    closing = NOTES if count >= LEAST and rhythm != "even" else 0
    for done in range(count - closing):
        writer.next(count - closing - done, bool(closing))
        if progress and done % 20 == 0:
            progress(done, count)
    if closing:
        writer.end()
    if progress:
        progress(count, count)
    return writer.sheet()


class _Writer:
    def __init__(
        self, network: Network, slot: int, style: Style, habits: Habits, rhythm: str, seed: int
    ):
        self.net, self.slot, self.habits = network, slot, habits
        self.even = rhythm == "even"
        self.rng = np.random.default_rng(seed)
        self.symbols = network.card.symbols
        self.lean = Leanings(self.symbols)
        self.since_refresh = 0
        shares = np.array([share for _, share in style.meters])
        bar = style.meters[int(self.rng.choice(len(shares), p=shares / shares.sum()))][0]
        self.minor = bool(self.rng.random() < style.minor)
        self.work = Writing(self.symbols, bar)
        self.pulse = Pulse(habits, self.rng)
        form = draw_form(style.name, self.rng)
        self.planner = Planner(form, habits.recall, habits.motif, self.rng)
        self.slots: list[Slot] = []
        """What is left of the rhythm of this bar, where it was given."""
        self.first = 0
        """Number of the first row that is given out."""
        self.zero: int | None = None
        """The bar with which the form begins; None while there is none."""

    def begin(self, prime: Piece | None) -> None:
        """Hear the prime, or write and throw away a few notes."""
        if prime is None:
            self._add(self._opening(), 7, 0 if self.rng.random() < 0.5 else 12)
            for left in range(WARM_UP, 0, -1):
                self._one(leave=left == 1)
            self.zero = -(-self.work.now // self.work.bar)
        else:
            self._hear(prime)
            self.zero = self.work.now // self.work.bar + 1
        self.first = len(self.work.rows)

    def _hear(self, prime: Piece) -> None:
        self.minor = prime.mode == "minor"
        bar = int(prime.bars[-1] - prime.bars[-2]) if len(prime.bars) > 1 else self.work.bar
        rows = number(prime, self.net.card.notes, self.slot).known
        start = prime.elements["start"]
        # from here on bars are counted from the last bar line of the prime
        line = int(prime.bars[prime.bars <= start[-1]][-1]) if len(prime.bars) else 0
        self.work = Writing(self.symbols, bar)
        self.work.now = int(start[0]) + (line // bar + 1) * bar - line
        steps = np.diff(start)
        for row, step in zip(rows, steps.tolist(), strict=True):
            self.work.add(row, step)
        self.net.hear_all(np.array(self.work.rows[-self.net.card.window :]))

    def _opening(self) -> int:
        """A note or chord of the tonic to begin with."""
        tonic = np.flatnonzero(self.lean.within(TONIC[self.minor]))
        fits = [i for i in tonic if not self.lean.single[i] or 48 <= self.lean.pitch[i] <= 76]
        return int(self.rng.choice(fits)) if fits else 0

    def next(self, left: int, ends: bool) -> None:
        """Write one more note or chord, the last but `left` - 1; `ends`: an ending follows."""
        if left == 1 and not ends:
            self._last()
            return
        self._one(leave=left == 1, dominant=ends and left <= LAST_WORDS)

    def _one(self, leave: bool = False, dominant: bool = False) -> None:
        """One note with its rhythm. `leave` ends the bar with it, `dominant` leans there."""
        plan = self._plan(self.work.now)
        slot = self.slots.pop(0) if self.slots else None
        self.slots = [] if leave else self.slots
        old = self.work.rows[slot.row] if slot else None
        if old is not None and plan and plan.exact:
            note, length, low = int(old[0]), int(old[1]), int(old[3])
        else:
            logits = self._logits(plan, old)
            if dominant:
                logits += CADENCE * self.lean.to_classes(DOMINANT[self.minor])
            note = draw(logits, self.rng, self.habits.temperature, self.habits.top_p)
            length, low = self._shape(note, old)
        if leave:
            step = min(self.work.to_line(), LONGEST_STEP)
        else:
            step = self._step(note, length, slot is not None)
        self._add(note, length, step, low)

    def _plan(self, onset: int) -> BarPlan | None:
        """The plan of the bar in which an onset lies; None before the form begins."""
        bar = onset // self.work.bar
        if self.zero is None or bar < self.zero:
            return None
        return self.planner.plan(bar - self.zero, self._written)

    def _written(self, bar: int) -> list[Slot]:
        """What stands in a bar of the form."""
        return self.work.bars.get(bar + (self.zero or 0), []) if bar >= 0 else []

    def _logits(self, plan: BarPlan | None, old: Row | None = None) -> Floats:
        """What may come next, and how likely."""
        logits = np.asarray(self.net.log_notes(), dtype=np.float64)
        h, lean = self.habits, self.lean
        if h.key:
            logits = logits + h.key * lean.to_classes(SCALES[self.minor])
        logits = logits + lean.away_from_crowds(self.work.recent, h.room)
        harmony = self.work.chord()
        if h.chord and harmony:
            logits += h.chord * lean.to_classes(harmony)
        if plan:
            self._lean_to_form(logits, plan, old)
        if self.work.rows:
            logits[int(self.work.rows[-1][0])] += h.stay - TIRED * max(self.work.run - 2, 0)
        if not self.even:
            logits[self.work.at_now()] = SILENCE
        return logits

    def _lean_to_form(self, logits: Floats, plan: BarPlan, old: Row | None) -> None:
        """Towards what returns here, and towards the chord on which a phrase closes."""
        lean, place = self.lean, plan.place
        if old is not None:
            logits += lean.near(int(old[0]))
        if place.source is not None:
            logits += ECHO * lean.to_classes(self.work.beat_of(place.source + (self.zero or 0)))
            if old is not None:
                logits[int(old[0])] += ECHO
        if place.close and self.work.now % self.work.bar >= self.work.bar // 2:
            chord = (DOMINANT if place.close == "open" else TONIC)[self.minor]
            logits += CADENCE * lean.to_classes(chord)
        if place.phrase == place.within == 0 and self.work.now % self.work.bar == 0:
            logits += HOME * lean.to_classes(TONIC[self.minor])

    def _shape(self, note: int, old: Row | None) -> tuple[int, int]:
        """Number of a note's length, and the lowest pitch of a chord (-1 for a note)."""
        single = self.lean.single
        length, _, low = self.net.log_rhythm(note)
        bass = -1
        if not single[note]:
            allowed = np.full(128, SILENCE)
            for pc in pitch_classes(self.symbols[note]):
                allowed[pc::12] = low[pc::12]
            bass = draw(allowed, self.rng, 1.0, 0.9)
        if self.even:
            return LENGTHS.index(_EVEN), bass
        if old is not None and single[note] == single[int(old[0])]:
            return int(old[1]), bass
        return self.pulse.length(length, self.work), bass

    def _step(self, note: int, length: int, leave: bool) -> int:
        """Twelfths to the next onset; `leave`: not in this bar."""
        work = self.work
        if self.slots:  # the rhythm of this bar is given
            return self.slots[0].offset - work.now % work.bar
        to_line = work.to_line()
        if self.even:
            step = _EVEN
        else:
            step = self.pulse.step(self.net.log_rhythm(note)[1][length], work, leave, self._plan)
        return self._enter(step) if step >= to_line else step

    def _enter(self, step: int) -> int:
        """The step into another bar, to where its rhythm begins if that is given."""
        work = self.work
        onset = work.now + step
        plan = self._plan(onset)
        if plan is None or not plan.slots:
            return step
        given = onset - onset % work.bar + plan.slots[0].offset - work.now
        if given <= LONGEST_STEP:
            self.slots = list(plan.slots)
            return given
        self.planner.free(onset // work.bar - (self.zero or 0))
        return step

    def _last(self) -> None:
        """A note of the tonic, long, to end without an ending."""
        logits = self._logits(None)
        home = self.lean.within(TONIC[self.minor])
        if home.any():
            logits = np.where(home, logits, SILENCE)
        note = draw(logits, self.rng, self.habits.temperature, self.habits.top_p)
        _, low = self._shape(note, None)
        length = _EVEN if self.even else min(self.work.bar, 48)
        self._add(note, LENGTHS.index(length), _EVEN, low)

    def end(self) -> None:
        """Bass, chord and tune of the tonic, held for a bar."""
        length = int(nearest_length(np.array(min(self.work.bar, 48))))
        for note, low in ending(self.symbols, self.work.rows, self.minor):
            self._add(note, length, 0, low)

    def _add(self, note: int, length: int, step: int, low: int = -1) -> None:
        if self.lean.single[note]:
            low = note_pitch(self.symbols[note])
        work = self.work
        phase = (work.now + step) % work.bar
        kind = 2 * self.slot + self.minor
        row = [note, length, step, low if low >= 0 else 48, phase, work.bar // 3, kind]
        work.add(np.array(row, dtype=np.int64), step)
        window = self.net.card.window
        self.since_refresh += 1
        if self.net.card.variant == "last" or self.since_refresh > window // 2:
            # never further from silence than in training
            self.net.hear_all(np.array(work.rows[-window:]))
            self.since_refresh = 0
        else:
            self.net.listen(work.rows[-1])

    def sheet(self) -> Sheet:
        rows, onsets = self.work.rows[self.first :], self.work.onsets[self.first :]
        first = onsets[0] // self.work.bar * self.work.bar
        made = [
            (self.symbols[r[0]], t - first, LENGTHS[r[1]], r[3])
            for r, t in zip(rows, onsets, strict=True)
        ]
        return Sheet(np.array(made, ELEMENT), self.work.bar, "minor" if self.minor else "major")
