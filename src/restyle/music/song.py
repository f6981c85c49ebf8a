"""Song: tracks of notes on a beat grid, the one container for music everywhere inside.

Time is counted in ticks, `TICKS` to the quarter note. Bars are always whole: a song that begins
with a pickup starts with a bar whose first ticks are silent, and `Song.pickup` says how many ticks
of that first bar really sound, so that a score can print the short bar.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from restyle.music.chord import Chord as Chord
from restyle.music.chord import Key as Key
from restyle.music.verbatim import Verbatim

TICKS = 480
"""Ticks a quarter note in every Song."""
GRID = 12
"""Grid positions a quarter note in every LeadSheet: sixteenths and triplets."""
STEP = TICKS // GRID
"""Ticks a grid position."""

NOTE = np.dtype([("start", "<i4"), ("duration", "<i4"), ("pitch", "<i4"), ("velocity", "<i4")])
"""One note: start and duration (ticks in a Song, grid positions in a LeadSheet), MIDI pitch and
velocity 1-127. Note arrays are kept sorted by start, then pitch."""

Notes = NDArray[np.void]


def notes_array(rows: Iterable[tuple[int, int, int, int]] = ()) -> Notes:
    """A sorted note array from (start, duration, pitch, velocity) rows."""
    return sort_notes(np.array(list(rows), dtype=NOTE))


def sort_notes(notes: Notes) -> Notes:
    """The same notes ordered by start, then pitch, then duration."""
    return notes[np.lexsort((notes["duration"], notes["pitch"], notes["start"]))]


def in_ticks(notes: Notes) -> Notes:
    """Notes in grid positions as notes in ticks."""
    out = notes.copy()
    out["start"] *= STEP
    out["duration"] *= STEP
    return out


def between(notes: Notes, begin: int, end: int) -> Notes:
    """The notes that start from `begin` on and before `end`; a copy."""
    return notes[(notes["start"] >= begin) & (notes["start"] < end)]


@dataclass(frozen=True)
class Meter:
    """A time signature from `start` on (in the unit of its container, always on a bar line)."""

    start: int
    numerator: int
    denominator: int

    def bar_length(self, per_quarter: int) -> int:
        """Length of a bar in units of which `per_quarter` make a quarter note."""
        return 4 * per_quarter * self.numerator // self.denominator

    @property
    def name(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True)
class Tempo:
    """Quarter notes a minute from `start` on (in the unit of its container)."""

    start: int
    bpm: float


@dataclass(frozen=True)
class Marker:
    """A text at a place in the song (a rehearsal mark, a chord name)."""

    start: int
    text: str


MELODY = "melody"
"""What the tune's track is called, alone or in brackets after its instrument: "Flute (melody)"."""


@dataclass(frozen=True)
class Lyric:
    """A sung syllable at a place in the song; where its word goes on, it ends with a hyphen."""

    start: int
    text: str


@dataclass(frozen=True)
class Track:
    """The notes of one instrument: a GM program 0-127, or the drum kit."""

    name: str
    program: int
    notes: Notes
    is_drum: bool = False
    verbatim: Verbatim | None = None
    """How MIDI files have it, where it was taken over from one; `notes` are for all else."""

    @property
    def is_melody(self) -> bool:
        """Whether its name says that it is the tune: "Melody", "Flute (melody)"."""
        name = self.name.casefold()
        return not self.is_drum and (name == MELODY or name.endswith(f"({MELODY})"))

    @property
    def instrument_name(self) -> str:
        """The name without "(melody)"."""
        plain = self.name.removesuffix(f"({MELODY})")
        return self.name if plain == self.name else plain.rstrip()

    @property
    def end(self) -> int:
        """Where the last note ends, in ticks; 0 when there is none."""
        return int((self.notes["start"] + self.notes["duration"]).max()) if len(self.notes) else 0


@dataclass(frozen=True)
class Touch:
    """How a song on the grid is to be played (see `io.feel`): as a style's players do, how much of
    that, 0..1, by which seed, and with what swing it is written."""

    style: str
    amount: float
    seed: int = 0
    swing: float = 1.0


@dataclass(frozen=True, repr=False)
class Song:
    """A piece of music: tracks, and the meter, tempo and key they stand in; times in ticks.

    `meters` and `tempos` each begin at tick 0. `keys` are the signatures that the file states
    (start, Key), `chords` the chord symbols that it states (both may be empty: `hear` finds them).
    """

    tracks: tuple[Track, ...]
    meters: tuple[Meter, ...] = (Meter(0, 4, 4),)
    tempos: tuple[Tempo, ...] = (Tempo(0, 120.0),)
    keys: tuple[tuple[int, Key], ...] = ()
    chords: tuple[Chord, ...] = ()
    markers: tuple[Marker, ...] = ()
    title: str = ""
    composer: str = ""
    lyrics: tuple[Lyric, ...] = ()
    """What is sung, syllable by syllable, sorted by start."""
    pickup: int = 0
    swing: float = 1.0
    """The ratio of the first eighth of a beat to the second that a score asks for; its notes stand
    straight, as they are written. 1.0 where nothing is said: swing is then heard in the notes."""
    meter_known: bool = True
    """Whether the file states its meter; MIDI without a time signature only defaults to 4/4."""
    made_with: str = ""
    """How restyle made it, as JSON; kept in a text event of a MIDI file, so that bars of it can be
    made anew."""
    touch: Touch | None = None
    """How MIDI and sound play what stands here; paper shows what stands here."""
    warnings: tuple[str, ...] = field(default=())
    """What the reader had to mend, a sentence each."""

    @property
    def end(self) -> int:
        """Where the last note ends, in ticks."""
        return max((track.end for track in self.tracks), default=0)

    @property
    def note_count(self) -> int:
        return sum(len(track.notes) for track in self.tracks)

    def with_tracks(self, tracks: Iterable[Track]) -> Song:
        return replace(self, tracks=tuple(tracks))

    def bar_starts(self) -> NDArray[np.int64]:
        """Ticks of every bar line from 0 to the first one at or after the end, both included."""
        return bar_lines(self.meters, max(self.end, 1), TICKS)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the song in the format that the name's ending says (.mid, .musicxml, ...).

        Raises RestyleError for another ending, or when the file cannot be written.
        """
        from restyle.io import write  # the containers know no file library until asked

        write(self, path)

    def __repr__(self) -> str:
        """One line: title, tracks, notes, meter, tempo."""
        named = f"{self.title!r}, " if self.title else ""
        return (
            f"Song({named}{len(self.tracks)} tracks, {self.note_count} notes, "
            f"{self.meters[0].name}, {self.tempos[0].bpm:.0f} bpm)"
        )

    def _repr_html_(self) -> str:
        """What Jupyter shows: a piano roll, the sheet music, a player."""
        from restyle.io.notebook import song_html

        return song_html(self)


def bar_lines(meters: tuple[Meter, ...], end: int, per_quarter: int) -> NDArray[np.int64]:
    """Bar lines from 0 to the first at or after `end`, in units of 1/`per_quarter` quarter.

    A meter change that does not fall on a bar line of the meter before cuts that bar short.
    """
    lines = [0]
    for i, meter in enumerate(meters):
        last = i + 1 == len(meters)
        limit = end if last else min(meters[i + 1].start, end)
        length = meter.bar_length(per_quarter)
        while lines[-1] < limit:
            step = lines[-1] + length
            lines.append(step if last else min(step, meters[i + 1].start))
        if lines[-1] >= end:
            break
    return np.array(lines, dtype=np.int64)
