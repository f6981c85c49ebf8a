"""Who plays a MusicXML score, and how loud."""

from __future__ import annotations

import pytest
from samples import attributes, drum, instrument, note, score
from scoresongs import BACK, pitches, rows, song_of

from restyle.io.musicxml.song import musicxml_song

# --- instruments


def test_drums_sound_as_their_instrument_whatever_their_place() -> None:
    def entry(ident: str, key: int) -> str:
        return (
            f'<midi-instrument id="{ident}"><midi-channel>10</midi-channel>'
            f"<midi-unpitched>{key}</midi-unpitched></midi-instrument>"
        )

    bar = attributes(0, 4) + drum("G", 5, 24, "a") + drum("G", 5, 24, "b")
    text = score(
        ("One", entry("a", 43) + entry("b", 47), [bar]),
        ("Two", entry("a", 50) + entry("b", 52), [bar]),  # the same ids mean others here
    )
    song = musicxml_song(text.encode(), "x")
    assert [(t.name, t.is_drum) for t in song.tracks] == [("Drums", True)]
    assert rows(song) == [(0, 960, 42), (0, 960, 49), (960, 960, 46), (960, 960, 51)]


def test_drums_by_name_and_by_place() -> None:
    bar = attributes(0, 4) + drum("E", 4, 48, "none")
    assert pitches(song_of(bar, name="Triangle")) == [81]
    assert pitches(song_of(attributes(0, 4) + drum("F", 4, 48, "none"))) == [36]
    cross = drum("G", 5, 48, "none").replace("</note>", "<notehead>x</notehead></note>")
    assert pitches(song_of(attributes(0, 4) + cross)) == [42]


def test_spoken_notes_of_a_voice_are_no_drums() -> None:
    spoken = drum("B", 4, 24, "none").replace('<instrument id="none"/>', "")
    song = song_of(attributes(0, 4) + note("C", 5, 24) + spoken, name="Voice")
    assert [(t.is_drum, t.program) for t in song.tracks] == [(False, 52)]
    assert rows(song) == [(0, 960, 72)]


def test_programs_change_within_a_part() -> None:
    change = '<sound><midi-instrument id="P1-I"><midi-program>74</midi-program></midi-instrument>'
    song = song_of(
        attributes(0, 4) + note("C", 5, 48),
        change + "</sound>" + note("D", 5, 48),
        listed=instrument("P1-I", 41),
    )
    assert [(t.program, rows(song, i)) for i, t in enumerate(song.tracks)] == [
        (40, [(0, 1920, 72)]),
        (73, [(1920, 1920, 74)]),
    ]


def test_two_instruments_of_one_part() -> None:
    second = note("D", 5, 24).replace("</note>", '<instrument id="b"/></note>')
    listed = instrument("a", 74) + instrument("b", 73).replace(">x<", ">Piccolo<")
    song = song_of(attributes(0, 4) + note("C", 5, 24) + second, listed=listed, name="Flute")
    assert [(t.name, t.program) for t in song.tracks] == [("Flute", 73), ("Piccolo", 72)]


@pytest.mark.parametrize(
    ("name", "program"),
    [("Violine I", 40), ("Klarinette in B", 71), ("Corno 2", 60), ("Violoncello", 42),
     ("Contrabass", 43), ("Bass Guitar", 33), ("Alto Sax", 65), ("Klavier", 0), ("Tenor", 52)],
)  # fmt: skip
def test_instruments_by_name(name: str, program: int) -> None:
    assert song_of(attributes(0, 4) + note("C", 4, 48), name=name).tracks[0].program == program


def test_loudness() -> None:
    """By time over both staves; accents, loudness in figures, and the mixer's faders."""
    piano = "<direction><direction-type><dynamics><p/></dynamics></direction-type></direction>"
    figures = '<direction><direction-type/><sound dynamics="100"/></direction>'
    accent = "<notations><articulations><accent/></articulations></notations></note>"
    bar = (
        attributes(0, 4)
        + note("C", 5, 24)
        + note("D", 5, 24).replace("</note>", accent)
        + BACK
        + note("C", 3, 24, voice=2)
        + piano
        + note("D", 3, 24, voice=2)
    )
    loud = figures + note("E", 5, 24) + note("F", 5, 24).replace("<note>", '<note dynamics="50">')
    song = song_of(bar, loud)
    assert song.tracks[0].notes["velocity"].tolist() == [80, 80, 52, 64, 90, 45]


def test_volume_of_the_parts() -> None:
    def part(volume: int) -> tuple[str, str, list[str]]:
        listed = instrument("I", 1).replace("</midi-program>", f"</midi-program><volume>{volume}"
                                            "</volume>")  # fmt: skip
        return ("A", listed, [attributes(0, 4) + note("C", 5, 48)])

    song = musicxml_song(score(part(80), part(40), part(0)).encode(), "x")
    assert [int(t.notes["velocity"][0]) for t in song.tracks] == [80, 40, 1]
