"""Echo: an example's own way of playing, mixed into the model's predictions.

A small model takes up the flavour of the bars before it, not their figure. So every choice that the
example's players made is kept with where it was made: the part, the place in the bar, what was just
played, the root of the chord. At each step the choices made in like places vote for the next
token, and their votes are mixed with the model's probabilities. (Nearest neighbours as memory of a
language model: Khandelwal et al. 2020, "Generalization through Memorization". Here the keys are
places in the music, not hidden states, and pitches vote as steps from the chord's root, so that the
figure follows the new chords.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v

ENOUGH = 1.0
"""Weight of votes (one cast in the very same place weighs 1) at which half of the share is
reached."""
SAME_PLACE, SAME_BEAT_PLACE, SAME_COUNT, SAME_BEFORE = 8.0, 2.5, 4.0, 3.0
"""How many times a vote counts that was cast at the same place of the bar, at the same place of a
beat, with as many notes struck there, after the same note (as a step from the root)."""
LEAVE = v.BAR.first
"""The outcome "nothing more in this bar", whatever token says it."""
_LEAVING = np.array(
    [*range(v.BAR.first, v.BAR.end), v.END, v.EOS, *range(v.PART.first, v.PART.end)]
)

Row = tuple[int, int, int, int, int, int]
"""Place in the bar, notes struck there, last pitch class above the root, outcome, root, previous
pitch."""


@dataclass
class _Place:
    """Where a player is in a bar, token by token; the same for the example and for the song."""

    roots: NDArray[np.int64]
    """Root of the chord at each grid position of the bar; -1 for none."""
    position: int = -1
    count: int = 0
    last: int = -1
    """The pitch struck last at this position, or -1."""
    before: int = -1
    """The lowest pitch of the position before."""
    low: int = -1

    def took(self, token: int) -> None:
        if token in v.POSITION:
            self.before = self.low if self.low >= 0 else self.before
            self.position, self.count, self.last, self.low = v.POSITION.value(token), 0, -1, -1
        elif token in v.PITCH or token in v.DRUM:
            pitch = v.PITCH.value(token) if token in v.PITCH else v.DRUM.value(token)
            self.last, self.count = pitch, self.count + 1
            self.low = pitch if self.low < 0 else self.low

    @property
    def root(self) -> int:
        at = min(max(self.position, 0), len(self.roots) - 1)
        return max(int(self.roots[at]), 0)

    @property
    def step(self) -> int:
        """The last pitch's class above the root; -1 for none."""
        return (self.last - self.root) % 12 if self.last >= 0 else -1


@dataclass(frozen=True)
class Votes:
    """What the players of the example chose, by part and state of the grammar."""

    rows: dict[tuple[int, str], NDArray[np.int64]] = field(default_factory=dict)
    """Shape (choices, 6) each: see `Row`."""

    @classmethod
    def of(cls, lead: LeadSheet, bars: Sequence[Sequence[int]], shift: int = 0) -> Votes:
        """From the arrangement bars of a song as tokens, transposed by `shift` from its lead."""
        found: defaultdict[tuple[int, str], list[Row]] = defaultdict(list)
        lines = lead.bar_starts()
        before: dict[int, int] = {}
        for number, bar in enumerate(bars):
            roots = roots_of(lead, int(lines[number]), int(lines[number + 1]))
            roots = np.where(roots >= 0, (roots + shift) % 12, -1)
            part, place = -1, _Place(roots)
            for token in [*bar, LEAVE]:
                leaves = token == LEAVE or token in v.PART
                if part >= 0:
                    outcome = LEAVE if leaves else token
                    row = (place.position, place.count, place.step, outcome, place.root)
                    found[part, _state(token, place)].append((*row, _previous(place, token)))
                if leaves:
                    if part >= 0:
                        before[part] = place.low if place.low >= 0 else place.before
                    part = v.PART.value(token) if token in v.PART else -1
                    place = _Place(roots, before=before.get(part, -1))
                else:
                    place.took(token)
        return cls({key: np.array(rows, dtype=np.int64) for key, rows in found.items()})


def roots_of(lead: LeadSheet, begin: int, end: int) -> NDArray[np.int64]:
    """The root of the chord at each grid position from `begin` up to `end`; -1 for none."""
    starts = np.array([chord.start for chord in lead.chords], dtype=np.int64)
    roots = np.array([-1, *(chord.root for chord in lead.chords)], dtype=np.int64)
    return roots[np.searchsorted(starts, np.arange(begin, end), side="right")]


def _state(token: int, place: _Place) -> str:
    """The question that a token answers: which length, which pitch, or what comes next."""
    if token in v.DURATION:
        return "pitch"
    if (token in v.PITCH or token in v.DRUM) and place.count == 0:
        return "onset"
    return "next"


def _previous(place: _Place, token: int) -> int:
    """The pitch that a pitch is heard after: the one below it in its chord, else the one before."""
    if token not in v.PITCH:
        return -1
    return place.last if place.last >= 0 else place.before


class Echo:
    """Follows the sampling of a song and mixes in the votes."""

    def __init__(self, votes: Votes, lead: LeadSheet, share: float):
        self._votes, self._lead, self._share = votes, lead, share
        self._lines = lead.bar_starts()
        self._part = -1
        self._before: dict[int, int] = {}
        self._place = _Place(np.full(1, -1))

    def begin_part(self, bar: int, part: str) -> None:
        """This part plays next, in this bar."""
        self._keep()
        self._part = PARTS.index(part)
        roots = roots_of(self._lead, int(self._lines[bar]), int(self._lines[bar + 1]))
        self._place = _Place(roots, before=self._before.get(self._part, -1))

    def took(self, token: int) -> None:
        """A token of this part was chosen."""
        self._place.took(token)

    def mixed(
        self, logits: NDArray[np.float32], allowed: NDArray[np.bool_], state: str
    ) -> NDArray[np.float32]:
        """Log-probabilities of the allowed tokens, of model and votes together; shape as
        `logits`, in any state of the grammar."""
        if not self._votes.rows or not self._share:
            return logits
        votes = self._count(allowed, state if state in ("onset", "pitch") else "next")
        total = float(votes.sum())
        if not total:
            return logits
        share = self._share * total / (total + ENOUGH)
        ids = np.flatnonzero(allowed & (logits > -np.inf))
        own = np.exp(logits[ids] - logits[ids].max()).astype(np.float64)
        mixed = (1 - share) * own / own.sum() + share * votes[ids] / max(votes[ids].sum(), 1e-12)
        out = np.full_like(logits, -np.inf)
        out[ids] = np.log(mixed + 1e-12)
        return out

    def _count(self, allowed: NDArray[np.bool_], state: str) -> NDArray[np.float64]:
        """The votes for each token, those for what is not allowed left out; shape (v.SIZE,)."""
        rows = self._votes.rows.get((self._part, state))
        if rows is None:
            return np.zeros(v.SIZE)
        here = self._place
        if state == "next":  # far from there nobody knows when a figure ends
            there = rows[rows[:, 0] == here.position]
            rows = there if len(there) else rows
        position, count, step, outcome, root, previous = rows.T
        weights = np.where(count == here.count, SAME_COUNT, 1.0)
        weights *= np.where(
            position == here.position,
            SAME_PLACE,
            np.where((position - here.position) % GRID == 0, SAME_BEAT_PLACE, 1.0),
        )
        weights *= np.where(step == here.step, SAME_BEFORE, 1.0)
        weights /= SAME_PLACE * SAME_COUNT * SAME_BEFORE  # the best vote counts 1
        pitched = (outcome >= v.PITCH.first) & (outcome < v.PITCH.end)
        turned = (here.root - root + 6) % 12 - 6  # the nearer way round
        turned = np.where(pitched, outcome + turned, outcome)
        votes = np.bincount(turned, weights, v.SIZE).astype(np.float64)
        after = _previous(here, v.PITCH.first)
        if after >= 0 and pitched.any():
            stepped = pitched & (previous >= 0)
            moved = outcome[stepped] - previous[stepped] + after
            moved = np.clip(moved, v.PITCH.first, v.PITCH.end - 1)
            votes[v.PITCH.first : v.PITCH.end] *= 0.5
            votes = votes + 0.5 * np.bincount(moved, weights[stepped], v.SIZE)
        leaving = _LEAVING[allowed[_LEAVING]]
        if len(leaving):
            left = votes[LEAVE]
            votes[LEAVE] = 0.0
            votes[leaving[0]] = left
        return np.where(allowed, votes, 0.0)

    def _keep(self) -> None:
        place = self._place
        if self._part >= 0:
            self._before[self._part] = place.low if place.low >= 0 else place.before
