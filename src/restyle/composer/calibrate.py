"""Finding how a model should be played: until what it writes is as varied as real songs are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np

from restyle.composer import weights
from restyle.composer.engine import Network
from restyle.composer.generate import write
from restyle.composer.measure import Collapse, apart, collapse, mean
from restyle.composer.pieces import Piece

EXCERPT = 600


def real(pieces: Sequence[Piece], style: str = "") -> Collapse:
    """The checks of real songs: the middle 600 notes of those that are long enough.

    All there is of each where none is.
    """
    some = [p.symbols for p in pieces if not style or p.style == style]
    long = [s for s in some if len(s) >= EXCERPT]
    excerpts = [s[(len(s) - EXCERPT) // 2 :][:EXCERPT] for s in long] or some
    return mean([collapse(s) for s in excerpts])


def made(
    network: Network, style: str, habits: weights.Habits, seeds: Sequence[int], count: int = EXCERPT
) -> Collapse:
    """The checks of what a model writes, mean over seeds."""
    sheets = [write(network, style, count, seed, habits) for seed in seeds]
    return mean([collapse(s.elements["symbol"].tolist()) for s in sheets])


def calibrate(
    network: Network,
    style: str,
    aim: Collapse,
    seeds: Sequence[int] = range(100, 110),
    rounds: int = 8,
    progress: Callable[[int, weights.Habits, Collapse], None] | None = None,
) -> weights.Habits:
    """Habits that bring the four checks to `aim`, by small steps; the best of all rounds.

    Temperature answers for the entropy, `stay` for the longest run, `recall` for how many 4-grams
    are new, `common` for the most frequent note.
    """
    _, about = network.card.style(style)
    habits, best, least = about.habits, about.habits, float("inf")
    for number in range(rounds):
        now = made(network, style, habits, seeds)
        off = apart(now, aim)
        worst = max(map(abs, off.values()))
        if progress:
            progress(number, habits, now)
        if worst < least:
            best, least = habits, worst
        if worst < 0.02:
            break
        gain = 1.0 / (1 + number / 4)
        habits = replace(
            habits,
            temperature=_within(habits.temperature - gain * 1.2 * off["entropy"], 0.6, 1.6),
            stay=_within(habits.stay - gain * log(now.longest_run / aim.longest_run), -4, 3),
            recall=_within(habits.recall + gain * 0.8 * off["distinct"], 0.0, 0.9),
            common=_within(habits.common - gain * 0.3 * off["most_frequent"], -0.6, 0.6),
        )
    return best


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

        def tell(turn: int, _: weights.Habits, __: Collapse, done: int = done) -> None:
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
