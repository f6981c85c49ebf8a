"""ABC in: tunes written out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import ABC

from restyle.errors import UnreadableSong
from restyle.io import read, read_lead
from restyle.io.abc.abc import abc_song, abc_tune
from restyle.music.song import Chord, Key, Song, Tempo

HEAD = "X:1\nT:A\nM:4/4\nL:1/4\nK:C\n"


def song_of(text: str) -> Song:
    return abc_song(abc_tune(text.encode(), "tune.abc"))[0]


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int]]:
    return [tuple(row)[:3] for row in song.tracks[track].notes.tolist()]


def pitches(body: str, head: str = HEAD) -> list[int]:
    return [pitch for _, _, pitch in rows(song_of(head + body))]


def lengths(body: str, head: str = HEAD) -> list[int]:
    return [length for _, length, _ in rows(song_of(head + body))]


def test_a_small_tune() -> None:
    song = song_of(ABC)
    assert song.title == "Small Tune"
    assert song.keys == ((0, Key(7, "minor")),)
    assert song.tempos == (Tempo(0, 90.0),)
    assert song.pickup == 480 and song.meter_known
    first = [(960, 480, 62), (1440, 960, 67), (2400, 480, 70), (2880, 720, 72), (3600, 240, 74)]
    assert rows(song)[:5] == first
    assert [c.symbol(Key(7, "minor")) for c in song.chords] == [
        "Gm", "Cm7/Eb", "D7", "N.C.", "Gm", "Cm7/Eb", "D7", "Gm6", "Bb",
    ]  # fmt: skip
    assert [(m.start, m.name) for m in song.meters] == [(0, "3/4")]
    # the second ending's two beats and the beat after the double bar are one bar together
    assert rows(song)[-13:] == [
        (11520, 960, 79),
        (12960, 160, 82), (13120, 160, 81), (13280, 160, 79), (13440, 480, 77),
        (14400, 1440, 79),
        (15840, 360, 79), (16200, 120, 81), (16320, 120, 77), (16440, 360, 74),
        (16800, 120, 78), (16920, 120, 78), (17040, 240, 75),
    ]  # fmt: skip


def test_octaves_and_accidentals() -> None:
    assert pitches("C,,C,Cc | c'c''^c_e | =f__g^^aB |") == [
        36, 48, 60, 72, 84, 96, 73, 75, 77, 77, 83, 71,
    ]  # fmt: skip


def test_an_accidental_holds_until_the_bar_line() -> None:
    assert pitches("^FFf^f | FF z2 |") == [66, 66, 77, 78, 65, 65]


@pytest.mark.parametrize(
    ("key", "named", "sharp"),
    [
        ("G", Key(7), [66]),
        ("Em", Key(4, "minor"), [66]),
        ("Emin", Key(4, "minor"), [66]),
        ("D dorian", Key(2, "minor"), [65]),
        ("Dmix", Key(2), [66]),
        ("Bb", Key(10), [65]),
        ("F#m clef=treble", Key(6, "minor"), [66]),
        ("HP", Key(9), [66]),
        ("none", Key(0), [65]),
        ("D exp _f", Key(2), [64]),
        ("C ^f", Key(0), [66]),
        ("C#", Key(1), [66]),
        ("Cb", Key(11), [64]),
    ],
)
def test_keys(key: str, named: Key, sharp: list[int]) -> None:
    song = song_of(HEAD.replace("K:C", f"K:{key}") + "F4 |")
    assert song.keys == ((0, named),)
    assert [row[2] for row in rows(song)] == sharp


def test_lengths() -> None:
    assert lengths("C2 C/2 C/ C// C3/2 C3/4 C8 |") == [960, 240, 240, 120, 720, 360, 3840]


def test_the_default_unit_follows_the_meter() -> None:
    assert lengths("C|", "X:1\nM:4/4\nK:C\n") == [240]
    assert lengths("C|", "X:1\nM:2/4\nK:C\n") == [120]


def test_broken_rhythm() -> None:
    assert lengths("C>D E<F | G>>A B2 |") == [720, 240, 240, 720, 840, 120, 960]


def test_tuplets() -> None:
    assert lengths("(3CDE F2 | (3:2:2C2D EF |") == [320, 320, 320, 960, 640, 320, 480, 480]
    assert lengths("(2CD (4EFGA|", "X:1\nM:6/8\nL:1/8\nK:C\n") == [360, 360, 180, 180, 180, 180]


def test_ties_join_and_slurs_do_not() -> None:
    assert lengths("C2-C2 | (C2 C2) | C4- | C2 D2 |") == [1920, 960, 960, 2880, 960]


def test_chords_of_notes_and_rests() -> None:
    song = song_of(HEAD + "[CEG]2 z2 | x2 [C2E2]/2 [CE-] | E4 | Z2 | C4 |")
    assert rows(song) == [
        (0, 960, 60), (0, 960, 64), (0, 960, 67), (2880, 480, 60), (2880, 480, 64),
        (3360, 480, 60), (3360, 2400, 64), (9600, 1920, 60),
    ]  # fmt: skip


def test_what_does_not_sound_is_skipped() -> None:
    body = '"^slowly" !trill! .C ~D {gag}E +fermata+ TF | % comment C D E F\nw: la la la\nG4 |'
    assert pitches(body) == [60, 62, 64, 65, 67]


@pytest.mark.parametrize(
    ("body", "played"),
    [
        ("C4 |: D4 | E4 :| F4 |", "CDEDEF"),
        ("C4 | D4 :| E4 |", "CDCDE"),
        ("|: C4 :: D4 :|", "CCDD"),
        ("|: C4 |1 D4 :|2 E4 || F4 :|", "CDCEFF"),
        ("|: C4 |1,3 D4 :|2 E4 :| F4 |", "CDCEF"),
        ("|: C4 | [1 D4 | E4 :| [2 F4 | G4 || A4 |", "CDECFGA"),
        ("C4 | D4 || E4 | F4 :| G4 |", "CDEFEFG"),
        ("C4 | D4 !fine! | E4 !D.C.! |", "CDECD"),
        ("C4 | !segno! D4 | E4 !D.S.! | F4 |", "CDEDEF"),
        ("|: C4 :|: D4 :| E4 |", "CCDDE"),
        ("C4 |", "C"),
    ],
)
def test_repeats(body: str, played: str) -> None:
    steps = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A"}
    expected = "CDEDE" if "D.S." in body else played
    assert "".join(steps[p] for p in pitches(body)) == expected


def test_meter_key_and_tempo_changes() -> None:
    body = "C4 | [M:3/4] [K:G] F3 |\nM:6/8\nQ:3/8=60\nF3 |\n"
    song = song_of(HEAD + body)
    assert [(m.start, m.name) for m in song.meters] == [(0, "4/4"), (1920, "3/4"), (3360, "6/8")]
    assert song.keys == ((0, Key(0)), (1920, Key(7)))
    assert song.tempos == (Tempo(0, 120.0), Tempo(3360, 90.0))
    assert [row[2] for row in rows(song)] == [60, 66, 66]


def test_common_time_and_cut_time() -> None:
    assert song_of("X:1\nM:C\nL:1/4\nK:C\nC4|").meters[0].name == "4/4"
    assert song_of("X:1\nM:C|\nL:1/4\nK:C\nC4|").meters[0].name == "2/2"
    free = song_of("X:1\nM:none\nL:1/4\nK:C\nC4|")
    assert not free.meter_known


def test_voices_become_tracks() -> None:
    text = (
        'X:1\nM:4/4\nL:1/4\nV:1 name="Flute"\nV:2 name="Bass" clef=bass octave=-1\nK:C\n'
        "%%MIDI program 73\nV:1\nCDEF |: G4 :|\nV:2\nC4 |: G,4 :|\n[V:1] c4 |\n[V:2] C4 |\n"
    )
    song = song_of(text)
    assert [(t.name, [row[2] for row in t.notes.tolist()]) for t in song.tracks] == [
        ("Flute", [60, 62, 64, 65, 67, 67, 72]),
        ("Bass", [48, 43, 43, 48]),
    ]


def test_overlays_share_a_bar() -> None:
    assert rows(song_of(HEAD + "C4 & E2G2 | c4 |")) == [
        (0, 1920, 60), (0, 960, 64), (960, 960, 67), (1920, 1920, 72)
    ]  # fmt: skip


def test_chord_symbols_between_notes_and_at_the_very_start() -> None:
    song = song_of(HEAD + '"Am7"C2 "D7/F#"D2 | "Bbmaj7#11"E4 | "foo"C4 |')
    assert song.chords == (Chord(0, 9, "m7"), Chord(960, 2, "7", 6), Chord(1920, 10, "maj7"))
    assert song.warnings == ("Chord symbols that are unknown were left out (foo).",)


def test_the_first_of_many_tunes_is_read() -> None:
    song = song_of(HEAD + "C4 |\n\n" + HEAD.replace("T:A", "T:B") + "D4 |\n" + HEAD + "E4|")
    assert song.title == "A" and [row[2] for row in rows(song)] == [60]
    assert song.warnings == ("The file holds 3 tunes; the first one was read.",)


def test_repeats_that_never_end_are_read_once() -> None:
    body = "|: " + ":: ".join(["C4 " + ":" * 9 + "| D4 "] * 600) + " :|"
    song = song_of(HEAD + body)
    assert len(song.bar_starts()) < 12_000


def test_a_file(tmp_path: Path, examples: Path) -> None:
    song = read(examples / "greensleeves.abc")
    assert song.pickup == 240 and len(song.bar_starts()) - 1 == 25
    lead = read_lead(examples / "greensleeves.abc")
    assert lead is not None
    assert (lead.key, lead.pickup, lead.bars) == (Key(9, "minor"), 6, 25)
    (tmp_path / "a.abc").write_text(HEAD + "z4 |")
    with pytest.raises(UnreadableSong, match=r"a\.abc holds no notes\."):
        read(tmp_path / "a.abc")


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="CDEFGABcdefgabz|:[]12(3)-^_=\"/<>{}!&VMKQLXT \n,'0.%+", max_size=120))
def test_any_text_is_read_or_refused(body: str) -> None:
    try:
        song = song_of(HEAD + body)
    except UnreadableSong as error:
        assert str(error) == "tune.abc holds no notes."
    else:
        assert song.note_count and all((t.notes["duration"] > 0).all() for t in song.tracks)
        assert len(song.bar_starts()) > 1
