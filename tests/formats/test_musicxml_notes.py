"""Pitches, keys, ties, tuplets and voices of MusicXML."""

from __future__ import annotations

import pytest
from samples import CHORD, START, STOP, attributes, harmony, note, rest
from scoresongs import BACK, pitches, rows, song_of, transpose

from restyle.music.song import Chord, Key

# --- pitch


def test_transposition_changes_within_a_part() -> None:
    song = song_of(
        attributes(0, 4) + note("C", 5, 48),
        f"<attributes><key><fifths>2</fifths></key>{transpose(-2)}</attributes>"
        + harmony("D", "major")
        + note("D", 5, 48),
        f"<attributes>{transpose(0, -1)}</attributes>" + note("C", 5, 48),
    )
    assert pitches(song) == [72, 72, 60]
    assert song.keys == ((0, Key(0)),)  # D major as written is C major as heard
    assert song.chords == (Chord(1920, 0),)


def test_transposition_of_one_staff() -> None:
    bar = attributes(0, 4, "<staves>2</staves>" + transpose(0, -1, "2"))
    song = song_of(bar + note("C", 5, 48, staff=1) + BACK + note("C", 5, 48, staff=2))
    assert pitches(song) == [60, 72]


def test_clefs_and_octave_lines_leave_the_pitch_alone() -> None:
    clef = "<clef><sign>G</sign><line>2</line><clef-octave-change>-1</clef-octave-change></clef>"
    line = '<direction><direction-type><octave-shift type="down" size="8"/></direction-type>'
    assert pitches(song_of(attributes(0, 4, clef) + line + "</direction>" + note("C", 5, 48))) == [
        72
    ]


@pytest.mark.parametrize(("alter", "pitch"), [("0.5", 60), ("-0.5", 60), ("2", 62), ("-1.5", 59)])
def test_alterations(alter: str, pitch: int) -> None:
    text = note("C", 4, 48).replace("<alter>0<", f"<alter>{alter}<")
    assert pitches(song_of(attributes(0, 4) + text)) == [pitch]


def test_a_key_of_steps_is_valid_and_no_key_of_ours() -> None:
    odd = "<key><key-step>B</key-step><key-alter>-1</key-alter></key>"
    bar = attributes(0, 4).replace("<key><fifths>0</fifths></key>", odd)
    song = song_of(bar + note("G", 4, 48))
    assert (pitches(song), song.keys) == ([67], ())


@pytest.mark.parametrize(
    ("fifths", "mode", "key"),
    [(0, "dorian", Key(2, "minor")), (-2, "mixolydian", Key(5)), (3, "minor", Key(6, "minor"))],
)
def test_modes(fifths: int, mode: str, key: Key) -> None:
    song = song_of(attributes(fifths, 4, mode=mode) + note("G", 4, 48))
    assert song.keys == ((0, key),)


# --- what sounds


def test_cue_and_grace_notes_do_not_sound() -> None:
    cue = note("C", 6, 24).replace("<note>", "<note><cue/>")
    grace = note("B", 4, 0, "<grace/>") + note("D", 5, 0, "<grace/>", CHORD)
    song = song_of(attributes(0, 4) + cue + grace + note("C", 5, 24))
    assert rows(song) == [(960, 960, 72)]


def test_ties() -> None:
    """A tie joins equal pitches that touch; a slurred-looking one without a partner does not."""
    song = song_of(
        attributes(0, 4) + note("C", 5, 24, START) + note("C", 5, 24, STOP, START),
        note("C", 5, 12, STOP)
        + note("D", 5, 12, START)
        + note("E", 5, 12)
        + note("D", 5, 12, STOP),
    )
    assert rows(song) == [
        (0, 2400, 72), (2400, 480, 74), (2880, 480, 76), (3360, 480, 74)
    ]  # fmt: skip


def test_printed_ties_count_where_nothing_is_said_of_the_sound() -> None:
    def tied(kind: str) -> str:
        mark = f'<notations><tied type="{kind}"/></notations></note>'
        return note("C", 5, 24).replace("</note>", mark)

    assert rows(song_of(attributes(0, 4) + tied("start") + tied("stop"))) == [(0, 1920, 72)]


def test_a_tie_crosses_voices_and_chords() -> None:
    song = song_of(
        attributes(0, 4) + note("C", 5, 48, START) + note("E", 5, 48, START, CHORD),
        note("E", 5, 24, STOP) + rest(24) + BACK + note("C", 5, 48, STOP, voice=2),
    )
    assert rows(song) == [(0, 3840, 72), (0, 2880, 76)]


def test_tuplets_are_exact_and_divisions_may_change() -> None:
    song = song_of(
        attributes(0, 4).replace(">12<", ">7<") + note("C", 5, 1) * 7 + note("D", 5, 21),
        "<attributes><divisions>3</divisions></attributes>" + note("E", 5, 1) * 12,
        "<attributes><divisions>0.5</divisions></attributes>" + note("F", 5, 2),
    )
    starts = song.tracks[0].notes["start"].tolist()
    assert starts[:8] == [0, 69, 137, 206, 274, 343, 411, 480]
    assert starts[8:12] == [1920, 2080, 2240, 2400]
    assert rows(song)[-1] == (3840, 1920, 77)


def test_voices_and_forward() -> None:
    forward = "<forward><duration>12</duration></forward>"
    song = song_of(attributes(0, 4) + note("C", 5, 48) + BACK + forward + note("E", 4, 36, voice=2))
    assert rows(song) == [(0, 1920, 72), (480, 1440, 64)]


def test_notes_that_sound_in_one_pass_only() -> None:
    once = note("E", 5, 24).replace("<note>", '<note time-only="2">')
    again = '<barline><repeat direction="backward"/></barline>'
    song = song_of(attributes(0, 4) + note("C", 5, 24) + once + again)
    assert rows(song) == [(0, 960, 72), (1920, 960, 72), (2880, 960, 76)]


def test_a_measure_that_repeats_the_one_before() -> None:
    sign = "<attributes><measure-style><measure-repeat type='{}'>1</measure-repeat>"
    sign += "</measure-style></attributes>"
    song = song_of(
        attributes(0, 4) + note("C", 5, 24) + note("D", 5, 24),
        sign.format("start") + rest(48, bar=True),
        sign.format("stop") + note("E", 5, 48),
    )
    assert pitches(song) == [72, 74, 72, 74, 76]
