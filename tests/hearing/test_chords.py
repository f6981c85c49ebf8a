"""Chords of songs written by hand: what a musician would write over them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from bars import four_chords, held, line, song, transposed, waltz

from restyle.analysis.chords import find_chords
from restyle.music.song import TICKS, Chord, Song, Track, notes_array


def symbols(chords: tuple[Chord, ...], quarters: int = 4) -> list[tuple[float, int, str]]:
    """(bar, root, triad) of each chord."""
    return [(c.start / TICKS / quarters, c.root, c.triad) for c in chords]


def test_four_chords_change_at_the_bar_lines() -> None:
    found = find_chords(four_chords())
    roots = [0, 9, 5, 7, 0, 9, 5, 7, 0]
    kinds = ["min" if root == 9 else "maj" for root in roots]
    assert symbols(found) == list(zip(range(9), roots, kinds, strict=True))
    assert all(c.bass == c.root for c in found)


def test_a_waltz_has_one_chord_a_bar() -> None:
    bars = [
        (48, (64, 67)),
        (43, (62, 65, 71)),
        (48, (64, 67)),
        (41, (60, 69)),
        (43, (62, 65, 71)),
        (48, (64, 67)),
    ]
    left = [row for i, (bass, chord) in enumerate(bars) for row in waltz(i, bass, chord)]
    tune = [(76, 79), (77, 74), (76, 72), (81, 77), (79, 74), (72,)]
    right = [row for i, t in enumerate(tune) for row in line(i, t, 1.5, quarters=3)]
    found = find_chords(song(right, left, meter=(3, 4)))
    assert [(b, r) for b, r, _ in symbols(found, 3)] == [
        (0, 0),
        (1, 7),
        (2, 0),
        (3, 5),
        (4, 7),
        (5, 0),
    ]
    assert found[1].quality == "7"


def test_a_walking_bass_does_not_change_the_chord() -> None:
    bass = [(38, 41, 45, 44), (43, 47, 50, 49), (48, 47, 45, 43), (36, 40, 43, 45)]
    comping = [(60, 64, 65, 69), (59, 64, 65, 69), (59, 62, 64, 67), (59, 62, 64, 67)]
    piano = [
        (bar * 4 * TICKS + at, TICKS, pitch, 60)
        for bar, chord in enumerate(comping)
        for at in (0, 3 * TICKS // 2)
        for pitch in chord
    ]
    tune = [(77, 76, 74, 72), (71, 74, 77, 79), (76, 0, 79, 0), (72, 0, 0, 0)]
    walking = [row for bar, four in enumerate(bass) for row in line(bar, four)]
    melody = [row for bar, four in enumerate(tune) for row in line(bar, four)]
    found = find_chords(song(melody, piano, walking, programs=(65, 0, 32)))
    assert symbols(found) == [(0, 2, "min"), (1, 7, "maj"), (2, 0, "maj")]
    assert [c.quality for c in found] == ["m7", "7", "maj7"]


def test_another_chord_tone_in_the_bass_is_a_slash_chord() -> None:
    chords = [(60, 64, 67), (59, 62, 67), (60, 64, 69), (60, 64, 67)]
    basses = [48, 47, 45, 43]
    found = find_chords(
        song(
            [row for i, chord in enumerate(chords) for row in held(i, [p + 12 for p in chord])],
            [row for i, bass in enumerate(basses) for row in line(i, [bass, bass], 2.0)],
        )
    )
    assert [(c.root, c.bass) for c in found] == [(0, 0), (7, 11), (9, 9), (0, 7)]


def test_compound_beats_are_dotted_quarters() -> None:
    beat = 3 * TICKS // 2
    broken = [(48, 55, 64), (48, 55, 64), (43, 59, 65), (43, 59, 65), (48, 55, 64), (53, 60, 69)]
    rows = [
        (i * beat + k * TICKS // 2, TICKS // 2, pitch, 70)
        for i, chord in enumerate(broken)
        for k, pitch in enumerate(chord)
    ]
    found = find_chords(song(rows, meter=(6, 8)))
    assert [(c.start // beat, c.root) for c in found] == [(0, 0), (2, 7), (4, 0), (5, 5)]


def test_silence_is_no_chord() -> None:
    notes = [row for bar in (4, 5, 6, 7) for row in held(bar, (48, 60, 64, 67))]
    found = find_chords(song(notes))
    assert [(c.start, c.root) for c in found] == [(0, -1), (4 * 4 * TICKS, 0)]


@pytest.mark.parametrize("semitones", [1, 5, -4, 6])
def test_a_transposed_song_has_the_transposed_chords(semitones: int) -> None:
    original = find_chords(four_chords())
    moved = find_chords(transposed(four_chords(), semitones))
    assert [(c.start, c.root, c.quality, c.bass) for c in moved] == [
        (c.start, (c.root + semitones) % 12, c.quality, (c.bass + semitones) % 12) for c in original
    ]


def test_drums_do_not_count() -> None:
    base = four_chords()
    kit = Track("", 0, notes_array((i * 240, 60, 37 + i % 9, 100) for i in range(72)), is_drum=True)
    assert find_chords(base.with_tracks([*base.tracks, kit])) == find_chords(base)
    assert find_chords(base.with_tracks([kit])) == ()


def test_nothing_gives_nothing() -> None:
    assert find_chords(Song(())) == ()
    assert find_chords(song([])) == ()


def test_chords_are_in_order_and_differ() -> None:
    rng = np.random.default_rng(3)
    rows = [
        (int(s), 300, int(p), 80)
        for s, p in zip(rng.integers(0, 40000, 400), rng.integers(36, 90, 400), strict=True)
    ]
    for meter in ((4, 4), (5, 4), (7, 8), (2, 2), (3, 8), (5, 16)):
        found = find_chords(song(rows, meter=meter))
        assert found[0].start == 0
        assert all(a.start < b.start for a, b in pairwise(found))
        assert all(
            (a.root, a.quality, a.bass) != (b.root, b.quality, b.bass) for a, b in pairwise(found)
        )


@pytest.mark.parametrize("pitch", range(55, 67))
@pytest.mark.parametrize("bars", [1, 8])
def test_one_tone_is_no_chord_of_another_root(pitch: int, bars: int) -> None:
    alone = song([row for bar in range(bars) for row in held(bar, [pitch])])
    again = song([row for bar in range(bars) for row in line(bar, [pitch, pitch + 12] * 2)])
    for one in (alone, again):
        assert {chord.root for chord in find_chords(one)} <= {-1, pitch % 12}
        assert {chord.triad for chord in find_chords(one) if chord.root >= 0} <= {"maj", "min"}


@pytest.mark.parametrize("semitones", range(-5, 7))
def test_a_root_alone_does_not_change_the_third(semitones: int) -> None:
    bars = [(36, (67, 64, 67, 72)), (31, (71, 67, 69, 71)), (33, (72, 69, 67, 64))]
    bars += [(38, (65, 67, 62, 62)), (36, (67, 64, 67, 72)), (31, (74, 71, 67, 71))]
    bars += [(31, (69, 67, 65, 62)), (36, (64, 62, 60, 60))]
    tune = [row for i, (_, notes) in enumerate(bars) for row in line(i, notes)]
    bass = [row for i, (low, _) in enumerate(bars) for row in line(i, [low, low], 2)]
    found = find_chords(transposed(song(tune, bass, programs=[73, 32]), semitones))
    fourth = [c for c in found if 12 * TICKS <= c.start < 16 * TICKS]
    assert [(c.root, c.triad) for c in fourth] == [((2 + semitones) % 12, "min")]


@pytest.mark.parametrize("semitones", range(-5, 7))
def test_a_bar_of_a_plain_chord_is_never_no_chord(semitones: int) -> None:
    """Arpeggios and held chords between bars of rests, at the beginning and within."""
    a = [57 + semitones, 61 + semitones, 64 + semitones]
    other = [50 + semitones, 57 + semitones, 66 + semitones]
    broken = line(0, [*a, a[1]]) + line(1, [*a, a[1]])
    rest = held(3, a) + held(6, other) + held(7, a)
    found = find_chords(song(broken + rest))
    bar = 4 * TICKS
    for at in (0, bar, 3 * bar, 7 * bar):
        assert [c for c in found if c.start <= at][-1].root == (9 + semitones) % 12


def test_a_singer_who_begins_alone_has_no_chord() -> None:
    base = four_chords()
    bar = 4 * TICKS
    tracks = []
    for track in base.tracks:
        notes = track.notes.copy()
        notes["start"] += 2 * bar
        tracks.append(replace(track, notes=notes))
    alone = notes_array(line(1, [0, 0, 67, 69]))
    tracks[0] = replace(tracks[0], notes=np.concatenate([alone, tracks[0].notes]))
    first = find_chords(base.with_tracks(tracks))[0]
    assert (first.start, first.root) == (0, -1)
