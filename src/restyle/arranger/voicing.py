"""Voicing: which pitches chord, bass line and tune call for, and how long they may ring.

What a small model slips on is said to it as nats: notes of the chord before others of the scale,
these before the rest; the chord's bass note at the bottom where a chord begins; accompaniment
below the tune; and notes that the next chord does not have end with the chord that has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.arranger.takes import harmony
from restyle.lead import LeadSheet
from restyle.tokens import vocabulary as v

Nats = NDArray[np.float32]

RICH = 0.6
"""Share of sevenths in the chords of a style from which on its colours cost nothing."""
COLOURS = (2, 9, 10, 11)
"""Ninth, sixth and sevenths above the root; those in the key's scale are a chord's colours."""
BELOW = ("drums", "bass")
"""Parts that lie below the tune without being told."""
_DURATIONS = np.array(v.DURATIONS)


@dataclass(frozen=True)
class VoicingOptions:
    """How many nats for what; 0 leaves it to the model.

    They were set so that as many notes as in real songs are of the chord, as many basses on its
    root, and as many notes above the tune (`benchmarks/leaning.py`).
    """

    inside: float = 1.0
    """Off a pitch outside chord and scale."""
    chord: float = 1.8
    """Off a pitch of the scale that the chord does not have; less for its colours (sixth, seventh,
    ninth) in a style that is rich in them."""
    root: float = 2.5
    """On the chord's bass note, for what the lowest part plays first in a chord."""
    tune: float = 2.0
    """Off a pitch above the note of the tune that sounds."""
    ring: float = 2.5
    """Off a length that carries a note into a chord that does not have it."""
    arrive: float = 0.8
    """On the places where a chord begins, for the lowest part."""


class Voicing:
    """The nats for one song. `sevenths` is the share of them in the style's chords, `lowest` the
    part that has the bass."""

    def __init__(
        self, lead: LeadSheet, options: VoicingOptions, sevenths: float = 0.0, lowest: str = "bass"
    ):
        self._options, self._lowest = options, lowest
        self.roots = [-1, *(c.root for c in lead.chords)]
        """The root of each chord, with one before the first (-1 for none)."""
        self._chords, self._inside = harmony(lead)
        self._sung = lead.melody
        self._sung_end = lead.melody["start"] + lead.melody["duration"]
        self._fill_tables(lead, sevenths)
        self._answered = -1  # the chord that has its bass note
        self._above: dict[int, Nats] = {}

    def _fill_tables(self, lead: LeadSheet, sevenths: float) -> None:
        options, pitches = self._options, slice(v.PITCH.first, v.PITCH.end)
        classes = np.arange(128) % 12
        # a row for each chord, and one before the first
        self._harmony = np.zeros((len(self._inside), v.SIZE), dtype=np.float32)
        self._harmony[:, pitches] = -options.inside * ~self._inside[:, classes]
        self._below = self._harmony.copy()  # the same for the lowest part: no colours there
        self._basses = np.zeros_like(self._harmony)
        plain = 1.0 - min(sevenths / RICH, 1.0)
        scale = self._inside[0]
        for i, chord in enumerate(lead.chords, start=1):
            if chord.root < 0:
                continue
            off = np.array([k not in chord.pitch_classes for k in range(12)], dtype=float)
            self._below[i, pitches] -= options.chord * off[classes]
            for step in COLOURS:
                colour = (chord.root + step) % 12
                off[colour] *= plain if scale[colour] else 1.0
            self._harmony[i, pitches] -= options.chord * off[classes]
            self._basses[i, pitches] = options.root * (classes == chord.bass % 12)

    def chord_at(self, place: int) -> int:
        """The number of the chord that sounds at a grid position, counted from 1; 0 before all."""
        return int(np.searchsorted(self._chords, place, side="right"))

    def begin_part(self) -> None:
        """Another part plays from here on, or another bar begins."""
        self._answered = -1

    def struck(self, place: int) -> None:
        """A pitch was struck at a grid position."""
        self._answered = self.chord_at(place)

    def pitches(self, part: str, place: int, lowest_note: bool) -> Nats:
        """Nats on pitches for a part at a grid position; shape (v.SIZE,), not to be written to.

        `lowest_note` says whether the note would be the lowest of those struck there.
        """
        chord = self.chord_at(place)
        if part == self._lowest and lowest_note:
            below: Nats = self._below[chord]
            return below if self._answered == chord else np.add(below, self._basses[chord])
        sung = -1 if part in BELOW else self._sung_at(place)
        inside: Nats = self._harmony[chord]
        return inside if sung < 0 else np.add(inside, self._over(sung))

    def places(self, part: str, begin: int, length: int) -> dict[int, float]:
        """Nats on places in the bar that begins at `begin`, by token."""
        if part != self._lowest or not self._options.arrive:
            return {}
        first, last = np.searchsorted(self._chords, (begin, begin + length))
        return {
            v.POSITION[int(start) - begin]: self._options.arrive
            for start in self._chords[first:last]
        }

    def lengths(self, place: int, pitch: int) -> Nats | None:
        """Nats on the lengths of a pitch struck at a grid position; None for none."""
        chord = self.chord_at(place)
        last = chord + 1
        while last < len(self._inside) and self._fits(last, pitch):
            last += 1
        if last == len(self._inside):
            return None
        too_long = place + _DURATIONS > self._chords[last - 1]
        if not too_long.any():
            return None
        out = np.zeros(v.SIZE, dtype=np.float32)
        out[v.DURATION.first : v.DURATION.end] = -self._options.ring * too_long
        return out

    def _fits(self, chord: int, pitch: int) -> bool:
        return bool(self._harmony[chord, v.PITCH[pitch]] >= 0.0)

    def _sung_at(self, place: int) -> int:
        """The pitch of the tune at a grid position, -1 for none."""
        i = int(np.searchsorted(self._sung["start"], place, side="right")) - 1
        return int(self._sung["pitch"][i]) if i >= 0 and self._sung_end[i] > place else -1

    def _over(self, sung: int) -> Nats:
        known = self._above.get(sung)
        if known is None:
            known = np.zeros(v.SIZE, dtype=np.float32)
            known[v.PITCH[sung] + 1 : v.PITCH.end] = -self._options.tune
            self._above[sung] = known
        return known
