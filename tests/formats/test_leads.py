"""Lead sheets out and in again, in every format that holds them."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restyle.errors import RestyleError, UnreadableSong
from restyle.io import read, read_lead, write_lead
from restyle.io.leads.json import lead_from_json, lead_to_json
from restyle.io.leads.leads import lead_bytes
from restyle.io.leads.midi import EXACTLY, lead_in_midi
from restyle.io.leads.written import as_held, as_written, in_one_voice
from restyle.music.beat_chroma import sounding
from restyle.music.chord import QUALITIES
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array

METERS = ((4, 4), (3, 4), (2, 4), (5, 4), (2, 2), (6, 8), (9, 8), (12, 8), (7, 8))
LENGTHS = (3, 6, 6, 12, 12, 24, 36, 48, 4, 8, 9, 18, 2, 1, 5, 7, 60)
TITLES = st.text(st.characters(blacklist_categories=("C", "Z")), max_size=12)


@st.composite
def meters(draw: st.DrawFn) -> tuple[tuple[Meter, ...], int]:
    """One to three meters, each for some whole bars, and the length of all together."""
    found: list[Meter] = []
    at = 0
    for _ in range(draw(st.integers(1, 3))):
        meter = Meter(at, *draw(st.sampled_from(METERS)))
        if not found or found[-1].name != meter.name:
            found.append(meter)
        at += meter.bar_length(12) * draw(st.integers(2, 4))
    return tuple(found), at


@st.composite
def leads(draw: st.DrawFn) -> LeadSheet:
    """A lead sheet on the grid: one voice, rests, ties over bars, triplets, any chords."""
    stated, length = draw(meters())
    full = stated[0].bar_length(12)
    pickup = draw(st.sampled_from([0, 0, *range(3, full, 3)]))
    rows = []
    at = full - pickup if pickup else draw(st.sampled_from([0, 0, 6, 4]))
    while at < length:
        duration = min(draw(st.sampled_from(LENGTHS)), length - at)
        if not rows or draw(st.integers(0, 5)):
            rows.append((at, duration, draw(st.integers(40, 90)), 80))
        at += duration
    chords = []
    at = full - pickup if pickup else draw(st.sampled_from([0, 0, 12]))
    while at < length and len(chords) < 30:
        root = draw(st.integers(-1, 11))
        quality = draw(st.sampled_from(sorted(QUALITIES))) if root >= 0 else "maj"
        bass = draw(st.sampled_from([-1, -1, *range(12)])) if root >= 0 else -1
        chords.append(Chord(at, root, quality, bass))
        at += draw(st.sampled_from([12, 24, 48, 6, 18, 4, 1]))
    return LeadSheet(
        melody=notes_array(rows),
        chords=tuple(chords) or (Chord(0, 0),),
        meters=stated,
        tempos=(Tempo(0, draw(st.sampled_from([120.0, 96.0, 63.5, 208.0]))),),
        key=Key(draw(st.integers(0, 11)), draw(st.sampled_from(["major", "minor"]))),
        length=length,
        title=draw(TITLES),
        pickup=pickup,
        swing=draw(st.sampled_from([1.0, 1.0, 2.0, 1.37])),
        melody_program=draw(st.sampled_from([None, 0, 73])),
    )


def differences(a: LeadSheet, b: LeadSheet) -> list[str]:
    return [
        field.name
        for field in fields(LeadSheet)
        if not (
            np.array_equal(getattr(a, field.name), getattr(b, field.name))
            if field.name in ("melody", "sounding")
            else getattr(a, field.name) == getattr(b, field.name)
        )
    ]


def through(lead: LeadSheet, ending: str, *, exact: bool = True) -> LeadSheet:
    """The lead sheet written to a file and read again."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"a.{ending}"
        write_lead(lead, file, exact=exact)
        again = read_lead(file)
    assert again is not None
    return again


SMALL = LeadSheet(
    melody=notes_array([(36, 12, 67, 90), (48, 30, 72, 80), (78, 18, 70, 80)]),
    chords=(Chord(48, 0, "m7", 3), Chord(72, -1)),
    meters=(Meter(0, 4, 4),),
    tempos=(Tempo(0, 100.0),),
    key=Key(0, "minor"),
    length=96,
    title="Küche & Keller",
    pickup=12,
    swing=1.6,
    melody_program=40,
)


@given(leads())
@settings(max_examples=50)
def test_json_comes_back_exactly(lead: LeadSheet) -> None:
    assert differences(lead, through(lead, "json")) == []
    heard = replace(lead, sounding=sounding([lead.melody], lead.length))
    assert differences(heard, through(heard, "json")) == []


@given(leads())
@settings(max_examples=50)
def test_abc_comes_back(lead: LeadSheet) -> None:
    assert [f for f in differences(lead, through(lead, "abc")) if f != "title"] == []


@given(leads())
@settings(max_examples=20)
def test_musicxml_comes_back(lead: LeadSheet) -> None:
    assert differences(lead, through(lead, "musicxml")) == []


@given(leads())
@settings(max_examples=25)
def test_midi_comes_back(lead: LeadSheet) -> None:
    again = through(lead, "mid")
    program = again.melody_program if lead.melody_program is None else lead.melody_program
    same = replace(lead, melody_program=program, title=again.title)
    assert differences(same, again) == []


@given(leads())
@settings(max_examples=40)
def test_what_a_musician_writes_comes_back_as_written(lead: LeadSheet) -> None:
    written = as_written(lead)
    for ending in ("abc", "musicxml"):
        again = through(lead, ending, exact=False)
        compared = as_held(written, f".{ending}")
        assert sorted(set(differences(compared, again)) - {"title", "melody_program"}) == []
    assert set(written.melody["start"].tolist()).isdisjoint(
        place for place in range(lead.length) if place % 12 in (1, 5, 7, 11)
    ) or any(meter.denominator != 4 for meter in lead.meters)


def test_a_pickup_that_is_written_earlier_is_longer() -> None:
    """Two notes within a sixteenth before the bar line become triplets, which begin before it."""
    lead = LeadSheet(
        melody=notes_array([(45, 1, 40, 80), (46, 3, 40, 80)]),
        chords=(Chord(45, 0),),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=96,
        pickup=3,
    )
    assert as_written(lead).melody["start"][0] == 44
    again = through(lead, "abc", exact=False)
    assert (again.pickup, again.melody["start"].tolist()) == (6, [44, 46])


def test_a_musician_writes_plain_values() -> None:
    played = [(0, 5, 60, 80), (6, 4, 62, 80), (12, 11, 64, 80), (24, 3, 65, 80), (28, 4, 67, 80),
              (32, 3, 69, 80), (36, 25, 60, 80)]  # fmt: skip
    lead = replace(
        SMALL, melody=notes_array(played), chords=(Chord(1, 0), Chord(47, 5)), swing=1.0,
        tempos=(Tempo(0, 93.4), Tempo(13, 92.1), Tempo(50, 140.0)), pickup=0, length=480,
    )  # fmt: skip
    written = as_written(lead)
    assert [row[:2] for row in written.melody.tolist()] == [
        (0, 6), (6, 6), (12, 12), (24, 4), (28, 4), (32, 4), (36, 24),
    ]  # fmt: skip
    assert [chord.start for chord in written.chords] == [0, 48]
    assert written.tempos == (Tempo(0, 93.0), Tempo(96, 140.0))


def test_swing_is_written_straight() -> None:
    played = [(at + off, 4, 60, 80) for at in range(0, 96, 12) for off in (0, 8)]
    lead = replace(SMALL, melody=notes_array(played), swing=2.0, pickup=0)
    written = as_written(lead)
    assert set((written.melody["start"] % 12).tolist()) == {0, 6}
    assert set(written.melody["duration"].tolist()) == {6}


def test_notes_of_one_beginning_are_a_chord_and_none_overlaps() -> None:
    rows = [(0, 30, 60, 80), (0, 12, 64, 80), (24, 12, 62, 80), (24, 12, 62, 70)]
    assert [row[:3] for row in in_one_voice(notes_array(rows)).tolist()] == [
        (0, 24, 60), (0, 24, 64), (24, 12, 62),
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["json", "musicxml", "abc", "mid"])
def test_a_lead_without_chords_says_so(ending: str) -> None:
    again = through(replace(SMALL, chords=()), ending)
    assert again.chords == (() if ending == "json" else (Chord(36, -1),))


def test_what_a_file_does_not_hold_is_not_written(tmp_path: Path) -> None:
    silent = replace(SMALL, melody=notes_array())
    with pytest.raises(RestyleError, match=r"a\.mid is not written: .* as \.json keeps"):
        write_lead(silent, tmp_path / "a.mid")
    assert not list(tmp_path.iterdir())


def test_midi_that_somebody_has_mended_is_taken_as_it_is(tmp_path: Path) -> None:
    odd = replace(
        SMALL, meters=(Meter(0, 4, 4), Meter(48, 3, 4)), length=48 + 36, chords=(Chord(48, 0),),
        melody=notes_array([(36, 12, 67, 90), (48, 30, 72, 80)]), tempos=(Tempo(0, 77.77777),),
    )  # fmt: skip
    data = lead_bytes(odd, ".mid", "a.mid")
    assert EXACTLY.encode() in data
    again = lead_in_midi(data, "a.mid")
    assert again is not None and differences(odd, again) == []
    tempo = data.index(b"\xff\x51\x03") + 3
    mended = lead_in_midi(data[:tempo] + b"\x07\xa1\x20" + data[tempo + 3 :], "a.mid")
    assert mended is not None and mended.tempos == (Tempo(0, 120.0),)


@pytest.mark.parametrize("ending", ["json", "musicxml", "abc", "mid"])
def test_a_small_one(ending: str) -> None:
    again = through(SMALL, ending)
    if ending in ("musicxml", "abc"):  # notation holds no velocities
        assert set(again.melody["velocity"].tolist()) == {80}
        again = replace(again, melody=SMALL.melody)
    assert differences(SMALL, again) == []


@pytest.mark.parametrize("ending", ["json", "musicxml", "abc", "mid"])
def test_a_lead_file_is_a_song_too(tmp_path: Path, ending: str) -> None:
    write_lead(SMALL, tmp_path / f"a.{ending}")
    song = read(tmp_path / f"a.{ending}")
    assert song.tracks[0].notes["pitch"].tolist() == [67, 72, 70]
    assert song.tracks[0].notes["start"].tolist() == [1440, 1920, 3120]
    assert (song.pickup, song.title, song.keys) == (480, "Küche & Keller", ((0, SMALL.key),))
    assert song.chords == (Chord(1920, 0, "m7", 3), Chord(2880, -1))


def test_voices_that_overlap_survive_in_musicxml() -> None:
    melody = notes_array([(0, 48, 60, 80), (0, 24, 72, 80), (24, 24, 74, 80), (60, 20, 65, 80)])
    many = notes_array((i * 12, 12, 70 + i % 3, 80) for i in range(8, 24))
    lead = replace(
        SMALL, melody=np.concatenate([melody, many]), pickup=0, chords=(Chord(0, 0),), length=288
    )
    assert differences(lead, through(lead, "musicxml")) == []


def test_json_reads_like_music() -> None:
    text = lead_to_json(SMALL)
    assert '"key": "C minor"' in text
    assert '    {"start": 48, "chord": "Cm7/Eb"},\n' in text
    assert '    {"start": 78, "duration": 18, "pitch": "Bb4", "velocity": 80}\n' in text
    assert json.loads(text)["meters"] == [{"start": 0, "meter": "4/4"}]


def test_json_by_hand_may_leave_things_out() -> None:
    lead = lead_from_json(
        '{"format": "restyle lead sheet", "key": "F# minor",'
        ' "melody": [{"start": 12, "duration": 6, "pitch": 61}]}',
        "a.json",
    )
    assert lead.melody.tolist() == [(12, 6, 61, 80)]
    assert (lead.key, lead.length, lead.bars) == (Key(6, "minor"), 48, 1)
    assert (lead.meters, lead.tempos) == ((Meter(0, 4, 4),), (Tempo(0, 120.0),))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": "other"}, "a.json is JSON, but not a lead sheet of restyle."),
        ({"version": 9}, "a.json was written by another version of restyle."),
        ({"grid": 24}, "a.json was written by another version of restyle."),
        ({"key": "H"}, "a.json: the key must read like 'Bb major', not 'H'."),
        ({"meters": [{"start": 0, "meter": "4-4"}]}, "a.json: a meter must read like '3/4'"),
        (
            {"meters": [{"start": 0, "meter": "4/4"}, {"start": 30, "meter": "3/4"}]},
            "a.json: the meter 3/4 does not begin on a bar line.",
        ),
        ({"chords": [{"start": 0, "chord": "Hello"}]}, "a.json: the chord 'Hello' is unknown."),
        ({"chords": [{"chord": "C"}]}, 'a.json: "start" must be a whole number from 0 up'),
        ({"chords": "C"}, 'a.json: "chords" must be a list of objects.'),
        ({"melody": [{"start": 0, "duration": 0, "pitch": "C4"}]}, "a.json: a note needs"),
        ({"melody": [{"start": 0, "duration": 1, "pitch": "X"}]}, "a.json: a pitch must read"),
        ({"melody": [{"start": -1, "duration": 1, "pitch": 3}]}, 'a.json: "start" must be'),
        ({"tempos": [{"start": 0, "bpm": 0}]}, "a.json: a tempo of 0 cannot be played."),
        ({"tempos": [{"start": 0, "bpm": 1e400}]}, 'a.json: "bpm" must be a number'),
        ({"swing": 9}, "a.json: a swing of 9 cannot be played."),
        ({"pickup": 48}, "a.json: the pickup is as long as a bar."),
        ({"sounding": 9}, 'a.json: "sounding" must be a list of texts of twelve digits.'),
        ({"sounding": ["90000504000"]}, 'a.json: "sounding" must be a list of texts of twelve'),
        ({"sounding": ["90000504000x"]}, 'a.json: "sounding" must be a list of texts of twelve'),
        ({"sounding": [900005040000]}, 'a.json: "sounding" must be a list of texts of twelve'),
        ({"melody_program": 200}, "a.json: the melody_program must be 0 to 127 or null."),
    ],
)
def test_what_is_wrong_in_json_is_said(change: dict[str, object], sentence: str) -> None:
    data = json.loads(lead_to_json(SMALL)) | change
    with pytest.raises(UnreadableSong) as told:
        lead_from_json(json.dumps(data), "a.json")
    assert str(told.value).startswith(sentence)


def test_sounding_by_hand_may_be_too_short_or_too_long() -> None:
    data = json.loads(lead_to_json(SMALL))
    for beats in (["900000000000"], ["900000000000"] * 20):
        lead = lead_from_json(json.dumps(data | {"sounding": beats}), "a.json")
        assert lead.sounding is not None and lead.sounding.shape == (8, 12)
        assert lead.sounding[:, 0].tolist() == [9] * min(len(beats), 8) + [0] * (8 - len(beats))


def test_broken_json() -> None:
    with pytest.raises(
        UnreadableSong, match=r"^a\.json is not JSON: a comma or a bracket is wrong\.$"
    ):
        lead_from_json(lead_to_json(SMALL)[:-4], "a.json")


def test_json_without_notes_is_a_lead_but_no_song(tmp_path: Path) -> None:
    write_lead(replace(SMALL, melody=notes_array()), tmp_path / "a.json")
    lead = read_lead(tmp_path / "a.json")
    assert lead is not None and not len(lead.melody)
    with pytest.raises(UnreadableSong, match=r"a\.json holds no notes\."):
        read(tmp_path / "a.json")


def test_lead_midi_has_a_chord_track_and_chord_names(tmp_path: Path) -> None:
    write_lead(SMALL, tmp_path / "a.mid")
    song = read(tmp_path / "a.mid")
    assert [(t.name, t.program) for t in song.tracks] == [("Melody", 40), ("Chords", 0)]
    assert song.chords == (Chord(1920, 0, "m7", 3), Chord(2880, -1))
    # bass Eb below, C Eb G Bb around middle C, until the N.C.
    assert [tuple(n)[:3] for n in song.tracks[1].notes.tolist()] == [
        (1920, 960, pitch) for pitch in (39, 55, 58, 60, 63)
    ]


def test_another_midi_is_no_lead_sheet(tmp_path: Path, examples: Path) -> None:
    assert read_lead(examples / "auld-lang-syne.mid") is None


def test_the_same_lead_gives_the_same_bytes(tmp_path: Path) -> None:
    for ending in ("json", "musicxml", "abc", "mid"):
        write_lead(SMALL, tmp_path / f"a.{ending}")
        write_lead(SMALL, tmp_path / f"b.{ending}")
        assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_swing_is_a_word_in_notation(tmp_path: Path) -> None:
    write_lead(SMALL, tmp_path / "a.musicxml")
    assert '<words font-weight="bold">Swing</words>' in (tmp_path / "a.musicxml").read_text()
    write_lead(replace(SMALL, swing=1.1), tmp_path / "b.musicxml")
    assert ">Swing<" not in (tmp_path / "b.musicxml").read_text()
