"""Meters are taken from the file where they make sense, and heard where they do not."""

from dataclasses import replace

import numpy as np
import pytest
from bands import band

from restyle.analysis.barring import put_in_bars
from restyle.analysis.meter import VOCABULARY, stated_meters, usual_meter
from restyle.music.song import TICKS, Meter, Song, Track, bar_lines, notes_array


@pytest.mark.parametrize(
    ("stated", "usual"),
    [
        ((4, 4), "4/4"), ((2, 2), "4/4"), ((3, 2), "6/4"), ((4, 2), "4/4"), ((2, 1), "4/4"),
        ((9, 4), "3/4"), ((8, 4), "4/4"), ((10, 4), "5/4"), ((12, 4), "4/4"), ((4, 8), "2/4"),
        ((8, 8), "4/4"), ((10, 8), "5/4"), ((2, 8), "1/4"), ((6, 16), "3/8"), ((12, 16), "6/8"),
        ((15, 8), "5/8"), ((12, 8), "12/8"), ((5, 8), "5/8"), ((7, 4), "7/4"), ((16, 16), "4/4"),
    ],
)  # fmt: skip
def test_meters_are_counted_as_the_model_knows_them(stated, usual):
    meter = usual_meter(0, *stated)
    assert meter.name == usual
    length = 4 * TICKS * stated[0] // stated[1]
    assert length % meter.bar_length(TICKS) == 0  # bar lines stay bar lines


def test_no_bar_is_too_long_for_the_model():
    for numerator in range(1, 33):
        for denominator in (1, 2, 4, 8, 16, 32):
            meter = usual_meter(0, numerator, denominator)
            assert meter.name == "7/4" or meter.bar_length(12) <= 72
            assert meter.name in VOCABULARY or meter.denominator > 4


def song_in(*meters, end=TICKS * 64, known=True):
    notes = notes_array((t, 200, 60, 80) for t in range(0, end, TICKS))
    return Song((Track("", 0, notes),), meters=meters, meter_known=known)


def test_changes_are_kept():
    meters = (Meter(0, 4, 4), Meter(4 * TICKS * 4, 3, 4), Meter(TICKS * 28, 6, 8))
    assert stated_meters(song_in(*meters)) == meters
    assert put_in_bars(song_in(*meters)).song.meters == meters


def test_nonsense_is_not_believed():
    assert stated_meters(song_in(Meter(0, 4, 4), known=False)) is None
    assert stated_meters(song_in(Meter(0, 1, 4))) is None
    assert stated_meters(song_in(Meter(0, 1, 8), Meter(240, 4, 4))) is not None


def family(meters):
    """What most of a song is in."""
    return max(meters, key=lambda m: sum(n.name == m.name for n in meters)).name


@pytest.mark.parametrize(
    ("beats", "compound", "names"),
    [
        (4, False, {"4/4"}),
        (3, False, {"3/4"}),
        pytest.param(
            2,
            True,
            {"6/8", "12/8"},
            # Even broken chords: onsets alone speak for quarters. What would tell it, which eighths
            # are longer, louder and lower, corrects 29 of 401 files that state 3/4, 6/8 or 12/8,
            # and breaks a waltz of game-pool that is heard rightly now.
            marks=pytest.mark.xfail(reason="heard as 3/4", strict=True),
        ),
    ],
)
def test_a_hidden_meter_is_heard(beats, compound, names):
    song = replace(
        band(beats=beats, compound=compound), meters=(Meter(0, 4, 4),), meter_known=False
    )
    barred = put_in_bars(song)
    assert barred.heard_meter
    assert not barred.live
    assert family(barred.song.meters) in names
    lines = bar_lines(barred.song.meters, barred.song.end, TICKS)
    bass = barred.song.tracks[2].notes["start"]
    if beats == 3:
        assert np.isin(bass, lines).mean() > 0.9


def test_a_pickup_is_heard_when_the_meter_is_hidden():
    song = replace(band(pickup=True), meter_known=False)
    barred = put_in_bars(song)
    assert barred.song.pickup == TICKS
    assert barred.song.meters[0].name == "4/4"
    bass = barred.song.tracks[2].notes["start"]
    assert bass[0] == 4 * TICKS  # the first whole bar


@pytest.mark.parametrize(("beats", "compound"), [(4, False), (3, False), (2, True)])
def test_a_pickup_that_the_file_counts_as_a_whole_bar_is_heard(beats, compound):
    song = band(bars=40, beats=beats, compound=compound, pickup=True)
    barred = put_in_bars(song)
    unit = TICKS * 3 // 2 if compound else TICKS
    assert not barred.live
    assert barred.song.meters == song.meters
    assert barred.song.pickup == unit
    assert barred.song.tracks[2].notes["start"][0] == beats * unit
    assert barred.begin == pytest.approx(-(beats - 1) * unit / TICKS / 2)  # at 120 a minute


def test_bars_that_the_file_states_rightly_stay():
    for beats in (2, 3, 4):
        song = band(bars=40, beats=beats)
        assert put_in_bars(song).song == song


@pytest.mark.parametrize("bars", [12, 40])
def test_a_waltz_under_the_default_meter_is_a_waltz(bars):
    song = band(bars=bars, beats=3)
    barred = put_in_bars(replace(song, meters=(Meter(0, 4, 4),)))
    assert barred.heard_meter
    assert barred.song.meters == (Meter(0, 3, 4),)
    assert np.isin(barred.song.tracks[2].notes["start"] % (3 * TICKS), 0).all()


def test_a_waltz_with_a_pickup_under_the_default_meter_keeps_it():
    song = band(bars=24, beats=3, pickup=True)
    barred = put_in_bars(replace(song, meters=(Meter(0, 4, 4),)))
    assert barred.song.meters == (Meter(0, 3, 4),)
    assert barred.song.pickup == TICKS
    assert barred.song.tracks[2].notes["start"][0] == 3 * TICKS


@pytest.mark.parametrize("meter", [Meter(0, 2, 4), Meter(0, 5, 4), Meter(0, 6, 4)])
def test_a_meter_that_is_no_default_holds(meter):
    song = replace(band(bars=24, beats=3), meters=(meter,))
    assert put_in_bars(song).song.meters == (meter,)


def test_a_waltz_in_the_middle_of_a_song_in_four_changes_no_meter():
    four, three = band(bars=16, beats=4), band(bars=8, beats=3)
    tracks = []
    for a, b in zip(four.tracks, three.tracks, strict=True):
        later = b.notes.copy()
        later["start"] += 64 * TICKS
        tracks.append(replace(a, notes=np.concatenate([a.notes, later])))
    song = four.with_tracks(tracks)
    assert put_in_bars(song).song.meters == (Meter(0, 4, 4),)


@pytest.mark.parametrize(
    "bar",
    [
        (72, 74, 76, 77, 79, 77, 76, 74), (60, 62, 64, 65, 67, 65, 64, 62),
        (67, 69, 71, 72, 74, 72, 71, 69), (72, 71, 69, 67, 65, 67, 69, 71), (72, 72, 79, 79),
    ],
)  # fmt: skip
def test_a_tune_alone_stays_in_the_bars_of_its_file(bar):
    step = 4 * TICKS // len(bar)
    rows = [(i * step, step, pitch, 90) for i, pitch in enumerate(bar * 8)]
    song = Song((Track("", 73, notes_array(rows)),))
    assert put_in_bars(song).song == song
    assert len(song.bar_starts()) == 9
