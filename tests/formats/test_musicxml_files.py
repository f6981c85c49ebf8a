"""Encodings, kinds of files, and what makes no sense in them."""

from __future__ import annotations

import pytest
from samples import START, attributes, note, rest, score
from scoresongs import pitches, rows, song_of

from restyle.errors import UnreadableSong
from restyle.io.musicxml.song import musicxml_song
from restyle.io.musicxml.source import decode

# --- files


def test_the_encoding_that_the_file_declares() -> None:
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]), title="Café Łódź")
    for encoding, title in (
        ("iso-8859-1", "Café"), ("iso-8859-2", "Łódź"), ("windows-1252", "Café"),
        ("utf-16", "Café Łódź"), ("utf-8", "Café Łódź"), ("shift_jis", "Cafe"),
    ):  # fmt: skip
        declared = text.replace("UTF-8", encoding).replace("Café Łódź", title)
        assert musicxml_song(declared.encode(encoding), "x").title == title
    wrong = text.replace("Café Łódź", "Café").encode("latin-1")  # it says UTF-8
    assert musicxml_song(wrong, "x").title == "Café"


@pytest.mark.parametrize("name", ["zlib", "punycode", "unicode_escape", "rot13", "nonsense"])
def test_what_is_no_encoding_of_text_is_not_used(name: str) -> None:
    assert "Ab" in decode(f'<?xml version="1.0" encoding="{name}"?>Ab'.encode())


def test_a_score_by_measures() -> None:
    measure = '<measure number="{}"><part id="P1">{}</part><part id="P2">{}</part></measure>'
    text = (
        '<score-timewise><part-list><score-part id="P1"><part-name>Flute</part-name></score-part>'
        '<score-part id="P2"><part-name>Cello</part-name></score-part></part-list>'
        + measure.format(1, attributes(0, 4) + note("C", 5, 48), attributes(0, 4) + rest(48))
        + measure.format(2, note("D", 5, 48), note("C", 3, 48))
        + "</score-timewise>"
    )
    song = musicxml_song(text.encode(), "x")
    assert [(t.name, rows(song, i)) for i, t in enumerate(song.tracks)] == [
        ("Flute", [(0, 1920, 72), (1920, 1920, 74)]),
        ("Cello", [(1920, 1920, 48)]),
    ]


def test_namespaces_are_no_matter() -> None:
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]))
    spaced = text.replace("<score-partwise ", '<score-partwise xmlns="http://example.org/m" ')
    assert pitches(musicxml_song(spaced.encode(), "x")) == [72]


@pytest.mark.parametrize(
    "bad",
    [
        "<note/>",
        "<note><pitch/><duration>4</duration></note>",
        "<note><pitch><step>H</step><octave>4</octave></pitch><duration>4</duration></note>",
        "<note><pitch><step>C</step><octave>9e99</octave></pitch><duration>4</duration></note>",
        "<backup><duration>9999</duration></backup>",
        "<backup/><forward/><harmony/><direction/><sound/><barline/><attributes/>",
        "<attributes><divisions>0</divisions><time/><key/><transpose/></attributes>",
        "<attributes><divisions>nan</divisions></attributes>",
        '<barline><repeat direction="backward" times="99999999999"/></barline>',
        '<barline><ending type="start"/><ending number="9-1" type="start"/></barline>',
        "<harmony><function>" + "V/" * 50_000 + "V</function></harmony>",
    ],
)
def test_what_makes_no_sense_is_passed_over(bad: str) -> None:
    song = song_of(attributes(0, 4) + bad + note("C", 5, 12))
    assert 72 in pitches(song)


def test_deep_and_crowded_files_are_refused_soon() -> None:
    deep = "<score-partwise>" + "<a>" * 300_000 + "</a>" * 300_000 + "</score-partwise>"
    with pytest.raises(UnreadableSong, match="holds no notes"):
        musicxml_song(deep.encode(), "x")
    crowd = "<score-partwise>" + "<a/>" * 6_000_001 + "</score-partwise>"
    with pytest.raises(UnreadableSong, match="more than any song needs"):
        musicxml_song(crowd.encode(), "x")


def test_twice_the_score_takes_about_twice_the_work() -> None:
    """No step of reading looks at all that was read before (counted in calls, not seconds)."""
    import cProfile
    import pstats

    def calls(bars: int) -> int:
        music = [attributes(0, 4) + note("C", 5, 12, START) * 4, *[note("D", 5, 12) * 4] * bars]
        data = score(("A", "", music)).encode()
        profile = cProfile.Profile()
        profile.runcall(musicxml_song, data, "x")
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    few, many = calls(200), calls(400)
    assert many < 2.2 * few
