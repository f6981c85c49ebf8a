"""The chords of a song: drawn by the network, held to the cadences that the form asks for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.borrowed import led_to
from restyle.composer.lead.choir import (
    BLUES,
    DIATONIC,
    DOMINANT,
    FOURTH,
    LOOSE,
    MAJ,
    MIN,
    RICH,
    SECOND,
    TONIC,
    Choir,
)  # fmt: skip
from restyle.composer.lead.engine import Floats, Ints, draw, log_softmax
from restyle.composer.lead.form import SAME, Bar

DRAWN = 8
"""Rows of chords drawn for a section; the best is kept. Of more the likeliest is the plainest."""
Half = int | None


def chords_for(plan: list[Bar], form: str, choir: Choir, rng: np.random.Generator) -> Ints:
    """Chords of each half bar of a plan; shape (bars, 2)."""
    if form == "blues" and not choir.given:
        return _blues(plan, choir.minor, rng)
    out = np.full((len(plan), 2), -1, np.int64)
    begins = [i for i, bar in enumerate(plan) if bar.begins] + [len(plan)]
    for begin, end in pairwise(begins):
        _section(plan, out, begin, end, choir, rng)
    return led_to(plan, out, choir, rng)


def _blues(plan: list[Bar], minor: bool, rng: np.random.Generator) -> Ints:
    roots = BLUES[int(rng.integers(len(BLUES)))]
    kind, home = (MIN, 9) if minor else (MAJ, 0)
    out = []
    for bar in plan:
        step = 0 if bar.last else roots[bar.place % 12]
        number = DOMINANT[minor] if step == 7 else kind + (home + step) % 12
        out.append((number, number))
    return np.array(out, np.int64)


def _section(
    plan: list[Bar], out: Ints, begin: int, end: int, choir: Choir, rng: np.random.Generator
) -> None:
    """Fill in the chords of bars `begin` up to `end`."""
    fixed: dict[int, Half] = {}
    for i in range(begin, end):
        _cadence(plan, i, fixed, choir, rng)
    for i in range(begin, end):
        if i in choir.given:
            fixed[2 * i], fixed[2 * i + 1] = choir.given[i]
    if begin == 0 or (plan[begin].letter == "A" and rng.random() < 0.8):
        fixed.setdefault(2 * begin, TONIC[choir.minor])
    rows = np.full((DRAWN, 2 * (end - begin)), -1, np.int64)
    known = out[:begin].reshape(-1)
    scores = np.zeros(DRAWN)
    state = choir.net.start(DRAWN)
    before = np.full(DRAWN, e.CHORDS)
    for half in range(2 * end):
        bar, second = plan[half // 2], half % 2
        phase = e.phase_of(half // 2, False) * 2 + second
        state = choir.net.listen(state, before, phase, bar.left, choir.about)
        if half < 2 * begin:
            before = np.full(DRAWN, known[half])
            continue
        logits = _bent(choir.net.chords(state), half, before, choir)
        at = half - 2 * begin
        source = 2 * bar.source + second
        if bar.how == SAME and half not in fixed:
            own = source - 2 * begin
            chosen = rows[:, own] if own >= 0 else np.full(DRAWN, out[bar.source, second])
        elif (held := fixed.get(half)) is not None:
            chosen = np.full(DRAWN, held)
        else:
            chosen = draw(logits, rng, choir.temperature, choir.width)
        said = log_softmax(logits)[np.arange(DRAWN), chosen]
        scores += np.maximum(said, -6) / rows.shape[1]
        rows[:, at] = chosen
        before = chosen
    scores -= [_faults(row.tolist(), choir) for row in rows]
    out[begin:end] = rows[int(np.argmax(scores))].reshape(-1, 2)


def _bent(logits: Floats, half: int, before: Ints, choir: Choir) -> Floats:
    """Log-odds without "no chord" and odd triads, and slower in the middle of bars."""
    out = logits.copy()
    out[:, e.NO_CHORD] = -1e9
    out[:, 36:60] -= 2.0
    outside = [n for n in range(e.NO_CHORD) if n not in DIATONIC[choir.minor]]
    out[:, outside] -= 0.0 if choir.style in ("jazz", "ragtime", "film", "latin") else 1.0
    if half:
        out[np.arange(len(out)), before] += 0.5 if half % 2 else -0.7
    return out


def _cadence(
    plan: list[Bar], i: int, fixed: dict[int, Half], choir: Choir, rng: np.random.Generator
) -> None:
    """The chords that the cadence of a bar asks for."""
    bar, minor = plan[i], choir.minor
    if not bar.cadence or bar.how == SAME:
        return
    loose = choir.style in LOOSE
    if bar.cadence == "half":
        jazzy = choir.style in ("jazz", "latin", "film")
        first = SECOND[minor] if jazzy else DOMINANT[minor]
        if not jazzy and rng.random() < 0.35:
            first = FOURTH[minor] if loose else TONIC[minor]
        fixed[2 * i], fixed[2 * i + 1] = first, DOMINANT[minor]
        return
    fixed[2 * i] = fixed[2 * i + 1] = TONIC[minor]
    if not i:
        return
    close = DOMINANT[minor]
    if loose and rng.random() < 0.25:
        close = MAJ + 7 if minor else FOURTH[minor]
    fixed[2 * i - 1] = close
    if choir.style in ("jazz", "latin"):
        fixed[2 * i - 2] = SECOND[minor]
    elif rng.random() < 0.5:
        fixed[2 * i - 2] = FOURTH[minor] if rng.random() < 0.6 else SECOND[minor]


def _faults(halves: list[int], choir: Choir) -> float:
    """What a row of chords does wrong: dominants that do not resolve, chords that do not move."""
    moves = [c for i, c in enumerate(halves) if not i or c != halves[i - 1]]
    wrong = 0.0
    for a, b in pairwise(moves):
        borrowed = a < 12 and a not in DIATONIC[choir.minor]
        if borrowed and (b % 12 - a % 12) % 12 not in (5, 11):
            wrong += 1.0
        if a == DOMINANT[choir.minor] and b % 12 == (a + 10) % 12:
            wrong += 0.3
    if choir.style in RICH:
        wrong += 0.8 * max(6 - len(set(halves)), 0)
    stuck = max((len(run) for run in _runs(halves)), default=0)
    return 0.25 * wrong + 0.15 * max(stuck - 4, 0) + 0.25 * max(4 - len(set(halves)), 0)


def _runs(halves: list[int]) -> list[list[int]]:
    out: list[list[int]] = []
    for chord in halves:
        if out and out[-1][0] == chord:
            out[-1].append(chord)
        else:
            out.append([chord])
    return out
