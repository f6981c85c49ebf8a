"""Beats: the file's own are kept when they can be, and found when they cannot."""

from dataclasses import replace

import mir_eval
import numpy as np
import pytest
from bands import band, onset_seconds, played

from restyle.analysis.accents import accents
from restyle.analysis.align import delayed, moved, on_beats, seconds_at, ticks_at
from restyle.analysis.barring import put_in_bars
from restyle.analysis.beats import file_beats, find_beats, grid_fit, tapped, without_beat
from restyle.analysis.ear import trained_ear
from restyle.analysis.tracking import gain
from restyle.music.grid import swing
from restyle.music.song import TICKS, Meter, Song, Tempo, Track, bar_lines, notes_array


def test_a_song_on_its_beat_is_trusted():
    song = band()
    assert grid_fit(song).trusted
    rng = np.random.default_rng(1)
    loose = moved(song, lambda t: np.maximum(t + np.rint(rng.normal(0, 6, len(t))).astype(int), 0))
    assert grid_fit(loose).trusted  # 6 ms at 120 a minute
    swung = song.with_tracks(replace(t, notes=swing(t.notes, 2.0, TICKS)) for t in song.tracks)
    assert grid_fit(swung).trusted


@pytest.mark.parametrize("shift", [85, 170, 240, 405])
def test_a_song_beside_its_beat_is_moved_onto_it(shift):
    song = replace(delayed(band(), shift), meter_known=False)
    found = find_beats(song, accents(song), trained_ear())
    assert found.phase is not None
    assert abs((found.phase - shift + 240) % TICKS - 240) <= 6
    barred = put_in_bars(song)
    assert barred.live
    bass = barred.song.tracks[2].notes["start"][::2]
    assert np.all(np.minimum(bass % (4 * TICKS), -bass % (4 * TICKS)) <= 6)


def test_a_song_with_triplets_is_left_alone():
    rows = [(b * TICKS + i * 160, 150, 60 + i, 80) for b in range(64) for i in range(3)]
    assert grid_fit(Song((Track("", 0, notes_array(rows)),))).trusted


@pytest.mark.parametrize("bpm", [84, 112, 132])
def test_beats_of_a_performance(bpm):
    rng = np.random.default_rng(bpm)
    song, beats = played(band(bars=32), lambda at: bpm * (1 + 0.06 * np.sin(7 * at)), rng)
    barred = put_in_bars(song)
    assert barred.live
    quarters = np.arange(0, barred.song.end, TICKS)
    heard = seconds_at(barred.song.tempos, quarters) + barred.begin
    assert mir_eval.beat.f_measure(beats[:-1], heard) > 0.95


def transcription(bpm, seed, bars):
    """A band as a program writes down what it hears: one track, off any beat, no meter; with the
    seconds of its quarters."""
    rng = np.random.default_rng([seed, bpm])
    song, beats = played(
        band(bars=bars, seed=seed), lambda at: bpm * (1 + 0.01 * np.sin(7 * at)), rng, jitter=0.01
    )
    rows = [row for track in song.tracks for row in track.notes.tolist()]
    return song.with_tracks([Track("", 4, notes_array(rows))]), beats[:-1]


@pytest.mark.parametrize("bars", [8, 16])
@pytest.mark.parametrize("bpm", [70, 82, 94, 106, 131, 138, 150, 163])
def test_beats_and_bars_of_a_transcription(bpm, bars):
    for seed in (1, 2, 3):
        song, beats = transcription(bpm, seed, bars)
        barred = put_in_bars(song)
        quarters = np.arange(0, barred.song.end, TICKS)
        heard = seconds_at(barred.song.tempos, quarters) + barred.begin
        lines = bar_lines(barred.song.meters, barred.song.end, TICKS)[:-1]
        bars_heard = seconds_at(barred.song.tempos, lines) + barred.begin
        assert mir_eval.beat.f_measure(beats, heard) > 0.95
        assert mir_eval.beat.f_measure(beats[::4], bars_heard) > 0.9
        assert {meter.name for meter in barred.song.meters} == {"4/4"}


def test_a_beat_that_means_nothing_is_known_for_it():
    song, _ = transcription(98, 1, 16)
    frames, ear = accents(song), trained_ear()
    tapped_gain = gain(frames, tapped(frames, ear).beats, ear)
    assert max(gain(frames, file_beats(song, p), ear) for p in range(0, TICKS, 40)) < 2
    assert tapped_gain > 4


@pytest.mark.parametrize("bpm", [53, 100, 140])
@pytest.mark.parametrize("seed", [1, 2])
def test_who_plays_about_the_beat_of_the_file_has_heard_it(bpm, seed):
    """A band to a click, up to 90 ms before and after it: the file's beat is the music's."""
    rng = np.random.default_rng(seed)
    lean, hand = (TICKS * bpm / 60 * seconds for seconds in (0.09, 0.009))

    def freely(ticks):
        off = lean * np.sin(ticks / (7.3 * TICKS)) + rng.normal(0, hand, len(ticks))
        return np.maximum(ticks + np.rint(off).astype(int), 0)

    song = moved(replace(band(bars=40, seed=seed), tempos=(Tempo(0, float(bpm)),)), freely)
    assert not grid_fit(song).trusted
    barred = put_in_bars(song)
    assert not barred.live
    assert barred.song.tempos == song.tempos
    assert barred.song.meters == (Meter(0, 4, 4),)


@pytest.mark.parametrize("bpm", [94, 138])
def test_a_default_meter_makes_no_beat_of_a_transcription(bpm):
    song, beats = transcription(bpm, 1, 16)
    barred = put_in_bars(replace(song, meter_known=True))
    assert barred.live
    heard = seconds_at(barred.song.tempos, np.arange(0, barred.song.end, TICKS)) + barred.begin
    assert mir_eval.beat.f_measure(beats, heard) > 0.95


def test_real_time_is_kept_on_heard_beats():
    rng = np.random.default_rng(4)
    song, _ = played(band(), lambda at: 90 + 25 * at, rng, jitter=0.012)
    barred = put_in_bars(song)
    before, after = onset_seconds(song), onset_seconds(barred.song) + barred.begin
    assert np.abs(before - after).max() < 0.002


def test_real_time_is_kept_by_any_beats():
    rng = np.random.default_rng(5)
    song = without_beat(replace(band(), tempos=(Tempo(0, 97.0), Tempo(4000, 133.0))))
    beats = 0.3 + np.cumsum(rng.uniform(0.3, 0.9, 70))
    placed = on_beats(song, beats, TICKS * np.arange(len(beats)) + 4 * TICKS, (Meter(0, 4, 4),))
    shift = onset_seconds(song) - onset_seconds(placed)
    assert np.ptp(shift) < 0.004


def test_seconds_and_ticks_are_inverse():
    tempos = (Tempo(0, 60.0), Tempo(960, 120.0), Tempo(1000, 31.7))
    ticks = np.array([-480, 0, 500, 960, 980, 5000])
    assert seconds_at(tempos, np.array([960, 1440 - 440]))[0] == pytest.approx(2.0)
    assert np.allclose(ticks_at(tempos, seconds_at(tempos, ticks)), ticks)


def test_nothing_to_tap_to_is_no_beat_but_no_error():
    one = Song((Track("", 0, notes_array([(55, 100, 60, 80)])),), meter_known=False)
    assert put_in_bars(one).song.note_count == 1
    two = notes_array([(55, 100, 60, 80), (1000003, 7, 61, 80)])
    assert put_in_bars(Song((Track("", 0, two),), meter_known=False)).song.note_count == 2
