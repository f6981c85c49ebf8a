"""Swing is found where it is played, taken out beat by beat, and put back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restyle.analysis.swing import song_swing
from restyle.music.grid import quantise, straighten, swing, trim_overlaps
from restyle.music.song import GRID, STEP, TICKS, Meter, Song, Track, notes_array

RATIOS = st.sampled_from([1.0, 1.2, 1.5, 1.8, 2.0, 2.4, 3.0])


@st.composite
def grid_parts(draw):
    """One part on the grid, in ticks, without overlaps of a pitch."""
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 60), st.integers(1, 40), st.integers(60, 64), st.just(80)),
            min_size=1,
            max_size=30,
        )
    )
    return trim_overlaps(notes_array((s * STEP, d * STEP, p, v) for s, d, p, v in rows))


@given(grid_parts(), RATIOS)
def test_straighten_undoes_swing_on_any_rhythm(notes, ratio):
    back = straighten(swing(notes, ratio, TICKS), ratio, TICKS)
    assert np.abs(back["start"] - notes["start"]).max() <= 2  # ticks: only rounding is lost
    assert np.abs(back["duration"] - notes["duration"]).max() <= 4
    assert np.array_equal(back["pitch"], notes["pitch"])


@given(grid_parts(), RATIOS)
def test_swing_keeps_beats_and_order(notes, ratio):
    played = swing(notes, ratio, TICKS)
    on_beat = notes["start"] % TICKS == 0
    assert set(notes["start"][on_beat]) <= set(played["start"])
    assert np.all(np.diff(played["start"]) >= 0)
    assert (played["duration"] >= 1).all()
    assert len(played) == len(notes)


def test_swing_moves_the_offbeat_and_nothing_else():
    notes = notes_array([(0, 240, 60, 80), (240, 240, 62, 80), (480, 480, 64, 80)])
    played = swing(notes, 2.0, TICKS)
    assert played["start"].tolist() == [0, 320, 480]
    assert played["duration"].tolist() == [320, 160, 480]


def test_triplets_stay_triplets_in_a_swung_part():
    swung = [(0, 300, 60, 80), (320, 150, 62, 80)]
    triplet = [(480 + i * 160, 150, 64 + i, 80) for i in range(3)]
    straight = straighten(notes_array(swung + triplet), 2.0, TICKS)
    assert straight["start"].tolist() == [0, 240, 480, 640, 800]


def eighths(ratio, rng=None, beats=64, jitter=0.0):
    """A part in eighths that swing at `ratio`."""
    offbeat = ratio / (1 + ratio) * TICKS
    rows = []
    for beat in range(beats):
        for place in (0.0, offbeat):
            at = beat * TICKS + place + (rng.normal(0, jitter) if rng is not None else 0)
            rows.append((max(round(at), 0), 100, 60 + beat % 7, 80))
    return Song((Track("", 0, notes_array(rows)),))


@pytest.mark.parametrize("ratio", [1.0, 1.3, 1.5, 1.8, 2.0, 2.3])
def test_the_ratio_is_recovered(ratio):
    assert song_swing(eighths(ratio)) == pytest.approx(ratio, abs=0.02)
    played = eighths(ratio, np.random.default_rng(3), jitter=12)
    assert song_swing(played) == pytest.approx(ratio, abs=0.12)


def test_what_does_not_swing():
    dotted = [(b * TICKS + o, 90, 60, 80) for b in range(64) for o in (0, 360)]
    triplets = [(b * TICKS + i * 160, 90, 60, 80) for b in range(64) for i in range(3)]
    few = [(b * TICKS + o, 90, 60, 80) for b in range(10) for o in (0, 320)]
    sixteenths = [(b * 120, 90, 60, 80) for b in range(256)]
    for rows in (dotted, triplets, few, sixteenths):
        assert song_swing(Song((Track("", 0, notes_array(rows)),))) == 1.0


def test_compound_meters_do_not_swing():
    song = eighths(2.0)
    assert song_swing(Song(song.tracks, meters=(Meter(0, 6, 8),))) == 1.0


@given(grid_parts())
def test_quantise_leaves_simple_rhythms_alone(notes):
    simple = notes[np.isin(notes["start"] // STEP % GRID, (0, 3, 6, 9))]
    on_grid = quantise(simple, TICKS)
    assert (on_grid["start"] * STEP).tolist() == simple["start"].tolist()


def test_quantise_finds_sixteenths_and_triplets_in_loose_playing():
    rng = np.random.default_rng(7)
    places = []
    for beat in range(40):
        within = (0, 4, 8) if beat % 3 == 2 else (0, 3, 6, 9)
        places += [beat * GRID + p for p in within]
    rows = [(max(round(p * STEP + rng.normal(0, 7)), 0), 60, 60, 80) for p in places]
    on_grid = quantise(notes_array(rows), TICKS)
    assert on_grid["start"].tolist() == places


def test_quantise_gives_whole_notes_without_overlap():
    rows = [(0, 5, 60, 80), (3, 500, 60, 90), (470, 400, 60, 80), (900, 10, 72, 70)]
    on_grid = quantise(notes_array(rows), TICKS)
    assert (on_grid["duration"] >= 1).all()
    sixty = on_grid[on_grid["pitch"] == 60]
    assert np.all(sixty["start"][1:] >= (sixty["start"] + sixty["duration"])[:-1])
    assert len(sixty) == 2  # the doubled one is dropped


def test_quantise_of_nothing_is_nothing():
    assert len(quantise(notes_array(), TICKS)) == 0
