"""A score as it is written: parts of measures of notes, before any repeat is played.

Times within a measure are whole numbers of `Score.unit` to the quarter note.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from restyle.music.song import Chord, Key


@dataclass(slots=True)
class Note:
    """A note that sounds: pitch as heard, program 0-127 or a drum key."""

    start: int
    length: int
    pitch: int
    velocity: int
    program: int
    is_drum: bool
    tie_in: bool = False
    tie_out: bool = False
    passes: frozenset[int] = frozenset()
    """The passes in which it is played; all when empty."""
    is_guess: bool = False
    """Whether nothing says what an unpitched note sounds like, not even its part's name."""


@dataclass(slots=True)
class Marks:
    """What a measure says of the order in which measures are played."""

    forward: bool = False
    times: int = 0
    """How often in all a repeat that ends here is played; 0 where none ends."""
    after_jump: bool = False
    """Whether that repeat is taken after a da capo or dal segno too."""
    ending: tuple[int, ...] = ()
    """The passes of an ending that begins here."""
    ending_stops: bool = False
    double: bool = False
    """Whether a double bar line stands at its end."""
    segno: str | None = None
    coda: str | None = None
    to_coda: str | None = None
    to_coda_first: bool = False
    """Whether one leaves for the coda before this measure, not after it."""
    dacapo: bool = False
    dalsegno: str | None = None
    fine: bool = False
    jump_passes: frozenset[int] = frozenset()
    """The passes in which the da capo or dal segno is taken; all when empty."""

    def merge(self, other: Marks) -> None:
        """Take over what another part says in the same measure."""
        self.forward |= other.forward
        self.times = max(self.times, other.times)
        self.after_jump |= other.after_jump
        self.ending = self.ending or other.ending
        self.ending_stops |= other.ending_stops
        self.double |= other.double
        self.segno = self.segno if self.segno is not None else other.segno
        self.coda = self.coda if self.coda is not None else other.coda
        self.to_coda = self.to_coda if self.to_coda is not None else other.to_coda
        self.to_coda_first |= other.to_coda_first
        self.dacapo |= other.dacapo
        self.dalsegno = self.dalsegno if self.dalsegno is not None else other.dalsegno
        self.fine |= other.fine
        self.jump_passes |= other.jump_passes


@dataclass(slots=True)
class Syllable:
    """A syllable of a verse; a hyphen at its end says that the word goes on."""

    start: int
    verse: int
    text: str


@dataclass(slots=True)
class Measure:
    """One measure of one part."""

    notes: list[Note] = field(default_factory=list)
    lyrics: list[Syllable] = field(default_factory=list)
    chords: list[Chord] = field(default_factory=list)
    """Chord symbols as heard; `start` in units within the measure."""
    keys: list[tuple[int, Key | None, bool]] = field(default_factory=list)
    """Start, key as heard (None for a signature that is no key) and whether its mode is stated."""
    tempos: list[tuple[int, int, float]] = field(default_factory=list)
    """Start, 0 where the file says how it sounds or 1 where a mark is printed, and quarters a
    minute."""
    rehearsals: list[tuple[int, str]] = field(default_factory=list)
    meter: tuple[int, int] | None = None
    marks: Marks = field(default_factory=Marks)
    said: Marks = field(default_factory=Marks)
    """The same by words and signs alone, which count where nothing is said of the sound."""
    length: int = 0
    """How far its notes and rests reach."""
    content: int = 0
    """Where its last note ends."""
    elastic: bool = True
    """Whether it holds nothing but rests of a whole measure, whose length means nothing."""
    is_partial: bool = False
    """Whether it is counted as no bar of its own (number 0, or implicit)."""


@dataclass
class Part:
    """One instrument's measures."""

    name: str
    measures: list[Measure]
    program_stated: bool = False
    names: dict[int, str] = field(default_factory=dict)
    """Program -> name of the instrument, where a part has several."""
    volume: float = 100.0
    slashes: bool = False
    """Whether slashes stand for notes somewhere."""


@dataclass
class Score:
    """A whole score."""

    parts: list[Part]
    unit: int
    title: str = ""
    composer: str = ""
    swing: float = 1.0
    remarks: dict[str, str] = field(default_factory=dict)
    """What our own writer put beside the music: name -> value."""
