"""Count-in, introduction, endings, ornaments and levels."""

from dataclasses import replace

import numpy as np
import pytest

from arranger.fake import fake_arranger
from corpora import lead_sheet
from keep.midifile import channel_events, written
from restyle.errors import RestyleError
from restyle.io.midi.write import midi_bytes
from restyle.music.playability import GUITAR, faults, fingered
from restyle.music.song import Key, Tempo, notes_array
from restyle.options import TransferOptions
from restyle.reading import open_kept, open_lead
from restyle.style.frame import Frame, framed, held_from, slowing
from restyle.style.level import _simpler, easy_key
from restyle.style.ornament import MANNERS, ornamented, recognised

ALL = ("drums", "bass", "piano")


@pytest.fixture
def lead():
    return lead_sheet(np.random.default_rng(1))


def made(lead, **how):
    options = TransferOptions("b", parts=ALL, **how)
    return fake_arranger().transfer(lead, options)


def test_an_intro_stands_before_the_song_and_leads_to_it(lead):
    longer, before = framed(lead, Frame(intro=4))
    assert before == 4 * 48 and longer.bars == lead.bars + 4
    assert longer.melody["start"].min() == before
    assert longer.melody["pitch"].tolist() == lead.melody["pitch"].tolist()
    assert longer.chord_at(before - 1).root == (lead.key.tonic + 7) % 12
    assert longer.chord_at(before).root == lead.chord_at(0).root


def test_a_pickup_lies_in_the_last_bar_of_the_intro(lead):
    pickup = replace(lead, pickup=12, melody=lead.melody[3:])
    longer, before = framed(pickup, Frame(intro=4))
    assert before == 3 * 48 and longer.pickup == 0
    assert longer.melody["start"].min() == before + 36
    assert longer.chord_at(before + 47).root == (lead.key.tonic + 7) % 12


def test_a_count_in_is_a_bar_of_sticks(lead):
    plain, counted = made(lead), made(lead, frame=Frame(count_in=True))
    drums = next(t for t in counted.song.tracks if t.is_drum)
    first = drums.notes[drums.notes["start"] < 1920]
    assert first["start"].tolist() == [0, 480, 960, 1440] and set(first["pitch"].tolist()) == {37}
    for a, b in zip(plain.song.tracks, counted.song.tracks, strict=True):
        later = b.notes[b.notes["start"] >= 1920]
        assert (later["start"] - 1920).tolist() == a.notes["start"].tolist()


def test_the_last_chord_is_held_by_all(lead):
    result = made(lead, frame=Frame(ending="ritardando"))
    at, end = held_from(lead), lead.length
    for part, notes in result.takes[0].arrangement.parts.items():
        late = notes[notes["start"] >= at]
        assert (late["start"] == at).all()
        if part != "drums":
            assert (late["start"] + late["duration"] == end).all()
            chord = lead.chord_at(at)
            assert {int(p) % 12 for p in late["pitch"]} <= chord.pitch_classes
    tempos = [t.bpm for t in result.song.tempos]
    assert tempos == sorted(tempos, reverse=True) and 0.55 < tempos[-1] / tempos[0] < 0.75


def test_slowing_begins_two_bars_before_the_end():
    lines = np.arange(0, 9) * 1920
    found = slowing((Tempo(0, 100.0),), lines)
    assert found[0] == Tempo(0, 100.0) and found[1].start == 6 * 1920
    assert [t.bpm for t in found] == sorted((t.bpm for t in found), reverse=True)


def test_a_tag_plays_the_last_bars_again_and_a_fade_goes_down(lead):
    tag = made(lead, frame=Frame(ending="tag"))
    assert tag.lead.bars == lead.bars + 4
    fade = made(lead, frame=Frame(ending="fade")).song
    plain = made(lead).song
    for a, b in zip(plain.tracks, fade.tracks, strict=True):
        if len(a.notes):
            assert b.notes["velocity"][-1] < 0.5 * a.notes["velocity"][-1]
            assert a.notes["pitch"].tolist() == b.notes["pitch"].tolist()


def test_kept_tracks_come_after_the_intro_and_the_count(tmp_path):
    song = written(tmp_path / "song.mid")
    lead, heard = open_lead(song)
    options = TransferOptions("b", parts=ALL, keep=("bass",), frame=Frame(True, 2, "ritardando"))
    options = replace(options, kept=open_kept(song, heard, ("bass",)))
    result = fake_arranger().transfer(lead, options)
    before, after = (channel_events(x)["Fretless"] for x in
                     (song.read_bytes(), midi_bytes(result.song)))  # fmt: skip
    assert [e for _, e in before] == [e for _, e in after]
    apart = {round(b - a, 6) for (a, _), (b, _) in zip(before, after, strict=True)}
    assert apart == {12.0}  # three bars of four beats


@pytest.mark.parametrize("style", [*MANNERS, "another"])
def test_every_note_of_an_ornamented_tune_is_recognised(lead, style):
    for seed in range(10):
        played = ornamented(lead, style, np.random.default_rng(seed))
        assert recognised(lead.melody, played) == 1.0
        ends = played["start"] + played["duration"]
        assert (played["duration"] > 0).all() and (ends[:-1] <= played["start"][1:]).all()


def test_ornaments_are_played_and_are_the_seeds(lead):
    plain = made(lead).song.tracks[0].notes
    one, same, other = (
        made(lead, ornament=True, seed=seed).song.tracks[0].notes.tolist() for seed in (1, 1, 2)
    )
    assert one == same != other and one != plain.tolist()


def bar(*rows):
    return notes_array((start, length, pitch, 80) for start, length, pitch in rows)


EASY_BAR = bar((0, 24, 48), (0, 12, 64), (12, 12, 65), (24, 24, 43), (24, 12, 67))
TENTH = bar((0, 48, 36), (0, 48, 52))
THREE = bar((0, 12, 60), (0, 12, 64), (0, 12, 67))
SIXTEENTHS = bar((0, 3, 60), (3, 3, 62), (6, 3, 64))
LEAPS = bar((0, 12, 60), (12, 12, 74))
SIX = bar(*((0, 12, p) for p in (60, 62, 64, 65, 67, 69)))


@pytest.mark.parametrize(
    ("notes", "lowest"),
    [(EASY_BAR, "easy"), (TENTH, "full"), (THREE, "intermediate"), (SIXTEENTHS, "intermediate"),
     (LEAPS, "intermediate"), (SIX, "")],
)  # fmt: skip
def test_bars_of_piano_worked_out_by_hand(notes, lowest):
    """The easiest level that each passes; a sixth of notes in one hand is beyond all."""
    if notes is TENTH:  # sixteen semitones are a major tenth: beyond a hand
        assert all(faults(notes, "piano", level) for level in ("easy", "intermediate", "full"))
        return
    passes = [x for x in ("easy", "intermediate", "full") if not faults(notes, "piano", x)]
    assert (passes[0] if passes else "") == lowest


def test_chords_of_a_guitar_worked_out_by_hand():
    e_major = [40, 47, 52, 56, 59, 64]  # 0 2 2 1 0 0
    barre_f = [41, 48, 53, 57, 60, 65]  # 1 3 3 2 1 1
    assert fingered(e_major, GUITAR["full"]) and fingered(barre_f, GUITAR["full"])
    assert fingered([48, 52, 55], GUITAR["easy"])  # C: third fret, second, open
    assert not fingered([40, 41], GUITAR["full"])  # both only on the lowest string
    assert not fingered([41, 75], GUITAR["full"])  # first fret and eleventh
    assert not fingered([39], GUITAR["full"])
    assert faults(bar(*((0, 12, p) for p in e_major)), "guitar", "intermediate")


@pytest.mark.parametrize("level", ["easy", "intermediate", "full"])
@pytest.mark.parametrize("part", ["piano", "guitar"])
def test_every_bar_at_a_level_passes_its_check(lead, part, level):
    rng = np.random.default_rng(4)
    for _ in range(20):
        rows = [(int(s), int(rng.integers(1, 40)), int(rng.integers(36, 88)), 80)
                for s in rng.integers(0, lead.length, 150)]  # fmt: skip
        simple = _simpler(notes_array(rows), lead, part, level)
        assert len(simple)
        for begin in lead.bar_starts()[:-1].tolist():
            inside = simple[(simple["start"] >= begin) & (simple["start"] < begin + 48)].copy()
            inside["start"] -= begin
            assert not faults(inside, part, level)


def test_keys_of_a_level_have_few_signs():
    assert easy_key(Key(4), "easy").fifths <= 2 and easy_key(Key(0), "easy") == Key(0)
    assert abs(easy_key(Key(1), "easy").fifths) <= 2


def test_a_level_goes_through_the_whole(lead):
    up = replace(lead, key=Key(1))
    result = made(up, level="easy")
    assert abs(result.lead.key.fifths) <= 2
    piano = result.takes[0].arrangement.parts["piano"]
    assert not len(piano) or (piano["start"] % 6 == 0).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (TransferOptions("b", level="hard"), "no level"),
        (TransferOptions("b", frame=Frame(intro=99)), "intro of 99"),
        (TransferOptions("b", frame=Frame(ending="bang")), "no ending"),
        (TransferOptions("b", keep=("bass",), frame=Frame(ending="fade")), "ritardando"),
    ],
)
def test_nonsense_is_said(options, said):
    with pytest.raises(RestyleError, match=said):
        options.check()
