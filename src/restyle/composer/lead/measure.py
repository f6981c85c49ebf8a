"""Measures of a tune over chords, the same for new songs and for real ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.rhythm import strong
from restyle.composer.lead.rules import Note, tones

SEED = 5
"""Notes of the shortest passage that counts as shared."""


@dataclass(frozen=True)
class TuneMeasures:
    """Of one tune; shares are 0..1."""

    strong_in_chord: float
    """Notes on strong beats that belong to their chord."""
    steps: float
    """Moves of one or two semitones."""
    repeats: float
    """Notes as high as the one before."""
    leaps: float
    """Moves over a fifth."""
    turned: float
    """Of these, followed by a smaller move the other way (von Hippel and Huron 2000)."""
    span: float
    """Semitones from the lowest to the highest note."""
    rhythm_again: float
    """Bars whose onsets were those of one of the eight bars before."""
    motif_again: float
    """The same with the moves, so a motif at any height."""
    silent: float
    """Share of the time without a note."""
    notes_a_bar: float
    ends_home: float
    """1 where the last note is the tonic, else 0."""


def measure(notes: Sequence[Note], chords: np.ndarray, meter: str, minor: bool) -> TuneMeasures:
    """The measures of a tune at home; `chords` are (bars, 2). Needs three notes."""
    moves = [b.pitch - a.pitch for a, b in pairwise(notes)]
    beats = [n for n in notes if n.bar >= 0 and strong(n.place, meter)]
    inside = [n.pitch % 12 in tones(int(chords[n.bar, int(n.place >= e.MIDDLE[meter])]))
              for n in beats]  # fmt: skip
    after = [(a, b) for a, b in pairwise(moves) if abs(a) > 7]
    bars = len(chords)
    own: list[list[Note]] = [[n for n in notes if n.bar == bar] for bar in range(bars)]
    onsets = [tuple(n.place for n in bar) for bar in own]
    shapes = [tuple((n.place, n.pitch - bar[0].pitch) for n in bar) for bar in own]
    length = bars * e.BAR_LENGTH[meter]
    return TuneMeasures(
        _mean(inside), _mean([abs(m) in (1, 2) for m in moves]), _mean([m == 0 for m in moves]),
        _mean([abs(m) > 7 for m in moves]),
        _mean([a * b < 0 and abs(b) < abs(a) for a, b in after]),
        float(max(n.pitch for n in notes) - min(n.pitch for n in notes)),
        _again(onsets), _again(shapes), 1 - min(sum(n.length for n in notes) / length, 1.0),
        len(notes) / bars, float(notes[-1].pitch % 12 == (9 if minor else 0)),
    )  # fmt: skip


def notes_of(stretch: e.Stretch) -> list[Note]:
    """The notes of a stretch of the corpus."""
    out, bar = [], -1
    for row in stretch.events.tolist():
        bar += row[0] == e.BAR
        if row[0] != e.BAR:
            out.append(Note(bar, row[0], row[1] + e.LOWEST - 1, e.length_of(row[2])))
    return out


class Shared:
    """Finds the longest passage that a tune shares with known ones: moves and lengths alike."""

    def __init__(self, tunes: Iterable[Sequence[Note]]):
        self.texts = [_text(tune) for tune in tunes]
        self.places: dict[tuple[tuple[int, int], ...], list[tuple[int, int]]] = {}
        for number, text in enumerate(self.texts):
            for i in range(len(text) - SEED + 1):
                self.places.setdefault(tuple(text[i : i + SEED]), []).append((number, i))

    def longest(self, notes: Sequence[Note]) -> int:
        """Notes of the longest shared passage; 0 for none of `SEED` moves."""
        text, best = _text(notes), 0
        for i in range(len(text) - SEED + 1):
            for number, j in self.places.get(tuple(text[i : i + SEED]), ()):
                other, n = self.texts[number], SEED
                while i + n < len(text) and j + n < len(other) and text[i + n] == other[j + n]:
                    n += 1
                best = max(best, n + 1)
        return best


def _text(notes: Sequence[Note]) -> list[tuple[int, int]]:
    return [(b.pitch - a.pitch, a.length) for a, b in pairwise(notes)]


def _again(bars: Sequence[tuple[object, ...]]) -> float:
    return _mean([bool(bar) and bar in bars[max(i - 8, 0) : i] for i, bar in enumerate(bars)])


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")
