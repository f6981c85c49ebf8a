"""Shared runs, found by hashes, against a slow search."""

import numpy as np
from evaluation_songs import notes

from restyle.metrics.originality import (
    LENGTHS,
    hashes,
    longest_shared,
    moves,
    part_moves,
    sample_runs,
    share_known,
)
from restyle.music.parts import Arrangement


def test_equal_runs_and_only_those_have_equal_hashes():
    row = np.random.default_rng(0).integers(0, 4, 200)
    for length in (1, 2, 3, 5, 8, 13):
        found = hashes(row, length)
        runs = [tuple(row[i : i + length]) for i in range(len(row) - length + 1)]
        assert len(found) == len(runs)
        assert len(set(found.tolist())) == len(set(runs))
        assert len({*zip(runs, found.tolist(), strict=True)}) == len(set(runs))
    assert len(hashes(row[:4], 5)) == 0


def test_the_longest_run_lies_within_one_part():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 1000, 200), rng.integers(0, 1000, 200)
    songs = [[a[10:75]], [np.r_[a[-10:], b[:10]]], [], [rng.integers(0, 1000, 99)], [b[:5], a]]
    assert longest_shared(songs, [[a], [b]]) == [64, 8, 0, 0, 192]
    assert longest_shared([[a]], []) == [0]
    assert 192 in LENGTHS


def test_a_copy_in_another_key_is_a_copy():
    tune = notes(*[(6 * i, 6, 50 + i * i % 7) for i in range(20)])
    higher = tune.copy()
    higher["pitch"] += 5
    assert np.array_equal(moves(tune), moves(higher))
    slower = tune.copy()
    slower["start"] *= 2
    assert not np.array_equal(moves(tune), moves(slower))
    assert len(moves(tune[:1])) == 0
    parts = part_moves(Arrangement({"drums": tune, "bass": tune[:1], "piano": tune}))
    assert len(parts) == 1


def test_a_sample_judges_the_share_of_known_runs():
    rng = np.random.default_rng(2)
    known, new = rng.integers(0, 1000, 4000), rng.integers(0, 1000, 4000)
    sample = sample_runs([[known]], 8)
    assert abs(len(sample) - 500) < 120
    assert share_known([known], sample, 8) == 1.0
    assert share_known([new], sample, 8) == 0.0
    half = share_known([known[:2000], new[:2000]], sample, 8)
    assert abs(half - 0.5) < 0.1
    assert np.isnan(share_known([], sample, 8))
