"""Instruments: what the 128 General MIDI programs can play, as players and arrangers know it.

All pitches are sounding MIDI pitches. The numbers stand in `instruments.csv`, a row a program:

* compass (low, high) and comfortable range: Adler, The Study of Orchestration (4th ed. 2016),
  appendix A; Sevsay, The Cambridge Guide to Orchestration (2013); saxophones, jazz guitar and
  rhythm section: Lowell & Pullig, Arranging for Large Jazz Ensemble (2003); electronic
  instruments: the keyboards that they are played from (61 keys, 36-96, and their octave switch).
* `at_once`: strings, mallets or fingers there are; sections count their desks. A distorted guitar
  has three, since what is closer than root, fifth and octave turns to noise.
* `span`: the widest stretch of one hand on keys or of two mallets or of a harpist's four fingers;
  15 semitones is Parncutt, Sloboda, Clarke, Raekallio & Desain (1997), An Ergonomic Model of
  Keyboard Fingering, table 1 (thumb to little finger, practical).
* `repeat_ms`, `run_ms`: shortest time from note to note on one pitch, and in a scale. Tongues:
  single about 16ths at 140 (107 ms), double on flute and high brass at 185 (81 ms), Adler's
  chapters of each; one hand on a drum 10 strokes a second at best, two hands twice that: Fujii &
  Moritani (2007); keys: repetition of a grand about 14 a second, scales of 16.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from restyle.music.drums import DRUM_KEYS as DRUM_KEYS
from restyle.music.drums import Kit as Kit
from restyle.music.drums import canonical_drum as canonical_drum
from restyle.music.drums import canonical_drums as canonical_drums
from restyle.music.drums import kit as kit


@dataclass(frozen=True)
class Instrument:
    """One General MIDI program as an instrument that somebody plays."""

    program: int
    name: str
    family: str
    """keyboard, mallets, organ, guitar, bass, strings, ensemble, plucked, voice, brass, brass
    ensemble, saxophone, woodwind, flute, synth, lead, pad, percussion or effect."""
    low: int
    high: int
    comfortable_low: int
    comfortable_high: int
    at_once: int
    """Notes that can sound together."""
    span: int
    """Widest stretch of a hand in semitones; 0 where hands do not limit it."""
    repeat_ms: int
    """Shortest time from a note to the same one again."""
    run_ms: int
    """Shortest time from a note to another one in a scale."""
    transposition: int
    """Semitones to add to the sounding pitch for the written one: 2 for B flat, 9 for alto
    saxophone, 12 for guitar and bass."""
    clefs: tuple[str, ...]
    """The usual one first: G, F, C3 (alto), C4 (tenor), or GF for two staves."""

    @property
    def key(self) -> str:
        """The key that it is built in: "B flat", "E flat", "F", or "C"."""
        return {2: "B flat", 9: "E flat", 7: "F"}.get(self.transposition % 12, "C")

    @property
    def staves(self) -> int:
        return len(self.clefs[0]) if self.clefs[0] == "GF" else 1

    def has(self, pitch: int) -> bool:
        """Whether the pitch lies in the compass."""
        return self.low <= pitch <= self.high


@cache
def instruments() -> tuple[Instrument, ...]:
    """All 128, by program number."""
    text = files("restyle.music").joinpath("instruments.csv").read_text(encoding="utf-8")
    return tuple(_of_row(row) for row in csv.DictReader(text.splitlines()))


def _of_row(row: dict[str, str]) -> Instrument:
    numbers = {k: int(v) for k, v in row.items() if k not in ("name", "family", "clefs")}
    return Instrument(
        name=row["name"], family=row["family"], clefs=tuple(row["clefs"].split()), **numbers
    )


def instrument(program: int) -> Instrument:
    """The instrument of a General MIDI program 0-127."""
    return instruments()[program]


LOWEST_FOR_INTERVAL = (
    0, 52, 51, 48, 46, 46, 35, 34, 41, 41, 41, 41, 0, 40, 39, 36, 34,
)  # fmt: skip
"""Lowest sounding pitch of the lower note of each interval, unison to major tenth; 0: no limit."""


def lowest_for_interval(semitones: int) -> int:
    """Lowest sounding pitch that the lower note of an interval may have before it turns muddy; 0
    for a unison, an octave, and what is wider than a tenth.

    The low interval limits of Pease & Pullig, Modern Jazz Voicings (Berklee 2001): a minor second
    down to E3-F3, a minor third to C3-Eb3, a fifth to Bb1-F2, sixths and sevenths to F2.
    """
    return LOWEST_FOR_INTERVAL[semitones] if 0 <= semitones < len(LOWEST_FOR_INTERVAL) else 0


FALLBACK_TUNE_PROGRAMS = (73, 40, 71, 66, 42, 0)
"""Flute, violin, clarinet, tenor saxophone, cello and piano: what plays a tune that none of the
style's instruments holds. The piano holds everything."""


def choose_tune_program(pitches: ArrayLike, candidates: Iterable[int]) -> int:
    """The program that is to play a tune of those sounding pitches.

    The first candidate (in the style's order) that has every note in its compass and the tune's
    5th to 95th percentile in its comfortable range; else the first of `FALLBACK_TUNE_PROGRAMS`
    that does; else the first of both that has every note in its compass; else the piano.
    """
    tune = np.asarray(pitches)
    choices = [*candidates, *FALLBACK_TUNE_PROGRAMS]
    if not tune.size:
        return choices[0]
    middle = np.percentile(tune, (5, 95))
    fit = [p for p in choices if _holds(instrument(p), tune)]
    easy = [
        p
        for p in fit
        if instrument(p).comfortable_low <= middle[0]
        and middle[1] <= instrument(p).comfortable_high
    ]
    return (easy or fit or [0])[0]


def _holds(one: Instrument, pitches: NDArray[np.generic]) -> bool:
    return bool(one.low <= pitches.min() and pitches.max() <= one.high)


def named(name: str) -> Sequence[int]:
    """Programs whose name is, or else contains, the words (spaces, hyphens and case aside)."""
    wanted = _plain(name)
    exact = [one.program for one in instruments() if _plain(one.name) == wanted]
    return exact or [one.program for one in instruments() if wanted and wanted in _plain(one.name)]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
