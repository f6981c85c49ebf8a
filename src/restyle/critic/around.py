"""How well what is played around kept tracks goes with them, and the criterion that listens for it.

Harmony: the tonal distance of C. Harte, M. Sandler and M. Gasser, *Detecting Harmonic Change in
Musical Audio* (2006), between two groups of parts, as H.-W. Dong et al., *MuseGAN* (2018), take it
between tracks. Rhythm: the cosine of which grid positions a bar has onsets at, after the groove
similarity of S.-L. Wu and Y.-H. Yang, *MuseMorphose* (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.critic.score import Critic, Scores
from restyle.music.beat_chroma import chroma
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, NOTE, Notes, between

Array = NDArray[np.float64]
Parts = Sequence[Notes]
_CLASSES = np.arange(12)
_CIRCLES = ((7, 1.0), (3, 1.0), (4, 0.5))
"""Semitones of the steps of the circles of fifths, minor and major thirds, and their radius."""
_ANGLES = [(np.pi / 6 * step * _CLASSES, radius) for step, radius in _CIRCLES]
TONNETZ = np.stack([r * f(a) for a, r in _ANGLES for f in (np.sin, np.cos)], axis=1)
"""Where each pitch class lies in the six dimensions of tonal space, shape (12, 6)."""


def tonal_distances(a: Parts, b: Parts, begin: int, end: int) -> Array:
    """The distance of the tonal centroids of two groups of pitched parts in each beat from grid
    position `begin` to `end`; nan where one of them rests. 0 is the same notes; shape (beats,)."""
    x, y = (_chroma(parts, begin, end) for parts in (a, b))
    with np.errstate(invalid="ignore"):
        x, y = (c / c.sum(axis=1, keepdims=True) for c in (x, y))
    return np.asarray(np.linalg.norm((x - y) @ TONNETZ, axis=1))


def share_clashing(a: Parts, b: Parts, begin: int, end: int) -> float:
    """Share of the pairs of pitch classes that sound together, one of each group, which are a half
    step apart; nan where none sound together."""
    x, y = (sounding_classes(parts, begin, end).astype(np.float64) for parts in (a, b))
    pairs = (x.sum(axis=1) * y.sum(axis=1)).sum()
    beside = sum(float((x * np.roll(y, by, axis=1)).sum()) for by in (1, -1))
    return beside / float(pairs) if pairs else float("nan")


def groove_cosines(a: Parts, b: Parts, lines: NDArray[np.int64]) -> Array:
    """For each bar the cosine of the grid positions at which two groups of parts have onsets; nan
    where one of them has none."""
    struck = [_onsets(parts, int(lines[-1])) for parts in (a, b)]
    both, first, second = (
        np.add.reduceat(x.astype(np.float64), lines[:-1])
        for x in (struck[0] & struck[1], struck[0], struck[1])
    )
    with np.errstate(invalid="ignore"):
        return np.asarray(both / np.sqrt(first * second))


def _onsets(parts: Parts, length: int) -> NDArray[np.bool_]:
    out = np.zeros(length, dtype=bool)
    for notes in parts:
        out[notes["start"][notes["start"] < length]] = True
    return out


def sounding_classes(parts: Parts, begin: int, end: int) -> NDArray[np.bool_]:
    """Which pitch classes sound at each grid position, shape (positions, 12)."""
    notes = np.concatenate([np.zeros(0, dtype=NOTE), *parts])
    return np.asarray(chroma(notes, end)[:, begin:].T > 0)


def _chroma(parts: Parts, begin: int, end: int) -> Array:
    """How long pitch classes sound in each beat, shape (beats, 12)."""
    sounding = sounding_classes(parts, begin, begin + -(-(end - begin) // GRID) * GRID)
    return np.asarray(sounding.reshape(-1, GRID, 12).sum(axis=1), dtype=np.float64)


@dataclass(frozen=True)
class AroundKept:
    """A critic that also counts how well what the band plays goes with kept parts: the model reads
    them, but it has learnt bands as they are, of which some parts hardly listen."""

    # Twice these weights bring bands closer to the kept tracks than real bands are
    # (`python benchmarks/keep.py`).
    kept: tuple[str, ...]
    """The parts that are kept: the candidates hold them."""
    critic: Critic
    groove: float = 2.0
    """Weight of the mean cosine of onsets in a bar."""
    tonal: float = 1.0
    """Weight of the mean tonal distance."""
    clash: float = 4.0
    """Weight of the share of half steps."""

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> Scores:
        """See `score.Critic`."""
        lines = lead.bar_starts()[first : last + 1]
        plain = self.critic.score(lead, candidates, first, last)
        return np.asarray(plain + np.array([self._agreement(made, lines) for made in candidates]))

    def _agreement(self, made: Arrangement, lines: NDArray[np.int64]) -> float:
        begin, end = int(lines[0]), int(lines[-1])
        kept, others = split(made, self.kept)
        near = [between(n, begin, end) for n in kept.values()]
        own = [between(n, begin, end) for n in others.values()]
        for notes in (*near, *own):
            notes["start"] -= begin
        groove = _mean(groove_cosines(near, own, lines - begin))
        x, y = ([n for part, n in p.items() if part != "drums"] for p in (kept, others))
        distance = _mean(tonal_distances(x, y, begin, end))
        clash = np.nan_to_num(share_clashing(x, y, begin, end))
        return float(self.groove * groove - self.tonal * distance - self.clash * clash)


def split(made: Arrangement, kept: Sequence[str]) -> tuple[dict[str, Notes], dict[str, Notes]]:
    """What the kept parts play, and what the others do."""
    there = {part: notes for part, notes in made.parts.items() if part in kept}
    return there, {part: notes for part, notes in made.parts.items() if part not in kept}


def _mean(values: Array) -> float:
    """The mean of those that are numbers; 0 of none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0
