"""MGEval: densities by hand and against scipy."""

import numpy as np
import pytest
from evaluation_songs import notes, song

from restyle.metrics.mgeval import (
    FEATURES,
    bandwidth,
    compare_sets,
    density,
    mgeval_features,
    overlap,
)


def test_density_is_that_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    sample = np.random.default_rng(0).normal(size=40)
    points = np.linspace(-3, 3, 50)
    ours = density(sample, points, bandwidth(sample))
    assert np.allclose(ours, stats.gaussian_kde(sample)(points), atol=1e-12)


def test_equal_sets_overlap_and_far_ones_do_not():
    rng = np.random.default_rng(1)
    a = rng.normal(size=300)
    assert overlap(a, a).area == pytest.approx(1.0, abs=1e-3)
    assert overlap(a, a).divergence == pytest.approx(0.0, abs=1e-6)
    far = overlap(a, a + 50)
    assert far.area < 1e-3 and far.divergence > 5
    near = overlap(a, a + 1)
    # two unit normals one apart share 2 * (1 - normal cdf of 1/2)
    assert near.area == pytest.approx(0.617, abs=0.06)


def test_sets_that_do_not_vary():
    same = np.ones(5)
    assert overlap(same, same).area == pytest.approx(1.0, abs=1e-2)
    assert overlap(same, same + 1).area == pytest.approx(0.0, abs=1e-2)
    few = compare_sets([np.ones(1)] * 2, [np.ones(1)] * 5)
    assert np.isnan(few.area)


def test_features_by_hand():
    found = mgeval_features(
        song(notes((0, 12, 60), (12, 12, 64), (24, 24, 67)), piano=notes((48, 12, 48)))
    )
    assert set(found) == set(FEATURES)
    assert found["pitch_count"][0] == 4
    assert found["pitch_range"][0] == 19
    assert found["pitch_interval"][0] == pytest.approx((4 + 3 + 19) / 3)
    assert found["note_count"][0] == 1
    assert found["onset_interval"][0] == pytest.approx(4 / 3)
    assert found["pitch_classes"][[0, 4, 7]].tolist() == [0.5, 0.25, 0.25]
    assert found["pitch_class_steps"][0, 4] == pytest.approx(1 / 3)
    assert found["note_lengths"].sum() == pytest.approx(1.0)
    empty = mgeval_features(song())
    assert all(np.isfinite(value).all() for value in empty.values())
