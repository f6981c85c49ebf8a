"""Meters, tempos and times of MIDI files."""

from __future__ import annotations

import numpy as np
import pytest
from midisongs import rows, song_of
from tinymidi import (
    chunk,
    four_notes,
    meta,
    meter,
    midi,
    note,
    off,
    on,
    tempo,
)

from restyle.music.song import Key, Meter, Tempo


def test_smpte_time_is_read_at_120() -> None:
    # 25 frames of 40: a millisecond a tick, so a quarter at 120 is 500 ticks
    song = song_of(midi(chunk((500, on(60)), (250, off(60))), division=0xE728))
    assert rows(song) == [(480, 240, 60, 64)]
    assert any("seconds" in warning for warning in song.warnings)


def test_set_tempo_changes_nothing_in_smpte_time() -> None:
    events = [(0, tempo(1_000_000)), (500, on(60)), (250, off(60))]
    song = song_of(midi(chunk(*events), division=0xE728))
    assert song.tempos == (Tempo(0, 120.0),) and rows(song) == [(480, 240, 60, 64)]


def test_the_default_key_of_one_track_does_not_undo_the_key_of_another() -> None:
    lines = [chunk((0, meta(0x59, bytes([fifths, 0]))), *four_notes()) for fifths in (3, 0)]
    assert song_of(midi(*lines)).keys == ((0, Key(9)),)


def test_resolutions_are_rounded_to_ours() -> None:
    song = song_of(midi(chunk((7, on(60)), (1, off(60)), (2, on(62)), (0, off(62))), division=96))
    assert rows(song) == [(35, 5, 60, 64), (50, 60, 62, 64)]


def test_notes_of_length_0_are_heard_as_a_thirty_second_and_end_at_the_next() -> None:
    events = [(0, on(60)), (0, off(60)), (30, on(60)), (0, off(60)), (480, on(62)), (0, off(62))]
    assert [row[:2] for row in rows(song_of(midi(chunk(*events))))] == [
        (0, 30),
        (30, 60),
        (510, 60),
    ]


def test_the_last_of_many_meters_at_the_start_wins() -> None:
    meters = [(0, meter(n, 2)) for n in (2, 3, 5, 0, 4, 7, 2, 4, 2, 3)]
    song = song_of(midi(chunk(*meters, *four_notes())))
    assert song.meters == (Meter(0, 3, 4),)


def test_meters_that_make_no_sense_are_left_out() -> None:
    nonsense = [(0, meter(0, 0)), (0, meter(4, 30)), (0, meter(200, 2))]
    song = song_of(midi(chunk(*nonsense, *four_notes())))
    assert song.meters == (Meter(0, 4, 4),) and not song.meter_known


def test_no_meter_is_said_to_be_unknown() -> None:
    song = song_of(midi(chunk(*four_notes())))
    assert song.meters == (Meter(0, 4, 4),) and not song.meter_known


def test_one_beat_bars_all_through_say_nothing() -> None:
    beats = [(0 if i == 0 else 480, meter(1, 2)) for i in range(8)]
    song = song_of(midi(chunk(*beats), chunk(*four_notes(), *four_notes())))
    assert song.meters == (Meter(0, 4, 4),) and not song.meter_known


def test_a_meter_off_the_bar_line_gives_the_cut_bar_its_own_meter() -> None:
    # 4/4, and after six beats 3/4: the second bar has two beats
    line = chunk((0, meter(4, 2)), (6 * 480, meter(3, 2)))
    song = song_of(midi(line, chunk(*four_notes(), *four_notes(), *four_notes())))
    assert [(m.start, m.name) for m in song.meters] == [(0, "4/4"), (1920, "2/4"), (2880, "3/4")]
    assert set(np.diff(song.bar_starts())) == {1920, 960, 1440}


def test_a_meter_a_hair_off_the_bar_line_only_missed_it() -> None:
    line = chunk((0, meter(4, 2)), (1923, meter(3, 2)))
    song = song_of(midi(line, chunk(*four_notes(), *four_notes())))
    assert [(m.start, m.name) for m in song.meters] == [(0, "4/4"), (1920, "3/4")]


def test_a_short_first_bar_is_a_pickup() -> None:
    line = chunk((0, meter(1, 2)), (0, tempo(500_000)), (480, meter(4, 2)))
    song = song_of(midi(line, chunk(*four_notes(), *note(67))))
    assert song.pickup == 480
    assert song.meters == (Meter(0, 4, 4),)
    assert [row[0] for row in rows(song)] == [1440, 1920, 2400, 2880, 3360]
    assert song.tempos == (Tempo(0, 120.0),)


def test_a_silent_short_first_bar_is_no_pickup() -> None:
    line = chunk((0, meter(1, 2)), (480, meter(4, 2)))
    song = song_of(midi(line, chunk(*note(60, wait=480))))
    assert song.pickup == 0
    assert [m.name for m in song.meters] == ["1/4", "4/4"]


def test_changing_meters_are_no_pickup() -> None:
    line = chunk((0, meter(3, 2)), (1440, meter(4, 2)), (1920, meter(3, 2)), (1440, meter(4, 2)))
    song = song_of(midi(line, chunk(*[e for _ in range(5) for e in four_notes()])))
    assert song.pickup == 0
    assert [m.name for m in song.meters] == ["3/4", "4/4", "3/4", "4/4"]


def test_tempos_nobody_could_play_are_left_out() -> None:
    line = chunk((0, tempo(0)), (0, tempo(500_000)), (480, tempo(1)), (480, tempo(600_000)))
    song = song_of(midi(line, chunk(*four_notes())))
    assert song.tempos == (Tempo(0, 120.0), Tempo(960, 100.0))
    assert any("empo" in warning for warning in song.warnings)


def test_the_first_tempo_holds_from_the_beginning() -> None:
    song = song_of(midi(chunk((240, tempo(600_000))), chunk(*note(60, wait=960))))
    assert song.tempos == (Tempo(0, 100.0),)


def test_silence_before_the_first_note_is_kept() -> None:
    song = song_of(midi(chunk(*note(60, wait=30 * 480), *four_notes())))
    assert rows(song)[0][0] == 30 * 480


def test_one_note_far_away_is_dropped() -> None:
    many = [event for _ in range(25) for event in four_notes()]
    song = song_of(midi(chunk(*many, *note(60, wait=5_000_000))))
    assert song.note_count == 100
    assert any("far behind" in warning for warning in song.warnings)


def test_absurd_times_do_not_overflow() -> None:
    far = [(0xFFFFFFF, meta(1, b"x"))] * 20
    song = song_of(midi(chunk(*four_notes(), *far, *note(60))))
    assert [row[0] for row in rows(song)] == [0, 480, 960, 1440]


@pytest.mark.parametrize("division", [1, 24, 96])
def test_a_note_beyond_32_bits_is_no_note_before_the_song(division: int) -> None:
    far = [(0xFFFFFFF, meta(1, b"x"))] * 2
    song = song_of(midi(chunk(*four_notes()), chunk(*far[:1], *note(60)), division=division))
    assert all(track.notes["start"].min() >= 0 for track in song.tracks)
    song = song_of(midi(chunk(*four_notes(), *far, *note(60)), division=division))
    assert song.note_count == 4
