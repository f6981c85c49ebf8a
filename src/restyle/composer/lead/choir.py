"""What is known of a song whose chords are drawn, and the chords by their names."""

from __future__ import annotations

from dataclasses import dataclass, field

from restyle.composer.lead.engine import ChordNet

MAJ, MIN, DIMINISHED = 0, 12, 24
TONIC = {False: MAJ + 0, True: MIN + 9}
DOMINANT = {False: MAJ + 7, True: MAJ + 4}
FOURTH = {False: MAJ + 5, True: MIN + 2}
SECOND = {False: MIN + 2, True: 24 + 11}
DIATONIC = {
    False: {MAJ + 0, MIN + 2, MIN + 4, MAJ + 5, MAJ + 7, MIN + 9},
    True: {MIN + 9, MAJ + 0, MIN + 2, MAJ + 4, MIN + 4, MAJ + 5, MAJ + 7, 24 + 11},
}
RICH = ("jazz", "latin", "film", "ragtime", "classical")
"""Styles of many chords."""
LOOSE = ("pop", "rock", "soul", "reggae", "hiphop", "electronic", "country")
"""Styles that also close by the fourth, or in minor from the seventh degree."""
BLUES = ((0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7), (0, 0, 0, 0, 5, 5, 0, 0, 7, 7, 0, 7))


@dataclass(frozen=True)
class Choir:
    """What is known of the song whose chords are drawn."""

    net: ChordNet
    about: tuple[int, int, int]
    style: str
    given: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Bars whose chords are known."""
    temperature: float = 0.85

    @property
    def width(self) -> float:
        """The share of the likeliest chords that is drawn from."""
        return 0.97 if self.style in RICH else 0.92

    @property
    def minor(self) -> bool:
        return bool(self.about[2])
