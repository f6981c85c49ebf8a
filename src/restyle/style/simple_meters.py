"""A song in a meter that a style's songs hardly have, as the style's band reads it.

Jazz, pop and rock hardly know 6/8: their bands play such a tune in four with a triplet feel. So
the model reads 12/8 as 4/4, 6/8 as 2/4 (two of its bars as one of 4/4, where bars need not be
counted) and 9/8 as 3/4, with swing, and what it wrote is brought back into the song's own meter:
the eighths of its beats become the first and the third of three, and the tune stays as it is.
In the same way two bars of 2/4 are read as one of 4/4, and 3/8 as 3/4, quarters for eighths; and
what is faster than the style's songs in half time, two bars of 4/4 as one, eighths for quarters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from restyle.music.grid import trim_overlaps
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Chord, Meter, Tempo
from restyle.style.style import Style

RARE = 0.03
"""Share of a style's songs that are in compound meters below which it does not know them."""
RARELY_TWO = 0.06
"""Share of a style's songs that are in 2/4 below which its grooves take four beats."""
BEAT = 3 * GRID // 2
"""Grid positions of a dotted quarter."""
FAST = 200.0
"""Quarter notes a minute up to which every band can count four."""
BEYOND, BEYOND_WALKING = 1.05, 1.25
"""Times the tempo of a style's fastest songs from which on its bands do not know it: in rock 210.
Where bands swing their bass walks in four for longer, in jazz up to 260: of ten jazz songs at 220
to 260 quarter notes a minute it does so in eight."""
_BACK = np.array([0, 2, 3, 6, 6, 8, 12, 12, 12, 15, 15, 17])
"""Where each place of a simple beat lies in a compound one: thirds and halves become thirds."""


@dataclass(frozen=True)
class Simplified:
    """A lead sheet in meters that the band knows, and the way back."""

    lead: LeadSheet
    bars: NDArray[np.int64]
    """Bars of the song that are over when each of its bars is."""
    compound: bool = True
    """Whether the song's beats are dotted."""
    values: Fraction = Fraction(1)
    """How long its notes are read, times as long as they are."""

    def back(self, arrangement: Arrangement) -> Arrangement:
        """What was played over `lead`, in the song's own meter."""
        if self.values != 1:
            return _stretched(arrangement, 1 / self.values)
        if not self.compound:
            return arrangement
        parts = {}
        for part, notes in arrangement.parts.items():
            out = notes.copy()
            begin = _compound(notes["start"])
            out["start"] = begin
            end = _compound(notes["start"] + notes["duration"])
            out["duration"] = np.maximum(end - begin, 1)
            parts[part] = out
        return replace(arrangement, parts=parts)

    def there(self, arrangement: Arrangement) -> Arrangement:
        """What was played in the song's own meter, over `lead`."""
        if self.values != 1:
            return _stretched(arrangement, self.values)
        if not self.compound:
            return arrangement
        parts = {}
        for part, notes in arrangement.parts.items():
            out = notes.copy()
            out["start"] = _simple(notes["start"])
            out["duration"] = np.maximum(_simple(notes["duration"]), 1)
            parts[part] = out
        return replace(arrangement, parts=parts)


def simplified(lead: LeadSheet, style: Style, in_pairs: bool = True) -> Simplified | None:
    """The lead sheet as a band of the style reads it, where it is in compound meters, or in 2/4, or
    faster, and the style's songs hardly are; else None. `in_pairs`: two bars may become one."""
    if in_pairs and _is_too_fast(lead, style):
        meters, bars = _in_pairs(lead, lead.bar_starts(), 2 * GRID)
        half = Fraction(1, 2)
        return Simplified(_read(lead, half, meters), bars, False, half)
    if all((m.numerator, m.denominator) == (2, 4) for m in lead.meters):
        if not in_pairs or style.duple >= RARELY_TWO:
            return None
        meters, bars = _in_pairs(lead, lead.bar_starts(), GRID)
        return Simplified(replace(lead, meters=meters), bars, compound=False)
    if style.compound < RARE and all((m.numerator, m.denominator) == (3, 8) for m in lead.meters):
        meters = tuple(Meter(2 * m.start, 3, 4) for m in lead.meters)
        read = _read(lead, Fraction(2), meters)
        return Simplified(read, np.arange(1, lead.bars + 1), False, Fraction(2))
    if style.compound >= RARE or not all(_is_compound(meter) for meter in lead.meters):
        return None
    melody = lead.melody.copy()
    melody["start"] = _simple(lead.melody["start"])
    melody["duration"] = np.maximum(_simple(lead.melody["duration"]), 1)
    lines = lead.bar_starts()
    pairs = in_pairs and all(m.numerator == 6 for m in lead.meters)
    meters, bars = _in_pairs(lead, lines, BEAT) if pairs else _one_by_one(lead, lines)
    made = LeadSheet(
        melody=melody,
        chords=tuple(_moved_chord(chord) for chord in lead.chords),
        meters=meters,
        tempos=tuple(Tempo(int(_simple(t.start)), t.bpm * GRID / BEAT) for t in lead.tempos),
        key=lead.key,
        length=int(_simple(lines[-1])),
        pickup=int(_simple(lead.pickup)),
        swing=2.0,
    )
    return Simplified(made, bars)


def _is_too_fast(lead: LeadSheet, style: Style) -> bool:
    """Whether a song in four is faster than the style's songs are, and not so at half its tempo."""
    whole = all((m.numerator, m.denominator) in ((4, 4), (2, 2)) for m in lead.meters)
    slowest, fastest = style.tempos
    bpm = _usual_tempo(lead)
    beyond = BEYOND_WALKING if style.swings else BEYOND
    return whole and bpm > max(FAST, beyond * fastest) and bpm / 2 >= slowest


def _usual_tempo(lead: LeadSheet) -> float:
    """The tempo that is in force longest: the first bars may be in another one."""
    ends = [*(tempo.start for tempo in lead.tempos[1:]), lead.length]
    spans = [end - tempo.start for tempo, end in zip(lead.tempos, ends, strict=True)]
    return lead.tempos[int(np.argmax(spans))].bpm


def _read(lead: LeadSheet, values: Fraction, meters: tuple[Meter, ...]) -> LeadSheet:
    """The lead sheet in longer or shorter values, at a tempo at which it sounds the same."""
    melody = lead.melody.copy()
    melody["start"] = _times(melody["start"], values)
    melody["duration"] = np.maximum(_times(melody["duration"], values), 1)
    return replace(
        lead,
        melody=trim_overlaps(melody),
        chords=tuple(replace(c, start=int(_times(c.start, values))) for c in lead.chords),
        meters=meters,
        tempos=tuple(
            Tempo(int(_times(t.start, values)), t.bpm * float(values)) for t in lead.tempos
        ),
        length=int(lead.length * values),
        pickup=int(lead.pickup * values),
        sounding=None if values < 1 else lead.sounding,
    )


def _times(positions: NDArray[np.integer] | int, values: Fraction) -> NDArray[np.int64]:
    return np.asarray(positions, dtype=np.int64) * values.numerator // values.denominator


def _stretched(arrangement: Arrangement, times: Fraction) -> Arrangement:
    parts = {}
    for part, notes in arrangement.parts.items():
        out = notes.copy()
        out["start"] = _times(notes["start"], times)
        out["duration"] = np.maximum(_times(notes["duration"], times), 1)
        parts[part] = out
    return replace(arrangement, parts=parts)


def _is_compound(meter: Meter) -> bool:
    return meter.denominator == 8 and meter.numerator in (6, 9, 12)


def _one_by_one(
    lead: LeadSheet, lines: NDArray[np.int64]
) -> tuple[tuple[Meter, ...], NDArray[np.int64]]:
    meters = tuple(Meter(int(_simple(m.start)), m.numerator // 3, 4) for m in lead.meters)
    return meters, np.arange(1, len(lines))


def _in_pairs(
    lead: LeadSheet, lines: NDArray[np.int64], beat: int
) -> tuple[tuple[Meter, ...], NDArray[np.int64]]:
    """Two bars of two beats are one of 4/4; a first one with a pickup and a last one stay alone."""
    lines = lines // beat * GRID
    bars = len(lines) - 1
    alone = 1 if lead.pickup and bars > 1 else 0
    pairs = (bars - alone) // 2
    meters = [Meter(0, 2, 4)] if alone else []
    if pairs:
        meters.append(Meter(int(lines[alone]), 4, 4))
    ends = [1] * alone + [alone + 2 * (number + 1) for number in range(pairs)]
    if alone + 2 * pairs < bars:
        meters.append(Meter(int(lines[bars - 1]), 2, 4))
        ends.append(bars)
    return tuple(meters), np.array(ends, dtype=np.int64)


def _moved_chord(chord: Chord) -> Chord:
    return replace(chord, start=int(_simple(chord.start)))


def _simple(positions: NDArray[np.integer] | int | np.integer) -> NDArray[np.int64]:
    """Grid positions in compound meter as positions in simple meter: a beat is a quarter."""
    beats, inside = np.divmod(np.asarray(positions, dtype=np.int64), BEAT)
    return np.asarray(beats * GRID + np.rint(inside * GRID / BEAT).astype(np.int64))


def _compound(positions: NDArray[np.integer]) -> NDArray[np.int64]:
    """The way back."""
    beats, inside = np.divmod(positions.astype(np.int64), GRID)
    return np.asarray(beats * BEAT + _BACK[inside])
