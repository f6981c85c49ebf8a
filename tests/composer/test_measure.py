"""The measures, on sequences whose answers are known by hand."""

import numpy as np
import pytest

from restyle.composer.measure import (
    Originality,
    apart,
    class_entropy,
    collapse,
    entropy,
    harmony,
    in_scale,
    longest_run,
    mean,
)
from restyle.composer.notes import ELEMENT, shift_symbol


def test_a_collapsed_sequence_is_seen() -> None:
    found = collapse(["C4"] * 600)
    assert found.most_frequent == 1
    assert found.longest_run == 600
    assert found.distinct == pytest.approx(1 / 597)
    assert found.entropy == 0


def test_a_sequence_of_four_notes_in_turn() -> None:
    found = collapse(["C4", "D4", "E4", "F4"] * 100)
    assert found.most_frequent == 0.25
    assert found.longest_run == 1
    assert found.distinct == pytest.approx(4 / 397)
    assert found.entropy == pytest.approx(2)


def test_runs_and_entropy() -> None:
    assert longest_run([]) == 0
    assert longest_run(["a", "b", "b", "b", "a"]) == 3
    assert entropy([1, 1, 0]) == 1


def test_scale_and_pitch_classes() -> None:
    assert in_scale(["C4", "0.4.7", "F#4"], 0, "major") == pytest.approx(4 / 5)
    assert in_scale(["G#4", "A4"], 9, "minor") == 1
    assert class_entropy(["C4", "C5", "D4", "D2"]) == 1


def test_a_copy_is_found_in_another_key() -> None:
    song = ["C4", "E4", "0.4.7", "G4", "A4", "F4", "D4", "B3", "C4", "G3", "E-4", "A5"]
    other = Originality([["C2", "C2", "D5", *song]])
    piece = ["B4", "D2", *[shift_symbol(s, 3) for s in song[:9]], "C1", "C7"]
    assert other.longest_shared(piece) == 9
    assert other.longest_shared(["C4", "C#4", "D4", "E-4", "E4", "F4", "F#4", "G4"]) == 0


def test_means_and_distances() -> None:
    a, b = collapse(["C4"] * 10), collapse(["C4", "D4"] * 5)
    both = mean([a, b])
    assert both.most_frequent == 0.75
    assert apart(both, b)["most_frequent"] == pytest.approx(0.5)


def test_a_song_without_chords_says_nothing_about_them() -> None:
    tune = np.array([("C4", 0, 12, 60), ("E4", 12, 12, 64)], ELEMENT)
    song = np.array([("0.4.7", 0, 48, 48), ("E4", 12, 12, 64), ("D4", 24, 12, 62)], ELEMENT)
    rows = [harmony(e, 48, 0, "major") for e in (tune, song)]
    assert np.isnan(rows[0].chord) and rows[1].chord == 0.5
    assert mean(rows).chord == 0.5
    assert apart(rows[0], rows[1])["chord"] == 0
