"""Played: a song as every measure sees it, whether it is a real one or a result.

Melody and arrangement together on the straight grid, drums apart. Programs, track names, parts and
velocities are gone: what is left is pitch and rhythm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import Heard
from restyle.music.beat_chroma import sounding
from restyle.music.grid import SWINGS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.song import NOTE, Notes, between, sort_notes
from restyle.tokens.vocabulary import DURATIONS


@dataclass(frozen=True)
class Played:
    """What sounds in a song. Times are grid positions, 12 a quarter note."""

    notes: Notes
    """All pitched notes, melody included: sorted, one a start and pitch (the longest)."""
    drums: Notes
    lead: LeadSheet
    """Bars, chords, key and melody that the song was heard or arranged with."""
    arrangement: Arrangement
    swings: bool

    @property
    def lines(self) -> NDArray[np.int64]:
        """Bar lines, 0 and the end included."""
        return self.lead.bar_starts()

    @property
    def without_melody(self) -> Played:
        """The accompaniment alone."""
        return _played(self.lead, self.arrangement, self.swings, melody=False)

    def part(self, first: int, last: int) -> Played:
        """The bars from `first` up to `last` (from 0, last not included) as a song of their own.

        Meter changes inside keep their places; a bar out of range raises IndexError.
        """
        begin, end = (int(self.lines[bar]) for bar in (first, last))
        lead = replace(self.lead.part(first, last), pickup=0)
        arrangement = cut(self.arrangement, begin, end)
        if self.lead.sounding is not None:
            lead = sounding_under(lead, arrangement)
        return _played(lead, arrangement, self.swings)


def played(lead: LeadSheet, arrangement: Arrangement, swing: float = 1.0) -> Played:
    """A lead sheet and its arrangement as they sound, played with that swing ratio."""
    return _played(lead, arrangement, swing >= SWINGS)


def played_real(heard: Heard) -> Played:
    """A heard song as it is: its own melody and its own arrangement."""
    arrangement = arrangement_of(heard.song, heard.melody, heard.lead.bars)
    return played(triads_only(heard.lead), arrangement, heard.lead.swing)


def triads_only(lead: LeadSheet) -> LeadSheet:
    """The lead sheet as the model sees it, and as a corpus holds it: chords without sevenths."""
    return replace(lead, chords=tuple(replace(c, quality=c.triad) for c in lead.chords))


def sounding_under(lead: LeadSheet, arrangement: Arrangement) -> LeadSheet:
    """The lead sheet as it is heard in a song with that accompaniment."""
    pitched = [notes for part, notes in arrangement.parts.items() if part != "drums"]
    return replace(lead, sounding=sounding(pitched, lead.length))


def merged(voices: Iterable[Notes]) -> Notes:
    """All notes of some voices: sorted, of those with one start and pitch the longest."""
    every = [v for v in voices if len(v)]
    if not every:
        return np.zeros(0, dtype=NOTE)
    notes = np.concatenate(every)
    notes = notes[np.lexsort((-notes["duration"], notes["pitch"], notes["start"]))]
    first = np.ones(len(notes), dtype=bool)
    first[1:] = (np.diff(notes["start"]) != 0) | (np.diff(notes["pitch"]) != 0)
    return sort_notes(notes[first])


def _played(lead: LeadSheet, arrangement: Arrangement, swings: bool, melody: bool = True) -> Played:
    voices = [notes for part, notes in arrangement.parts.items() if part != "drums"]
    if melody:
        voices.append(_tops(lead.melody))
    notes = merged(voices)
    notes["duration"] = _as_written(notes["duration"])
    notes["velocity"] = 80
    drums = arrangement.parts.get("drums", lead.melody[:0])
    return Played(notes, drums, lead, arrangement, swings)


def _tops(melody: Notes) -> Notes:
    """Of melody notes struck together the top one, as in the tokens."""
    last = np.r_[np.diff(melody["start"]) != 0, True] if len(melody) else np.zeros(0, bool)
    return melody[last]


def _as_written(durations: NDArray[np.int32]) -> NDArray[np.int32]:
    """Durations as the vocabulary has them: the nearest one."""
    table = np.array(DURATIONS)
    middle = (table[1:] + table[:-1]) / 2
    return np.asarray(table[np.searchsorted(middle, durations)], dtype=np.int32)


def cut(arrangement: Arrangement, begin: int, end: int) -> Arrangement:
    """The notes that begin between two grid positions, as a song that begins there."""
    parts = {name: between(notes, begin, end) for name, notes in arrangement.parts.items()}
    for notes in parts.values():
        notes["start"] -= begin
    return Arrangement(parts)
