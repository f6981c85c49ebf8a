"""Harmony: what a style may do with the chords that it is given.

`keep` plays them as they are, `enrich` lets the style add its sevenths, passing and approach notes,
`reharmonise` finds other chords under the melody, by the changes that the style's songs make.

Reharmonising is a hidden Markov model over half bars (as melody harmonisers go since Simon, Morris
& Basu 2008, "MySong"): the states are triads relative to the key, the transitions were counted in
the style's corpus, the emissions ask how well a triad bears the melody above it and, a little,
whether it is the song's own. A path is drawn, not the best one taken: another seed, other chords.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.data.changes import STATES, changes_table, chord_slots, chord_states
from restyle.music.chord import MAJOR, MINOR, QUALITIES
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord
from restyle.tokens.vocabulary import TRIADS

HARMONIES = ("keep", "enrich", "reharmonise")
_RARE = 1e-4
_OPEN = 0.2
"""Share of a melody alone without a chord from which on its chords are not what was meant."""
_STRANGE = 3.0
"""Nats off chords from outside of the key where a melody alone is harmonised."""

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class ReharmoniseOptions:
    """Weights of the reharmoniser, in nats."""

    melody: float = 4.0
    """Off a chord for a melody that never has its notes, all of a half bar long."""
    clash: float = 6.0
    """Off a chord for a melody note a semitone above one of its notes, as long."""
    own: float = 1.0
    """For the song's own chord."""
    strange: Scores | float = 0.0
    """Off each chord, whatever the melody."""


def reharmonised(
    lead: LeadSheet,
    changes: dict[str, dict[str, str]],
    rng: np.random.Generator,
    options: ReharmoniseOptions | None = None,
) -> LeadSheet:
    """The lead sheet with other chords, by a style's table of changes (see `corpus.changes`).

    The song's last chord stays, so that it ends where it ended; what sounded under the old
    chords is forgotten.
    """
    options = options or ReharmoniseOptions()
    slots, given = chord_slots(lead), chord_states(lead)
    scores = _bearing(lead, slots, options) - options.strange
    for row, own in zip(scores, given, strict=True):
        if own >= 0:
            row[own] += options.own
    if len(given) and given[-1] >= 0:
        scores[-1] = -1e6
        scores[-1, given[-1]] = 0.0
    path = _sampled_path(scores, _transitions(changes[lead.key.mode]), rng)
    return replace(lead, chords=_chords(path, slots, lead.key.tonic), sounding=None)


def is_bare(lead: LeadSheet) -> bool:
    """Whether it is a melody that nothing says the chords of: none stands there, or nothing sounds
    but the melody, which leaves them open for a fifth of the time or more."""
    ends = [*(chord.start for chord in lead.chords[1:]), lead.length]
    known = sum(e - c.start for c, e in zip(lead.chords, ends, strict=False) if c.root >= 0)
    alone = lead.sounding is not None and not np.any(lead.sounding)
    most = (1 - _OPEN) * lead.length if alone else 1
    return len(lead.melody) > 0 and known < most


def harmonised(
    lead: LeadSheet, changes: dict[str, dict[str, str]], rng: np.random.Generator
) -> LeadSheet:
    """A melody alone with chords that it goes with, by a style's table of changes: `reharmonised`,
    but hardly ever with chords from outside of the key, and home at the end."""
    minor = lead.key.mode == "minor"
    home = Chord(int(lead.bar_starts()[-2]), lead.key.tonic, "min" if minor else "maj")
    scale = {*MINOR, 11} if minor else set(MAJOR)
    strange = [
        TRIADS[state // 12] not in ("maj", "min")
        or not {(state % 12 + i) % 12 for i in QUALITIES[TRIADS[state // 12]]} <= scale
        for state in range(STATES)
    ]
    options = ReharmoniseOptions(own=0.0, strange=_STRANGE * np.array(strange))
    return reharmonised(replace(lead, chords=(Chord(0, -1), home)), changes, rng, options)


def _bearing(lead: LeadSheet, slots: NDArray[np.int64], options: ReharmoniseOptions) -> Scores:
    """How well each triad bears the melody of each slot; shape (slots, STATES), 0 at best."""
    tones = np.zeros((STATES, 12), dtype=bool)
    for state in range(STATES):
        tones[state, [(state % 12 + i) % 12 for i in QUALITIES[TRIADS[state // 12]]]] = True
    clashes = np.roll(tones, 1, axis=1) & ~tones
    sung = _sung(lead, slots)
    length = np.diff(slots)[:, None]
    strange = sung @ (~tones).T / length
    return -options.melody * strange - options.clash * (sung @ clashes.T) / length


def _sung(lead: LeadSheet, slots: NDArray[np.int64]) -> Scores:
    """Time that the melody spends on each pitch class of the key in each slot; (slots, 12)."""
    out = np.zeros((len(slots) - 1, 12))
    classes = (lead.melody["pitch"] - lead.key.tonic) % 12
    begins = lead.melody["start"]
    ends = begins + lead.melody["duration"]
    for row, (low, high) in enumerate(pairwise(slots.tolist())):
        time = np.minimum(ends, high) - np.maximum(begins, low)
        np.add.at(out[row], classes, np.maximum(time, 0))
    return out


def _transitions(rows: dict[str, str]) -> Scores:
    """Log chances of a style's changes; what it never did is rare, not impossible."""
    table = changes_table(rows) + _RARE
    return np.asarray(np.log(table / table.sum(axis=1, keepdims=True)))


def _sampled_path(scores: Scores, transitions: Scores, rng: np.random.Generator) -> list[int]:
    """A path drawn by its chances: forward filtering, backward sampling (Carter & Kohn 1994).

    The likeliest path would stay on one chord for too long; drawn ones move as the style does.
    """
    chances = np.exp(transitions)
    held = np.full(STATES, 1.0 / STATES)
    for _ in range(50):  # what is played at any time, before the melody is known
        held = held @ chances
    ahead = []
    for row in scores:
        held = held * np.exp(row - row.max())
        held = held / held.sum()
        ahead.append(held)
        held = held @ chances
    path: list[int] = []
    for held in reversed(ahead):
        weights = held * chances[:, path[-1]] if path else held
        path.append(int(rng.choice(STATES, p=weights / weights.sum())))
    return path[::-1]


def _chords(path: list[int], slots: NDArray[np.int64], tonic: int) -> tuple[Chord, ...]:
    chords: list[Chord] = []
    for state, at in zip(path, slots, strict=False):
        chord = Chord(int(at), (state % 12 + tonic) % 12, TRIADS[state // 12])
        if not chords or (chords[-1].root, chords[-1].quality) != (chord.root, chord.quality):
            chords.append(chord)
    return tuple(chords)
