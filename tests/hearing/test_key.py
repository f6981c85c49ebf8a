"""Keys of songs written by hand."""

import pytest
from bars import four_chords, held, line, song, transposed

from restyle.analysis.key import find_key
from restyle.music.song import TICKS, Key, Song, Track, notes_array


def in_a_minor() -> Song:
    """Am Dm E7 Am, with the raised leading tone in melody and chords."""
    chords = [(57, 60, 64), (57, 62, 65), (56, 59, 62), (57, 60, 64)] * 2
    basses = [45, 50, 40, 45] * 2
    tunes = [(69, 71, 72, 76), (74, 77, 76, 74), (71, 68, 71, 74), (72, 71, 69, 0)] * 2
    return song(
        [row for i, tune in enumerate(tunes) for row in line(i, tune)],
        [row for i, chord in enumerate(chords) for row in held(i, chord)],
        [row for i, bass in enumerate(basses) for row in line(i, [bass, bass], 2.0)],
    )


def test_four_chords_are_in_c() -> None:
    assert find_key(four_chords()) == Key(0, "major")


def test_a_raised_leading_tone_makes_minor() -> None:
    assert find_key(in_a_minor()) == Key(9, "minor")


@pytest.mark.parametrize("semitones", range(-5, 7))
def test_a_transposed_song_is_in_the_transposed_key(semitones: int) -> None:
    assert find_key(transposed(four_chords(), semitones)) == Key(semitones % 12, "major")
    assert find_key(transposed(in_a_minor(), semitones)) == Key((9 + semitones) % 12, "minor")


def test_a_stated_signature_settles_what_is_open() -> None:
    six_notes = song(line(0, [67, 69, 71, 72]) + line(1, [74, 76, 74, 67]))
    for tonic in (2, 7):
        assert find_key(Song(six_notes.tracks, keys=((0, Key(tonic)),))).fifths == Key(tonic).fifths


def test_the_signature_that_every_file_states_says_nothing() -> None:
    base = transposed(four_chords(), 3)
    assert find_key(Song(base.tracks, keys=((0, Key(0, "major")),))) == Key(3, "major")


def test_silence_and_drums_are_in_c() -> None:
    kit = Track("", 0, notes_array([(0, 60, 38, 100)]), is_drum=True)
    assert find_key(Song(())) == Key(0)
    assert find_key(Song((kit,))) == Key(0)


def test_c_is_meant_beside_other_signatures() -> None:
    open_tune = song(line(0, [67, 72, 74, 76]) + line(1, [79, 76, 74, 69]))
    end = 8 * TICKS
    mostly_c = ((0, Key(0)), (end - TICKS, Key(7)))
    mostly_g = ((0, Key(0)), (TICKS, Key(7)))
    assert find_key(Song(open_tune.tracks, keys=mostly_c)).fifths == 0
    assert find_key(Song(open_tune.tracks, keys=mostly_g)).fifths == 1


def test_a_signature_at_one_place_with_another_does_not_count() -> None:
    base = transposed(four_chords(), 3)
    replaced = ((0, Key(0)), (0, Key(3)))
    assert find_key(Song(base.tracks, keys=replaced)) == Key(3)


def test_signatures_beyond_the_end_are_no_trouble() -> None:
    base = four_chords()
    keys = ((-TICKS, Key(0)), (10 * base.end, Key(6)))
    assert find_key(Song(base.tracks, keys=keys)) == Key(0)
