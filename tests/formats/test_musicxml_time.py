"""Tempos, meters and swing of MusicXML."""

from __future__ import annotations

import pytest
from samples import attributes, note, rest, score
from scoresongs import rows, says, song_of

from restyle.analysis import listen
from restyle.io.musicxml.song import musicxml_song

# --- time


@pytest.mark.parametrize(
    ("marks", "bpm"),
    [
        ('<sound tempo="90"/>', 90),
        ("{half60}", 120),
        ('{half60}<sound tempo="90"/>', 90),
        ("{dotted}", 120),
        ("{about}", 108),
        ('<sound tempo="0"/>', 120),
        ('<sound tempo="inf"/>', 120),
    ],
)
def test_tempo(marks: str, bpm: float) -> None:
    def metronome(unit: str, count: str) -> str:
        return (
            f"<direction-type><metronome><beat-unit>{unit}</beat-unit>"
            f"<per-minute>{count}</per-minute></metronome></direction-type>"
        )

    told = marks.format(
        half60=metronome("half", "60"),
        dotted=metronome("quarter", "80").replace("</beat-unit>", "</beat-unit><beat-unit-dot/>"),
        about=metronome("quarter", "ca. 108-116"),
    )
    song = song_of(attributes(0, 4) + f"<direction>{told}</direction>" + note("C", 5, 48))
    assert [t.bpm for t in song.tempos] == [bpm]


def test_a_metric_modulation() -> None:
    equal = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
        "<beat-unit>quarter</beat-unit></metronome></direction-type></direction>"
    )
    song = song_of(attributes(0, 4) + '<sound tempo="90"/>' + note("C", 5, 48), equal + rest(48))
    assert [(t.start, t.bpm) for t in song.tempos] == [(0, 90), (1920, 60)]


@pytest.mark.parametrize(
    ("beats", "meter"), [("3+2", "5/8"), ("2", "2/8"), ("12", "12/8"), ("0", "4/4")]
)
def test_meters(beats: str, meter: str) -> None:
    time_ = f"<time><beats>{beats}</beats><beat-type>8</beat-type></time>"
    bar = f"<attributes><divisions>12</divisions>{time_}</attributes>"
    length = sum(int(n) for n in beats.split("+")) * 6 or 48
    assert song_of(bar + note("C", 5, length), note("C", 5, length)).meters[0].name == meter


def test_the_length_of_a_bar_that_parts_do_not_agree_on() -> None:
    """A part with a beat missing does not shorten the bar, and no whole rest makes it longer."""
    first = [attributes(0, 3) + note("C", 5, 36), note("D", 5, 24), note("E", 5, 36)]
    second = [attributes(0, 3) + rest(48, bar=True), note("C", 4, 36), rest(48)]
    song = musicxml_song(score(("A", "", first), ("B", "", second)).encode(), "x")
    assert [m.name for m in song.meters] == ["3/4"]
    assert rows(song) == [(0, 1440, 72), (1440, 960, 74), (2880, 1440, 76)]


def test_durations_that_were_rounded_make_no_meter_of_their_own() -> None:
    bars = [attributes(0, 3) + note("C", 5, 36), note("D", 5, 37), note("E", 5, 36)]
    song = song_of(*bars)
    assert [m.name for m in song.meters] == ["3/4"]
    assert song.tracks[0].notes["start"].tolist() == [0, 1440, 2880]


def test_of_tempos_at_one_place_the_last_counts() -> None:
    def at(bpm: int) -> str:
        return f'<sound tempo="{bpm}"/>'

    song = song_of(attributes(0, 4) + at(120) + at(100) + note("C", 5, 48))
    assert [t.bpm for t in song.tempos] == [100]


# --- swing


def swing(bar: str) -> float:
    return song_of(attributes(0, 4) + bar + note("C", 5, 48)).swing


@pytest.mark.parametrize(
    "words",
    ["Swing", "Medium Up Swing", "Up Tempo Swing", "Med. Swing", "Easy Swing", "swung 8ths",
     "Bright swing feel", "Slow Blues Shuffle", "SWING!"],
)  # fmt: skip
def test_words_that_ask_for_swing(words: str) -> None:
    assert swing(says(words)) == 2.0


@pytest.mark.parametrize(
    "words",
    ["Straight, no swing", "No swing", "Swinging", "not swung", "Even 8ths",
     "this tune was written for a swing band in the spring of 1938"],
)  # fmt: skip
def test_words_that_do_not(words: str) -> None:
    assert swing(says(words)) == 1.0


def test_titles_and_lyrics_are_no_swing_marks() -> None:
    sung = note("C", 5, 48).replace("</note>", "<lyric><text>Swing</text></lyric></note>")
    text = score(("A", "", [attributes(0, 4) + sung]), title="Swing")
    assert musicxml_song(text.encode(), "x").swing == 1.0


def test_sound_says_how_far_it_swings() -> None:
    def sound(inner: str) -> str:
        return f"<sound><swing>{inner}</swing></sound>"

    assert swing(sound("<first>3</first><second>2</second>")) == 1.5
    assert swing(says("Swing", sound("<straight/>"))) == 1.0
    assert swing(sound("<first>0</first><second>0</second>")) == 1.0


def test_a_band_that_is_asked_to_swing_is_heard_so() -> None:
    eighths = "".join(note(step, 5, 6) for step in "CDEFGFED")
    bars = [attributes(0, 4) + says("Swing") + eighths, *[eighths] * 3]
    text = score(("A", "", bars), ("B", "", [note("C", 3, 48)] * 4))
    song = musicxml_song(text.encode(), "x")
    assert song.tracks[0].notes["start"][1] == 240  # straight on paper
    assert listen(song).lead.swing == 2.0
