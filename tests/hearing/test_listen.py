"""Listening as a whole: a lead sheet on the grid and the song in its bars."""

from dataclasses import replace

import numpy as np
import pytest
from bands import band, onset_seconds, played

from restyle.analysis import hear, listen
from restyle.errors import RestyleError
from restyle.music.grid import swing
from restyle.music.song import GRID, STEP, TICKS, Meter, Song, Tempo, Track, notes_array


def test_a_plain_song():
    song = replace(band(), tempos=(Tempo(0, 100.0), Tempo(TICKS * 16, 90.0)), title="Plain")
    heard = listen(song)
    lead = heard.lead
    assert lead.meters == (Meter(0, 4, 4),)
    assert lead.bars == 24
    assert lead.length == 24 * 4 * GRID
    assert lead.tempos == (Tempo(0, 100.0), Tempo(16 * GRID, 90.0))
    assert (lead.swing, lead.pickup, lead.title) == (1.0, 0, "Plain")
    assert lead.melody_program == 73
    assert lead.chords and lead.chords[0].start == 0
    assert not heard.live
    assert heard.song.note_count == song.note_count
    assert [len(m) for m in heard.melody] == [len(t.notes) for t in heard.song.tracks]
    assert hear(song).length == lead.length


def test_the_melody_stands_on_the_grid():
    lead = hear(band())
    tune = band().tracks[0].notes
    assert (lead.melody["start"] * STEP).tolist() == tune["start"].tolist()
    assert (lead.melody["duration"] >= 1).all()


def test_swing_is_taken_out_and_told():
    song = band()
    swung = song.with_tracks(replace(t, notes=swing(t.notes, 2.0, TICKS)) for t in song.tracks)
    heard = listen(swung)
    assert heard.lead.swing == pytest.approx(2.0, abs=0.05)
    off = heard.song.tracks[0].notes["start"] - song.tracks[0].notes["start"]
    assert np.abs(off).max() <= 4
    assert any("swing" in line for line in heard.report)


def test_a_pickup_is_kept():
    song = band(pickup=True)
    ahead = 3 * TICKS  # as a reader would place it: the first bar whole, most of it silent
    tracks = []
    for track in song.tracks:
        notes = track.notes.copy()
        notes["start"] += ahead
        tracks.append(replace(track, notes=notes))
    lead = hear(replace(song, tracks=tuple(tracks), pickup=TICKS))
    assert lead.pickup == GRID
    assert lead.melody["start"][0] == 3 * GRID
    assert lead.bars == 25


def test_changes_of_meter_are_kept():
    rows = [(t, 200, 60 + t // TICKS % 5, 80) for t in range(0, TICKS * 28, TICKS)]
    meters = (Meter(0, 4, 4), Meter(TICKS * 16, 3, 4))
    lead = hear(Song((Track("", 0, notes_array(rows)),), meters=meters))
    assert lead.meters == (Meter(0, 4, 4), Meter(16 * GRID, 3, 4))
    assert lead.bars == 8
    assert lead.length == 28 * GRID


def test_a_performance_is_put_in_bars():
    song, _ = played(band(bars=32), lambda at: 96 + 10 * at, np.random.default_rng(8), jitter=0.01)
    heard = listen(song)
    assert heard.live
    assert any("estimated" in line for line in heard.report)
    assert heard.lead.meters[0].name == "4/4"
    assert heard.lead.bars in (32, 33)
    tune = heard.lead.melody["start"]
    assert np.isin(tune % GRID, (0, 6)).mean() > 0.95  # it was in quarters and eighths
    real = onset_seconds(song) - onset_seconds(heard.song)
    assert np.abs(real - heard.begin).max() < 0.002


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"meter_known": False}, "The file states no meter: its bars were estimated."),
        (
            {"meters": (Meter(0, 1, 4),)},
            "The file states a meter that does not fit its notes: its bars were estimated.",
        ),
        ({}, None),
    ],
)
def test_where_the_bars_come_from_is_told(said, told):
    report = listen(replace(band(), **said)).report
    assert [line for line in report if "bars were estimated" in line] == ([told] if told else [])


@pytest.mark.parametrize("song", [Song(()), Song((Track("empty", 0, notes_array()),))])
def test_a_song_without_notes_is_refused(song):
    with pytest.raises(RestyleError, match="no notes"):
        listen(song)


def test_drums_alone_have_no_melody_but_bars():
    beat = notes_array((t, 20, 36 if t % 960 == 0 else 38, 90) for t in range(0, TICKS * 32, TICKS))
    heard = listen(Song((Track("Drums", 0, beat, is_drum=True),)))
    assert len(heard.lead.melody) == 0
    assert heard.lead.bars == 8
    assert heard.lead.melody_program is None


def test_every_length_is_whole_bars_and_covers_the_song():
    rng = np.random.default_rng(9)
    for _ in range(30):
        rows = [
            (int(s), int(rng.integers(1, 3000)), int(rng.integers(30, 90)), 80)
            for s in rng.integers(0, 40000, 60)
        ]
        meter = Meter(0, int(rng.choice([2, 3, 4, 5, 7])), 4)
        heard = listen(Song((Track("", 0, notes_array(rows)),), meters=(meter,)))
        lines = heard.lead.bar_starts()
        assert lines[-1] == heard.lead.length
        assert heard.lead.length * STEP >= heard.song.end
        assert (heard.lead.melody["start"] >= 0).all()
        assert (
            heard.lead.melody["start"] + heard.lead.melody["duration"]
        ).max() <= heard.lead.length
