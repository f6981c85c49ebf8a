"""Scores of songs: bars that add up, notes where they belong, drums on their lines."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from restyle.io import read, write
from restyle.io.musicxml.write import render
from restyle.io.score import layout_build
from restyle.io.score.rhythm import TRIPLET_VALUES, UNITS, VALUES, Segment, write_bar
from restyle.music.song import Chord, Key, Marker, Meter, Song, Tempo, Track, notes_array


def band() -> Song:
    """Two bars of 6/8 after a pickup, then 4/4: flute, piano with both hands, bass, drums."""
    flute = [(1200, 240, 69, 90), (1440, 480, 72, 90), (1920, 240, 74, 80), (2160, 360, 76, 80),
             (2520, 120, 77, 80), (2640, 240, 76, 80), (4320, 320, 74, 80), (4640, 320, 72, 80),
             (4960, 320, 71, 80), (5280, 960, 69, 80)]  # fmt: skip
    piano = [(start, 480, pitch, 70) for start in (1440, 2880, 4320) for pitch in (45, 60, 64, 69)]
    bass = [(1440, 1440, 33, 80), (2880, 1440, 40, 80), (4320, 1920, 33, 80)]
    drums = [(start, 60, pitch, 100) for start, pitch in
             ((1440, 36), (1440, 42), (2160, 38), (2160, 46), (2880, 36), (4320, 49))]  # fmt: skip
    return Song(
        tracks=(
            Track("Flute", 73, notes_array(flute)),
            Track("Piano <1>", 4, notes_array(piano)),
            Track("Bass", 33, notes_array(bass)),
            Track("Drums", 0, notes_array(drums), is_drum=True),
        ),
        meters=(Meter(0, 6, 8), Meter(4320, 4, 4)),
        tempos=(Tempo(0, 90.0), Tempo(4320, 120.0)),
        keys=((0, Key(9, "minor")), (4320, Key(0))),
        chords=(Chord(1440, 9, "min"), Chord(1800, 4, "7", 8), Chord(4320, 9, "m7")),
        markers=(Marker(4320, "B & C"),),
        title='A "Song" <of> ours',
        pickup=240,
    )


def test_what_is_read_again_is_the_same(tmp_path: Path) -> None:
    song = band()
    write(song, tmp_path / "a.musicxml")
    again = read(tmp_path / "a.musicxml")
    assert [(t.name, t.program, t.is_drum) for t in again.tracks] == [
        (t.name, t.program, t.is_drum) for t in song.tracks
    ]
    for a, b in zip(song.tracks[:3], again.tracks[:3], strict=True):
        for column in ("start", "duration", "pitch"):
            assert np.array_equal(a.notes[column], b.notes[column]), (a.name, column)
    played, read_back = (s.tracks[3].notes[["start", "pitch"]].tolist() for s in (song, again))
    assert played == read_back
    assert (again.meters, again.tempos, again.keys) == (song.meters, song.tempos, song.keys)
    assert (again.chords, again.markers) == (song.chords, song.markers)
    assert (again.title, again.pickup) == (song.title, song.pickup)


def test_bars_add_up_for_music21(tmp_path: Path) -> None:
    from music21 import converter

    write(band(), tmp_path / "a.musicxml")
    score = converter.parseData((tmp_path / "a.musicxml").read_text(), format="musicxml")
    assert [len(p.getElementsByClass("Measure")) for p in score.parts] == [4, 4, 4, 4, 4]
    for part in score.parts:
        first, *others = list(part.getElementsByClass("Measure"))
        assert first.highestTime == 0.5 and first.number == 0
        assert [m.highestTime for m in others] == [m.barDuration.quarterLength for m in others]
        assert [m.number for m in others] == [1, 2, 3]


def durations_add_up(text: str) -> None:
    """Every voice of every measure fills it."""
    root = ElementTree.fromstring(text)
    for part in root.iter("part"):
        for measure in part.iter("measure"):
            sums: dict[str, int] = {}
            for note in measure.iter("note"):
                if note.find("chord") is None:
                    voice = note.findtext("voice", "1")
                    sums[voice] = sums.get(voice, 0) + int(note.findtext("duration", "0"))
            assert len(set(sums.values())) == 1, (part.get("id"), measure.get("number"), sums)


@pytest.mark.parametrize("seed", range(6))
def test_played_music_makes_bars_that_add_up(seed: int, tmp_path: Path) -> None:
    """Random playing, off every grid and in many voices, in changing meters."""
    rng = np.random.default_rng(seed)
    rows = [
        (int(s), int(rng.integers(1, 2000)), int(rng.integers(30, 90)), 80)
        for s in rng.integers(0, 480 * 40, 300)
    ]
    meters = [Meter(0, 7, 8)]
    for numerator, denominator in ((4, 4), (5, 16), (3, 32), (12, 8)):
        start = meters[-1].start + 3 * meters[-1].bar_length(480)
        meters.append(Meter(start, numerator, denominator))
    tracks = tuple(Track(str(p), p, notes_array(rows[p::3])) for p in (0, 40, 33))
    drums = Track("Drums", 0, notes_array(rows), is_drum=True)
    song = Song(tracks=(*tracks, drums), meters=tuple(meters))
    for swing in (1.0, 1.7):
        durations_add_up(render(layout_build.of_song(song, swing)))


def test_the_same_song_gives_the_same_text() -> None:
    assert render(layout_build.of_song(band())) == render(layout_build.of_song(band()))


def test_swing_is_written_straight(tmp_path: Path) -> None:
    swung = notes_array(
        [(0, 320, 60, 80), (320, 160, 62, 80), (480, 320, 64, 80), (800, 160, 65, 80)]
    )
    song = Song(tracks=(Track("A", 0, swung),))
    write(song, tmp_path / "a.musicxml", 2.0)
    text = (tmp_path / "a.musicxml").read_text()
    assert ">Swing<" in text and "time-modification" not in text
    assert read(tmp_path / "a.musicxml").tracks[0].notes["start"].tolist() == [0, 240, 480, 720]
    write(song, tmp_path / "b.musicxml")
    assert "time-modification" in (tmp_path / "b.musicxml").read_text()


def test_accidentals_are_printed_once_a_bar() -> None:
    rows = [(i * 480, 480, pitch, 80) for i, pitch in enumerate((66, 66, 65, 66, 65, 66, 66, 66))]
    song = Song(tracks=(Track("A", 73, notes_array(rows)),), keys=((0, Key(7)),))
    root = ElementTree.fromstring(render(layout_build.of_song(song)))
    printed = [[n.findtext("accidental") for n in m.iter("note")] for m in root.iter("measure")]
    assert printed == [[None, None, "natural", "sharp"], ["natural", "sharp", None, None]]


@pytest.mark.parametrize(
    ("cuts", "meter", "values"),
    [
        ((0, 96), (4, 4), ["whole"]),
        ((0, 24, 96), (4, 4), ["quarter", "half."]),
        ((0, 36, 48, 72, 96), (4, 4), ["quarter.", "eighth", "quarter", "quarter"]),
        ((0, 12, 36, 48), (2, 4), ["eighth", "quarter", "eighth"]),
        ((0, 18, 24, 36, 72), (6, 8), ["eighth.", "16th", "eighth", "quarter."]),
        ((0, 6, 18, 30, 36, 72), (6, 8), ["16th", "eighth", "eighth", "16th", "quarter."]),
        ((0, 8, 16, 24), (1, 4), ["eighth3", "eighth3", "eighth3"]),
        ((0, 16, 24), (1, 4), ["quarter3", "eighth3"]),
        ((0, 16, 32, 48), (2, 4), ["quarter3", "quarter3", "quarter3"]),
        ((0, 30, 48), (2, 4), ["quarter", "16th", "eighth."]),
        ((0, 108), (9, 8), ["half.", "quarter."]),
    ],
)
def test_note_values(cuts: tuple[int, ...], meter: tuple[int, int], values: list[str]) -> None:
    parts = [Segment(a, b, (60,)) for a, b in pairwise(cuts)]
    pieces = write_bar(parts, *meter)
    assert [p.value + "." * p.dots + "3" * p.triplet for p in pieces] == values
    for segment in parts:
        own = [p for p in pieces if segment.start <= p.start < segment.end]
        assert [p.tied_to for p in own] == [True] * (len(own) - 1) + [False]


def test_beams_join_the_notes_of_a_beat() -> None:
    cuts = (0, 12, 18, 24, 36, 48)
    pieces = write_bar([Segment(a, b, (60,)) for a, b in pairwise(cuts)], 2, 4)
    assert [p.beams for p in pieces] == [
        ("begin",), ("continue", "begin"), ("end", "end"), ("begin",), ("end",)
    ]  # fmt: skip


@pytest.mark.parametrize("meter", [(4, 4), (3, 4), (6, 8), (5, 8), (7, 8), (12, 8), (1, 16)])
def test_any_rhythm_of_the_grid_can_be_written(meter: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    length = meter[0] * 4 * UNITS // meter[1]
    for _ in range(300):
        cuts = sorted({0, length, *(2 * rng.integers(0, length // 2, 5)).tolist()})
        pieces = write_bar(
            [Segment(a, b, (60,) if rng.random() < 0.7 else ()) for a, b in pairwise(cuts)],
            *meter,
        )
        assert [p.start for p in pieces[1:]] == [p.start + p.length for p in pieces[:-1]]
        assert pieces[-1].start + pieces[-1].length == length
        assert set(cuts) <= {p.start for p in pieces} | {length}
        for piece in pieces:
            table = TRIPLET_VALUES if piece.triplet else VALUES
            assert table[piece.length] == (piece.value, piece.dots)
