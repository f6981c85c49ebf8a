"""Kern in."""

from __future__ import annotations

import pytest
from samples import KERN

from restyle.errors import UnreadableSong
from restyle.io.notation.notation import notation_song
from restyle.music.song import Key, Meter, Song, Tempo


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int]]:
    return [tuple(row)[:3] for row in song.tracks[track].notes.tolist()]


def test_kern() -> None:
    song = notation_song(KERN.encode(), "song.krn")
    assert song.title == "Kern Test"
    assert song.keys == ((0, Key(5)),) and song.tempos == (Tempo(0, 100.0),)
    assert song.meters == (Meter(0, 3, 4),) and song.pickup == 480
    assert [(t.name, t.program) for t in song.tracks] == [("Violin", 40), ("Violoncello", 42)]
    assert rows(song) == [
        (960, 480, 72), (1440, 480, 69), (1920, 240, 70), (2160, 240, 72), (2400, 960, 74),
        (3360, 320, 72), (3680, 160, 74),
    ]  # fmt: skip
    assert rows(song, 1) == [
        (960, 480, 48), (1440, 960, 53), (2400, 480, 41), (2880, 1440, 48), (2880, 480, 53),
        (3360, 480, 57), (3840, 480, 60),
    ]  # fmt: skip


def test_two_kern_spines_of_one_keyboard_are_one_track() -> None:
    text = KERN.replace("*Icello", "*Ipiano").replace("*Ivioln", "*Ipiano")
    song = notation_song(text.encode(), "song.krn")
    assert [(t.name, t.program, len(t.notes)) for t in song.tracks] == [("Piano", 0, 14)]


def test_damaged_kern() -> None:
    with pytest.raises(UnreadableSong, match="x is damaged: it cannot be read as kern"):
        notation_song(KERN.replace("**kern\t**kern\t**dynam", "**kern").encode(), "x")
