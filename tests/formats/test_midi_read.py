"""MIDI files byte by byte: worked out by hand, damaged, and read by another library too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from midisongs import GOLDEN, rows, song_of
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
from restyle.music.song import Key, Meter, Tempo


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
