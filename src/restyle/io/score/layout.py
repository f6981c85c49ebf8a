"""What a score shows: bars, parts, staves and voices, on the units of `rhythm`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from restyle.io.score.rhythm import Segment
from restyle.io.score.spelling import Names
from restyle.music.song import Chord, Key, Meter, Track

Event = tuple[int, int, tuple[int, ...]]
"""(start, end, pitches) in units."""


TUNES = ("melody", "voice")
"""Names (in any case) of tracks that are sung or led."""


def is_tune(track: Track) -> bool:
    """Whether a track is the tune, or sung."""
    return track.is_melody or track.name.casefold() in TUNES


@dataclass(frozen=True)
class Bar:
    """A bar as printed; `skip` units at its beginning are left out (before a pickup)."""

    start: int
    length: int
    meter: Meter
    skip: int = 0
    new_meter: bool = False

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Staff:
    """Voices of one staff, each without overlaps, and its clef: G, F, C or percussion."""

    clef: str
    voices: tuple[tuple[Event, ...], ...]
    octave: int = 0
    """-1 for instruments that sound an octave below what their players read."""
    changes: tuple[tuple[int, str], ...] = ()
    """(bar, clef) of every later bar that begins with another clef."""
    signs: tuple[tuple[int, int, int], ...] = ()
    """(first bar, last bar, octaves) of octave signs: 1 is 8va, written an octave lower."""


@dataclass(frozen=True)
class Part:
    name: str
    program: int | None
    is_drum: bool
    staves: tuple[Staff, ...]
    dynamics: tuple[tuple[int, str], ...] = ()
    """(time, mark): p, mp, mf or f."""
    tune: bool = False
    """Whether it is the tune, or sung."""


@dataclass(frozen=True)
class Layout:
    """A whole score; all times in units."""

    title: str
    bars: tuple[Bar, ...]
    parts: tuple[Part, ...]
    keys: tuple[tuple[int, Key], ...]
    tempos: tuple[tuple[int, float], ...]
    chords: tuple[Chord, ...] = ()
    marks: tuple[tuple[int, str], ...] = ()
    words: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    names: Names | None = None
    """How the notes are spelled; by the key alone where None."""
    composer: str = ""
    lyrics: tuple[tuple[int, str], ...] = ()
    """(time, syllable); a syllable whose word goes on ends with a hyphen."""
    subtitle: str = ""
    """What the title may be followed by in brackets, as "jazz style"."""
    exact: bool = False
    """To be read back as it is: tempos are not rounded."""
    is_lead: bool = False
    """A lead sheet: one staff, which nobody has to be told the name of."""
    joins_rests: bool = False
    """A player's own part: bars of rest in a row are one bar with their number over it."""


def segments(voice: Sequence[Event], bar: Bar) -> list[Segment]:
    """What of a voice lies in a bar, silences filled in; units from the bar's start."""
    end = bar.end
    out: list[Segment] = []
    at = bar.skip
    for start, stop, pitches in voice:
        if stop <= bar.start + bar.skip or start >= end:
            continue
        a, b = max(start - bar.start, bar.skip), min(stop, end) - bar.start
        if a > at:
            out.append(Segment(at, a))
        out.append(Segment(a, b, pitches, start < bar.start + a, stop > bar.start + b))
        at = b
    if at < bar.length:
        out.append(Segment(at, bar.length))
    return out


def one_voice(voices: Sequence[Sequence[Event]]) -> tuple[Event, ...]:
    """All voices in one: notes that begin together become a chord, others give way to the next."""
    events = sorted((event for voice in voices for event in voice), key=lambda event: event[0])
    out: list[Event] = []
    for start, end, pitches in events:
        if out and out[-1][0] == start:
            out[-1] = (start, max(out[-1][1], end), tuple(sorted({*out[-1][2], *pitches})))
            continue
        if out and out[-1][1] > start:
            out[-1] = (out[-1][0], start, out[-1][2])
        out.append((start, end, pitches))
    return tuple(out)
