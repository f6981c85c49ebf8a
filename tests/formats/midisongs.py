"""Songs of MIDI files made by hand, and their notes as rows."""

from __future__ import annotations

from restyle.io.midi.midi import midi_song
from restyle.music.song import Song

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
