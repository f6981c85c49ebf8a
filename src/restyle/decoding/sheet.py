"""Sheet: a lead sheet as arrays, as all who choose notes look things up in it.

Everything is in the song's home key (see `music.transpose`) and in grid positions from the song's
beginning. Tables over pitches have 128 columns, the MIDI pitches.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.critic.takes import SCALES
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Chord, Key
from restyle.music.transpose import home_shift, shifted
from restyle.tokens import encode_lead
from restyle.tokens import vocabulary as v
from restyle.tokens.attributes import PHRASE, phrase_starts

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_CLASSES = np.arange(128) % 12


@dataclass(frozen=True)
class Sheet:
    """What a lead sheet says, position by position."""

    lead: LeadSheet
    """In its home key."""
    shift: int
    """Semitones that brought it there."""
    lines: Ints
    """Where bars begin, and the song's end."""
    tokens: list[list[int]]
    """Of each lead bar."""
    phrases: tuple[tuple[int, int], ...]
    """First bar of each phrase and the bar after its last."""
    chord: Ints
    """For each position the row of its chord in the tables below."""
    level: Ints
    """The metrical level of each position (see `LeadSheet.metrical_level`)."""
    ms: NDArray[np.float64]
    """Milliseconds that a position lasts."""
    tune: Ints
    """The pitch that the melody sounds, 0 where it rests."""
    scale: Bools
    """Pitches of the key's scale, shape (128,)."""
    said: Bools
    """Chords that are chords, not "no chord", shape (chords,)."""
    tones: Bools
    """Pitches of each chord, shape (chords, 128); of "no chord" the scale."""
    sevenths: Bools
    """The pitches of each chord's seventh in the key's scale; of "no chord" none."""
    bass: Bools
    """The pitches of each chord's bass note; of "no chord" none."""
    fitting: Bools
    """Pitches that may be held over a chord: its own, and those of the scale that do not rub
    against one of them (a half step apart), the major seventh excepted."""
    until: Ints
    """Where a note that sounds in a chord must end, by pitch: where a chord begins that it does not
    fit into."""

    @property
    def bars(self) -> int:
        return len(self.lines) - 1

    def following(self, bar: int) -> list[int]:
        """What stands before arrangement bar `bar`: the lead of the bar after it."""
        return self.tokens[bar + 1] if bar + 1 < self.bars else [v.END]

    @cached_property
    def chords_in(self) -> Bools:
        """Whether a chord is said in each bar."""
        has = self.said[self.chord]
        return np.array([has[a:b].any() for a, b in pairwise(self.lines)])

    @cached_property
    def phrase_of(self) -> Ints:
        """The number of the phrase that each bar belongs to."""
        first = [begin for begin, _ in self.phrases]
        return np.searchsorted(first, np.arange(self.bars), side="right") - 1


def sheet_of(lead: LeadSheet, anew: int = 0) -> Sheet:
    """The sheet of a lead sheet in any key; phrases are counted anew from bar `anew`."""
    shift = home_shift(lead.key)
    home = shifted(lead, shift)
    lines = home.bar_starts()
    length = int(lines[-1])
    starts = np.array([c.start for c in home.chords], dtype=np.int64)
    chord = np.searchsorted(starts, np.arange(length), side="right")
    scale = scale_of(home.key)
    chords: list[Chord | None] = [None, *home.chords]  # row 0 stands before the first chord
    tones = np.stack([_tones(c, scale) for c in chords])
    fitting = np.stack([_fitting(c, scale) for c in chords])
    begins = [*phrase_starts(home), home.bars]
    if anew:
        before = (bar for bar in begins if bar < anew)
        begins = [*before, *range(anew, home.bars, PHRASE), home.bars]
    return Sheet(
        lead=home,
        shift=shift,
        lines=lines,
        tokens=encode_lead(home),
        phrases=tuple(pairwise(begins)),
        chord=chord,
        level=home.metrical_level(np.arange(length, dtype=np.int32)),
        ms=_milliseconds(home, length),
        tune=_tune(home, length),
        scale=scale,
        said=np.array([c is not None and c.root >= 0 for c in chords]),
        tones=tones,
        sevenths=np.stack([_seventh(c, scale) for c in chords]),
        bass=np.stack([_bass(c) for c in chords]),
        fitting=fitting,
        until=_until(starts, fitting, length),
    )


def scale_of(key: Key) -> Bools:
    """The pitches of a key's scale, shape (128,); minor has both sevenths."""
    out = np.zeros(12, dtype=bool)
    out[[(key.tonic + step) % 12 for step in SCALES[key.mode]]] = True
    return np.asarray(out[_CLASSES])


def _tones(chord: Chord | None, scale: Bools) -> Bools:
    if chord is None or chord.root < 0:
        return scale
    return np.isin(_CLASSES, list(chord.pitch_classes))


def _seventh(chord: Chord | None, scale: Bools) -> Bools:
    if chord is None or chord.root < 0:
        return np.zeros(128, dtype=bool)
    return np.asarray(np.isin((_CLASSES - chord.root) % 12, (10, 11)) & scale)


def _bass(chord: Chord | None) -> Bools:
    if chord is None or chord.root < 0:
        return np.zeros(128, dtype=bool)
    return np.asarray(chord.bass == _CLASSES)


def _fitting(chord: Chord | None, scale: Bools) -> Bools:
    tones = _tones(chord, scale)
    if chord is None or chord.root < 0:
        return scale
    classes = tones[:12]
    rubs = np.roll(classes, 1) | np.roll(classes, -1)
    rubs[(chord.root - 1) % 12] = classes[(chord.root - 2) % 12]
    return np.asarray((tones | scale) & ~(rubs[_CLASSES] & ~tones))


def _until(starts: Ints, fitting: Bools, length: int) -> Ints:
    """See `Sheet.until`; a chord's own notes may always last as long as the chord."""
    ends = np.append(starts, length)
    out = np.empty(fitting.shape, dtype=np.int64)
    out[-1] = length
    for row in range(len(fitting) - 2, -1, -1):
        out[row] = np.where(fitting[row + 1], out[row + 1], ends[row])
    return out


def _milliseconds(lead: LeadSheet, length: int) -> NDArray[np.float64]:
    starts = [tempo.start for tempo in lead.tempos]
    bpm = np.array([tempo.bpm for tempo in lead.tempos])
    at = np.maximum(np.searchsorted(starts, np.arange(length), side="right") - 1, 0)
    return np.asarray(60_000.0 / (bpm[at] * GRID))


def _tune(lead: LeadSheet, length: int) -> Ints:
    out = np.zeros(length, dtype=np.int64)
    for start, duration, pitch, _ in lead.melody.tolist():
        out[start : start + duration] = pitch
    return out
