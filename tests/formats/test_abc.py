"""ABC in: tunes written out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import ABC

from restyle.errors import UnreadableSong
from restyle.io import read, read_lead
from restyle.io.abc.abc import abc_tune
from restyle.io.abc.lyrics import MOST_VERSES
from restyle.io.written.song import written_song
from restyle.music.song import Chord, Key, Song, Tempo

HEAD = "X:1\nT:A\nM:4/4\nL:1/4\nK:C\n"


def song_of(text: str) -> Song:
    return written_song(abc_tune(text.encode(), "tune.abc"), "tune.abc")[0]


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
    assert pitches("^FFf=f | FF z2 |") == [66, 66, 78, 77, 65, 65]


@pytest.mark.parametrize(
    ("rule", "played"),
    [
        ("", [66, 66, 78, 54, 65]),
        ("I:propagate-accidentals pitch\n", [66, 66, 78, 54, 65]),
        ("I:propagate-accidentals octave\n", [66, 66, 77, 53, 65]),
        ("%%propagate-accidentals not\n", [66, 65, 77, 53, 65]),
        ("%%MIDI nobarlines\n", [66, 65, 77, 53, 65]),
    ],
)
def test_how_far_an_accidental_holds(rule: str, played: list[int]) -> None:
    assert pitches("^FFfF, | F |", HEAD.replace("K:", rule + "K:")) == played


def test_a_tie_takes_an_accidental_over_the_bar_line() -> None:
    assert rows(song_of(HEAD + "^F4- | F2 F2 | F4 |")) == [
        (0, 2880, 66), (2880, 960, 65), (3840, 1920, 65)
    ]  # fmt: skip
    assert pitches("[^F_A]4- | [FA]2 A2 |") == [66, 68, 69]


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
        ("|: C4 |1,3 D4 :|2 E4 :| F4 |", "CDCECDF"),
        ("|: C4 | [1 D4 | E4 :| [2 F4 | G4 || A4 |", "CDECFGA"),
        ("C4 | D4 || E4 | F4 :| G4 |", "CDEFEFG"),
        ("C4 | D4 !fine! | E4 !D.C.! |", "CDECD"),
        ("C4 | !segno! D4 | E4 !D.S.! | F4 |", "CDEDEF"),
        ("|: C4 |1 D4 :|2 E4 :|3 F4 |]", "CDCECF"),
        ("|: C4 |[1,2 D4 :|[3 E4 |]", "CDCDCE"),
        ("|: C4 |1-2 D4 :|3 E4 |]", "CDCDCE"),
        ("C4 |!segno!D4 | E4 !coda!| F4 !D.S.alcoda!|!coda!G4 |]", "CDEFDEG"),
        ("C4 |SD4 | E4 O| F4 !D.S. al Coda!|OG4 |]", "CDEFDEG"),
        ('C4 | D4 "^Fine" | E4 "_D.C. al Fine" |]', "CDECD"),
        ("C4 | D4 !fine! | E4 | !dacapo! |]", "CDECD"),
        ("|: C4 |1 D4 :|2 E4 !fine! || F4 !D.C.alfine! |]", "CDCEFCE"),
        ('C4 | "To Coda" D4 | E4 "D.C. al Coda" |"Coda"F4 |]', "CDECDF"),
        ("C4 |: D4 |[1 E4 :|[2 F4 |]", "CDEDF"),
        ("|: C4 :|: D4 :| E4 |", "CCDDE"),
        ("C4 |", "C"),
    ],
)
def test_repeats(body: str, played: str) -> None:
    steps = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A"}
    assert "".join(steps[p] for p in pitches(body)) == played


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


@pytest.mark.parametrize(
    ("order", "played"),
    [
        ("AABA", "CCDC"),
        ("(AB)2.C", "CDCDE"),
        ("A2.B3", "CCDDD"),
        ("((AB)2C)2", "CDCDECDCDE"),
        ("A B, C", "CDE"),
        ("AXB", "CD"),
        ("?", "CDE"),
        ("((((A99)99)99)99)99", "CDE"),
    ],
)
def test_the_order_of_the_parts(order: str, played: str) -> None:
    head = HEAD.replace("M:", f"P:{order}\nM:")
    found = pitches("P:A\nC4 |\nP:B\nD4 |\nP:C\nE4 |\n", head)
    assert "".join({60: "C", 62: "D", 64: "E"}[p] for p in found) == played


def test_an_order_of_parts_that_are_not_there() -> None:
    assert pitches("C4 | D4 |", HEAD.replace("M:", "P:ABA\nM:")) == [60, 62]


def test_parts_have_repeats_of_their_own() -> None:
    head = HEAD.replace("M:", "P:ABA\nM:")
    found = pitches("P:A\n|: C4 |1 D4 :|2 E4 |]\nP:B\nF4 |\n", head)
    assert found == [60, 62, 60, 64, 65, 60, 62, 60, 64]


def test_text_is_no_music() -> None:
    after = "C D |\n\nThis tune was added by a friend. Faced bad cabbage.\n"
    assert pitches(after) == [60, 62]
    assert song_of(HEAD + after).warnings == ()
    told = song_of(HEAD + after + "| G A | B c |\n").warnings
    assert told == ("An empty line ends an ABC tune; what follows it was not read.",)
    block = "C D |\n%%begintext\nFaced | bad | cabbage\n%%endtext\nE F |\n"
    assert pitches(block) == [60, 62, 64, 65]
    assert pitches("C !D.C. al Fine! D |") == [60, 62, 60, 62]
    assert pitches("C !dal segno al coda! D |") == [60, 62, 60, 62]
    assert pitches("C ! D ! E |") == [60, 62, 64]  # an old line break


def test_a_field_goes_on() -> None:
    song = song_of(HEAD + "C D E F |\nw: one two\n+: three bad\nG A B c |\n")
    assert [row[2] for row in rows(song)] == [60, 62, 64, 65, 67, 69, 71, 72]
    assert [lyric.text for lyric in song.lyrics] == ["one", "two", "three", "bad"]


def test_decorations_in_chords_and_old_chords() -> None:
    assert pitches("[!open!C!fermata!G]2 [!1!C!3!E]2 |") == [60, 67, 60, 64]
    assert rows(song_of(HEAD + "+CEG+4 | +C2^F2+ +f+ A2 |"))[3:] == [
        (1920, 960, 60), (1920, 960, 66), (2880, 960, 69)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "body", "played"),
    [
        ("%%MIDI transpose -12", "C D |", [48, 50]),
        ("I:MIDI transpose 2", "C D |", [62, 64]),
        ("", "C |\n%%MIDI transpose 3\nC | [I:MIDI transpose 0] C |", [60, 63, 60]),
        ("%%MIDI transpose 2", "C |\n%%MIDI rtranspose 2\nC |", [62, 64]),
        ("", "C |\nK:C transpose=-2\nC | [K:D] C F |", [60, 58, 59, 64]),
        ("V:1 transpose=-12", "V:1\nC | [V:1 transpose=5] C |", [48, 65]),
        ("V:1 clef=treble-8", "V:1\nC |", [48]),
        ("V:1 clef=bass octave=-1", "V:1\nC |", [48]),
    ],
)
def test_transpositions(head: str, body: str, played: list[int]) -> None:
    text = HEAD.replace("K:", f"{head}\nK:") if head else HEAD
    assert pitches(body, text) == played


def test_chords_and_key_are_transposed_too() -> None:
    song = song_of(HEAD.replace("K:C", "K:C transpose=-2") + '"C"C2 "Am/g"E2 |')
    assert song.chords == (Chord(0, 10), Chord(960, 7, "min", 5))
    assert song.keys == ((0, Key(10)),)


def test_small_bass_letters() -> None:
    song = song_of(HEAD + '"G7/b"C "D/f+"C "F/bb"C "Am/C"C |')
    assert [(c.root, c.bass) for c in song.chords] == [(7, 11), (2, 6), (5, 10), (9, 0)]


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("EM", Key(4, "minor")),
        ("EMIN", Key(4, "minor")),
        ("E MAJOR", Key(4)),
        ("E Mixolydian", Key(4)),
        ("EDOR", Key(4, "minor")),
        ("E", Key(4)),
        ("am", Key(9, "minor")),
    ],
)
def test_capitals_of_modes_do_not_count(key: str, named: Key) -> None:
    assert song_of(HEAD.replace("K:C", f"K:{key}") + "C4 |").keys == ((0, named),)


def test_words_under_the_notes() -> None:
    body = "|: C2 z D | E-E [FA]2 :| G4 |\nw: Hel-lo _ * big~one | end\nw: Two ver- ses\\-x | fin\n"
    song = song_of(HEAD + body)
    assert [(lyric.start, lyric.text) for lyric in song.lyrics] == [
        (0, "Hel-"), (1440, "lo"), (2880, "big one"), (3840, "Two"), (5280, "ver-"),
        (5760, "ses-x"), (7680, "end"),
    ]  # fmt: skip


def test_more_verses_than_a_song_has_are_not_read() -> None:
    body = "C D E F |\n" + "".join(f"w: a{i} b\n" for i in range(5 * MOST_VERSES))
    bar = abc_tune((HEAD + body).encode(), "x.abc").voices[0].bars[0]
    assert [len(sung) for _, sung in bar.words] == [MOST_VERSES, MOST_VERSES]
    assert bar.words[0][1][:2] == ("a0", "a1")


def test_title_and_composer() -> None:
    head = HEAD.replace("T:A", "T:Caf\\'e &amp; Bar\nC:G\\\"unther")
    song = song_of(head + "C |")
    assert (song.title, song.composer) == ("Café & Bar", "Günther")


def test_drums_and_their_keys() -> None:
    body = "%%MIDI channel 10\n%%MIDI drummap ^g 42\n%%MIDI drummap F 36\nF ^g F ^g |"
    song = song_of(HEAD + body)
    assert song.tracks[0].is_drum and [row[2] for row in rows(song)] == [36, 42, 36, 42]


def test_slips_are_said() -> None:
    slips = ("Numbers and rhythm signs that nobody can mean were left out.",)
    assert song_of(HEAD + "C" + ">" * 100_000 + "D |").warnings == slips
    assert song_of(HEAD + "C" + "9" * 100_000 + " D |").warnings == slips
    assert song_of(HEAD + "C9999 D |").warnings == slips


def test_more_notes_than_any_piece_has() -> None:
    with pytest.raises(UnreadableSong, match="more notes than any piece"):
        song_of(HEAD + "CDEF GABc | " * 25_000)
    with pytest.raises(UnreadableSong, match="more voices than any piece"):
        song_of(HEAD + "".join(f"V:{i}\nC4 |\n" for i in range(200)))


@settings(max_examples=80)
@given(st.text(alphabet="CDEFGABcdefgabz|:[]12(3)-^_=\"/<>{}!&VMKQLXT \n,'0.%+", max_size=120))
def test_any_text_is_read_or_refused(body: str) -> None:
    try:
        song = song_of(HEAD + body)
    except UnreadableSong as error:
        assert str(error) == "tune.abc holds no notes."
    else:
        assert (song.note_count or song.chords) and all(
            (t.notes["duration"] > 0).all() for t in song.tracks
        )
        assert len(song.bar_starts()) > 1
