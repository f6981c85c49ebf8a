"""Chord symbols, slashes and words of MusicXML."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import attributes, harmony, note, rest, score
from scoresongs import song_of

from restyle.errors import RestyleError, UnreadableSong
from restyle.io import read, read_lead
from restyle.io.musicxml.song import musicxml_song
from restyle.music.song import Chord, Lyric
from restyle.reading import open_example

# --- chord charts and chord symbols

SLASHED = note("B", 4, 12).replace("</note>", "<notehead>slash</notehead></note>") * 4


def test_slashes_are_a_chord_chart(tmp_path: Path) -> None:
    style = '<attributes><measure-style><slash type="{}"/></measure-style></attributes>'
    bars = [
        attributes(0, 4) + harmony("C", "major") + SLASHED,
        style.format("start") + harmony("G", "dominant") + note("B", 4, 48),
        style.format("stop") + harmony("C", "major") + rest(48),
    ]
    file = tmp_path / "chart.musicxml"
    file.write_text(score(("A", "", bars)))
    song = read(file)
    assert song.tracks == ()
    assert song.chords == (Chord(0, 0), Chord(1920, 7, "7"), Chord(3840, 0))
    lead = read_lead(file)
    assert lead is not None
    assert (len(lead.melody), lead.bars) == (0, 3)
    with pytest.raises(RestyleError, match="is a chord chart"):
        open_example(file)


def test_slashes_without_chords_hold_nothing() -> None:
    with pytest.raises(UnreadableSong, match="only slashes, without chord symbols"):
        song_of(attributes(0, 4) + SLASHED)


@pytest.mark.parametrize(
    ("inner", "chord"),
    [
        ("<function>IV</function><kind>major</kind>", Chord(0, 7)),
        ("<function>ii7</function>", Chord(0, 4, "m7")),
        ("<function>V7/V</function>", Chord(0, 4, "7")),
        ("<function>bVII</function>", Chord(0, 0)),
        ("<function>vii</function>", Chord(0, 1, "dim")),
        ("<numeral><numeral-root>6</numeral-root></numeral>", Chord(0, 11, "min")),
        (
            "<numeral><numeral-root>2</numeral-root><numeral-alter>-1</numeral-alter></numeral>"
            "<kind>major</kind><inversion>1</inversion>",
            Chord(0, 3, "maj", 7),
        ),
        (
            "<numeral><numeral-root>5</numeral-root><numeral-key><numeral-fifths>0"
            "</numeral-fifths><numeral-mode>major</numeral-mode></numeral-key></numeral>"
            "<kind>dominant</kind>",
            Chord(0, 7, "7"),
        ),
        ("<root><root-step>C</root-step></root><kind>none</kind>", Chord(0, -1)),
        ('<root><root-step>F</root-step></root><kind text="7sus4">suspended-fourth</kind>',
         Chord(0, 5, "7sus")),
        ('<root><root-step>F</root-step></root><kind text="m7b5">other</kind>',
         Chord(0, 5, "hdim7")),
    ],
)  # fmt: skip
def test_harmony(inner: str, chord: Chord) -> None:
    song = song_of(attributes(2, 4) + f"<harmony>{inner}</harmony>" + note("D", 5, 48))
    assert song.chords == (chord,)


def test_a_harmony_of_nothing_is_left_out() -> None:
    bar = attributes(0, 4) + "<harmony><function>?</function></harmony>" + note("D", 5, 48)
    assert song_of(bar).chords == ()


# --- words


def test_title_composer_and_words() -> None:
    def sung(step: str, *verses: tuple[str, str]) -> str:
        lyrics = "".join(
            f'<lyric number="{i}"><syllabic>{kind}</syllabic><text>{text}</text></lyric>'
            for i, (kind, text) in enumerate(verses, 1)
        )
        return note(step, 5, 24).replace("</note>", lyrics + "</note>")

    bar = (
        attributes(0, 4)
        + sung("C", ("begin", "Lau"), ("single", "Still"))
        + sung("D", ("end", "ter"), ("single", "jetzt"))
        + '<barline><repeat direction="backward"/></barline>'
    )
    text = score(("Voice", "", [bar]), title="Lieder, op. 4").replace(
        "<part-list>",
        "<movement-title>3. Am Wasser</movement-title><identification>"
        '<creator type="lyricist">N. N.</creator><creator type="composer">A. Musterfrau</creator>'
        "</identification><part-list>",
        1,
    )
    song = musicxml_song(text.encode(), "x")
    assert (song.title, song.composer) == ("3. Am Wasser", "A. Musterfrau")
    assert song.lyrics == (
        Lyric(0, "Lau-"), Lyric(960, "ter"), Lyric(1920, "Still"), Lyric(2880, "jetzt"),
    )  # fmt: skip


def test_a_file_name_is_no_title() -> None:
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]), title="Real Title")
    text = text.replace("<part-list>", "<movement-title>draft2.mscz</movement-title><part-list>", 1)
    assert musicxml_song(text.encode(), "x").title == "Real Title"


def test_what_is_only_printed_on_the_first_page() -> None:
    def credit(size: int, side: str, text: str, page: int = 1) -> str:
        return (
            f'<credit page="{page}"><credit-words font-size="{size}" justify="{side}">{text}'
            "</credit-words></credit>"
        )

    credits = credit(14, "center", "A Waltz") + credit(24, "center", "Blue\nin E") + credit(
        12, "right", "A. Musterfrau") + credit(8, "right", "© 1999") + credit(
        40, "center", "Page two", 2)  # fmt: skip
    text = score(("A", "", [attributes(0, 4) + note("C", 5, 48)]))
    song = musicxml_song(text.replace("<part-list>", credits + "<part-list>", 1).encode(), "x")
    assert (song.title, song.composer) == ("Blue", "A. Musterfrau")
