"""A written sheet as a Song for the piano."""

from __future__ import annotations

import numpy as np

from restyle.composer.generate import Sheet
from restyle.composer.notes import shifted, voice
from restyle.music.grid import swing as swung
from restyle.music.song import TICKS, Key, Meter, Song, Tempo, Track, notes_array

_TICK = TICKS // 12


def song_of(sheet: Sheet, shift: int, bpm: float, swing: float = 1.0, title: str = "") -> Song:
    """The sheet as a Song, `shift` semitones from C major or A minor.

    Chords are voiced closely above their low note; a note still held when it is struck again is
    let go before.
    """
    elements = shifted(sheet.elements, shift)
    sounding: dict[int, list[int]] = {}
    for symbol, start, _, low in elements.tolist():
        for pitch in _playable(voice(symbol, low)):
            sounding.setdefault(pitch, []).append(start)
    ends = {pitch: sorted(set(starts)) for pitch, starts in sounding.items()}
    rows: dict[tuple[int, int], tuple[int, int]] = {}
    for symbol, start, length, low in elements.tolist():
        pitches = _playable(voice(symbol, low))
        for pitch in pitches:
            i = int(np.searchsorted(ends[pitch], start, side="right"))
            room = ends[pitch][i] - start if i < len(ends[pitch]) else length
            top = pitch == max(pitches)
            row = (min(length, room), _loudness(start, sheet.bar, top and pitch >= 60))
            rows[start, pitch] = max(rows.get((start, pitch), (0, 0)), row)
    notes = notes_array(
        (start * _TICK, length * _TICK, pitch, loud)
        for (start, pitch), (length, loud) in rows.items()
    )
    home = 0 if sheet.mode == "major" else 9
    meter = _meter(sheet.bar)
    first = int(elements["start"][0]) if len(elements) else 0
    return Song(
        (Track("Piano", 0, swung(notes, swing, TICKS) if swing > 1.0 else notes),),
        meters=(meter,),
        tempos=(Tempo(0, bpm),),
        keys=((0, Key((home + shift) % 12, sheet.mode)),),
        title=title,
        pickup=(sheet.bar - first) * _TICK if 0 < first < sheet.bar else 0,
    )


def _playable(pitches: list[int]) -> list[int]:
    """The pitches, by octaves within the piano's keys."""
    inside = {max(p, p % 12 + (12 if p % 12 >= 9 else 24)) for p in pitches}
    return sorted({min(p, p % 12 + (108 if p % 12 == 0 else 96)) for p in inside})


def _meter(bar: int) -> Meter:
    if bar % 12 == 0:
        return Meter(0, bar // 12, 4)
    return Meter(0, bar // 6, 8) if bar % 6 == 0 else Meter(0, bar // 3, 16)


def _loudness(start: int, bar: int, tune: bool) -> int:
    """Louder on the first beat, then on the others; the top of the right hand above the rest."""
    beat = 6 if start % bar == 0 else 3 if start % 12 == 0 else 0
    return 66 + beat + (12 if tune else 0)
