"""A score as it is written: voices of bars, with repeat signs, marks and chord symbols.

Times are whole units, `UNITS` to the quarter, counted from the bar's beginning: exact for every
tuplet that musicians write, and as quick to add as numbers are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from restyle.errors import UnreadableSong
from restyle.music.song import TICKS, Key

UNITS = TICKS * 8 * 9 * 7 * 11 * 13
"""Units a quarter: down to 1024th notes, and tuplets of 3, 5, 7, 9, 11, 13 in each other."""
PER_TICK = UNITS // TICKS
MOST_NOTES = 150_000
"""Notes and rests after which a file is refused: more than any symphony has."""
MOST_SIGNS = 500_000
"""Notes, bar lines, words and whatever else after which a file is refused."""
MOST_VOICES = 100
"""Voices after which a file is refused."""


def units(quarters: Fraction) -> int:
    """A length in quarters as units, rounded where nothing written comes to that."""
    return round(quarters * UNITS)


def too_many(name: str, what: str = "notes") -> UnreadableSong:
    """What is raised for a file of more than `MOST_NOTES` notes, or `MOST_VOICES` voices."""
    return UnreadableSong(f"{name} holds more {what} than any piece of music: cut it in pieces.")


@dataclass(slots=True)
class Note:
    """A note in a bar."""

    start: int
    length: int
    pitch: int
    tied: bool = False
    """It goes on in the next note of its pitch."""
    velocity: int = 80


@dataclass(slots=True)
class Bar:
    """A bar of one voice, as written."""

    meter: tuple[int, int]
    key: Key
    notes: list[Note] = field(default_factory=list)
    chords: list[tuple[int, str, int]] = field(default_factory=list)
    """Chord symbols: place, text, and the semitones that they sound above what is written."""
    tempos: list[tuple[int, float]] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    words: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """Sung syllables: place, and what is sung there in the first verse, the second, ..."""
    length: int = 0
    opens: bool = False
    """A repeat begins here."""
    repeats: int = 0
    """How many more times the music goes back from the end of this bar."""
    closes: bool = False
    """A double bar line stands at its end."""
    ending: frozenset[int] = frozenset()
    """Passes that the ending beginning here is for; empty when none begins."""
    before: frozenset[str] = frozenset()
    """Marks at its beginning: segno, coda."""
    after: frozenset[str] = frozenset()
    """Marks at its end: coda, fine, dacapo, dalsegno, alfine, alcoda."""


@dataclass
class Voice:
    """A voice: its bars, and what the file says about its sound."""

    name: str = ""
    program: int | None = None
    is_drum: bool = False
    bars: list[Bar] = field(default_factory=list)

    @property
    def silent(self) -> bool:
        return not any(bar.notes for bar in self.bars)


@dataclass
class Score:
    """A piece with its voices."""

    title: str = ""
    composer: str = ""
    meter_known: bool = False
    voices: list[Voice] = field(default_factory=list)
    part_order: tuple[str, ...] = ()
    """Sections by name in the order in which they are played; empty where nothing says so."""
    remarks: dict[str, str] = field(default_factory=dict)
    directions: list[str] = field(default_factory=list)
    """Texts above the staff."""
    warnings: list[str] = field(default_factory=list)
