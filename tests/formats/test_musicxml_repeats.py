"""The order in which the measures of a MusicXML file are played."""

from __future__ import annotations

import pytest
from samples import attributes, note, score

from restyle.io.musicxml.repeats import playback
from restyle.io.musicxml.score import Marks
from restyle.io.musicxml.song import musicxml_song

LEFT = '<barline location="left">{}</barline>'
RIGHT = "<barline>{}</barline>"
FORWARD = LEFT.format('<repeat direction="forward"/>')
BACKWARD = RIGHT.format('<repeat direction="backward"/>')
DOUBLE = RIGHT.format("<bar-style>light-light</bar-style>")
DACAPO, FINE = '<sound dacapo="yes"/>', '<sound fine="yes"/>'
SEGNO, DALSEGNO = '<sound segno="s"/>', '<sound dalsegno="s"/>'
CODA, TO_CODA = '<sound coda="c"/>', '<sound tocoda="c"/>'


def says(text: str) -> str:
    return f"<direction><direction-type><words>{text}</words></direction-type></direction>"


def ending(number: str, more: str = "", stop: str = "stop") -> tuple[str, str]:
    begin = LEFT.format(f'<ending number="{number}" type="start"/>')
    return begin, RIGHT.format(f'<ending number="{number}" type="{stop}"/>{more}')


AGAIN = '<repeat direction="backward"/>'
FIRST, SECOND = ending("1", AGAIN), ending("2", stop="discontinue")


def order(*bars: tuple[str, str], more_parts: int = 0) -> str:
    """Letters of the measures as played, C D E ... as written; (before, after) its note each."""
    letters = "CDEFGAB"
    measures = [
        (attributes(0, 4) if i == 0 else "") + begin + note(letters[i], 4, 48) + end
        for i, (begin, end) in enumerate(bars)
    ]
    plain = [note("C", 3, 48) for _ in bars]
    parts = [("A", "", measures), *[("B", "", plain)] * more_parts]
    song = musicxml_song(score(*parts).encode(), "x")
    names = {0: "C", 2: "D", 4: "E", 5: "F", 7: "G", 9: "A", 11: "B"}
    for track in song.tracks[1:]:
        assert len(track.notes) == len(song.tracks[0].notes)
    return "".join(names[pitch % 12] for pitch in song.tracks[0].notes["pitch"].tolist())


PLAIN = ("", "")


@pytest.mark.parametrize(
    ("bars", "played"),
    [
        ([PLAIN, (FORWARD, BACKWARD), PLAIN], "CDDE"),
        # without a beginning: from the start, then from the last repeat or double bar
        ([PLAIN, ("", BACKWARD), PLAIN, ("", BACKWARD)], "CDCDEFEF"),
        ([PLAIN, ("", DOUBLE), PLAIN, ("", BACKWARD)], "CDEFEF"),
        ([(FORWARD, ""), ("", DOUBLE), ("", BACKWARD)], "CDECDE"),
        ([(FORWARD, RIGHT.format('<repeat direction="backward" times="4"/>'))], "CCCC"),
        ([(FORWARD, RIGHT.format('<repeat direction="backward" times="1"/>')), PLAIN], "CD"),
        # the sign of the next bar's beginning may stand at the end of this one, and the reverse
        ([("", RIGHT.format('<repeat direction="forward"/>')), ("", BACKWARD)], "CDD"),
        ([PLAIN, PLAIN, (LEFT.format(AGAIN), "")], "CDCDE"),
        ([PLAIN, ('<sound forward-repeat="yes"/>', BACKWARD)], "CDD"),
        ([(FORWARD, ""), FIRST, SECOND, PLAIN], "CDCEF"),
        ([(FORWARD, ""), FIRST, PLAIN], "CDCE"),  # the second ending has no bracket
        ([(FORWARD, ""), ending("1, 2", AGAIN), ending("3")], "CDCDCE"),
        ([(FORWARD, ""), ending("1-3", AGAIN), ending("4")], "CDCDCDCE"),
        ([(FORWARD, ""), ending("1.", AGAIN), ending("2., 3.", AGAIN), ending("4.")], "CDCECECF"),
        ([(FORWARD, ""), FIRST, ending("2", AGAIN), PLAIN], "CDCEF"),
        ([(FORWARD, ""), ending("1"), ending("2"), PLAIN], "CDCEF"),  # brackets alone say enough
        ([(FORWARD, ""), FIRST, SECOND, (FORWARD, ""), FIRST, SECOND], "CDCEFGFA"),
        ([PLAIN, ("", FINE), ("", DACAPO)], "CDECD"),
        ([PLAIN, PLAIN, ("", DACAPO)], "CDECDE"),
        ([PLAIN, (SEGNO, ""), ("", FINE), ("", DALSEGNO)], "CDEFDE"),
        ([PLAIN, (SEGNO, ""), ("", TO_CODA), ("", DALSEGNO), (CODA, "")], "CDEFDEG"),
        # the sign for the coda before the first note of a bar: that bar is not played
        ([PLAIN, (SEGNO, ""), (TO_CODA, ""), ("", DALSEGNO), (CODA, "")], "CDEFDG"),
        # a segno behind the last note belongs to what follows
        ([("", SEGNO), PLAIN, ("", DALSEGNO)], "CDEDE"),
        # after the jump the last ending alone, and repeats once
        ([(FORWARD, ""), FIRST, ("<sound/>" + SECOND[0], FINE + SECOND[1]), PLAIN, ("", DACAPO)],
         "CDCEFGCE"),
        ([(FORWARD, BACKWARD), (FORWARD, BACKWARD), ("", FINE), ("", DACAPO)], "CCDDEFCDE"),
        ([(FORWARD, RIGHT.format('<repeat direction="backward" after-jump="yes"/>')),
          ("", FINE), ("", DACAPO)], "CCDECCD"),
        # a repeat comes before a jump that stands at the same bar line
        ([PLAIN, ("", DACAPO + BACKWARD)], "CDCDCD"),
        ([PLAIN, ("", '<sound dacapo="yes" time-only="2"/>' + BACKWARD)], "CDCDCD"),
        # two jumps
        ([("", FINE), (SEGNO, ""), ("", DALSEGNO), ("", DACAPO)], "CDEDEFC"),
        # the sound counts, whatever the words say
        ([(says("Segno"), ""), PLAIN, ("", says("D.S. (2nd time)") + DACAPO)], "CDECDE"),
        ([PLAIN, ("", says("Fine") + "<sound/>"), ("", says("D.C. al Fine") + DACAPO)], "CDECD"),
        # words and signs where nothing says how it sounds
        ([PLAIN, ("", says("Fine")), ("", says("D.C. al Fine"))], "CDECD"),
        ([PLAIN, ("", says("FINE")), ("", says("Da Capo"))], "CDECD"),
        ([PLAIN, (says("Segno"), ""), ("", says("To Coda")), ("", says("D.S. al Coda")),
          (says("Coda"), "")], "CDEFDEG"),
        ([PLAIN, ("", says("D.S. al Fine"))], "CD"),  # no sign to go back to
        ([("", says("In fine voice")), ("", says("Discreet")), PLAIN], "CDE"),
    ],
)  # fmt: skip
def test_order(bars: list[tuple[str, str]], played: str) -> None:
    assert order(*bars) == played


def test_signs_of_coda_without_words() -> None:
    sign = "<direction><direction-type><{}/></direction-type></direction>"
    segno, coda = (sign.format("segno"), ""), sign.format("coda")
    end = [("", says("D.S. al Coda")), (coda, "")]
    assert order(PLAIN, segno, ("", coda), *end) == "CDEFDEG"
    assert order(PLAIN, segno, (coda, ""), *end) == "CDEFDG"


def test_marks_of_one_part_hold_for_all() -> None:
    assert order((FORWARD, ""), FIRST, SECOND, ("", DACAPO), more_parts=2) == "CDCEFCE" + "F"


def test_many_repeats_stay_linear() -> None:
    """A thousand ends of repeats without a beginning play each bar twice."""
    bars = [Marks(times=2) for _ in range(1000)]
    found = playback(bars, [1] * 1000)
    assert found is not None
    assert [played.index for played in found] == [i // 2 for i in range(2000)]


def test_nested_repeats_stay_linear() -> None:
    bars = [Marks(forward=True) for _ in range(500)] + [Marks(times=2) for _ in range(500)]
    found = playback(bars, [1] * 1000)
    assert found is not None and len(found) <= 2 * len(bars)


def test_jumps_everywhere_end() -> None:
    bars = [Marks(dacapo=True, segno="", dalsegno="") for _ in range(3000)]
    assert playback(bars, [1] * 3000) is None  # four million measures are not what was meant


def test_what_would_never_end_is_read_once() -> None:
    again = '<repeat direction="backward" times="64"/>'
    bars = [attributes(0, 4) + FORWARD + note("C", 4, 1) * 48 + RIGHT.format(again)]
    bars += [FORWARD + note("C", 4, 1) * 48 + RIGHT.format(again)] * 3
    song = musicxml_song(score(("A", "", bars)).encode(), "x")
    assert len(song.tracks[0].notes) == 4 * 48
    assert song.warnings and "repeats do not add up" in song.warnings[0]


def test_the_key_and_tempo_of_the_place_jumped_to() -> None:
    tempo = '<sound tempo="{}"/>'
    bars = [
        attributes(0, 4) + tempo.format(80) + note("C", 4, 48),
        SEGNO + note("D", 4, 48),
        "<attributes><key><fifths>3</fifths></key></attributes>"
        + tempo.format(140)
        + note("E", 4, 48)
        + DALSEGNO,
    ]
    song = musicxml_song(score(("A", "", bars)).encode(), "x")
    assert [(t.start, t.bpm) for t in song.tempos] == [
        (0, 80), (3840, 140), (5760, 80), (7680, 140)
    ]  # fmt: skip
    assert [(tick, key.fifths) for tick, key in song.keys] == [
        (0, 0), (3840, 3), (5760, 0), (7680, 3)
    ]  # fmt: skip
