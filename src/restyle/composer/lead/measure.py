"""Measures of a tune over chords, the same for new songs and for real ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.rhythm import strong
from restyle.composer.lead.rules import Note, tones
from restyle.composer.measure import Runs
from restyle.music.chord import MAJOR


@dataclass(frozen=True)
class TuneMeasures:
    """Of one tune; shares are 0..1."""

    strong_in_chord: float
    """Notes on strong beats that belong to their chord (L. C. Yeh et al., *Automatic Melody
    Harmonization with Triad Chords*, 2021, count chord tones)."""
    steps: float
    """Moves of one or two semitones: D. Huron, *Sweet Anticipation* (2006): most are."""
    repeats: float
    """Notes as high as the one before."""
    leaps: float
    """Moves over a fifth."""
    turned: float
    """Of these, followed by a smaller move the other way (P. von Hippel and D. Huron, *Why Do Skips
    Precede Reversals?*, 2000)."""
    wavering: float
    """Notes that go back to the one before the last, and the next to the last: C B C B."""
    span: float
    """Semitones from the lowest to the highest note."""
    arches: float
    """Phrases whose middle lies above their first and last note (Huron, *The Melodic Arch in
    Western Folksongs*, 1996: the commonest contour)."""
    phrase: float
    """Bars from breath to breath: a rest, or a note of half a bar, of two beats or more."""
    off_beat: float
    """Onsets that are on no beat."""
    rhythm_again: float
    """Bars whose onsets were those of one of the eight bars before."""
    motif_again: float
    """The same with the moves, so a motif at any height."""
    silent: float
    """Share of the time without a note."""
    notes_a_bar: float
    ends_home: float
    """1 where the last note is the tonic, else 0."""
    changes: float
    """Chords a bar: the harmonic rhythm."""
    fifths: float
    """Changes of chord whose root falls a fifth (W. Piston, *Harmony*, 1941: the strongest)."""
    borrowed: float
    """Chords that have a note outside the key."""
    closes: float
    """Four-bar groups of which the last bar closes: in full, V to I, or half, on V (Caplin,
    *Classical Form*, 1998)."""
    full_closes: float
    """Of these, in full."""


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
    phrases = phrases_of(notes, meter)
    to_and_fro = [a == -b == c and a != 0 for a, b, c in zip(moves, moves[1:], moves[2:])]  # noqa: B905
    return TuneMeasures(
        _mean(inside), _mean([abs(m) in (1, 2) for m in moves]), _mean([m == 0 for m in moves]),
        _mean([abs(m) > 7 for m in moves]),
        _mean([a * b < 0 and abs(b) < abs(a) for a, b in after]), _mean(to_and_fro),
        float(max(n.pitch for n in notes) - min(n.pitch for n in notes)),
        _mean([_is_arch(phrase) for phrase in phrases if len(phrase) > 2]),
        bars / max(len(phrases), 1), _mean([n.place % e.BEAT[meter] != 0 for n in notes]),
        _again(onsets), _again(shapes), 1 - min(sum(n.length for n in notes) / length, 1.0),
        len(notes) / bars, float(notes[-1].pitch % 12 == (9 if minor else 0)),
        *_harmony(chords, minor),
    )  # fmt: skip


def phrases_of(notes: Sequence[Note], meter: str) -> list[list[Note]]:
    """The tune from breath to breath."""
    bar, long = e.BAR_LENGTH[meter], max(e.BAR_LENGTH[meter] // 2, 2 * e.BEAT[meter])
    out: list[list[Note]] = [[]]
    for note, following in pairwise([*notes, None]):
        assert note is not None
        out[-1].append(note)
        if following is None:
            break
        to = (following.bar - note.bar) * bar + following.place - note.place
        if to - note.length >= e.BEAT[meter] or to >= long:
            out.append([])
    return out


def _is_arch(phrase: Sequence[Note]) -> bool:
    middle = float(np.mean([note.pitch for note in phrase[1:-1]]))
    return phrase[0].pitch < middle > phrase[-1].pitch


def _harmony(chords: np.ndarray, minor: bool) -> tuple[float, float, float, float, float]:
    """Changes, fifths, borrowed, closes and full closes of chords (bars, 2)."""
    halves = [int(c) for c in chords.reshape(-1)]
    said = [c for i, c in enumerate(halves) if c < e.NO_CHORD and (not i or c != halves[i - 1])]
    own = set(MAJOR) | ({8} if minor else set())
    home, dominant = (9, 4) if minor else (0, 7)
    roots = [c % 12 if c < e.NO_CHORD else -1 for c in halves]
    last = range(3, len(chords), 4)
    full = [roots[2 * b + 1] == home and dominant in roots[2 * b - 1 : 2 * b + 1] for b in last]
    half = [roots[2 * b + 1] == dominant for b in last]
    closes = [a or b for a, b in zip(full, half, strict=True)]
    return (
        len(said) / len(chords),
        _mean([(b - a) % 12 == 5 for a, b in pairwise(c % 12 for c in said)]),
        _mean([bool(tones(c) - own) for c in said]),
        _mean(closes),
        _mean([a for a, closed in zip(full, closes, strict=True) if closed]),
    )


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
        self._runs = Runs(_text(tune) for tune in tunes)

    def longest(self, notes: Sequence[Note]) -> int:
        """Notes of the longest shared passage; 0 for none of a few moves."""
        found = self._runs.longest(_text(notes))
        return found + 1 if found else 0


def _text(notes: Sequence[Note]) -> list[tuple[int, int]]:
    return [(b.pitch - a.pitch, a.length) for a, b in pairwise(notes)]


def _again(bars: Sequence[tuple[object, ...]]) -> float:
    return _mean([bool(bar) and bar in bars[max(i - 8, 0) : i] for i, bar in enumerate(bars)])


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")
