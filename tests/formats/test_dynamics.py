"""Dynamic marks: only where a level really changes, and read back as that level."""

import numpy as np

from restyle.io import read
from restyle.io.musicxml.write import write_musicxml
from restyle.io.score.dynamics import dynamics
from restyle.io.score.layout import Bar
from restyle.music.song import TICKS, Meter, Song, Track, notes_array

BAR = 96


def marked(*levels: int, each: int = 4, spread: int = 3):
    """Marks of bars with some notes of about that velocity."""
    bars = [Bar(BAR * i, BAR, Meter(0, 4, 4)) for i in range(len(levels))]
    on = np.arange(len(levels) * each) * (BAR // each)
    wave = np.tile([spread, -spread], len(on) // 2 + 1)[: len(on)]
    return dynamics(on, np.repeat(levels, each) + wave, bars)


def test_a_level_that_stays_is_marked_where_it_begins():
    assert marked(*[52] * 8, *[90] * 8) == ((0, "p"), (8 * BAR, "f"))
    assert marked(*[76] * 4, *[90] * 4, *[64] * 4) == ((0, "mf"), (4 * BAR, "f"), (8 * BAR, "mp"))


def test_a_bar_or_three_are_played_and_not_marked():
    assert marked(*[76] * 4, 110, *[76] * 6) == ((0, "mf"),)
    assert marked(*[76] * 8, *[90] * 3) == ((0, "mf"),)  # the end alone


def test_small_drift_and_typed_velocities_say_nothing():
    assert marked(*[76] * 8, *[84] * 8) == ((0, "mf"),)  # nearer to f, but by 8 only
    assert marked(*[100] * 12, spread=1) == ()
    assert dynamics(np.zeros(0, int), np.zeros(0, int), []) == ()


def test_silent_bars_are_passed_over():
    bars = [Bar(BAR * i, BAR, Meter(0, 4, 4)) for i in range(20)]
    on = np.r_[np.arange(16) * 24 + 48, np.arange(16) * 24 + 10 * BAR + 24]
    velocity = np.r_[[52, 56] * 8, [88, 92] * 8]
    assert dynamics(on, velocity, bars) == ((48, "p"), (10 * BAR + 24, "f"))


def test_marks_are_read_back_as_velocities(tmp_path):
    rows = [(480 * i, 480, 60 + i % 5, (50, 54)[i % 2] if i < 32 else (88, 92)[i % 2])
            for i in range(64)]  # fmt: skip
    write_musicxml(Song(tracks=(Track("Flute", 73, notes_array(rows)),)), tmp_path / "a.musicxml")
    text = (tmp_path / "a.musicxml").read_text()
    assert text.count("<dynamics>") == 2
    back = read(tmp_path / "a.musicxml").tracks[0].notes
    assert set(back["velocity"][back["start"] < 32 * TICKS].tolist()) == {52}
    assert set(back["velocity"][back["start"] >= 32 * TICKS].tolist()) == {90}
