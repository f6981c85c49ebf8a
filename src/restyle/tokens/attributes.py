"""Section attributes: how a part plays through a phrase, in a few numbers.

A phrase is four bars. Of each part it is said how densely it plays, how many notes it strikes
together, where it lies, and what figure it plays; the model reads this before the phrase's first
bar of that part, and so does whoever wants a say in it. After the control tokens of FIGARO (von
Rütte et al. 2023) and MuseMorphose (Wu & Yang 2023).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Notes
from restyle.tokens import vocabulary as v

PHRASE = 4
"""Bars of a phrase."""
HELD = 2 * GRID
"""Grid positions from which on notes count as held."""
SHORT = GRID // 2
CHORDAL = 1.6
"""Notes an onset from which on a part plays chords."""
_TIMEKEEPER = {
    42: 1, 46: 2, 44: 3, 51: 4, 59: 4, 53: 4, 69: 5, 70: 5, 82: 5, 54: 5, 41: 6, 43: 6, 45: 6,
    47: 6, 48: 6, 50: 6, 49: 7, 57: 7, 55: 7, 52: 7, 56: 7, 60: 7, 61: 7, 62: 7, 63: 7, 64: 7,
}  # fmt: skip


def phrase_starts(lead: LeadSheet) -> range | list[int]:
    """The bars at which phrases begin; a pickup bar stands before the first whole one."""
    if lead.pickup and lead.bars > 1:
        return [0, *range(1, lead.bars, PHRASE)]
    return range(0, lead.bars, PHRASE)


def attribute_tokens(notes: Notes, part: str, length: int, shift: int = 0) -> list[int]:
    """The tokens of a part's phrase: density alone where it is silent; else chord size, register
    and figure, too (of drums: the timekeeper alone).

    `notes` are those that begin in the phrase of `length` grid positions; `shift` brings them
    home (see `music.transpose`).
    """
    onsets = np.unique(notes["start"])
    rate = len(onsets) * 4 * GRID / max(length, 1)
    density = v.DENSITY[int(np.searchsorted(v.DENSITIES, rate, side="left"))]
    if not len(notes):
        return [density]
    if part == "drums":
        return [density, v.FIGURE[timekeeper(notes)]]
    size = len(notes) / len(onsets)
    middle = float(np.median(notes["pitch"])) + shift
    register = int((middle - v.LOWEST_REGISTER) // v.REGISTER_STEP)
    return [
        density,
        v.SIZE_OF_CHORDS[int(np.searchsorted(v.SIZES, size, side="left"))],
        v.REGISTER[min(max(register, 0), v.REGISTERS - 1)],
        v.FIGURE[v.FIGURES.index(figure(notes))],
    ]


def figure(notes: Notes) -> str:
    """What a pitched part plays: one of `vocabulary.FIGURES`."""
    onsets, counts = np.unique(notes["start"], return_counts=True)
    length = float(np.median(v.nearest_durations(notes["duration"])))
    if np.mean(counts >= 2) >= 0.75 or counts.mean() >= 2 * CHORDAL:
        if length >= HELD:
            return "held"
        return "struck" if length <= SHORT else "chords"
    if counts.mean() >= CHORDAL:
        return "mixed"
    if length >= HELD:
        return "held"
    tops = np.array([notes["pitch"][notes["start"] == at].max() for at in onsets[:64]], dtype=int)
    steps = np.abs(np.diff(tops))
    if not len(steps):
        return "line"
    if np.mean(steps == 0) >= 0.5:
        return "pedal"
    moving = steps[steps > 0]
    if np.mean(moving == 12) >= 0.5:
        return "octaves"
    return "broken" if np.mean(moving >= 3) >= 0.5 else "line"


def timekeeper(notes: Notes) -> int:
    """The index in `vocabulary.TIMEKEEPERS` of what the drums strike most, kick and snare apart."""
    kinds = [_TIMEKEEPER.get(int(pitch), 0) for pitch in notes["pitch"]]
    counted = np.bincount(kinds, minlength=len(v.TIMEKEEPERS))
    counted[0] = 0
    return int(counted.argmax())


def is_attribute(token: int) -> bool:
    """Whether a token says how a phrase is played."""
    return any(token in kind for kind in v.ATTRIBUTES)


def attributes_of(tokens: Sequence[int]) -> list[int]:
    """The attribute tokens that a part's bar begins with (its part token left out)."""
    out = []
    for token in tokens:
        if not is_attribute(token):
            break
        out.append(token)
    return out
