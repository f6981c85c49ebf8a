"""Tracks of the song that stay as they are, and what is played around them."""

from dataclasses import replace

import numpy as np
import pytest

from arranger.fake import FakeSession, example, fake_arranger
from corpora import lead_sheet
from keep.midifile import channel_events, song_bytes, written
from restyle.decoding.generate import arrange
from restyle.decoding.job import DecodeOptions, Job
from restyle.errors import RestyleError
from restyle.io import read
from restyle.io.midi.midi import midi_song
from restyle.io.midi.write import midi_bytes
from restyle.music.parts import Arrangement
from restyle.music.song import notes_array
from restyle.options import TransferOptions, again
from restyle.pipeline import Result
from restyle.reading import open_kept, open_lead
from restyle.style.frame import Frame
from restyle.style.named_tracks import chosen
from restyle.style.redo import redone
from restyle.tokens import encode_arrangement

from arranger.fake import BAND  # isort: skip


def played(path, *keep: str, **more) -> Result:
    lead, heard = open_lead(path)
    options = TransferOptions("b", keep=keep, **more)
    return fake_arranger().transfer(lead, replace(options, kept=open_kept(path, heard, keep)))


@pytest.mark.parametrize("division", [96, 384, 480, 1024, 127])
@pytest.mark.parametrize("keep", [("bass",), ("drums", "Keys"), ("2", "fretless", "kit")])
def test_every_event_of_a_kept_track_is_in_the_file(tmp_path, division, keep):
    """Notes, programs, controllers and bends, at their times, in their order."""
    song = written(tmp_path / "song.mid", division=division, live=division // 40)
    before = channel_events(song.read_bytes())
    after = channel_events(midi_bytes(played(song, *keep, parts=("drums", "bass", "synth")).song))
    names = {"bass": "Fretless", "fretless": "Fretless", "2": "Keys", "drums": "Kit", "kit": "Kit"}
    for name in keep:
        track = names.get(name, name)
        assert [event for _, event in after[track]] == [event for _, event in before[track]]
        there, here = (np.array([at for at, _ in x[track]]) for x in (before, after))
        exact = 1e-12 if division != 127 else 1 / (2 * 64 * 480) + 1e-12
        assert np.abs(there - here).max() <= exact


def test_the_band_has_nothing_beside_of_a_kept_part_and_the_tune_stays(tmp_path):
    song = written(tmp_path / "song.mid")
    result = played(song, "bass", parts=("drums", "bass", "piano"))
    names = [track.name for track in result.song.tracks]
    assert len(names) == 4 and names[-1] == "Fretless" and names[0].endswith("(melody)")
    assert result.song.tracks[-1].program == 35
    tune = result.song.tracks[0].notes
    assert tune["pitch"].tolist() == result.lead.melody["pitch"].tolist()


def test_a_kept_tune_is_not_played_twice(tmp_path):
    song = written(tmp_path / "song.mid")
    result = played(song, "Tune", parts=("drums", "bass"))
    assert [t.name for t in result.song.tracks][-1] == "Tune"
    assert not any(track.is_melody for track in result.song.tracks)
    before, after = (channel_events(x) for x in (song.read_bytes(), midi_bytes(result.song)))
    assert before["Tune"] == after["Tune"]


def test_the_band_hears_what_is_kept():
    """The tokens of the kept part stand in what the model reads, before those of later parts."""
    lead = lead_sheet(np.random.default_rng(1))
    kept = Arrangement({"bass": notes_array([(48 * b, 24, 36 + b, 80) for b in range(8)])})
    session = FakeSession(1 << 14)
    job = Job(lead, BAND, ((1, 1.0),), options=DecodeOptions(candidates=1), kept=kept)
    made = arrange(job, session, np.random.default_rng(0))
    assert made.parts["bass"].tolist() == kept.parts["bass"].tolist()
    read_tokens = session.caches[0].rows[0]
    for bar in encode_arrangement(kept, lead):
        text, inside = " ".join(map(str, read_tokens)), " ".join(map(str, bar))
        assert f" {inside} " in f" {text} "


def test_other_kept_notes_make_another_band():
    lead = lead_sheet(np.random.default_rng(1))

    def band(pitch: int):
        kept = Arrangement({"drums": notes_array([(48 * b, 1, pitch, 80) for b in range(8)])})
        job = Job(lead, BAND, ((1, 1.0),), kept=kept)
        made = arrange(job, FakeSession(), np.random.default_rng(0))
        return {part: n.tolist() for part, n in made.parts.items() if part != "drums"}

    assert band(36) == band(36) != band(42)


def test_a_dense_kept_part_does_not_take_all_room():
    lead = lead_sheet(np.random.default_rng(1))
    rows = [(3 * i, 3, 40 + 5 * k, 80) for i in range(128) for k in range(2)]
    job = Job(lead, BAND, ((1, 1.0),), kept=Arrangement({"guitar": notes_array(rows)}))
    made = arrange(job, FakeSession(1024), np.random.default_rng(0))
    assert len(made.parts["guitar"]) == len(rows) and len(made.parts["piano"])


def test_takes_seeds_and_blends_keep_too(tmp_path):
    song = written(tmp_path / "song.mid")
    before = channel_events(song.read_bytes())["Kit"]
    lead, heard = open_lead(song)
    kept = open_kept(song, heard, ("drums",))
    options = TransferOptions("a:0.5,b:0.5", keep=("drums",), kept=kept, takes=3, seed=4)
    result = fake_arranger().transfer(lead, options)
    again_ = fake_arranger().transfer(lead, options)
    assert midi_bytes(result.song) == midi_bytes(again_.song)
    assert len({midi_bytes(take.song) for take in result.takes}) == 3
    for take in result.takes:
        assert channel_events(midi_bytes(take.song))["Kit"] == before


def test_a_faster_tempo_leaves_the_ticks(tmp_path):
    song = written(tmp_path / "song.mid")
    result = played(song, "drums", tempo=150.0)
    assert result.song.tempos[0].bpm == pytest.approx(150.0)
    before, after = (channel_events(x) for x in (song.read_bytes(), midi_bytes(result.song)))
    assert before["Kit"] == after["Kit"]


def outside(events, begin: int, end: int):
    """Events that are not of some ticks; how a note ends belongs to where it begins."""
    inside: set[int] = set()  # pitches that sound from there
    out = []
    for when, message in events:
        there = begin / 480 - 1 <= when <= end / 480 + 1
        begins = message[0] & 0xF0 == 0x90 and message[2] > 0
        ends = message[0] & 0xF0 == 0x80 or (message[0] & 0xF0 == 0x90 and not message[2])
        if begins and there:
            inside.add(message[1])
        elif ends and message[1] in inside:
            inside.discard(message[1])
        elif not there:
            out.append((when, message))
    return out


def test_bars_anew_leave_kept_tracks_and_other_parts(tmp_path):
    song = written(tmp_path / "song.mid")
    lead = open_lead(song)[0]
    data = midi_bytes(played(song, "drums", parts=("drums", "bass", "piano")).song)
    old = channel_events(data)
    earlier = midi_song(data, "first")
    for redo, anew in (("3-4", {"Acoustic Bass", "Piano"}), ("3-4:bass", {"Acoustic Bass"})):
        options = again(TransferOptions("b", seed=9), redo, earlier)
        result = fake_arranger().transfer(lead, options)
        assert result.redone
        new = channel_events(redone(data, result.song, *result.redone, result.redone_parts))
        changed = {name for name in old if old[name] != new[name]}
        assert changed and changed <= anew  # the fake model's piano may rest in both
        for name in anew:
            assert outside(old[name], *result.redone) == outside(new[name], *result.redone)
    with pytest.raises(RestyleError, match="drums was kept"):
        again(TransferOptions("b"), "3-4:drums", earlier)
    with pytest.raises(RestyleError, match="no synth"):
        again(TransferOptions("b"), "3-4:synth", earlier)
    with pytest.raises(RestyleError, match="no part 'cello'"):
        again(TransferOptions("b"), "3-4:cello", earlier)


@pytest.mark.parametrize(
    ("name", "found"),
    [("drums", (3,)), ("1", (0,)), ("Fretless", (2,)), ("fret", (2,)), ("electric-bass", (2,)),
     ("bass", (2,)), ("flute", (0,)), ("keys", (1,)), ("winds", (0,))],
)  # fmt: skip
def test_tracks_are_named_in_many_ways(name, found):
    assert chosen(midi_song(song_bytes(), "x"), [name]) == found


@pytest.mark.parametrize("name", ["tuba", "9", "0", "nylon-guitar", "guitar"])
def test_a_track_that_is_not_there_is_said_with_those_that_are(name):
    with pytest.raises(RestyleError, match=r"no track '.*' to keep: 1 Tune \(winds, Flute\), 2 "):
        chosen(midi_song(song_bytes(), "x"), [name])


def test_what_cannot_be_kept_is_said(tmp_path):
    song = written(tmp_path / "song.mid")
    lead, heard = open_lead(song)
    kept = open_kept(song, heard, ("bass",))
    band = fake_arranger()
    with pytest.raises(RestyleError, match="stay in their key"):
        TransferOptions("b", keep=("bass",), key="D").check()
    with pytest.raises(RestyleError, match="song's chords"):
        band.transfer(lead, TransferOptions("b", keep=("bass",), kept=kept, harmony="reharmonise"))
    with pytest.raises(RestyleError, match="Nothing is left"):
        band.transfer(lead, TransferOptions("a", keep=("bass",), kept=kept))
    with pytest.raises(RestyleError, match="no tracks to keep"):
        band.transfer(lead, TransferOptions("b", keep=("bass",)))
    with pytest.raises(RestyleError, match="no tracks to keep"):
        open_kept(lead, None, ("bass",))


def test_a_song_that_was_read_keeps_its_notes(tmp_path):
    song = read(written(tmp_path / "song.mid"))
    lead, heard = open_lead(song)
    kept = open_kept(song, heard, ("bass",))
    made = midi_song(midi_bytes(fake_arranger().transfer(
        lead, TransferOptions("b", keep=("bass",), kept=kept)).song), "x")  # fmt: skip
    (bass,) = [track for track in made.tracks if track.name == "Fretless"]
    assert bass.notes.tolist() == song.tracks[2].notes.tolist()


TOGETHER = (
    {"to": "a:0.5,b:0.5", "energy": "1-4:0.2,5-8:0.9"},
    {"to": "b", "like": True, "level": "easy", "takes": 2},
    {"to": "1-4:like,5-8:b", "like": True, "energy": "0.8", "enter": "bass:5"},
    {"to": "1-4:a,5-8:b", "frame": Frame(True, 2, "ritardando"), "ornament": True},
    {"to": "b", "density": {"bass": "sparse"}, "figure": {"bass": "walking"}, "harmony": "keep"},
)


@pytest.mark.parametrize("said", TOGETHER)
def test_what_is_kept_stays_beside_all_other_wishes(tmp_path, said):
    """Every event of the kit is there, once; the same seed gives the same bytes, another others."""
    song = written(tmp_path / "song.mid")
    lead, heard = open_lead(song)
    like = example(lead_sheet(np.random.default_rng(2)), "b") if said.get("like") else None
    more = {**said, "like": like, "keep": ("drums",), "kept": open_kept(song, heard, ("drums",))}
    results = [
        midi_bytes(fake_arranger().transfer(lead, TransferOptions(seed=seed, **more)).song)
        for seed in (3, 3, 4)
    ]
    assert results[0] == results[1] != results[2]
    before = [message for _, message in channel_events(song.read_bytes())["Kit"]]
    after = channel_events(results[0])["Kit"]
    assert [message for _, message in after] == before
