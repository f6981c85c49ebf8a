"""Profiles of sets, on cases worked out by hand."""

import numpy as np
import pytest

from restyle.evaluation.sets import drawings, set_cosines


def one(*values: float) -> dict[str, np.ndarray]:
    row = np.array(values)
    return {"time_pitch": row, "onset_duration": row}


def test_two_halves_of_a_style_are_the_style_together():
    whole = one(0.5, 0.5)
    found = set_cosines([one(1, 0), one(0, 1)], whole, np.array([[1, 1], [1, 0], [3, 1], [0, 0]]))
    assert found[:2] == pytest.approx([1.0, np.sqrt(0.5)])
    assert found[2] == pytest.approx(4 / np.sqrt(2 * 10))
    assert np.isnan(found[3])


def test_songs_without_notes_do_not_count_and_a_set_without_any_is_far():
    whole = one(1, 0)
    assert set_cosines([one(1, 0), one(0, 0)], whole, np.ones((1, 2))) == pytest.approx(1.0)
    assert set_cosines([one(0, 0)], whole, np.ones((1, 1))) == pytest.approx(0.0)


def test_both_histograms_weigh_the_same():
    mixed = {"time_pitch": np.array([1.0, 0.0]), "onset_duration": np.array([0.0, 1.0])}
    assert set_cosines([mixed], one(1, 0), np.ones((1, 1))) == pytest.approx(0.5)


def test_drawings_begin_with_the_set_itself():
    found = drawings(7, 20, np.random.default_rng(0))
    assert found.shape == (21, 7) and (found[0] == 1).all()
    assert (found.sum(axis=1) == 7).all() and found.max() > 1
