"""Sheet music: pages that open, bars that add up for another program, what a musician expects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from restyle.io.musicxml.write import render
from restyle.io.score import layout_build
from restyle.io.score.engrave import engrave, readable_layout, score_paths, svg_pages
from restyle.io.score.layout_hands import left_hand
from restyle.io.score.layout_voices import staff_voices
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Marker, Meter, Song, Tempo, Track, notes_array

BAR = 1920


def quartet(bars: int = 3, swing: bool = False) -> Song:
    """A melody over bass, piano and drums, with a quarter of pickup."""
    late = 80 if swing else 0
    tune, bass, piano, drums = [(1440, 480, 72, 90)], [], [], []
    for bar in range(1, bars + 1):
        at = bar * BAR
        tune += [(at, 720, 76, 90), (at + 720 + late, 240 - late, 75, 90), (at + 960, 960, 73, 90)]
        bass += [(at + beat * 480, 480, 36 + 2 * beat, 80) for beat in range(4)]
        piano += [(at + late + 720, 240 - late, p, 70) for p in (48, 52, 58, 63, 67)]
        drums += [(at + beat * 480, 60, 51, 80) for beat in range(4)]
        drums += [(at + beat * 480, 60, 44, 80) for beat in (1, 3)] + [(at, 60, 36, 80)]
    return Song(
        tracks=(
            Track("Melody", 73, notes_array(tune)),
            Track("Piano", 0, notes_array(piano)),
            Track("Bass", 32, notes_array(bass)),
            Track("Drums", 0, notes_array(drums), is_drum=True),
        ),
        tempos=(Tempo(0, 120.0), Tempo(BAR, 121.0), Tempo(BAR + 480, 90.0), Tempo(2 * BAR, 120.0)),
        keys=((0, Key(5)),),
        chords=(Chord(BAR, 0, "7"), Chord(2 * BAR, 2, "hdim7"), Chord(3 * BAR, 7, "7sus")),
        markers=(Marker(0, "jazz style"), Marker(BAR, "A")),
        title="Tune",
        pickup=480,
    )


def lead() -> LeadSheet:
    rows = [(30, 6, 67, 80), (36, 12, 72, 80), (48, 11, 70, 80), (60, 48, 68, 80)]
    return LeadSheet(
        melody=notes_array(rows), chords=(Chord(36, 8), Chord(60, 1, "maj7")),
        meters=(Meter(0, 6, 8),), tempos=(Tempo(0, 90.0),), key=Key(8), length=108, pickup=6,
    )  # fmt: skip


def parsed(text: str) -> Any:
    from music21 import converter

    return converter.parseData(text, format="musicxml")


def voices_of(part: Any) -> Iterator[tuple[Any, Any]]:
    for measure in part.getElementsByClass("Measure"):
        for voice in measure.voices or [measure]:
            yield measure, voice


@pytest.mark.parametrize(
    ("music", "swing"), [(quartet(), 1.0), (quartet(swing=True), 2.0), (lead(), 1.0)]
)
def test_bars_add_up_in_every_voice(music: Song | LeadSheet, swing: float) -> None:
    score = parsed(render(readable_layout(music, swing)))
    first = 1.0 if isinstance(music, Song) else 0.5
    for part in score.parts:
        for measure, voice in voices_of(part):
            sounding = sum(note.quarterLength for note in voice.notesAndRests)
            wanted = first if measure.number == 0 else measure.barDuration.quarterLength
            assert sounding == wanted, (part.partName, measure.number)


def test_files_beside_a_result(tmp_path: Path) -> None:
    written = engrave(quartet(60), tmp_path / "a.jazz", 1.0)
    assert written == score_paths(tmp_path / "a.jazz.mid")
    assert [path.name for path in written] == ["a.jazz.musicxml", "a.jazz.svg", "a.jazz.pdf"]
    pdf = (tmp_path / "a.jazz.pdf").read_bytes()
    svg = ElementTree.parse(tmp_path / "a.jazz.svg").getroot()
    pages = len(re.findall(rb"/Type /Page\b", pdf))
    assert pdf.startswith(b"%PDF") and pdf.rstrip().endswith(b"%%EOF")
    assert pages > 1 and pages == len(svg)
    assert pdf.count(b"/MediaBox [ 0 0 595.27") == pages, "A4"


def test_the_same_song_gives_the_same_pages(tmp_path: Path) -> None:
    for name in "ab":
        engrave(lead(), tmp_path / name)
    for ending in ("musicxml", "svg", "pdf"):
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_what_stands_on_the_page() -> None:
    text = render(readable_layout(quartet(swing=True), 2.0))
    score = parsed(text)
    assert score.metadata.title == "Tune (jazz style)"
    assert [part.partName for part in score.parts] == ["Melody", "Piano", "Piano", "Bass", "Drums"]
    assert ">Swing" in text and "time-modification" not in text
    assert text.count("<metronome>") == 1, "a tempo that is played is not printed at every bar"
    assert "<rehearsal>A</rehearsal>" in text and "<rehearsal>jazz" not in text
    words = "".join(re.findall(r">([^<]+)</tspan>", "".join(svg_pages(text))))
    assert all(name in words for name in ("Tune (jazz style)", "C7", "Dm7", "G7sus4", "Swing"))
    clefs = [part.recurse().getElementsByClass("Clef")[0].sign for part in score.parts]
    assert clefs == ["G", "G", "F", "F", "percussion"]


def test_drums_have_their_heads_and_stems() -> None:
    root = ElementTree.fromstring(render(layout_build.of_song(quartet())))
    strokes = {
        note.find("instrument").get("id", "").rpartition("-D")[2]: (  # type: ignore[union-attr]
            note.findtext("stem"), note.findtext("notehead", "normal")
        )
        for note in list(root.iter("part"))[-1].iter("note")
        if note.find("instrument") is not None
    }  # fmt: skip
    assert strokes == {"51": ("up", "x"), "44": ("down", "x"), "36": ("down", "normal")}


def test_strokes_end_with_their_beat_so_that_none_is_tied() -> None:
    kick = [(1440 * bar + at, 60, 36, 90) for bar in range(2) for at in (0, 480, 1200)]
    song = Song(
        tracks=(Track("Drums", 0, notes_array(kick), is_drum=True),), meters=(Meter(0, 6, 8),)
    )
    text = render(layout_build.of_song(song))
    assert "<tie " not in text
    # a quarter, an eighth to the end of the beat; a quarter's rest, an eighth
    notes = [n for n in ElementTree.fromstring(text).iter("note")]
    assert [(n.find("rest") is not None, n.findtext("type")) for n in notes] == [
        (False, "quarter"), (False, "eighth"), (True, "quarter"), (False, "eighth"),
    ] * 2  # fmt: skip


def test_a_file_name_makes_a_title_that_can_be_read() -> None:
    plain = Song(tracks=(Track("A", 0, notes_array([(0, 480, 60, 80)])),))
    assert readable_layout(plain, title="My_old__Song").title == "My old Song"
    long = readable_layout(plain, title="word_" * 40).title
    assert long == "word " * 11 + "word…" and len(long) <= 60
    assert readable_layout(plain, title="song_" * 10 + "-_" + "more" * 5).title == (
        "song " * 9 + "song…"
    )  # no dash before the dots


def test_a_low_tune_reads_treble_with_an_eight_below() -> None:
    def clef(*pitches: int, program: int = 0) -> tuple[str, int]:
        rows = [(480 * i, 480, pitch, 80) for i, pitch in enumerate(pitches)]
        staff = layout_build.of_song(Song(tracks=(Track("Melody", program, notes_array(rows)),)))
        return staff.parts[0].staves[0].clef, staff.parts[0].staves[0].octave

    assert clef(60, 64, 67, 72) == ("G", 0)
    assert clef(55, 59, 62, 64) == ("G", -1)
    assert clef(41, 43, 46, 48) == ("F", 0)
    alto = 65  # its player knows no other clef; below D3 there would be five ledger lines
    assert clef(55, 59, 62, 64, program=alto) == clef(50, 52, 53, 55, program=alto) == ("G", 0)
    assert clef(49, 52, 53, 55, program=alto) == ("G", -1)


def test_hands_hold_what_they_can_and_stay_apart() -> None:
    rng = np.random.default_rng(2)
    on, pitch = [], []
    for step in range(200):
        low = 36 + int(rng.integers(0, 10))
        for p in (low, low + 7, low + 12, 64 + int(rng.integers(0, 5)), 72, 74):
            on.append(12 * step)
            pitch.append(p)
    times, pitches = np.array(on), np.array(pitch)
    left = left_hand(times, pitches)
    for step in np.unique(times):
        here = times == step
        lower, upper = pitches[here & left], pitches[here & ~left]
        assert lower.max() < upper.min()
        assert np.ptp(lower) <= 14 and np.ptp(upper) <= 14


def test_a_held_bass_gets_its_voice_and_a_ringing_run_does_not() -> None:
    bars = layout_build.of_song(quartet()).bars[1:3]
    start = bars[0].start
    bass = [(start, start + 72, 43), *((start + 24 * i, start + 24 * i + 24, 60) for i in (1, 2))]
    run = [(start + 12 * i, start + 60 + 12 * i, 60 + i) for i in range(6)]
    counts = []
    for rows in (bass, run):
        on, off, pitch = np.array(rows).T
        voices = staff_voices(on, off, pitch, bars)
        for voice in voices:
            assert all(a[1] <= b[0] for a, b in pairwise(voice))
        counts.append(len(voices))
    assert counts == [2, 1]


def test_hands_of_two_tracks_are_one_piano() -> None:
    right = Track("Piano right", 0, notes_array([(0, 480, 40, 80)]))
    left = Track("Piano left", 0, notes_array([(0, 480, 76, 80)]))
    score = layout_build.of_song(Song(tracks=(right, left)))
    assert [(part.name, len(part.staves)) for part in score.parts] == [("Piano", 2)]
    assert [staff.voices[0][0][2] for staff in score.parts[0].staves] == [(40,), (76,)]
