"""Which tracks a MIDI file has, who plays them, and what they are called."""

from __future__ import annotations

import pytest
from midisongs import rows, song_of
from tinymidi import (
    chunk,
    four_notes,
    meta,
    midi,
    name,
    note,
    on,
    program,
)

from restyle.errors import UnreadableSong


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
