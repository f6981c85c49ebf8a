"""MIDI out: what other programs see, and that it comes back the same."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest

from restyle.errors import RestyleError
from restyle.io import read, write
from restyle.io.midi.write import midi_bytes
from restyle.music.song import Chord, Key, Marker, Meter, Song, Tempo, Track, notes_array

TUNE = notes_array((i * 480, 470, 60 + i % 8, 70 + i) for i in range(24))


def band(pickup: int = 0) -> Song:
    """A small band in 3/4 and 4/4 with everything that a song can state."""
    beat = notes_array((i * 480, 120, 36 + 2 * (i % 2), 100) for i in range(24))
    late = TUNE.copy()
    if pickup:
        late = late[late["start"] >= 1440 - pickup]
        beat = beat[beat["start"] >= 1440]
    return Song(
        tracks=(
            Track("Melody", 73, late),
            Track("Schöner Baß", 33, late),
            Track("Drums", 0, beat, is_drum=True),
        ),
        meters=(Meter(0, 3, 4), Meter(4320, 4, 4)),
        tempos=(Tempo(0, 96.0), Tempo(4800, 72.5)),
        keys=((0, Key(2, "minor")), (4320, Key(2, "major"))),
        chords=(Chord(1440, 2, "min"), Chord(4320, 9, "7", 1)),
        markers=(Marker(1440, "A"), Marker(4320, "Refrain")),
        title="Übung",
        pickup=pickup,
    )


def same(a: Song, b: Song) -> None:
    assert [(t.name, t.program, t.is_drum) for t in a.tracks] == [
        (t.name, t.program, t.is_drum) for t in b.tracks
    ]
    for x, y in zip(a.tracks, b.tracks, strict=True):
        assert np.array_equal(x.notes, y.notes)
    assert (a.meters, a.tempos, a.keys, a.chords) == (b.meters, b.tempos, b.keys, b.chords)
    assert (a.markers, a.title, a.pickup) == (b.markers, b.title, b.pickup)


def test_a_note_byte_by_byte() -> None:
    song = Song(tracks=(Track("A", 5, notes_array([(480, 240, 60, 80)])),))
    assert midi_bytes(song) == bytes.fromhex(
        "4d546864 00000006 0001 0002 01e0"
        "4d54726b 00000013"
        "00 ff 58 04 04 02 18 08  00 ff 51 03 07a120  00 ff 2f 00"
        "4d54726b 00000016"
        "00 ff 03 01 41  00 c0 05  83 60 90 3c 50  81 70 80 3c 00  00 ff 2f 00"
    )


def test_round_trip(tmp_path: Path) -> None:
    write(band(), tmp_path / "a.mid")
    same(read(tmp_path / "a.mid"), band())


@pytest.mark.parametrize("pickup", [480, 960, 240, 180])
def test_a_pickup_is_a_short_bar_and_comes_back(tmp_path: Path, pickup: int) -> None:
    song = band(pickup)
    first = 1440 - pickup
    melody = notes_array([(first, 100, 72, 90), *song.tracks[0].notes.tolist()[4:]])
    song = song.with_tracks([Track("Melody", 73, melody), *song.tracks[2:]])
    write(song, tmp_path / "a.mid")
    stated = [
        m for t in mido.MidiFile(tmp_path / "a.mid").tracks for m in t if m.type == "time_signature"
    ]
    assert stated[0].numerator * 1920 // stated[0].denominator == pickup
    same(read(tmp_path / "a.mid"), song)


def test_the_same_song_gives_the_same_bytes() -> None:
    assert midi_bytes(band()) == midi_bytes(band())


def test_a_second_reader_hears_the_same(tmp_path: Path) -> None:
    write(band(), tmp_path / "a.mid")
    heard = pretty_midi.PrettyMIDI(str(tmp_path / "a.mid"))
    assert [(i.name, i.program, i.is_drum) for i in heard.instruments] == [
        ("Melody", 73, False),
        ("Schöner Baß".encode().decode("latin-1"), 33, False),  # it takes all text for Latin-1
        ("Drums", 0, True),
    ]
    assert [n.pitch for n in heard.instruments[0].notes] == TUNE["pitch"].tolist()
    assert heard.instruments[0].notes[10].start == pytest.approx(10 * 60 / 96 + 0, abs=1e-3)
    assert [(m.numerator, m.denominator) for m in heard.time_signature_changes] == [(3, 4), (4, 4)]
    _, tempos = heard.get_tempo_changes()
    assert tempos == pytest.approx([96.0, 72.5], abs=1e-3)
    downbeats = [round(t, 3) for t in heard.get_downbeats()[:4]]
    assert downbeats == pytest.approx([i * 3 * 60 / 96 for i in range(4)], abs=2e-3)


def test_chord_names_and_marks_are_markers(tmp_path: Path) -> None:
    write(band(), tmp_path / "a.mid")
    texts = [m.text for m in mido.MidiFile(tmp_path / "a.mid").tracks[0] if m.type == "marker"]
    assert texts == ["[A]", "Dm", "Refrain", "A7/C#"]  # C# in D major, which begins there


def test_channels(tmp_path: Path) -> None:
    few = Song(tracks=tuple(Track(f"T{i}", i, TUNE) for i in range(15)))
    write(few, tmp_path / "few.mid")
    tracks = mido.MidiFile(tmp_path / "few.mid").tracks[1:]
    used = [next(m.channel for m in t if m.type == "program_change") for t in tracks]
    assert used == [c for c in range(16) if c != 9]
    many = Song(tracks=tuple(Track(f"T{i}", i % 3, TUNE) for i in range(40)))
    write(many, tmp_path / "many.mid")
    tracks = mido.MidiFile(tmp_path / "many.mid").tracks[1:]
    pairs = {(m.channel, m.program) for t in tracks for m in t if m.type == "program_change"}
    assert len(pairs) == 3 and all(channel != 9 for channel, _ in pairs)
    assert [t.name for t in read(tmp_path / "many.mid").tracks] == [f"T{i}" for i in range(40)]


def test_a_repeated_note_is_let_go_before_it_is_struck_again(tmp_path: Path) -> None:
    song = Song(tracks=(Track("A", 0, notes_array([(0, 480, 60, 80), (480, 480, 60, 90)])),))
    write(song, tmp_path / "a.mid")
    messages = [m for m in mido.MidiFile(tmp_path / "a.mid").tracks[1] if m.type.startswith("note")]
    assert [m.type for m in messages] == ["note_on", "note_off", "note_on", "note_off"]


def test_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(RestyleError, match=r"can be written as \.mid, \.musicxml"):
        write(band(), tmp_path / "a.aiff")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["mid", "musicxml"])
def test_odd_songs_can_be_written(tmp_path: Path, ending: str) -> None:
    late_key = Song(
        tracks=(Track("A", 0, TUNE),), keys=((4320, Key(2)),), chords=(Chord(0, 1, "7"),)
    )
    for song in (Song(tracks=()), Song(tracks=(Track("A", 0, notes_array()),)), late_key):
        write(song, tmp_path / f"a.{ending}")
        assert (tmp_path / f"a.{ending}").stat().st_size > 20
    assert read(tmp_path / f"a.{ending}").chords == late_key.chords
