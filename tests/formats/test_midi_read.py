"""MIDI in: golden files by hand, and the dirt of files in the wild."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tinymidi import (
    chunk,
    four_notes,
    meta,
    meter,
    midi,
    name,
    note,
    off,
    on,
    program,
    tempo,
)

from restyle.errors import UnreadableSong
from restyle.io import read
from restyle.io.midi.midi import midi_song
from restyle.music.song import Key, Meter, Song, Tempo

GOLDEN = bytes.fromhex(
    "4d546864 00000006 0001 0002 0060"  # MThd, type 1, two chunks, 96 ticks a quarter
    "4d54726b 00000022"
    "00 ff 03 05 48656c6c6f"  # name: Hello
    "00 ff 58 04 03 02 18 08"  # 3/4
    "00 ff 59 02 fe 01"  # two flats, minor
    "00 ff 51 03 0a2c2b"  # 666667 microseconds a quarter: 90 bpm
    "00 ff 2f 00"
    "4d54726b 0000001b"
    "00 ff 03 05 466c757465"  # name: Flute
    "00 c0 49"  # program 73
    "30 90 43 50"  # half a beat in: G4
    "60 43 00"  # a quarter later let go, by running status
    "00 80 00 00"
    "00 ff 2f 00"
)


def song_of(data: bytes) -> Song:
    return midi_song(data, "song.mid")


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int, int]]:
    return [tuple(row) for row in song.tracks[track].notes.tolist()]


def test_a_file_written_out_by_hand() -> None:
    song = song_of(GOLDEN)
    assert song.title == "Hello"
    assert song.meters == (Meter(0, 3, 4),) and song.meter_known
    assert song.keys == ((0, Key(7, "minor")),)
    assert song.tempos == (Tempo(0, 90.0),)
    assert [(t.name, t.program, t.is_drum) for t in song.tracks] == [("Flute", 73, False)]
    assert rows(song) == [(240, 480, 67, 80)]
    assert song.warnings == ()


def test_hanging_notes_get_an_end() -> None:
    song = song_of(midi(chunk((0, on(60)), *four_notes()[2:], (4000, on(70)))))
    assert [row[2] for row in rows(song)] == [60, 62, 64, 65, 70]
    assert rows(song)[0][:2] == (0, 4 * 480)
    assert any("never let go" in warning for warning in song.warnings)


def test_a_note_struck_twice_and_let_go_once_ends_there() -> None:
    song = song_of(midi(chunk((0, on(60)), (240, on(60)), (240, off(60)), (9600, on(40)))))
    assert rows(song)[:2] == [(0, 240, 60, 64), (240, 240, 60, 64)]


def test_overlapping_notes_of_one_pitch_are_parted() -> None:
    events = [(0, on(60, 50)), (240, on(60, 90)), (240, off(60)), (480, off(60))]
    assert rows(song_of(midi(chunk(*events)))) == [(0, 240, 60, 50), (240, 720, 60, 90)]


def test_twin_notes_become_one() -> None:
    events = [(0, on(60, 50)), (0, on(60, 90)), (240, off(60)), (240, off(60))]
    assert rows(song_of(midi(chunk(*events)))) == [(0, 480, 60, 90)]


def test_twins_let_go_once_are_not_hanging() -> None:
    twin = [(0, on(60)), (0, on(60)), (240, off(60)), (240, on(62)), (0, on(60, channel=3))]
    song = song_of(midi(chunk(*twin, *note(60, 240))))
    assert rows(song)[0] == (0, 240, 60, 64)


def test_running_status_goes_on_after_other_events() -> None:
    events = [
        (0, on(60)),
        (0, meta(1, b"x")),
        (480, b"\x3c\x00"),
        (0, b"\xf0\x01\xf7"),
        (0, b"\x3e\x40"),
    ]
    song = song_of(midi(chunk(*events, (480, b"\x3e\x00"), (0, on(64)))))
    assert [row[:3] for row in rows(song)][:2] == [(0, 480, 60), (480, 480, 62)]


def test_velocity_128_is_loud_and_not_silent() -> None:
    song = song_of(midi(chunk((0, b"\x90\x3c\x80"), (480, off(60)), *four_notes())))
    assert rows(song)[0] == (0, 480, 60, 127)


def test_a_short_last_chunk_is_read_as_far_as_it_goes() -> None:
    song = song_of(midi(chunk(*four_notes()))[:-7])
    assert [row[2] for row in rows(song)] == [60, 62, 64, 65]
    assert any("damaged" in warning for warning in song.warnings)


@pytest.mark.parametrize("cut", range(15, 60))
def test_truncation_anywhere_is_read_or_refused(cut: int) -> None:
    try:
        song = song_of(midi(chunk(*four_notes(), *four_notes()))[:cut])
    except UnreadableSong as error:
        assert str(error) == "song.mid holds no notes."
    else:
        assert song.warnings


def test_trailing_garbage_does_not_matter() -> None:
    whole = midi(chunk(*four_notes()))
    assert rows(song_of(whole + b"garbage, lots of it")) == rows(song_of(whole))


def test_midi_wrapped_in_riff() -> None:
    inner = midi(chunk(*four_notes()))
    size = len(inner).to_bytes(4, "little")
    wrapped = b"RIFF" + (len(inner) + 12).to_bytes(4, "little") + b"RMIDdata" + size + inner
    assert rows(song_of(wrapped)) == rows(song_of(inner))


@pytest.mark.parametrize("size", [4, 7, 9000])
def test_riff_lists_before_the_music_may_have_any_length(size: int, tmp_path: Path) -> None:
    inner = midi(chunk(*four_notes()))
    other = b"LIST" + size.to_bytes(4, "little") + b"INFO" + bytes(size - 4 + size % 2)
    content = b"RMID" + other + b"data" + len(inner).to_bytes(4, "little") + inner
    file = tmp_path / "x.rmi"
    file.write_bytes(b"RIFF" + len(content).to_bytes(4, "little") + content)
    assert rows(read(file)) == rows(song_of(inner))


def test_wrong_chunk_length_and_foreign_chunks() -> None:
    good = chunk(*four_notes())
    wrong = good[:4] + (len(good) + 50).to_bytes(4, "big") + good[8:]
    foreign = b"XFIH" + (5).to_bytes(4, "big") + b"hello"
    song = song_of(midi(wrong, foreign, chunk(name("B"), *four_notes())))
    assert [len(track.notes) for track in song.tracks] == [4, 4]


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


def test_type_0_is_split_by_channel() -> None:
    events = [name("Song"), (0, program(33, 1)), (0, program(73)), *four_notes(), *four_notes(1)]
    song = song_of(midi(chunk(*events, *note(38, channel=9)), kind=0))
    assert song.title == "Song"
    assert [(t.name, t.program, t.is_drum) for t in song.tracks] == [
        ("Flute", 73, False),
        ("Electric Bass", 33, False),
        ("Drums", 0, True),
    ]


def test_type_2_is_refused() -> None:
    with pytest.raises(UnreadableSong, match="type 2"):
        song_of(midi(chunk(*four_notes()), chunk(*four_notes()), kind=2))


@pytest.mark.parametrize("more", [(), (chunk(name("Nothing")),)])
def test_type_2_with_one_track_is_a_song(more: tuple[bytes, ...]) -> None:
    song = song_of(midi(chunk(*four_notes()), *more, kind=2))
    assert rows(song) == rows(song_of(midi(chunk(*four_notes()))))


def test_drums_of_several_tracks_become_one() -> None:
    song = song_of(
        midi(
            chunk(name("Kick"), *note(36, channel=9)),
            chunk(name("Bass"), *four_notes()),
            chunk(name("Snare"), *note(38, wait=480, channel=9)),
        )
    )
    assert [(t.name, t.is_drum) for t in song.tracks] == [("Drums", True), ("Bass", False)]
    assert rows(song) == [(0, 480, 36, 64), (480, 480, 38, 64)]


def test_programs_of_one_family_are_one_player() -> None:
    events = [(0, program(27)), *four_notes(), (0, program(30)), *note(70)]
    song = song_of(midi(chunk(*events)))
    assert [(t.program, len(t.notes)) for t in song.tracks] == [(27, 5)]


def test_programs_of_different_families_are_two_players() -> None:
    events = [(0, program(73)), *four_notes(), (0, program(0)), *note(70)]
    song = song_of(midi(chunk(*events)))
    assert {(t.program, len(t.notes)) for t in song.tracks} == {(73, 4), (0, 1)}


def test_empty_tracks_are_dropped() -> None:
    song = song_of(midi(chunk(name("Nothing")), chunk(name("All"), *four_notes())))
    assert [track.name for track in song.tracks] == ["All"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Flöte", "latin-1"), ("Flöte", "utf-8"), ("ピアノ", "shift-jis"), ("Mélodie", "latin-1")],
)
def test_names_in_old_encodings(text: str, encoding: str) -> None:
    song = song_of(midi(chunk(name(text, encoding), *four_notes())))
    assert song.tracks[0].name == text


def test_the_instrument_name_stands_in_for_a_missing_name() -> None:
    oboe = (0, meta(4, b"Oboe"))
    for first in (chunk(oboe, *four_notes()), chunk(oboe, (0, on(60)))):  # both readers
        song = song_of(midi(first, chunk(name("B"), *four_notes())))
        assert [track.name for track in song.tracks] == ["Oboe", "B"]


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


def test_karaoke_titles() -> None:
    words = chunk((0, meta(1, b"@KMIDI KARAOKE FILE")), (0, meta(1, b"@TMy Song")))
    assert song_of(midi(words, chunk(*four_notes()))).title == "My Song"


def test_a_second_reader_finds_the_same() -> None:
    from symusic import Score

    rng = np.random.default_rng(5)
    events: list[tuple[int, bytes]] = [name("Line"), (0, program(5)), (0, meter(6, 3))]
    for _ in range(300):
        pitch = int(rng.integers(20, 100))
        events += note(pitch, int(rng.integers(1, 900)), int(rng.integers(0, 300)))
    data = midi(chunk((0, meta(6, b"A")), (9, tempo(400_000))), chunk(*events))
    ours, theirs = song_of(data), Score.from_midi(data)
    assert [(m.start, m.name) for m in ours.meters] == [
        (m.time, f"{m.numerator}/{m.denominator}") for m in theirs.time_signatures
    ]
    (a,), (b,) = ours.tracks, theirs.tracks
    assert (a.name, a.program) == (b.name, b.program)
    notes = sorted((n.time, n.duration, n.pitch, n.velocity) for n in b.notes)
    assert rows(ours) == sorted(notes, key=lambda n: (n[0], n[2]))


def test_random_damage_is_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    whole = midi(
        chunk((0, meter(1, 2)), (0, tempo(500_000)), (480, meter(4, 2))),
        chunk(name("A"), (0, program(4)), *four_notes(), *four_notes()),
        chunk(name("B"), *four_notes(3), (9, on(50, channel=3))),
        chunk(name("D"), *four_notes(9)),
    )
    file = tmp_path / "x.mid"
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(int(rng.integers(1, 12))):
            at = int(rng.integers(0, len(data)))
            if rng.random() < 0.3:
                del data[at : at + int(rng.integers(1, 9))]
            else:
                data[at] = int(rng.integers(0, 256))
        file.write_bytes(bytes(data))
        try:
            song = read(file)
        except UnreadableSong as error:
            assert "\n" not in str(error) and str(error).endswith(".")
        else:
            assert song.note_count and song.meters[0].start == 0 and song.tempos[0].start == 0
            assert all(t.notes["start"].min() >= 0 for t in song.tracks)
            assert all((t.notes["duration"] > 0).all() for t in song.tracks)


def test_real_songs_can_be_read() -> None:
    """A handful of songs from the shared data, where they are at hand unpacked."""
    folder = Path(__file__).parents[3] / "shared" / "data"
    files = sorted(folder.glob("*/*/*.mid"))[::400]
    for file in files:
        song = read(file)
        assert song.note_count > 0
        assert len(song.bar_starts()) > 1
