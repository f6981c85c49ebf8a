"""Finding how a model should be played: until what it writes is as varied as real songs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from pathlib import Path

import numpy as np

from restyle.composer import weights
from restyle.composer.engine import Network
from restyle.composer.generate import write
from restyle.composer.measure import (
    Collapse,
    Harmony,
    Rhythm,
    apart,
    collapse,
    harmony,
    mean,
    rhythm,
)
from restyle.composer.notes import Elements
from restyle.composer.pieces import Piece

EXCERPT = 600
_RHYTHM = 0.3
"""How much a check of rhythm counts beside one of collapse."""


@dataclass(frozen=True)
class Aim:
    """What is measured of real songs, and to be reached."""

    collapse: Collapse
    harmony: Harmony
    rhythm: Rhythm


def excerpt(piece: Piece) -> Elements:
    """The middle 600 notes of a piece, its bars counted from 0; all where it has fewer."""
    count = len(piece.elements)
    first = max(count - EXCERPT, 0) // 2
    some = piece.elements[first : first + EXCERPT].copy()
    line = piece.bars[piece.bars <= int(some["start"][0])]
    some["start"] -= int(line[-1]) if len(line) else 0
    return some


def measured(elements: Elements, bar: int, tonic: int, mode: str) -> Aim:
    """All checks of one sequence in its key."""
    symbols = elements["symbol"].tolist()
    return Aim(collapse(symbols), harmony(elements, bar, tonic, mode), rhythm(elements, bar))


def averaged(rows: Sequence[Aim]) -> Aim:
    return Aim(
        mean([r.collapse for r in rows]), mean([r.harmony for r in rows]),
        mean([r.rhythm for r in rows]),
    )  # fmt: skip


def real(pieces: Sequence[Piece], style: str = "") -> Aim:
    """The checks of real songs: the middle 600 notes of those that are long enough.

    All there is of each where none is.
    """
    some = [p for p in pieces if not style or p.style == style]
    some = [p for p in some if len(p.elements) >= EXCERPT] or some
    rows = []
    for p in some:
        bar = int(np.median(np.diff(p.bars))) if len(p.bars) > 1 else 48
        rows.append(measured(excerpt(p), bar, 0 if p.mode == "major" else 9, p.mode))
    return averaged(rows)


def made(
    network: Network, style: str, habits: weights.Habits, seeds: Sequence[int], count: int = EXCERPT
) -> Aim:
    """The checks of what a model writes, mean over seeds."""
    sheets = [write(network, style, count, seed, habits) for seed in seeds]
    return averaged(
        [measured(s.elements, s.bar, 0 if s.mode == "major" else 9, s.mode) for s in sheets]
    )


def calibrate(
    network: Network,
    style: str,
    aim: Aim,
    seeds: Sequence[int] = range(100, 110),
    rounds: int = 8,
    progress: Callable[[int, weights.Habits, Aim], None] | None = None,
) -> weights.Habits:
    """Habits that bring the checks to `aim`, by small steps; the best of all rounds.

    Temperature answers for the entropy, `stay` for the longest run, `recall` for how many 4-grams
    are new, `room` for the most frequent note, `key` and `chord` for scale and chords (which may
    be held better than in real songs), the temperatures of rhythm for the variety of steps and
    durations, `motif` for bars that fall as an earlier one. Rhythm counts for less than the rest.
    """
    _, about = network.card.style(style)
    habits = best = replace(
        about.habits, pace=aim.rhythm.a_bar, step_bits=aim.rhythm.steps,
        length_bits=aim.rhythm.lengths,
    )  # fmt: skip
    least, gain = float("inf"), 1.0
    for number in range(rounds):
        now = made(network, style, habits, seeds)
        worst = _worst(now, aim)
        if progress:
            progress(number, habits, now)
        if worst < least:
            best, least = habits, worst
        if worst < 0.02:
            break
        habits = _nearer(habits, now, aim, gain)
        gain *= 0.8
    return best


def _worst(now: Aim, aim: Aim) -> float:
    """The check that is farthest off."""
    held = apart(now.harmony, aim.harmony)
    rhythms = apart(now.rhythm, aim.rhythm)
    return max(
        *map(abs, apart(now.collapse, aim.collapse).values()),
        -held["scale"], -held["chord"],
        *(_RHYTHM * abs(rhythms[name]) for name in ("steps", "lengths", "again")),
    )  # fmt: skip


def _nearer(h: weights.Habits, now: Aim, aim: Aim, gain: float) -> weights.Habits:
    """Habits one step on."""
    off = apart(now.collapse, aim.collapse)
    beat = apart(now.rhythm, aim.rhythm)
    held = apart(now.harmony, aim.harmony)
    run = log(now.collapse.longest_run / aim.collapse.longest_run)
    return replace(
        h,
        temperature=_within(h.temperature - gain * 1.2 * off["entropy"], 0.6, 1.6),
        stay=_within(h.stay - gain * run, -4, 3),
        recall=_within(h.recall + gain * 1.5 * off["distinct"], 0.0, 1.0),
        motif=_within(h.motif - gain * 0.3 * beat["again"], 0.0, 1.0),
        room=_within(h.room * exp(-0.7 * gain * off["most_frequent"]), 0.03, 0.4),
        key=_within(h.key - gain * 2 * held["scale"], -1, 4),
        chord=_within(h.chord - gain * 1.5 * held["chord"], 0, 3),
        rhythm_temperature=_within(h.rhythm_temperature - 0.4 * gain * beat["steps"], 0.6, 1.4),
        length_temperature=_within(h.length_temperature - 0.4 * gain * beat["lengths"], 0.4, 1.4),
    )


def calibrated(
    path: Path,
    pieces: Sequence[Piece],
    rounds: int = 8,
    seeds: Sequence[int] = range(100, 110),
    progress: Callable[[int, int], None] | None = None,
) -> weights.Card:
    """Calibrate every style of a model on disk against songs, and write it anew.

    `progress(done, all)` is called after each round.
    """
    arrays, card = weights.read(path)
    styles = []
    for number, style in enumerate(card.styles):
        done = number * rounds

        def tell(turn: int, _: weights.Habits, __: Aim, done: int = done) -> None:
            if progress:
                progress(done + turn + 1, rounds * len(card.styles))

        network = Network(arrays, card)
        aim = real(pieces, style.name)
        habits = calibrate(network, style.name, aim, seeds, rounds, tell)
        rounded = {k: round(v, 3) for k, v in vars(habits).items()}
        styles.append(replace(style, habits=weights.Habits(**rounded)))
    card = replace(card, styles=tuple(styles))
    weights.write(path, arrays, card)
    return card


def _within(value: float, low: float, high: float) -> float:
    return float(np.clip(value, low, high))
