"""What is measured of a sequence: collapse, copying, harmony and rhythm. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import log2
from typing import TypeVar

import numpy as np

from restyle.composer.notes import Elements, is_note, note_pitch, pitch_classes
from restyle.music.chord import MAJOR, MINOR

SEED = 5
"""Moves that a shared run has at least."""
WINDOW = 100
"""Notes over which the entropy is taken."""
_SCALES = MAJOR, (*MINOR, 9, 11)
"""Major, and minor with its raised sixth and seventh."""


@dataclass(frozen=True)
class Collapse:
    """The four checks against a collapse to one note, of a sequence of notes and chords."""

    most_frequent: float
    """Share of the most frequent note or chord."""
    longest_run: float
    """Most times in a row that one comes."""
    distinct: float
    """Distinct 4-grams over all 4-grams."""
    entropy: float
    """Bits of the distribution of notes, mean over windows of 100."""


def collapse(symbols: Sequence[str]) -> Collapse:
    """The checks for one sequence, of at least four notes."""
    counts = Counter(symbols)
    grams = list(zip(*(symbols[i:] for i in range(4)), strict=False))
    cuts = range(0, max(len(symbols) - WINDOW + 1, 1), WINDOW)
    return Collapse(
        max(counts.values()) / len(symbols),
        float(longest_run(symbols)),
        len(set(grams)) / max(len(grams), 1),
        float(np.mean([entropy(Counter(symbols[i : i + WINDOW]).values()) for i in cuts])),
    )


def longest_run(symbols: Sequence[str]) -> int:
    """How often one symbol comes in a row at most."""
    best = run = 0
    previous = None
    for symbol in symbols:
        run = run + 1 if symbol == previous else 1
        best, previous = max(best, run), symbol
    return best


def entropy(counts: Iterable[int]) -> float:
    """Bits of a distribution given as counts."""
    known = [c for c in counts if c]
    total = sum(known)
    return -sum(c / total * log2(c / total) for c in known)


def in_scale(symbols: Sequence[str], tonic: int, mode: str) -> float:
    """Share of sounding pitch classes (every note of every chord) in the scale of a key."""
    scale = {(tonic + step) % 12 for step in _SCALES[mode == "minor"]}
    classes = [pc for s in symbols for pc in pitch_classes(s)]
    return sum(pc in scale for pc in classes) / max(len(classes), 1)


def class_entropy(symbols: Sequence[str]) -> float:
    """Bits of the distribution of pitch classes, every note of every chord counted."""
    return entropy(Counter(pc for s in symbols for pc in pitch_classes(s)).values())


@dataclass(frozen=True)
class Harmony:
    """How a sequence holds its key and its chords."""

    scale: float
    """Share of notes in the scale of its key."""
    classes: float
    """Bits of the distribution of pitch classes."""
    chord: float
    """Share of single notes that belong to the last chord of three notes, within a bar of it; not a
    number where there is no such chord."""


@dataclass(frozen=True)
class Rhythm:
    """How a sequence lies in time."""

    on_beat: float
    """Share of onsets on a beat."""
    steps: float
    """Bits of the distribution of steps from one onset to the next."""
    lengths: float
    """Bits of the distribution of durations."""
    a_bar: float
    """Notes and chords in four beats."""
    again: float
    """Share of bars whose onsets fall as those of one of the eight bars before."""


Row = TypeVar("Row", Collapse, Harmony, Rhythm)


def harmony(elements: Elements, bar: int, tonic: int, mode: str) -> Harmony:
    """The checks of key and chords; `bar` is the length of a bar in twelfths of a quarter."""
    symbols = elements["symbol"].tolist()
    fits: list[bool] = []
    classes: tuple[int, ...] = ()
    since = 0
    for symbol, start in zip(symbols, elements["start"].tolist(), strict=True):
        own = pitch_classes(symbol)
        if len(own) >= 3:
            classes, since = own, start
        elif is_note(symbol) and classes and start - since <= bar:
            fits.append(own[0] in classes)
    return Harmony(
        in_scale(symbols, tonic, mode),
        class_entropy(symbols),
        float(np.mean(fits)) if fits else float("nan"),
    )


def rhythm(elements: Elements, bar: int) -> Rhythm:
    """The checks of rhythm; the first bar begins at 0."""
    start = elements["start"].astype(np.int64)
    onsets = np.unique(start)
    bars: dict[int, list[int]] = {}
    for t in onsets.tolist():
        bars.setdefault(t // bar, []).append(t % bar)
    patterns = [tuple(bars[k]) for k in sorted(bars)]
    again = [p in patterns[max(i - 8, 0) : i] for i, p in enumerate(patterns)]
    return Rhythm(
        float((onsets % 12 == 0).mean()),
        entropy(Counter(np.minimum(np.diff(onsets), 48).tolist()).values()),
        entropy(Counter(elements["duration"].tolist()).values()),
        48 * len(start) / max(int(start[-1] - start[0]), 1),
        float(np.mean(again)),
    )


class Runs:
    """Finds the longest run that a row shares with known ones, of `SEED` at least."""

    def __init__(self, known: Iterable[Sequence[Hashable]]):
        self._known = list(known)
        self._places: dict[tuple[Hashable, ...], list[tuple[int, int]]] = {}
        for number, row in enumerate(self._known):
            for i in range(len(row) - SEED + 1):
                self._places.setdefault(tuple(row[i : i + SEED]), []).append((number, i))

    def longest(self, row: Sequence[Hashable]) -> int:
        """How long it is; 0 where nothing of `SEED` is shared."""
        best = 0
        for i in range(len(row) - SEED + 1):
            for number, j in self._places.get(tuple(row[i : i + SEED]), ()):
                other = self._known[number]
                if i and j and row[i - 1] == other[j - 1]:
                    continue  # part of one that was found from its beginning
                n = SEED
                while i + n < len(row) and j + n < len(other) and row[i + n] == other[j + n]:
                    n += 1
                best = max(best, n)
        return best


class Originality:
    """Finds what a sequence shares with known songs, in whatever key."""

    def __init__(self, songs: Iterable[Sequence[str]]):
        self._runs = Runs(_intervals(song) for song in songs)

    def longest_shared(self, symbols: Sequence[str]) -> int:
        """Notes of the longest n-gram that is also in a known song, transposed or not.

        0 where nothing as long as the shortest looked for is shared.
        """
        found = self._runs.longest(_intervals(symbols))
        return found + 1 if found else 0


def _intervals(symbols: Sequence[str]) -> list[int]:
    """A number for each pair of neighbours that is the same in all keys: how far the second lies
    from the first, and what chord it is."""
    out = []
    for a, b in pairwise(symbols):
        if is_note(a) and is_note(b):
            out.append(note_pitch(b) - note_pitch(a))
            continue
        first, second = pitch_classes(a), pitch_classes(b)
        shape = tuple((pc - second[0]) % 12 for pc in second)
        kind = (is_note(a), is_note(b), (second[0] - first[0]) % 12, shape)
        out.append(1000 + hash(kind) % (1 << 40))
    return out


def mean(rows: Sequence[Row]) -> Row:
    """The mean of each check, over the rows in which it is a number."""
    columns = [asdict(row) for row in rows]
    known = {k: [c[k] for c in columns if not np.isnan(c[k])] for k in columns[0]}
    return type(rows[0])(**{k: float(np.mean(v)) if v else float("nan") for k, v in known.items()})


def apart(made: Collapse | Harmony | Rhythm, real: Collapse | Harmony | Rhythm) -> dict[str, float]:
    """For each check how far the one lies from the other, as a share of the other.

    0 where either is not a number.
    """
    a, b = asdict(made), asdict(real)
    off = {k: a[k] / b[k] - 1 if b[k] else float(a[k] != 0) for k in a}
    return {k: 0.0 if np.isnan(v) else v for k, v in off.items()}
