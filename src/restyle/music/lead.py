"""LeadSheet: what of a song carries no style. Meter, key, tempo, chords and melody.

Time is counted in grid positions, `GRID` to the quarter note; everything sits on that grid, and
swing has been taken out ("straight on paper"), with the ratio kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from restyle.music.beat_chroma import Sounding
from restyle.music.chord import QUALITIES
from restyle.music.song import (
    GRID,
    STEP,
    Chord,
    Key,
    Lyric,
    Meter,
    Notes,
    Song,
    Tempo,
    Track,
    bar_lines,
    between,
    in_ticks,
    notes_array,
)

_Placed = TypeVar("_Placed", Chord, Meter, Tempo)

LEVELS = 5
"""Metrical levels: downbeat, half bar, other beats, off-beat eighths, the rest."""


@dataclass(frozen=True, repr=False)
class LeadSheet:
    """Meter, key, tempo, chords and melody of a song, on the grid.

    All `start` and `duration` values (of meters, tempos, chords and melody notes) are grid
    positions. `melody` is monophonic or nearly so, sorted, never empty gaps filled.
    """

    melody: Notes
    chords: tuple[Chord, ...]
    meters: tuple[Meter, ...]
    tempos: tuple[Tempo, ...]
    key: Key
    length: int
    """Grid positions of all bars together; always whole bars."""
    title: str = ""
    composer: str = ""
    lyrics: tuple[Lyric, ...] = ()
    """What is sung, syllable by syllable; a syllable belongs to the note that starts with it."""
    pickup: int = 0
    """Grid positions of the first bar that sound, 0 when the song begins on a bar line."""
    swing: float = 1.0
    """Length of the first eighth of a beat over the second: 1 straight, 2 triplet swing."""
    melody_program: int | None = None
    """GM program that played the melody in the song, where it is known."""
    sounding: Sounding | None = None
    """What the song's accompaniment sounds, beat by beat; None where nobody heard one."""

    def __repr__(self) -> str:
        """One line: title, key, meter, tempo, bars, notes, chords."""
        named = f"{self.title!r}, " if self.title else ""
        return (
            f"LeadSheet({named}{self.key.name}, {self.main_meter.name}, "
            f"{self.tempos[0].bpm:.0f} bpm, {self.bars} bars, {len(self.melody)} melody notes, "
            f"{len(self.chords)} chords)"
        )

    def bar_starts(self) -> NDArray[np.int64]:
        """Grid positions of all bar lines, 0 and `length` included."""
        return bar_lines(self.meters, max(self.length, 1), GRID)

    @property
    def bars(self) -> int:
        return len(self.bar_starts()) - 1

    @property
    def main_meter(self) -> Meter:
        """The meter that is in force longest: a first bar may be a shorter or a longer one."""
        ends = [*(meter.start for meter in self.meters[1:]), self.length]
        held: dict[tuple[int, int], int] = {}
        for meter, end in zip(self.meters, ends, strict=True):
            key = (meter.numerator, meter.denominator)
            held[key] = held.get(key, 0) + end - meter.start
        longest = max(held, key=lambda key: held[key])
        return next(m for m in self.meters if (m.numerator, m.denominator) == longest)

    def meter_at(self, position: int) -> Meter:
        """The meter in force at a grid position."""
        return [m for m in self.meters if m.start <= position or m.start == 0][-1]

    def chord_at(self, position: int) -> Chord | None:
        """The chord that sounds at a grid position; None before the first one."""
        sounding = [c for c in self.chords if c.start <= position]
        return sounding[-1] if sounding else None

    def part(self, first: int, last: int) -> LeadSheet:
        """The bars from `first` up to `last` (from 0, last not included) as a song of their own.

        What is in force where they begin (meter, tempo, chord) is in force in it from there on.
        What sounds goes with it where the bars begin and end on whole beats, and is forgotten
        elsewhere. Raises IndexError for bars that are not there.
        """
        lines = self.bar_starts()
        begin, end = int(lines[first]), int(lines[last])
        melody = between(self.melody, begin, end)
        melody["start"] -= begin
        sounding = self.sounding
        if sounding is not None:
            beats = slice(begin // GRID, end // GRID)
            sounding = sounding[beats] if begin % GRID == end % GRID == 0 else None
        return replace(
            self,
            melody=melody,
            chords=_between(self.chords, begin, end),
            meters=_between(self.meters, begin, end),
            tempos=_between(self.tempos, begin, end),
            length=end - begin,
            lyrics=tuple(
                replace(w, start=w.start - begin) for w in self.lyrics if begin <= w.start < end
            ),
            pickup=self.pickup if first == 0 else 0,
            sounding=sounding,
        )

    def followed_by(self, other: LeadSheet) -> LeadSheet:
        """This song and then another one: `other`'s notes, chords, meters and tempos after its own.

        Key, title, swing and program are this one's.
        """
        after = other.melody.copy()
        after["start"] += self.length
        known = [x.sounding for x in (self, other) if x.sounding is not None]
        return replace(
            self,
            melody=np.concatenate([self.melody, after]),
            chords=_one_after_another(self.chords, other.chords, self.length),
            meters=_one_after_another(self.meters, other.meters, self.length),
            tempos=_one_after_another(self.tempos, other.tempos, self.length),
            length=self.length + other.length,
            lyrics=self.lyrics
            + tuple(replace(w, start=w.start + self.length) for w in other.lyrics),
            sounding=np.concatenate(known) if len(known) == 2 else None,
        )

    def metrical_level(self, starts: NDArray[np.int32]) -> NDArray[np.int64]:
        """The metrical level, 0 to `LEVELS` - 1, of each grid position."""
        lines = self.bar_starts()
        bar = np.clip(np.searchsorted(lines, starts, side="right") - 1, 0, max(len(lines) - 2, 0))
        within = starts - lines[bar]
        level = np.full(len(starts), 4)
        level[within % (GRID // 2) == 0] = 3
        level[within % GRID == 0] = 2
        level[within * 2 == lines[bar + 1] - lines[bar]] = 1
        level[within == 0] = 0
        return level

    def chord_spans(self) -> list[tuple[Chord, int]]:
        """Each chord with the grid position where it ends."""
        edges = [*(chord.start for chord in self.chords), self.length]
        return list(zip(self.chords, edges[1:], strict=True))

    def share_of_sevenths(self) -> float:
        """Share of the time under chords of four notes (sixths, sevenths), 0..1."""
        spans = [
            (end - chord.start, len(QUALITIES[chord.quality]) > 3)
            for chord, end in self.chord_spans()
            if chord.root >= 0
        ]
        total = sum(span for span, _ in spans)
        return sum(span for span, rich in spans if rich) / total if total else 0.0

    def _repr_html_(self) -> str:
        """What Jupyter shows: a piano roll, the sheet music, a player."""
        from restyle.io.notebook import lead_html

        return lead_html(self)


def _between(placed: tuple[_Placed, ...], begin: int, end: int) -> tuple[_Placed, ...]:
    """What is in force from a grid position up to another, counted from the first."""
    before = [x for x in placed if x.start <= begin][-1:]
    inside = [x for x in placed if begin < x.start < end]
    return tuple(replace(x, start=max(x.start - begin, 0)) for x in before + inside)


def _one_after_another(
    a: tuple[_Placed, ...], b: tuple[_Placed, ...], begin: int
) -> tuple[_Placed, ...]:
    return a + tuple(replace(x, start=x.start + begin) for x in b)


def sung(lyrics: Iterable[Lyric], melody: Notes, step: int) -> tuple[Lyric, ...]:
    """Lyrics in units of `step` to the grid position, on the grid: each on the melody's note that
    it is sung to, where one starts less than a third of a beat from it."""
    starts = np.unique(melody["start"])
    out = []
    for word in lyrics:
        at = word.start / step
        near = int(starts[np.argmin(np.abs(starts - at))]) if len(starts) else round(at)
        out.append(replace(word, start=near if abs(near - at) < GRID / 3 else round(at)))
    return tuple(sorted(out, key=lambda word: word.start))


def lead_song(lead: LeadSheet) -> Song:
    """The lead sheet as a Song of one track, its melody, with the chords as symbols."""
    return Song(
        tracks=(Track("Melody", lead.melody_program or 0, in_ticks(lead.melody)),),
        meters=tuple(replace(meter, start=meter.start * STEP) for meter in lead.meters),
        tempos=tuple(replace(tempo, start=tempo.start * STEP) for tempo in lead.tempos),
        keys=((0, lead.key),),
        chords=tuple(replace(chord, start=chord.start * STEP) for chord in lead.chords),
        title=lead.title,
        composer=lead.composer,
        lyrics=tuple(replace(word, start=word.start * STEP) for word in lead.lyrics),
        pickup=lead.pickup * STEP,
    )


def played(lead: LeadSheet) -> Song:
    """The lead sheet to listen to: its melody over chords held by a piano, struck each bar."""
    rows = []
    lines = lead.bar_starts().tolist()
    for chord, end in lead.chord_spans():
        strikes = [chord.start, *(line for line in lines if chord.start < line < end)]
        pitches = [52 + (tone - 52) % 12 for tone in sorted(chord.pitch_classes)]
        if chord.root >= 0:
            pitches.append(36 + chord.bass)
        for start, stop in zip(strikes, [*strikes[1:], end], strict=True):
            rows += [(start * STEP, (stop - start) * STEP, pitch, 64) for pitch in pitches]
    song = lead_song(lead)
    return replace(song, tracks=(*song.tracks, Track("Piano", 0, notes_array(rows))))
