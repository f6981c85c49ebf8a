"""What a tune is written over and to, and the tune on its way."""

from __future__ import annotations

from dataclasses import dataclass, field

from restyle.composer.lead import events as e
from restyle.composer.lead.engine import Ints, TuneNet
from restyle.composer.lead.form import NEW, SAME, Bar
from restyle.composer.lead.rhythm import Pattern
from restyle.composer.lead.rules import Note


@dataclass(frozen=True)
class Brief:
    """What a tune is written over and to."""

    net: TuneNet
    about: tuple[int, int, int]
    style: str
    meter: str
    plan: list[Bar]
    chords: Ints
    """(bars, 2)."""
    low: int
    high: int
    upbeat: Pattern = ()
    """Notes that lead into each section, in the bar before it."""
    lifted: str = ""
    """Letters that lie higher."""
    rhythms: dict[int, Pattern] = field(default_factory=dict)
    """Bars whose rhythm is given (by words, or a motif)."""
    given: dict[int, tuple[Note, ...]] = field(default_factory=dict)
    """Bars whose notes are given."""
    temperature: float = 0.9
    notes_a_bar: float = 5.0

    @property
    def minor(self) -> bool:
        return bool(self.about[2])

    def chords_at(self, bar: int, second: int) -> tuple[int, int]:
        """The chord of a half bar, and of the next."""
        flat = self.chords.reshape(-1)
        at = 2 * bar + second
        if at < 0:  # the upbeat: over the dominant, before the first chord
            return (4 if self.minor else 7), int(flat[0])
        return int(flat[at]), int(flat[min(at + 1, len(flat) - 1)])

    def leads_on(self, bar: int) -> bool:
        """Whether an upbeat at the end of this bar leads into the next phrase."""
        following = bar + 1
        return bool(self.upbeat) and following < len(self.plan) and self.plan[following].begins

    def next_is_free(self, bar: int) -> bool:
        if bar + 1 >= len(self.plan) or bar + 1 in self.rhythms or bar + 1 in self.given:
            return False
        following = self.plan[bar + 1]
        return following.how == NEW and not following.cadence

    def until_next(self, place: int) -> int:
        """Grid positions to the next half of a bar, where another chord may begin."""
        middle = e.MIDDLE[self.meter]
        return (middle if place < middle else e.BAR_LENGTH[self.meter]) - place

    def is_new(self, note: Note) -> bool:
        """Whether a note's length is the network's, not the user's or an earlier bar's."""
        return note.bar >= 0 and note.bar not in self.given and self.plan[note.bar].how != SAME


@dataclass
class Line:
    """One tune on the way: its notes, and how likely they were."""

    notes: list[Note]
    likely: float = 0.0
    drawn: int = 0
