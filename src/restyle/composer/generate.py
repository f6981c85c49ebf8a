"""New music from a network: note after note, on a beat, in bars, with phrases that come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.composer.corpus import number
from restyle.composer.engine import Network
from restyle.composer.notes import ELEMENT, Elements, is_note, note_pitch, pitch_classes
from restyle.composer.pieces import Piece
from restyle.composer.sampling import draw
from restyle.composer.vocabulary import LENGTHS, LONGEST_STEP
from restyle.composer.weights import Habits, Style

MOST_AT_ONCE = 4
"""Notes and chords on one onset: tune, inner voice, chord and bass."""
CHORD = 3
"""Notes from which on what is struck at once is a chord that the others lean towards."""
CROWD, ROOM, CROWDED = 100, 0.2, 8.0
"""Of the last CROWD notes one note may have ROOM; what is above makes it less likely, in nats."""
SCALES = (0, 2, 4, 5, 7, 9, 11), (9, 11, 0, 2, 4, 5, 6, 7, 8)
"""C major, and A minor with its raised sixth and seventh."""
SILENCE = -1e9
_PLACES = frozenset((0, 3, 4, 6, 8, 9))
_PHRASES = (4, 2, 8, 2)
_ON_GRID = np.array([[(t + s) % 12 in _PLACES for s in range(LONGEST_STEP + 1)] for t in range(12)])
_EVEN = 6


@dataclass(frozen=True)
class Sheet:
    """What was written, in C major or A minor: elements and the length of their bars."""

    elements: Elements
    bar: int
    mode: str
    primed: int = 0
    """How many of the elements are the prime's."""


@dataclass
class _Writing:
    """The piece so far: rows as the network knows them, onsets, and the next onset."""

    rows: list[NDArray[np.int64]]
    onsets: list[int]
    now: int = 0

    def at_now(self) -> list[int]:
        found: list[int] = []
        for row, onset in zip(reversed(self.rows), reversed(self.onsets), strict=True):
            if onset != self.now:
                break
            found.append(int(row[0]))
        return found


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
    for done in range(count):
        writer.next(last=done == count - 1)
        if progress and done % 20 == 0:
            progress(done, count)
    if progress:
        progress(count, count)
    return writer.sheet()


def class_shares(symbols: Sequence[str]) -> NDArray[np.float64]:
    """For each symbol and pitch class the share of its notes that are of that class."""
    shares = np.zeros((len(symbols), 12))
    for row, symbol in zip(shares, symbols, strict=True):
        classes = pitch_classes(symbol)
        row[list(classes)] = 1.0 / len(classes)
    return shares


class _Writer:
    def __init__(
        self, network: Network, slot: int, style: Style, habits: Habits, rhythm: str, seed: int
    ):
        self.net, self.slot, self.style, self.habits = network, slot, style, habits
        self.even = rhythm == "even"
        self.rng = np.random.default_rng(seed)
        self.symbols = network.card.symbols
        # What the network says before it has heard anything stands for how common notes are: its
        # bias. Less its mean, so that only differences count.
        self.frequent = network.w["dense.bias"] - float(network.w["dense.bias"].mean())
        self.single = np.array([is_note(s) for s in self.symbols])
        self.classes = class_shares(self.symbols)
        self.work = _Writing([], [])
        self.recent = np.zeros(len(self.symbols))
        self.primed = 0
        self.copy: list[int] = []
        self.since_refresh = 0
        self.last_bar = 0
        shares = np.array([share for _, share in style.meters])
        self.bar = style.meters[int(self.rng.choice(len(shares), p=shares / shares.sum()))][0]
        self.minor = bool(self.rng.random() < style.minor)

    @property
    def scale(self) -> NDArray[np.float64]:
        """1 for the pitch classes of the scale."""
        return np.isin(np.arange(12), SCALES[self.minor]).astype(np.float64)

    @property
    def kind(self) -> int:
        return 2 * self.slot + self.minor

    def begin(self, prime: Piece | None) -> None:
        if prime is None:
            self._add(self._opening(), 7, 0 if self.rng.random() < 0.5 else 12)
            return
        self.minor = prime.mode == "minor"
        if len(prime.bars) > 1:
            self.bar = int(prime.bars[-1] - prime.bars[-2])
        numbered = number(prime, self.net.card.notes, self.slot)
        start = prime.elements["start"]
        self.work = _Writing(list(numbered.known), [int(t) for t in start[:-1]], int(start[-1]))
        # from here on bars are counted from the last bar line of the prime
        offset = int(prime.bars[prime.bars <= start[-1]][-1]) if len(prime.bars) else 0
        offset -= (offset // self.bar + 1) * self.bar  # a whole number of bars before it
        self.work.onsets = [t - offset % self.bar for t in self.work.onsets]
        self.work.now -= offset % self.bar
        last = [int(row[0]) for row in self.work.rows[-CROWD:]]
        self.recent = np.bincount(last, minlength=len(self.symbols)).astype(np.float64)
        self.primed = len(self.work.rows)
        self.last_bar = self.work.now // self.bar
        self.net.hear_all(np.array(self.work.rows[-self.net.card.window :]))

    def _opening(self) -> int:
        """A note or chord of the tonic to begin with."""
        tonic = {9, 0, 4} if self.minor else {0, 4, 7}
        fits = [
            i for i, s in enumerate(self.symbols)
            if set(pitch_classes(s)) <= tonic and (not is_note(s) or 48 <= note_pitch(s) <= 76)
        ]  # fmt: skip
        return int(self.rng.choice(fits)) if fits else 0

    def next(self, last: bool = False) -> None:
        """Write one more note or chord."""
        if self.work.now // self.bar != self.last_bar:
            self.last_bar = self.work.now // self.bar
            if not self.copy:
                self._maybe_recall()
        if self.copy and not last:
            row = self.work.rows[self.copy.pop(0)]
            self._add(int(row[0]), int(row[1]), int(row[2]), int(row[3]))
            return
        note = self._choose(last)
        if self.even:
            self._add(note, LENGTHS.index(_EVEN), _EVEN)
            return
        length, step, low = self.net.log_rhythm(note)
        t = self.habits.rhythm_temperature
        chosen = draw(length, self.rng, t, 0.97)
        if last:
            chosen = LENGTHS.index(min(self.bar, 48))
        steps = np.where(_ON_GRID[self.work.now % 12], step[chosen], SILENCE)
        if len(self.work.at_now()) + 1 >= MOST_AT_ONCE:
            steps[0] = SILENCE
        taken = draw(steps, self.rng, t, 0.97)
        bass = -1
        if not self.single[note]:
            allowed = np.full(128, SILENCE)
            for pc in pitch_classes(self.symbols[note]):
                allowed[pc::12] = low[pc::12]
            bass = draw(allowed, self.rng, t, 0.9)
        self._add(note, chosen, taken, bass)

    def _choose(self, last: bool) -> int:
        logits = np.asarray(self.net.log_notes(), dtype=np.float64)
        h = self.habits
        if h.common:
            logits = logits + h.common * self.frequent
        if h.key:
            logits = logits + h.key * (self.classes @ self.scale)
        if len(self.work.rows) >= CROWD:  # a network that is stuck would only go on
            logits = logits - CROWDED * np.maximum(self.recent / CROWD - ROOM, 0.0)
        harmony = self._harmony()
        if h.chord and harmony:
            logits = logits + h.chord * self.classes[:, list(harmony)].sum(axis=1)
        if self.work.rows:
            logits[int(self.work.rows[-1][0])] += h.stay
        if not self.even:
            for taken in self.work.at_now():
                logits[taken] = SILENCE
        if last:
            tonic = {9, 0, 4} if self.minor else {0, 4, 7}
            home = [set(pitch_classes(s)) <= tonic for s in self.symbols]
            if any(home):
                logits = np.where(home, logits, SILENCE)
        return draw(logits, self.rng, h.temperature, h.top_p)

    def _harmony(self) -> tuple[int, ...]:
        """Pitch classes of the last chord of three notes or more, for a bar after it was struck."""
        for row, onset in zip(reversed(self.work.rows), reversed(self.work.onsets), strict=True):
            if onset < self.work.now - self.bar:
                break
            classes = pitch_classes(self.symbols[int(row[0])])
            if len(classes) >= CHORD:
                return classes
        return ()

    def _maybe_recall(self) -> None:
        """At a bar line, perhaps play an earlier phrase again, from the same place in a bar."""
        if self.rng.random() >= self.habits.recall:
            return
        bars = int(self.rng.choice(_PHRASES))
        phase = self.work.now % self.bar
        onsets = self.work.onsets
        latest = self.work.now - bars * self.bar
        starts = [
            i for i in range(self.primed, len(onsets))
            if onsets[i] % self.bar == phase and onsets[i] <= latest
            and (i == 0 or onsets[i - 1] < onsets[i])
        ]  # fmt: skip
        if not starts:
            return
        # the passage just before is repeated as often as any other
        first = starts[-1] if self.rng.random() < 0.5 else int(self.rng.choice(starts))
        end = onsets[first] + bars * self.bar
        self.copy = [i for i in range(first, len(onsets)) if onsets[i] < end]

    def _add(self, note: int, length: int, step: int, low: int = -1) -> None:
        low = note_pitch(self.symbols[note]) if self.single[note] else (low if low >= 0 else 48)
        following = self.work.now + step
        row = [note, length, step, low, following % self.bar, self.bar // 3, self.kind]
        rows = self.work.rows
        rows.append(np.array(row, dtype=np.int64))
        self.recent[note] += 1
        if len(rows) > CROWD:
            self.recent[int(rows[-CROWD - 1][0])] -= 1
        self.work.onsets.append(self.work.now)
        self.work.now = following
        window = self.net.card.window
        self.since_refresh += 1
        if self.net.card.variant == "last" or self.since_refresh > window // 2:
            # never further from silence than in training
            self.net.hear_all(np.array(rows[-window:]))
            self.since_refresh = 0
        else:
            self.net.listen(rows[-1])

    def sheet(self) -> Sheet:
        rows, onsets = self.work.rows[self.primed :], self.work.onsets[self.primed :]
        if not self.primed:  # the opening is the writer's own, not the network's
            rows, onsets = rows[1:], onsets[1:]
        first = onsets[0] // self.bar * self.bar
        made = [
            (self.symbols[r[0]], t - first, LENGTHS[r[1]], r[3])
            for r, t in zip(rows, onsets, strict=True)
        ]
        mode = "minor" if self.minor else "major"
        return Sheet(np.array(made, ELEMENT), self.bar, mode, self.primed)
