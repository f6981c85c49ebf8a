"""What all voices of a tune share while it is read, and how much there may be of anything."""

from __future__ import annotations

from dataclasses import dataclass, field

from restyle.io.written.score import MOST_NOTES, MOST_SIGNS, UNITS, too_many

LONGEST = 128 * UNITS
"""The longest note or rest; longer ones are slips."""
MOST_REST_BARS = 500
SLIPS = "Numbers and rhythm signs that nobody can mean were left out."


@dataclass
class Context:
    """What all voices of a tune share while it is read."""

    name: str = "The file"
    propagate: str = "pitch"
    """How far accidentals hold: pitch (the letter, in all octaves), octave, not."""
    symbols: dict[str, str] = field(default_factory=lambda: {"S": "segno", "O": "coda"})
    """What the one-letter signs (U:) stand for."""
    directions: list[str] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    notes: int = 0
    """Notes and rests so far, of all voices."""
    signs: int = 0
    """Notes, bar lines, fields and all else so far."""

    def count_notes(self, more: int) -> None:
        """Raise UnreadableSong when there are more than any piece has."""
        self.notes += more
        if self.notes > MOST_NOTES:
            raise too_many(self.name)

    def count_signs(self, more: int) -> None:
        """Raise UnreadableSong when there are more than any piece has."""
        self.signs += more
        if self.signs > MOST_SIGNS:
            raise too_many(self.name, "signs")
