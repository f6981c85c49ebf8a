"""Form: where the song comes back, the band remembers what it played.

The model's window holds some ten bars, so it cannot know that bar 33 is bar 1 again. The lead
sheet can: bars that repeat an earlier passage are found in it, and while such a bar is sampled,
the tokens that the band chose the first time are made likelier. The second verse may vary the
first, but is no stranger to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.tokens import vocabulary as v

LEAST_RUN = 4
"""Bars that a passage must share with an earlier one to be its repeat."""
LEAST_LAG = 4
"""Bars that must lie between a bar and its repeat: a nearer one is still in the window."""

PHRASE = 8
"""Bars after which a new phrase is taken to begin where nothing repeats."""


@dataclass(frozen=True)
class Form:
    """What repeats in a song. Both arrays have one entry a bar."""

    source: NDArray[np.int64]
    """The earlier bar that this bar repeats, -1 where there is none."""
    begins: NDArray[np.bool_]
    """Whether a repeated passage, or new music after one, begins with this bar."""


def form_of(leads: Sequence[Sequence[int]]) -> Form:
    """The form of a song, from the tokens of its lead bars (chords without sevenths, melody).

    A bar repeats an earlier one when both lie in passages of `LEAST_RUN` bars or more with the
    same chords and melody; where there is no such passage, one with the same chords serves. Of
    several the one that shares the most bars is taken, and of these the latest.
    """
    whole = _numbers([tuple(bar) for bar in leads])
    chords = _numbers([_chords(bar) for bar in leads])
    sung = np.array([any(t in v.PITCH for t in bar) for bar in leads], dtype=bool)
    source = _sources(whole, sung)
    by_chords = _sources(chords, np.ones(len(leads), dtype=bool))
    source = np.where(source >= 0, source, by_chords)
    lag = np.where(source >= 0, np.arange(len(leads)) - source, 0)
    return Form(source, np.append(True, lag[1:] != lag[:-1])[: len(leads)])


def phrases(form: Form) -> NDArray[np.bool_]:
    """Where a phrase begins: with each passage, and every `PHRASE` bars from there on."""
    last = np.maximum.accumulate(np.where(form.begins, np.arange(len(form.begins)), 0))
    return np.asarray((np.arange(len(form.begins)) - last) % PHRASE == 0)


def _chords(bar: Sequence[int]) -> tuple[int, ...]:
    sung = next((i for i, t in enumerate(bar) if t in v.PITCH), len(bar) + 1)
    return tuple(bar[: sung - 1])


def _numbers(bars: Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    known: dict[tuple[int, ...], int] = {}
    return np.array([known.setdefault(bar, len(known)) for bar in bars], dtype=np.int64)


def _sources(numbers: NDArray[np.int64], counts: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each bar the bar it repeats; in a run at least half the bars must be in `counts`."""
    bars = len(numbers)
    best = np.full(bars, -1)
    longest = np.zeros(bars, dtype=np.int64)
    for lag in range(bars - 1, LEAST_LAG - 1, -1):  # near ones last: of equals they win
        same = np.append(numbers[lag:] == numbers[:-lag], False)
        edges = np.flatnonzero(np.diff(np.append(False, same).astype(np.int8)))
        for begin, end in edges.reshape(-1, 2):
            run, here = end - begin, slice(begin + lag, end + lag)
            if run < LEAST_RUN or 2 * counts[here].sum() < run:
                continue
            better = run >= longest[here]
            best[here] = np.where(better, np.arange(begin, end), best[here])
            longest[here] = np.where(better, run, longest[here])
    return best


class Recall:
    """One part's bar as it was played the first time; says which tokens would play it again."""

    def __init__(self, tokens: Sequence[int], nats: float):
        self._nats = nats
        self._notes: dict[int, list[tuple[int, int]]] = {}  # position: (pitch or drum, length)
        position = -1
        for i, token in enumerate(tokens):
            if token in v.POSITION:
                position = token
            elif token in v.PITCH or token in v.DRUM:
                length = tokens[i + 1] if token in v.PITCH and i + 1 < len(tokens) else -1
                self._notes.setdefault(position, []).append((token, length))

    def lean(self, position: int, key: int, state: str) -> dict[int, float]:
        """Nats to add, by token, in a state of the grammar (part, onset, pitch, note).

        `position` and `key` (pitch or drum) are the last tokens of their kind in this bar, -1
        where there is none yet; `key` is -1 after a new position.
        """
        here = self._notes.get(position, [])
        if state == "pitch":
            return {length: self._nats for note, length in here if note == key}
        if state == "onset":
            return {here[0][0]: self._nats} if here else {}
        higher = [note for note, _ in here if note > key]
        if state == "note" and higher:
            return {higher[0]: self._nats}
        later = [p for p in self._notes if p > position]
        if later:
            return {min(later): self._nats}
        return {token: self._nats for token in _LEAVING}


_LEAVING = (*range(v.BAR.first, v.BAR.end), v.END, v.EOS, *range(v.PART.first, v.PART.end))


def parts_of(bar: Sequence[int]) -> dict[int, list[int]]:
    """An arrangement bar's tokens by part (the part's number in `PARTS`)."""
    out: dict[int, list[int]] = {}
    part = -1
    for token in bar:
        if token in v.PART:
            part = v.PART.value(token)
            out[part] = []
        elif part >= 0:
            out[part].append(token)
    return out
