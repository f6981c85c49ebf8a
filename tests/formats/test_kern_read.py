"""Kern in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import KERN

from restyle.errors import UnreadableSong
from restyle.io.kern.kern import kern_score
from restyle.io.written.song import written_song
from restyle.music.song import Key, Meter, Song, Tempo


def song_of(text: str, name: str = "song.krn") -> Song:
    return written_song(kern_score(text.encode(), name), name)[0]


def kern(*lines: str) -> str:
    """A file of one or more spines; a space between cells is a tab here, _ a space."""
    width = len(lines[0].split())
    head = ["\t".join(["**kern"] * width), "\t".join(["*M4/4"] * width)]
    body = ["\t".join(line.split()).replace("_", " ") for line in lines]
    return "\n".join([*head, *body, ""])


def notes(song: Song, track: int = 0) -> str:
    names = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
    return " ".join(names[row[2] % 12] + str(row[2] // 12 - 1) for row in rows(song, track))


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int]]:
    return [tuple(row)[:3] for row in song.tracks[track].notes.tolist()]


def test_kern() -> None:
    song = song_of(KERN)
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
    song = song_of(text)
    assert [(t.name, t.program, len(t.notes)) for t in song.tracks] == [("Piano", 0, 14)]


def test_damaged_kern() -> None:
    with pytest.raises(UnreadableSong, match="x is damaged: it cannot be read as kern"):
        song_of(KERN.replace("**kern\t**kern\t**dynam", "**kern"), "x")


@pytest.mark.parametrize(
    ("cell", "pitch", "length"),
    [
        ("4c", 60, 480), ("4cc", 72, 480), ("4C", 48, 480), ("4CC", 36, 480), ("4c#", 61, 480),
        ("4b--", 69, 480), ("4cn", 60, 480), ("4.c", 60, 720), ("4..c", 60, 840), ("12c", 60, 160),
        ("20c", 60, 96), ("3%2c", 60, 1280), ("0c", 60, 3840), ("00c", 60, 7680),
        ("(8eeL", 76, 240),
        ("2F#/", 54, 960),
    ],
)  # fmt: skip
def test_cells(cell: str, pitch: int, length: int) -> None:
    assert rows(song_of(kern("=1", cell, "==", "*-"))) == [(0, length, pitch)]


def test_chords_ties_graces_and_rests() -> None:
    song = song_of(kern("=1", "[2c_[2e", "2c]_2e]", "=2", "8qd", "4r", "2.g", "==", "*-"))
    assert rows(song) == [(0, 1920, 60), (0, 1920, 64), (2400, 1440, 67)]


def test_a_spine_that_splits_twice() -> None:
    song = song_of(
        kern(
            "=1 =1", "* *^", "1C 2c 2e", "* * *^", ". 2d 2f 2a",
            "* * *v *v", "* *v *v", "=2 =2", "1D 1g", "== ==", "*- *-",
        )
    )  # fmt: skip
    assert rows(song, 1) == [(0, 1920, 48), (1920, 1920, 50)]
    assert rows(song) == [
        (0, 960, 60), (0, 960, 64), (960, 960, 62), (960, 960, 65), (960, 960, 69),
        (1920, 1920, 67),
    ]  # fmt: skip


def test_columns_that_change_places_come_and_go() -> None:
    song = song_of(kern("=1 =1", "1c 1g", "*x *x", "1g 1c", "*- *", "1d", "==", "*-"))
    assert [notes(song, track) for track in (0, 1)] == ["G4 G4", "C4 C4 D4"]
    more = "**kern\n*M4/4\n1c\n*+\n*\t**kern\n1d\t1g\n*-\t*-\n"
    song = song_of(more)
    assert [notes(song, track) for track in (0, 1)] == ["G4", "C4 D4"]
    assert rows(song)[0][0] == 1920


def test_a_column_that_is_silent_for_a_while() -> None:
    song = song_of(kern("=1", "*^", "4c 2e", "4d .", "4e .", "4f 4g", "*v *v", "=2", "1c", "*-"))
    assert [row[0] for row in rows(song)] == [0, 0, 480, 960, 1440, 1440, 1920]


@pytest.mark.parametrize(
    ("lines", "played"),
    [
        (("=1", "1c", "=2!|:", "1d", "=3", "1e", "==:|!", "*-"), "C4 D4 E4 D4 E4"),
        (("=1", "1c", "=2:|!", "1d", "=3:||:", "1e", "=4:|", "1f", "*-"), "C4 C4 D4 D4 E4 E4 F4"),
        (("*>[A,A,B]", "*>A", "1c", "=2:|!", "*>B", "1d", "==", "*-"), "C4 C4 D4"),
        (("*>norep[A,B]", "*>A", "1c", "=2:|!", "*>B", "1d", "==", "*-"), "C4 D4"),
        (("*>[A,B,A]", "1c", "=2", "1d", "==", "*-"), "C4 D4"),
        (("*>[A,B,A]", "*>A", "1c", "=2", "*>B", "1d", "==", "*-"), "C4 D4 C4"),
        (
            ("*>[A,A1,A,A2]", "*>A", "1c", "=2", "*>A1", "1d", "=3:|!", "*>A2", "1e", "*-"),
            "C4 D4 E4",
        ),
    ],
)
def test_repeats_and_sections(lines: tuple[str, ...], played: str) -> None:
    assert notes(song_of(kern(*lines))) == played


def test_notes_without_pitch_are_drums() -> None:
    song = song_of(kern("*clefX *clefG2", "4Re 4c", "4Rcc 4e", "== ==", "*- *-"))
    assert [(t.name, t.is_drum) for t in song.tracks] == [("Piano", False), ("Drums", True)]
    assert [row[2] for row in rows(song, 1)] == [35, 38]


def test_what_was_moved_for_a_player_is_moved_back() -> None:
    assert notes(song_of(kern("*Trd1c2", "1d", "*-"))) == "C4"
    assert notes(song_of(kern("*ITrd1c2", "1c", "*-"))) == "C4"  # kern holds what sounds


def test_words_title_composer_and_tempo() -> None:
    text = (
        "!!!OTL: Caf&eacute;\n!!!COM: Unther, G\n**kern\t**text\n*M4/4\t*\n*MM90\t*\n"
        "*k[f#]\t*\n*e:\t*\n2g\tHel-\n2a\t-lo\n=2\t=2\n1b\t.\n*-\t*-\n"
    )
    song = song_of(text)
    assert (song.title, song.composer) == ("Café", "Unther, G")
    assert [(lyric.start, lyric.text) for lyric in song.lyrics] == [(0, "Hel-"), (960, "lo")]
    assert song.tempos == (Tempo(0, 90.0),) and song.keys == ((0, Key(4, "minor")),)


def test_other_spines_say_nothing() -> None:
    text = "**mens\t**kern\t**root\nL\t2c\tI\n.\t2d\tV\n*-\t*-\t*-\n"
    assert rows(song_of(text)) == [(0, 960, 60), (960, 960, 62)]


def test_what_no_piece_holds() -> None:
    told = song_of(kern("9" * 100_000 + "c", "4c", "*-")).warnings
    assert told == ("Lengths that nobody can mean were left out.",)
    with pytest.raises(UnreadableSong, match="more notes than any piece"):
        song_of(kern(*["16c"] * 160_000))
    with pytest.raises(UnreadableSong, match="more voices than any piece"):
        song_of("\t".join(["**kern"] * 300) + "\n")
    with pytest.raises(UnreadableSong, match="more beats than any piece"):
        song_of(kern(*["000c"] * 3000))
    with pytest.raises(UnreadableSong, match="holds no notes"):
        song_of(kern("1r", "*-"))


@settings(max_examples=80)
@given(st.lists(st.text("4812cCgrR[]_.#-q=:|!*^vx+>AB%0\t", max_size=12), max_size=30))
def test_any_lines_are_read_or_refused(lines: list[str]) -> None:
    try:
        song = song_of("**kern\t**kern\n*M4/4\t*M4/4\n" + "\n".join(lines))
    except UnreadableSong:
        return
    assert song.note_count and all((t.notes["duration"] > 0).all() for t in song.tracks)
