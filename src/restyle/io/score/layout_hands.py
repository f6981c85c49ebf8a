"""Keyboards on two staves: which hand plays what; and the clefs that a staff needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.io.score.layout import Bar

KEYBOARDS = frozenset((*range(8), *range(16, 21), 46))
"""Programs written on two staves: pianos, organs, harp."""
MIDDLE = 60
SPAN = 14
"""Semitones that a hand holds with ease: a ninth."""
_BEAM = 8  # how many ways of playing are followed side by side
_RANGES = {"G": (64, 77), "G8": (52, 65), "F": (43, 57), "C": (53, 67)}
"""Pitches of the lowest and the highest line of a clef."""
_CHANGE = 9.0  # a change of clef is worth as many ledger lines


def left_hand(on: NDArray[np.int64], pitch: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which notes of a keyboard part the left hand plays.

    The notes that begin together are parted at one place: so that each hand can hold its own
    (about a ninth), moves little, and stays on its side of middle C. The cheapest way through the
    whole part is found by a beam search.
    """
    left = np.zeros(len(on), dtype=bool)
    if not len(on):
        return left
    order = np.lexsort((pitch, on))
    chords = np.split(order, np.flatnonzero(np.diff(on[order])) + 1)
    states: list[tuple[float, float, float, int, int]] = [(0.0, 48.0, 67.0, -1, 0)]
    history: list[list[tuple[int, int]]] = []
    for chord in chords:
        pitches = pitch[chord].tolist()
        options = []
        for number, (cost, low, high, _, _) in enumerate(states):
            for split in range(len(pitches) + 1):
                more, a, b = _hold(pitches[:split], pitches[split:], low, high)
                options.append((cost + more, a, b, number, split))
        options.sort(key=lambda option: option[0])
        states = options[:_BEAM]
        history.append([(number, split) for _, _, _, number, split in states])
    at = 0
    for chord, kept in zip(reversed(chords), reversed(history), strict=True):
        at, split = kept[at][0], kept[at][1]
        left[chord[:split]] = True
    return left


def _hold(
    lower: list[int], upper: list[int], low: float, high: float
) -> tuple[float, float, float]:
    """What it costs to play one chord so, and where the hands lie then."""
    cost = 0.0
    for notes, side in ((lower, 1), (upper, -1)):
        if not notes:
            continue
        cost += 4.0 * max(0, notes[-1] - notes[0] - SPAN) + 6.0 * max(0, len(notes) - 5)
        cost += sum(0.6 * max(0, side * (p - MIDDLE)) for p in notes)
    if lower:
        centre = sum(lower) / len(lower)
        cost += 0.15 * abs(centre - low)
        low = 0.5 * low + 0.5 * centre
    if upper:
        centre = sum(upper) / len(upper)
        cost += 0.15 * abs(centre - high)
        high = 0.5 * high + 0.5 * centre
    return cost + 0.3 * max(0.0, low + 5 - high), low, high


def clefs(
    on: NDArray[np.int64], pitch: NDArray[np.integer], bars: Sequence[Bar], allowed: Sequence[str]
) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The first clef of a staff and the (bar, clef) of its changes, with few ledger lines."""
    if len(allowed) == 1 or not len(on):
        return allowed[0], ()
    ledgers = _ledgers(on, pitch, bars, allowed)
    best = ledgers[0].copy()
    came = np.zeros((len(bars), len(allowed)), dtype=np.int64)
    for bar in range(1, len(bars)):
        stay = best
        change = best.min() + _CHANGE
        came[bar] = np.where(stay <= change, np.arange(len(allowed)), best.argmin())
        best = np.minimum(stay, change) + ledgers[bar]
    chosen = [int(best.argmin())]
    for bar in range(len(bars) - 1, 0, -1):
        chosen.append(int(came[bar, chosen[-1]]))
    chosen.reverse()
    changes = tuple(
        (bar, allowed[chosen[bar]]) for bar in range(1, len(bars)) if chosen[bar] != chosen[bar - 1]
    )
    return allowed[chosen[0]], changes


def steady_clef(
    on: NDArray[np.int64], pitch: NDArray[np.integer], bars: Sequence[Bar], allowed: Sequence[str]
) -> str:
    """The one clef with the fewest ledger lines."""
    return allowed[int(_ledgers(on, pitch, bars, allowed).sum(axis=0).argmin())]


def tune_clef(
    on: NDArray[np.int64], pitch: NDArray[np.integer], bars: Sequence[Bar]
) -> tuple[str, int]:
    """The clef of a tune and the octave that it sounds lower than written (0 or -1).

    A treble clef, with an 8 below for a low voice, as singers and bands read it; a bass clef only
    for a tune that lies in it and would hang below the other.
    """
    names = ("G", "G8", "F")
    cost = _ledgers(on, pitch, bars, names).sum(axis=0) + np.array([0.0, 0.1, 0.5]) * len(on)
    best = names[int(cost.argmin())]
    return best[0], -1 if best == "G8" else 0


def _ledgers(
    on: NDArray[np.int64], pitch: NDArray[np.integer], bars: Sequence[Bar], allowed: Sequence[str]
) -> NDArray[np.float64]:
    """Ledger lines of every bar (row) under every clef (column), about."""
    lines = np.array([bar.start for bar in bars])
    place = np.clip(np.searchsorted(lines, on, "right") - 1, 0, len(bars) - 1)
    out = np.zeros((len(bars), len(allowed)))
    for i, clef in enumerate(allowed):
        low, high = _RANGES[clef]
        beyond = np.maximum(low - pitch, 0) + np.maximum(pitch - high, 0)
        out[:, i] = np.bincount(place, beyond / 3.5, minlength=len(bars))
    return out
