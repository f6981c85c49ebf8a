"""Manners: clusters found again where songs plainly fall into them."""

import json
from dataclasses import replace

import numpy as np

from restyle.data.manners import LEAST_SONGS, NAMES, Manner, find_manners
from restyle.data.measure import Measures, describe_tunes


def songs(rng, count, **values):
    rows = np.zeros((count, len(NAMES)))
    for name, value in values.items():
        rows[:, NAMES.index(name.replace("_", " "))] = value
    return rows + rng.normal(0, 0.05, rows.shape)


def test_slow_waltz_and_swing_are_told_apart():
    rng = np.random.default_rng(0)
    slow = songs(rng, 150, tempo=-1.5, chords_held=1.0)
    waltz = songs(rng, 100, three=1.0, tempo=0.5)
    swing = songs(rng, 80, swing=1.0, tempo=1.5, time_ride=1.0)
    labels, manners = find_manners(np.vstack([slow, waltz, swing]))
    assert [m.songs for m in manners] == [150, 100, 80]
    assert set(labels[:150]) == {0} and set(labels[150:250]) == {1} and set(labels[250:]) == {2}
    assert manners[1].meters["three"] == 1.0
    assert manners[0].tempos[1] < manners[2].tempos[0]


def test_what_is_described_is_read_again():
    one = Manner(7, {"swing": 0.5}, (60.0, 90.0), {"four": 1.0}, "slow", False)
    played = replace(
        one,
        parts={"bass": 0.9},
        beside={"piano": {"bass": 0.4}},
        playing={"bass": [[1.0]]},
        kit=(0.9, 0.8),
    )
    for manner in (one, played, replace(one, typical=True)):
        assert Manner.read(json.loads(json.dumps(manner.described()))) == manner
    assert "typical" not in replace(one, typical=True).described()


def test_few_songs_have_one_manner():
    rows = songs(np.random.default_rng(1), LEAST_SONGS - 1, tempo=0.3)
    labels, manners = find_manners(rows)
    assert manners == [] and set(labels) == {0}


def test_tunes_are_counted_a_song_each():
    one = Measures((), 1.0, 0.0, 100.0, 20.0, {"melody": {0: 3, 60: 40}}, {}, {})
    two = replace(one, programs={"melody": {60: 2, 0: 2}})  # as many: the lower number
    none = replace(one, programs={"piano": {0: 90}})
    assert describe_tunes([one, one, two, none]) == [[60, 2], [0, 1]]
    assert describe_tunes([none]) == []
