"""Note and chord names, normal order, and the nearest of what is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restyle.composer.notes import (
    chord_symbol,
    note_pitch,
    note_symbol,
    shift_symbol,
    snap,
    voice,
)
from restyle.composer.vocabulary import NoteSet, nearest_length, normalised, note_set, windows


@pytest.mark.parametrize(
    ("pitch", "name"), [(71, "B4"), (66, "F#4"), (51, "E-3"), (60, "C4"), (10, "B--1"), (108, "C8")]
)
def test_note_names(pitch: int, name: str) -> None:
    assert note_symbol(pitch) == name
    assert note_pitch(name) == pitch


@pytest.mark.parametrize(
    ("pitches", "symbol"),
    [
        ((60, 64, 67), "0.4.7"),
        ((57, 60, 64), "9.0.4"),
        ((59, 62), "11.2"),
        ((67, 71, 74, 77), "11.2.5.7"),
        ((48, 60, 72), "0"),
    ],
)
def test_chord_symbols(pitches: tuple[int, ...], symbol: str) -> None:
    assert chord_symbol(pitches) == symbol


def test_normal_order_is_music21s_for_every_chord() -> None:
    chord = pytest.importorskip("music21.chord")
    rng = np.random.default_rng(0)
    for mask in rng.choice(np.arange(1, 4096), 400, replace=False):
        classes = [pc for pc in range(12) if mask >> pc & 1]
        expected = ".".join(map(str, chord.Chord([pc + 60 for pc in classes]).normalOrder))
        assert chord_symbol(classes) == expected


@given(st.lists(st.integers(21, 100), min_size=2, max_size=6, unique=True), st.integers(-12, 12))
def test_a_chord_moves_as_its_notes_do(pitches: list[int], shift: int) -> None:
    moved = chord_symbol(p + shift for p in pitches)
    assert sorted(shift_symbol(chord_symbol(pitches), shift).split(".")) == sorted(moved.split("."))


@given(st.lists(st.integers(36, 84), min_size=2, max_size=6, unique=True))
def test_a_voiced_chord_has_its_pitch_classes_and_its_bass(pitches: list[int]) -> None:
    low = min(pitches)
    sounding = voice(chord_symbol(pitches), low)
    assert min(sounding) == low
    assert {p % 12 for p in sounding} == {p % 12 for p in pitches}


def test_times_snap_to_sixteenths_and_triplets() -> None:
    assert snap(np.array([0.4, 2.6, 3.6, 7.2, 11.1, 16.2])).tolist() == [0, 3, 4, 8, 12, 16]


def test_windows_are_what_the_method_says() -> None:
    rows, following = windows(np.arange(10), 6)
    assert rows.tolist() == [list(range(i, i + 6)) for i in range(4)]
    assert following.tolist() == [6, 7, 8, 9]
    assert windows(np.arange(5), 6)[0].shape == (0, 6)


@given(st.integers(1, 500))
def test_integers_are_normalised_below_one(size: int) -> None:
    values = normalised(np.arange(size), size)
    assert values[0] == 0 and values.max() < 1


def test_the_note_set_is_in_order_and_counts() -> None:
    songs = [["E4", "0.4.7", "C4"], ["C4", "0.4.7", "B-3"]]
    assert note_set(songs).symbols == ("B-3", "C4", "E4", "0.4.7")
    assert note_set(songs, least=2).symbols == ("C4", "0.4.7")


@pytest.mark.parametrize(
    ("unknown", "nearest"),
    [("C6", "C5"), ("F#4", "G4"), ("0.4.7.10", "0.4.7"), ("9.0", "9.0.4"), ("C5", "C5")],
)
def test_an_unknown_note_is_mapped_to_the_nearest(unknown: str, nearest: str) -> None:
    notes = NoteSet(("C4", "G4", "C5", "0.4.7", "9.0.4"))
    assert notes.symbols[notes.number(unknown)] == nearest
    assert notes.unknown([unknown, "C4"]) == ({} if unknown == nearest else {unknown: nearest})


def test_lengths_are_the_nearest_known() -> None:
    assert nearest_length(np.array([1, 3, 5, 13, 500])).tolist() == [0, 0, 1, 5, 16]
