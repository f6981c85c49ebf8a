"""Songs of MusicXML bars, and their notes as rows."""

from __future__ import annotations

from samples import score

from restyle.io.musicxml.song import musicxml_song
from restyle.music.song import Song

BACK = "<backup><duration>48</duration></backup>"


def song_of(*bars: str, listed: str = "", name: str = "A") -> Song:
    return musicxml_song(score((name, listed, list(bars))).encode(), "x")


def pitches(song: Song, track: int = 0) -> list[int]:
    return [int(p) for p in song.tracks[track].notes["pitch"]]


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int]]:
    return [tuple(row)[:3] for row in song.tracks[track].notes.tolist()]


def says(text: str, more: str = "") -> str:
    return f"<direction><direction-type><words>{text}</words></direction-type>{more}</direction>"


def transpose(chromatic: int, octaves: int = 0, staff: str = "") -> str:
    own = f' number="{staff}"' if staff else ""
    return (
        f"<transpose{own}><chromatic>{chromatic}</chromatic>"
        f"<octave-change>{octaves}</octave-change></transpose>"
    )
