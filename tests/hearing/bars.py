"""Small songs written by hand, a bar after another, for the tests of key, chords and melody."""

from __future__ import annotations

from collections.abc import Sequence

from restyle.music.song import TICKS, Meter, Song, Track, notes_array

Row = tuple[int, int, int, int]


def held(bar: int, pitches: Sequence[int], quarters: int = 4, velocity: int = 70) -> list[Row]:
    """A chord held for the whole of a bar of so many quarters."""
    length = quarters * TICKS
    return [(bar * length, length, pitch, velocity) for pitch in pitches]


def line(bar: int, pitches: Sequence[int], each: float = 1.0, quarters: int = 4) -> list[Row]:
    """Notes of equal length one after another from the start of a bar; 0 is a rest."""
    step = round(each * TICKS)
    start = bar * quarters * TICKS
    return [(start + i * step, step, pitch, 90) for i, pitch in enumerate(pitches) if pitch]


def waltz(bar: int, bass: int, chord: Sequence[int]) -> list[Row]:
    """Bass on one, chord on two and three."""
    start = bar * 3 * TICKS
    after = [(start + k * TICKS, TICKS, pitch, 60) for k in (1, 2) for pitch in chord]
    return [(start, TICKS, bass, 70), *after]


def song(
    *parts: Sequence[Row], meter: tuple[int, int] = (4, 4), programs: Sequence[int] = ()
) -> Song:
    """A song of one nameless track a part."""
    tracks = tuple(
        Track("", programs[i] if programs else 0, notes_array(part)) for i, part in enumerate(parts)
    )
    return Song(tracks, meters=(Meter(0, *meter),))


def transposed(original: Song, semitones: int) -> Song:
    """The same song so many semitones higher."""
    tracks = []
    for track in original.tracks:
        notes = track.notes.copy()
        notes["pitch"] += semitones
        tracks.append(Track(track.name, track.program, notes, track.is_drum))
    return original.with_tracks(tracks)


def four_chords() -> Song:
    """C Am F G twice, then C: melody, held chords, bass on each root."""
    chords = [(60, 64, 67), (57, 60, 64), (57, 60, 65), (59, 62, 67)] * 2 + [(60, 64, 67)]
    basses = [36, 45, 41, 43] * 2 + [36]
    tunes = [(76, 74, 72, 76), (72, 71, 69, 0), (69, 72, 74, 77), (74, 71, 74, 79)] * 2
    return song(
        [row for bar, tune in enumerate([*tunes, (72,)]) for row in line(bar, tune)],
        [row for bar, chord in enumerate(chords) for row in held(bar, chord)],
        [row for bar, bass in enumerate(basses) for row in line(bar, [bass, bass], 2.0)],
        programs=(73, 0, 32),
    )
