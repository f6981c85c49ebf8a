"""Profiles of sets, on cases worked out by hand."""

import numpy as np
import pytest

from restyle.metrics.sets import jackknife, leave_one_out, set_cosines


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


def test_leaving_one_out():
    found = leave_one_out(3)
    assert found.tolist() == [[1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.array([0.1, 0.4, 0.7, 0.2])
    means = leave_one_out(4) @ values / np.array([4, 3, 3, 3, 3])
    figure, low, high = jackknife(means)
    error = values.std(ddof=1) / 2  # of the mean of four
    assert figure == pytest.approx(0.35)
    assert high - figure == pytest.approx(1.96 * error) == pytest.approx(figure - low)
    assert jackknife(np.array([0.5, np.nan])) == (0.5, 0.5, 0.5)
