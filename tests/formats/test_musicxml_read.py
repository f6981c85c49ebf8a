"""MusicXML and mxl in: songs, lead sheets, bad files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from samples import (
    attributes,
    band,
    harmony,
    instrument,
    note,
    rest,
    score,
)

from restyle.errors import UnreadableSong
from restyle.io import read, read_lead
from restyle.io.musicxml.song import musicxml_song
from restyle.music.song import Chord, Key, Marker, Meter, Song, Tempo


def song_of(text: str) -> Song:
    return musicxml_song(text.encode(), "song.musicxml")


def rows(song: Song, track: int = 0) -> list[tuple[int, int, int]]:
    return [tuple(row)[:3] for row in song.tracks[track].notes.tolist()]


def packed(text: str, container: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if container:
            archive.writestr(
                "META-INF/container.xml",
                '<container><rootfiles><rootfile full-path="in/s.xml"/></rootfiles></container>',
            )
        archive.writestr("other.txt", "hello")
        archive.writestr("in/s.xml", text)
    return out.getvalue()


def test_a_band() -> None:
    song = song_of(band())
    assert song.title == "Little Band"
    assert song.meters == (Meter(0, 3, 4),) and song.meter_known
    assert song.pickup == 480
    assert song.tempos == (Tempo(0, 96.0),)
    assert song.keys == ((0, Key(0)),)  # D major as the clarinet reads it
    assert song.markers == (Marker(1440, "A"),)
    assert song.chords == (Chord(1440, 0, "7", 3), Chord(2880, 5, "hdim7"))
    assert [(t.name, t.program, t.is_drum) for t in song.tracks] == [
        ("Clarinet in Bb", 71, False),
        ("Piano", 4, False),
        ("Kit", 0, True),
    ]
    # sounding a tone below, ties joined, the grace note gone, triplets to the tick
    assert song.tracks[0].notes.tolist() == [
        (960, 480, 72, 90), (1440, 1920, 74, 90), (3360, 320, 72, 90), (3680, 640, 70, 90)
    ]  # fmt: skip
    assert rows(song, 1) == [
        (1440, 1440, 48), (1440, 480, 67), (1440, 1440, 72), (1440, 1440, 76),
        (1920, 960, 69), (2880, 1440, 43),
    ]  # fmt: skip
    assert rows(song, 2) == [(1440, 480, 36), (1920, 480, 36), (1920, 480, 39)]


@pytest.mark.parametrize("container", [True, False])
def test_mxl_is_the_same(tmp_path: Path, container: bool) -> None:
    (tmp_path / "a.mxl").write_bytes(packed(band(), container))
    packed_song, plain = read(tmp_path / "a.mxl"), song_of(band())
    assert packed_song.chords == plain.chords
    assert rows(packed_song, 1) == rows(plain, 1)


def test_utf16(tmp_path: Path) -> None:
    text = band().replace("UTF-8", "UTF-16").replace("Little Band", "Kleine Bläser")
    (tmp_path / "a.xml").write_bytes(text.encode("utf-16"))
    assert read(tmp_path / "a.xml").title == "Kleine Bläser"


def test_repeats_and_endings_are_played_out() -> None:
    forward = '<barline location="left"><repeat direction="forward"/></barline>'
    backward = '<barline location="right"><repeat direction="backward"/></barline>'

    def ending(number: int, kind: str, more: str = "") -> str:
        side = "left" if kind == "start" else "right"
        return (
            f'<barline location="{side}"><ending number="{number}" type="{kind}"/>{more}</barline>'
        )

    again = '<repeat direction="backward"/>'
    bars = [
        attributes(0, 4) + note("C", 4, 48) + forward.replace("left", "left") * 0,
        forward + note("D", 4, 48),
        ending(1, "start") + note("E", 4, 48) + ending(1, "stop", again),
        ending(2, "start") + note("F", 4, 48) + ending(2, "stop"),
    ]
    assert [p for _, _, p in rows(song_of(score(("A", "", bars))))] == [60, 62, 64, 62, 65]
    plain = [attributes(0, 4) + note("C", 4, 48), note("D", 4, 48) + backward]
    assert [p for _, _, p in rows(song_of(score(("A", "", plain))))] == [60, 62, 60, 62]


def test_a_repeat_with_a_pickup_keeps_whole_bars() -> None:
    backward = '<barline location="right"><repeat direction="backward"/></barline>'
    bars = [
        attributes(0, 3) + note("G", 4, 12),
        note("C", 5, 36),
        note("D", 5, 24) + backward,
        note("G", 4, 12),  # the pickup of the second part, a measure of its own
        note("E", 5, 36),
    ]
    song = song_of(score(("A", "", bars)))
    assert song.meters == (Meter(0, 3, 4),)
    assert song.pickup == 480
    assert rows(song) == [
        (960, 480, 67), (1440, 1440, 72), (2880, 960, 74), (3840, 480, 67), (4320, 1440, 72),
        (5760, 960, 74), (6720, 480, 67), (7200, 1440, 76),
    ]  # fmt: skip


def test_a_really_short_bar_has_a_meter_of_its_own() -> None:
    bars = [attributes(0, 4) + note("C", 4, 48), note("D", 4, 24), note("E", 4, 48), rest(48)]
    song = song_of(score(("A", "", bars)))
    assert [(m.start, m.name) for m in song.meters] == [(0, "4/4"), (1920, "2/4"), (2880, "4/4")]
    assert rows(song) == [(0, 1920, 60), (1920, 960, 62), (2880, 1920, 64)]


def test_two_voices_of_one_staff_are_one_track() -> None:
    bar = (
        attributes(0, 4)
        + note("C", 5, 48)
        + "<backup><duration>48</duration></backup>"
        + note("E", 4, 24, voice=2)
        + note("F", 4, 24, voice=2)
    )
    song = song_of(score(("Choir", instrument("P1-I", 53), [bar])))
    assert len(song.tracks) == 1 and song.tracks[0].program == 52
    assert rows(song) == [(0, 960, 64), (0, 1920, 72), (960, 960, 65)]


@pytest.mark.parametrize(
    ("given", "quality"),
    [
        (harmony("C", "major"), "maj"),
        (harmony("C", "minor-seventh"), "m7"),
        (harmony("C", "dominant-ninth"), "7"),
        (harmony("C", "major-13th"), "maj7"),
        (harmony("C", "suspended-fourth"), "sus"),
        (harmony("C", "diminished-seventh"), "dim7"),
        (harmony("C", "augmented-seventh"), "aug7"),
        (
            harmony(
                "C",
                "minor-seventh",
                degree="<degree><degree-value>5</degree-value><degree-alter>-1</degree-alter>"
                "<degree-type>alter</degree-type></degree>",
            ),
            "hdim7",
        ),
        (
            harmony(
                "C",
                "dominant",
                degree="<degree><degree-value>9</degree-value><degree-alter>-1</degree-alter>"
                "<degree-type>add</degree-type></degree>",
            ),
            "7",
        ),
    ],
)
def test_chord_kinds(given: str, quality: str) -> None:
    song = song_of(score(("A", "", [attributes(0, 4) + given + note("C", 4, 48)])))
    assert song.chords == (Chord(0, 0, quality),)


def test_minor_is_told_by_the_last_chord_where_no_mode_is_stated() -> None:
    def key_of(last: str) -> Key:
        bars = [attributes(-1, 4) + harmony("F", "major") + note("A", 4, 48)]
        bars.append(last + note("D", 4, 48))
        return song_of(score(("A", "", bars))).keys[0][1]

    assert key_of(harmony("D", "minor")) == Key(2, "minor")
    assert key_of(harmony("F", "major")) == Key(5)
    assert key_of(harmony("G", "minor")) == Key(5)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (band()[:-40].encode(), "x is damaged: it cannot be read as MusicXML."),
        (packed(band())[:200], "x is damaged: it cannot be unpacked."),
        (b"PK\x03\x04rubbish", "x is damaged: it cannot be unpacked."),
        (packed("<html>no</html>"), "x is an archive without music in it."),
        (
            b'<!DOCTYPE a [<!ENTITY b "c">]>' + band().encode(),
            "x is MusicXML of a kind that restyle does not read.",
        ),
        (score(("A", "", [rest(48)])).encode(), "x holds no notes."),
    ],
)
def test_sentences(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableSong) as told:
        musicxml_song(data, "x")
    assert str(told.value).startswith(sentence)


def test_a_score_of_several_parts_is_no_lead_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.musicxml").write_text(band())
    assert read_lead(tmp_path / "a.musicxml") is None


def test_a_melody_without_chords_is_no_lead_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.musicxml").write_text(score(("A", "", [attributes(0, 4) + note("C", 4, 48)])))
    assert read_lead(tmp_path / "a.musicxml") is None


def test_what_another_program_wrote_is_a_lead_sheet(tmp_path: Path) -> None:
    bars = [
        attributes(1, 4, mode="minor") + note("B", 4, 12),
        "<direction><direction-type><words>Medium Swing</words></direction-type></direction>"
        + harmony("E", "minor-seventh", text="m7")
        + note("E", 5, 48),
    ]
    (tmp_path / "a.musicxml").write_text(score(("Voice", instrument("P1-I", 53), bars)))
    lead = read_lead(tmp_path / "a.musicxml")
    assert lead is not None
    assert (lead.key, lead.pickup, lead.length) == (Key(4, "minor"), 12, 96)
    assert lead.chords == (Chord(48, 4, "m7"),)
    assert lead.melody.tolist() == [(36, 12, 71, 80), (48, 48, 76, 80)]
    assert (lead.swing, lead.melody_program) == (2.0, 52)
