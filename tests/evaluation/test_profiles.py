"""Style profiles on cases counted by hand."""

import numpy as np
import pytest
from evaluation_songs import notes, song, walking

from restyle.critic.profile import (
    cosine,
    mean_profile,
    onset_drum,
    onset_duration,
    profile,
    similarity,
    time_pitch,
)


def test_pairs_of_notes_by_time_and_interval():
    found = time_pitch(notes((0, 6, 60), (0, 6, 64), (12, 6, 67), (48, 6, 60)))
    # together: +4; a beat (six bins) later: +7, +3; four beats later is out; 36 positions: -7
    assert found[0, 20 + 4] == 1
    assert found[6, 20 + 7] == 1 and found[6, 20 + 3] == 1
    assert found[18, 20 - 7] == 1
    assert found.sum() == 4


def test_intervals_over_twenty_semitones_do_not_count():
    assert time_pitch(notes((0, 6, 40), (6, 6, 61))).sum() == 0
    assert time_pitch(notes((0, 6, 40), (6, 6, 60))).sum() == 1


def test_pairs_counted_one_by_one_are_the_same():
    some = walking(3).notes
    slow = np.zeros((24, 41))
    for i, a in enumerate(some):
        for b in some[i + 1 :]:
            gap, step = int(b["start"] - a["start"]), int(b["pitch"] - a["pitch"])
            if gap < 48 and abs(step) <= 20:
                slow[gap // 2, step + 20] += 1
    assert np.array_equal(time_pitch(some), slow)


def test_onsets_by_duration_and_drums():
    found = onset_duration(notes((0, 12, 60), (50, 200, 62)))
    assert found.shape == (24, 13)
    assert found[0, 6] == 1 and found[1, 12] == 1 and found.sum() == 2
    drums = onset_drum(notes((0, 1, 36), (48, 1, 36), (6, 1, 42)))
    assert drums[0, 36] == 2 and drums[3, 42] == 1


def test_cosines():
    assert cosine(np.array([1.0, 0.0]), np.array([3.0, 4.0])) == pytest.approx(0.6)
    assert cosine(np.zeros(3), np.zeros(3)) == 1.0
    assert cosine(np.zeros(3), np.ones(3)) == 0.0


def test_a_song_is_like_itself_in_every_key_and_unlike_another_texture():
    one = profile(walking())
    higher = walking().notes.copy()
    higher["pitch"] += 3
    assert similarity(one, one)["all"] == pytest.approx(1.0)
    assert cosine(one["time_pitch"], time_pitch(higher)) == pytest.approx(1.0)
    held = profile(song(piano=notes((0, 48, 48), (48, 48, 50), (96, 48, 52))))
    assert similarity(one, held)["all"] < 0.5


def test_songs_of_a_set_weigh_the_same():
    short, long = song(piano=notes((0, 6, 60))), song(piano=notes(*[(12, 12, 60)] * 9, (24, 6, 60)))
    found = mean_profile([profile(short), profile(long)])["onset_duration"]
    assert found.sum() == pytest.approx(1.0)
    assert found[0, 3] == pytest.approx(0.5)
