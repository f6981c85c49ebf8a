"""Instruments: what the 128 General MIDI programs can play, as players and arrangers know it.

All pitches are sounding MIDI pitches. The numbers stand in `instruments.csv`, a row a program:

* compass (low, high) and comfortable range: Adler, The Study of Orchestration (4th ed. 2016),
  appendix A; Sevsay, The Cambridge Guide to Orchestration (2013); saxophones, jazz guitar and
  rhythm section: Lowell & Pullig, Arranging for Large Jazz Ensemble (2003); electronic
  instruments: the keyboards that they are played from (61 keys, 36-96, and their octave switch).
  The flute is comfortable where it carries: below G4 it is breathy, and a band covers it.
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
from numpy.typing import NDArray

from restyle.music.drums import DRUM_KEYS as DRUM_KEYS
from restyle.music.drums import Kit as Kit
from restyle.music.drums import canonical_drum as canonical_drum
from restyle.music.drums import canonical_drums as canonical_drums
from restyle.music.drums import kit as kit
from restyle.music.song import GRID, Notes


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
AT_EASE = 0.05
"""Share of a tune's sounding time that may lie outside where its instrument is comfortable."""
JUST_REACHED = 0.2
"""Share of it up to which an instrument of the style goes before a foreign one that is at ease."""
DOUBLE_STOPS, HELD_OVER = 0.02, 0.1
"""Share of a tune's onsets that may strike more notes than an instrument has voices, and that may
find more sounding: of real songs' tunes on winds two and three of a hundred have more of either."""
LEGATO = GRID // 2
"""How long a note may sound into the next one, in grid positions, and still be of one voice."""


def choose_tune_program(tune: Notes, candidates: Iterable[int]) -> int:
    """The program that is to play a tune, its pitches as they sound.

    Of the candidates, in the style's order, those that have every note in their compass and as many
    voices as the tune. The first in whose comfortable range nearly all of its sounding time lies;
    else the one of them that is least outside it, if that is little; else the first of
    `FALLBACK_TUNE_PROGRAMS` at its ease; else whichever is least outside; else the piano.
    """
    own = list(candidates)
    if not len(tune):
        return [*own, *FALLBACK_TUNE_PROGRAMS][0]
    voices = voices_of(tune)
    outside = {p: outside_comfort(p, tune) for p in (*own, *FALLBACK_TUNE_PROGRAMS)}
    fit = [p for p in outside if _holds(instrument(p), tune, voices)]
    reached = [p for p in fit if p in own and outside[p] <= JUST_REACHED]
    at_ease = [p for p in fit if outside[p] <= AT_EASE]
    known = [p for p in at_ease if p in own] or sorted(reached, key=lambda p: outside[p])
    return (known or at_ease or sorted(fit, key=lambda p: outside[p]) or [0])[0]


def outside_comfort(program: int, tune: Notes) -> float:
    """Share of a tune's sounding time that lies outside where the instrument is comfortable."""
    one, pitch, lasts = instrument(program), tune["pitch"], tune["duration"]
    outside = (pitch < one.comfortable_low) | (pitch > one.comfortable_high)
    return float(lasts[outside].sum() / max(lasts.sum(), 1))


def voices_of(tune: Notes) -> int:
    """How many notes of a tune sound together, a few places apart. One that sounds into the next
    for less than an eighth, or than that one lasts, is of one voice with it."""
    begins, ends = tune["start"], tune["start"] + tune["duration"]
    places, struck = np.unique(begins, return_counts=True)
    sounding = struck.copy()
    for number, at in enumerate(places):
        shared = min(LEGATO, int(tune["duration"][begins == at].min()))
        sounding[number] += ((begins < at) & (ends - at >= max(shared, 2))).sum()
    return max(_nearly_most(struck, DOUBLE_STOPS), _nearly_most(sounding, HELD_OVER))


def _nearly_most(counts: NDArray[np.int64], share: float) -> int:
    """The highest count without that share of the places."""
    return int(np.quantile(counts, 1 - share, method="inverted_cdf"))


def _holds(one: Instrument, tune: Notes, voices: int) -> bool:
    low, high = tune["pitch"].min(), tune["pitch"].max()
    return bool(one.low <= low and high <= one.high and voices <= one.at_once)


def named(name: str) -> Sequence[int]:
    """Programs whose name is, or else contains, the words (spaces, hyphens and case aside)."""
    wanted = _plain(name)
    exact = [one.program for one in instruments() if _plain(one.name) == wanted]
    return exact or [one.program for one in instruments() if wanted and wanted in _plain(one.name)]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
