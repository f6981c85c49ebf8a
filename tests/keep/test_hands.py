"""The tune in a piano's right hand: bars worked out by hand, and the whole way to the score."""

from dataclasses import replace

import numpy as np
import pytest

from arranger.fake import fake_arranger
from corpora import lead_sheet
from restyle.io import read
from restyle.io.midi.write import midi_bytes
from restyle.io.musicxml.write import render
from restyle.io.score.layout_build import of_song
from restyle.io.score.parts import part_songs
from restyle.music.playability import two_hand_faults
from restyle.music.song import Track, notes_array
from restyle.options import TransferOptions, again
from restyle.style.hands import LEFT, hard_bars, left_hand, with_room

PIANO = {"melody": 0}


@pytest.fixture
def lead():
    return lead_sheet(np.random.default_rng(1))


def tune(lead, *pitches):
    """The lead sheet with a tune of half notes."""
    rows = ((24 * i, 24, pitch, 90) for i, pitch in enumerate(pitches))
    return replace(lead, melody=notes_array(rows))


def bar(*rows):
    return notes_array((start, length, pitch, 80) for start, length, pitch in rows)


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ([(0, 24, 48), (0, 24, 55)], [(0, 12, 60), (12, 12, 62)], []),
        ([(0, 24, 48), (0, 24, 62)], [(0, 24, 60)], ["stretch of 14", "hands cross: 62 and 60"]),
        ([(0, 24, 57)], [(0, 24, 60), (24, 24, 55)], []),  # the left one has let go
        ([(0, 36, 57)], [(0, 24, 60), (24, 24, 55)], ["hands cross: 57 and 55"]),
        ([(3, 6, 48)], [(0, 24, 60)], ["left hand: a stroke"]),
        ([(0, 24, 48)], [(0, 12, 60), (12, 12, 74)], ["right hand: a leap of 14"]),
    ],
)
def test_bars_of_two_hands_worked_out_by_hand(left, right, said):
    found = two_hand_faults(bar(*left), bar(*right), "easy")
    assert len(found) == len(said)
    assert all(words in fault for words, fault in zip(said, found, strict=True))


def test_a_chord_comes_down_to_the_left_hand(lead):
    """C3, E4 G4 C5 under E4: easy has two notes, the upper one within a ninth (E3 is too near)."""
    under = tune(lead, 64, 64)
    chord = bar((0, 48, 48), (0, 48, 64), (0, 48, 67), (0, 48, 72))
    easy = left_hand(chord, under, "easy")
    assert easy["pitch"].tolist() == [48, 55] and easy["duration"].tolist() == [48, 48]
    assert left_hand(chord, under, "intermediate")["pitch"].tolist() == [48, 52, 55]
    low = bar((0, 48, 36), (0, 48, 40), (0, 48, 43))  # a third down there is mud
    assert left_hand(low, under, "full")["pitch"].tolist() == [36, 43]
    beneath = tune(lead, 53, 53)  # nothing within two semitones of the tune
    assert left_hand(bar((0, 48, 52)), beneath, "easy")["pitch"].tolist() == [40]


def test_strokes_that_a_level_lacks_go_unless_a_bar_had_no_others(lead):
    under = tune(lead, 72, 72, 72, 72)
    both = left_hand(bar((0, 6, 48), (3, 3, 50), (48 + 3, 6, 52)), under, "easy")
    assert list(zip(both["start"].tolist(), both["pitch"].tolist(), strict=True)) == [
        (0, 48), (48, 52),
    ]  # fmt: skip


def test_a_low_tune_goes_up_and_a_high_one_stays(lead):
    there = tune(lead, 60, 67)
    assert with_room(there) is there
    assert with_room(tune(lead, 48, 55)).melody["pitch"].tolist() == [60, 67]
    assert with_room(replace(lead, melody=notes_array())).melody.size == 0


def test_bars_that_are_too_hard_are_counted(lead):
    assert hard_bars(tune(lead, 60, 62, 60, 74), "easy") == 1
    assert hard_bars(tune(lead, 60, 62, 60, 74), "intermediate") == 0


@pytest.mark.parametrize("level", ["easy", "intermediate", "full"])
def test_every_bar_of_a_left_hand_passes(lead, level):
    rng = np.random.default_rng(4)
    for _ in range(20):
        rows = [(int(s), int(rng.integers(1, 40)), int(rng.integers(28, 100)), 80)
                for s in rng.integers(0, lead.length, 150)]  # fmt: skip
        left = left_hand(notes_array(rows), lead, level)
        assert len(left)
        for begin in lead.bar_starts()[:-1].tolist():
            found = [n[(n["start"] >= begin) & (n["start"] < begin + 48)].copy()
                     for n in (left, lead.melody)]  # fmt: skip
            for notes in found:
                notes["start"] -= begin
            said = two_hand_faults(*found, level)
            assert all(fault.startswith("right") for fault in said)


def made(lead, **how):
    how = {"instruments": PIANO, "level": "easy", **how}
    return fake_arranger().transfer(lead, TransferOptions("b", **how))


def test_a_player_has_both_hands_on_one_pair_of_staves(lead, tmp_path):
    result = made(lead)  # style b has no piano of its own
    right, left = result.song.tracks[:2]
    assert right.is_melody and right.notes["pitch"].tolist() == lead.melody["pitch"].tolist()
    assert left.name == LEFT and left.program == 0
    parts = of_song(result.song).parts
    assert [part.name for part in parts if len(part.staves) == 2] == ["Piano"]
    assert "<staves>2</staves>" in render(of_song(result.song))
    assert "piano" in dict(part_songs(result.song))
    file = tmp_path / "x.mid"
    file.write_bytes(midi_bytes(result.song))
    assert [t.name for t in read(file).tracks][:2] == [right.name, LEFT]


def test_both_hands_have_one_instrument_and_a_kept_piano_stays(lead):
    result = made(lead, instruments={"melody": 1, "piano": 0}, parts=("piano",))
    assert [t.program for t in result.song.tracks] == [1, 1]
    alone = made(lead, parts=("bass",)).song
    assert [t.is_melody for t in alone.tracks] == [True, False]  # exactly these parts
    assert not TransferOptions("b", instruments=PIANO).hands
    assert not TransferOptions("b", level="easy", instruments={"melody": 73}).hands
    assert not TransferOptions("b", level="easy", instruments=PIANO, melody=False).hands


def test_bars_anew_keep_the_hands(lead):
    first = made(lead, parts=("piano", "bass"), seed=1).song
    options = again(TransferOptions(seed=2), "3-4:piano", first)
    assert options.hands and options.level == "easy"
    second = fake_arranger().transfer(lead, options).song
    assert [t.name for t in second.tracks] == [t.name for t in first.tracks]

    def outside(track: Track):
        within = (track.notes["start"] >= 2 * 1920 - 120) & (track.notes["start"] < 4 * 1920)
        return track.notes[~within].tolist()

    for a, b in zip(first.tracks, second.tracks, strict=True):
        assert outside(a) == outside(b)
        assert a.name == LEFT or a.notes.tolist() == b.notes.tolist()


def test_what_is_too_hard_of_the_tune_is_said(lead):
    hard = tune(lead, 60, 74, 60)
    assert "The tune is harder than easy in 1 of 8 bars: it stays as it is." in made(hard).notes
    assert not any("harder" in note for note in made(lead, level="full").notes)
