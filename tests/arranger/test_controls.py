"""Strength, blends, examples, takes and bars anew, without a model."""

from dataclasses import replace

import numpy as np
import pytest
from fake import example, fake_arranger

from corpora import arrangement, lead_sheet
from restyle.critic.likeness import load_profiles, profile_of, save_profiles
from restyle.decoding.figures import FIGURES
from restyle.decoding.guidance import Branch, branches, mixed
from restyle.errors import RestyleError, UnknownStyle
from restyle.io.midi.edit import replace_notes, texts
from restyle.io.midi.midi import midi_song
from restyle.io.midi.write import midi_bytes
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, part_of
from restyle.music.song import Key, notes_array
from restyle.options import TransferOptions, again
from restyle.style.blend import blend, parse_blend, style_of
from restyle.style.redo import parse_bars, redone
from restyle.style.style import Style
from restyle.tokens import Grammar, decode
from restyle.tokens import vocabulary as v


@pytest.fixture
def lead() -> LeadSheet:
    return lead_sheet(np.random.default_rng(1))


@pytest.fixture
def styles() -> dict[str, Style]:
    return fake_arranger().styles


def test_strength_reads_a_row_with_and_one_without_the_style():
    slots = ((1, 1.0),)
    assert branches(slots, 1.0) == (Branch(v.STYLE[2], 1.0),)
    assert branches(slots, 0.0) == (Branch(v.STYLE[0], 1.0),)
    assert branches(slots, 1.5) == (Branch(v.STYLE[2], 1.5), Branch(v.STYLE[0], -0.5))
    shares = ((0, 0.25), (1, 0.75))
    assert [b.weight for b in branches(shares, 2.0)] == [0.5, 1.5, -1.0]
    assert branches(slots, 1.0, [1, 2]) == (Branch(v.EXAMPLE, 1.0, (1, 2)),)


def test_branches_are_added_up_by_their_weights():
    logits = np.arange(12, dtype=np.float32).reshape(2, 2, 3).swapaxes(0, 1)  # branch, candidate
    found = mixed(logits, np.array([2.0, -1.0], dtype=np.float32))
    assert found.tolist() == [[-3, -2, -1], [3, 4, 5]]
    alone = mixed(logits[:1], np.array([1.0], dtype=np.float32))
    assert alone.tolist() == logits[0].tolist()


def test_a_blend_says_names_and_shares():
    assert parse_blend("jazz:0.7,pop:0.3") == [("jazz", 0.7), ("pop", 0.3)]
    assert parse_blend("Jazz") == [("jazz", 1.0)]
    assert parse_blend("a:2, b") == [("a", pytest.approx(2 / 3)), ("b", pytest.approx(1 / 3))]
    for wrong in ("", "jazz:", "jazz:x", "a,a", "a:-1,b:2", "a:0", "a:nan", ":1", "a,,b"):
        if wrong != "jazz:":
            with pytest.raises(RestyleError):
                parse_blend(wrong)


def test_a_blend_lies_between_its_styles(styles):
    styles["b"].figures["velocities"]["bass"] = [[100.0, 8.0]] * 5
    found = blend([(styles["a"], 0.25), (styles["b"], 0.75)])
    assert found.slots == ((0, 0.25), (1, 0.75)) and found.name == "a25-b75"
    assert found.velocity("bass", 0) == (95.0, 7.0)
    assert found.swing_ratio(100.0) == pytest.approx(1.6)
    assert found.parts == ("drums", "bass")
    assert blend([(styles["a"], 0.75), (styles["b"], 0.25)]).parts == ("bass",)
    with pytest.raises(UnknownStyle, match="polka"):
        style_of(styles, "a:0.5,polka:0.5")


def test_a_blend_is_arranged_under_both_tokens(lead):
    band = fake_arranger()
    result = band.transfer(lead, TransferOptions("a:0.5,b:0.5", seed=3))
    read = [
        [next(t for t in row if t in v.STYLE) for row in cache.rows]
        for cache in band.session.caches
    ]
    rows = FIGURES.candidates
    assert read == [[v.STYLE[1]] * rows, [v.STYLE[2]] * rows] and result.style.name == "a50-b50"


def test_an_example_gives_band_swing_and_density(lead, styles):
    found = example(replace(lead, swing=1.8), "b").style(styles["a"])
    assert found.parts == ("drums", "bass") and found.slot == 0
    assert found.swing_ratio(100.0) == pytest.approx(1.8)
    assert found.figures["notes_a_bar"] == 12.0
    assert found.program("bass") == 33 and found.velocity("bass", 0)[0] == 80.0


def test_an_examples_bars_stand_before_the_song_in_home_key(lead, styles):
    """Its own heading and bars, then the song's heading with "as the example" for a style."""
    up = replace(lead, key=Key(2), chords=tuple(replace(c, root=c.root + 2) for c in lead.chords))
    found = example(up, "b")
    band = fake_arranger()
    band.transfer(lead, TransferOptions("b", like=found, strength=1.5))
    styled, free = (cache.rows[0] for cache in band.session.caches[-2:])
    assert styled.count(v.BOS) == 2 and free.count(v.BOS) == 1
    begin = len(styled) - 1 - styled[::-1].index(v.BOS)
    before, song = styled[:begin], styled[begin:]
    assert song[1] == v.EXAMPLE and song[2:] == free[2:] and free[1] == v.STYLE[0]
    assert before[1] == v.STYLE[2] and before[5] == v.KEY[0]  # it is of the style asked for
    Grammar().feed(before)
    shown = decode([*before]).arrangement.parts["bass"]["pitch"] % 12
    played = (found.arrangement.parts["bass"]["pitch"] - 2) % 12
    assert shown.tolist() == played[: len(shown)].tolist() and len(shown) > 8


def test_an_examples_sections_are_played_as_it_plays_them(lead):
    band = fake_arranger()
    band.transfer(lead, TransferOptions("a", like=example(lead, "b")))
    tokens = band.session.caches[-1].rows[0]
    begin = len(tokens) - 1 - tokens[::-1].index(v.BOS)
    said = [
        tokens[i + 1 : i + 5]
        for i, t in enumerate(tokens[:-1])
        if i > begin and t == v.PART[1] and tokens[i + 1] in v.DENSITY
    ]
    theirs = next(tokens[i + 1 : i + 5] for i in range(begin) if tokens[i] == v.PART[1])
    assert said and all(here == theirs for here in said)


def test_like_is_a_seed_and_keeps_the_melody(lead):
    band = fake_arranger()
    found = example(lead_sheet(np.random.default_rng(7)), "b")
    wish = TransferOptions(to="a", like=found, seed=5, strength=1.5)
    one, two = (band.transfer(lead, wish).song for _ in range(2))
    assert one.tracks[0].is_melody and one.tracks[1].is_drum
    assert [part_of(t.program) for t in one.tracks[2:]] == ["bass"]
    for a, b in zip(one.tracks, two.tracks, strict=True):
        assert np.array_equal(a.notes, b.notes)
    assert np.array_equal(one.tracks[0].notes["pitch"], lead.melody["pitch"])


def test_exactly_the_parts_asked_for_whatever_the_example(lead):
    band = fake_arranger()
    found = example(lead, "b")
    song = band.transfer(
        lead, TransferOptions("a", like=found, parts=("piano",), melody=False)
    ).song
    assert [t.name for t in song.tracks] == ["Piano"]


def test_bars_in_words():
    assert parse_bars("9-16", 20) == (8, 16) and parse_bars(" 3 ", 20) == (2, 3)
    assert parse_bars("9-", 20) == (8, 20)
    for wrong in ("", "x", "0-4", "5-3", "9-21", "21", "1-2-3", "-4"):
        with pytest.raises(RestyleError):
            parse_bars(wrong, 20)


def notes_outside(data: bytes, begin: int, end: int) -> list:
    song = midi_song(data, "x")
    return [
        (t.name, t.program, [n for n in t.notes.tolist() if not begin <= n[0] < end])
        for t in song.tracks
    ]


@pytest.mark.parametrize("pickup", [0, 12])
@pytest.mark.parametrize("to", ["b", "a:0.5,b:0.5"])
def test_bars_anew_leave_all_others_as_they_are(lead, pickup, to):
    if pickup:
        late = lead.melody[lead.melody["start"] >= 36]
        lead = replace(lead, melody=late, pickup=pickup)
    band = fake_arranger()
    data = midi_bytes(band.transfer(lead, TransferOptions(to, seed=1)).song)
    wish = again(TransferOptions(seed=2), "3-4", midi_song(data, "x"))
    assert wish.to == to
    result = band.transfer(lead, wish)
    begin, end = result.redone
    assert (begin, end) == (2 * 1920, 4 * 1920)
    new = redone(data, result.song, begin, end)
    assert new != data and texts(new) == texts(data)
    assert notes_outside(new, begin, end) == notes_outside(data, begin, end)
    assert notes_outside(midi_bytes(result.song), begin, end) == notes_outside(data, begin, end)
    assert redone(data, midi_song(data, "x"), begin, end) == data
    once_more = band.transfer(lead, wish)
    assert redone(data, once_more.song, begin, end) == new


def test_bars_anew_of_another_song_are_refused(lead):
    band = fake_arranger()
    song = band.transfer(lead, TransferOptions("b", seed=1)).song
    other = lead_sheet(np.random.default_rng(99))
    with pytest.raises(RestyleError, match="not of this song"):
        band.transfer(other, again(TransferOptions(), "1-2", song))
    with pytest.raises(RestyleError, match="No style"):
        band.transfer(lead, again(TransferOptions(), "1-2", replace(song, made_with="")))
    with pytest.raises(RestyleError, match="need both"):
        again(TransferOptions("b"), "1-2", None)


def test_what_a_sequencer_added_stays():
    def chunk(body: bytes) -> bytes:
        body += b"\x00\xff\x2f\x00"
        return b"MTrk" + len(body).to_bytes(4, "big") + body

    head = b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0"
    pedal = b"\x00\xb0\x40\x7f"
    notes = b"\x00\x90\x3c\x50\x60\x3c\x00\x00\x3e\x50\x60\x3e\x00"  # running status
    data = head + chunk(b"\x00\xff\x03\x04Bass" + pedal + notes)
    new = replace_notes(data, {"Bass": notes_array([(96, 48, 65, 70)])}, 96, 192)
    assert b"\xb0\x40\x7f" in new and b"Bass" in new
    tracks = midi_song(new, "x").tracks
    assert [(n[0], n[2]) for n in tracks[0].notes.tolist()] == [(0, 60), (96, 65)]


def test_profiles_are_kept_with_the_model(lead, styles, tmp_path):
    made = {name: profile_of(lead, arrangement(lead, name)) for name in "ab"}
    save_profiles(tmp_path, made)
    again_there = load_profiles(tmp_path, list(styles.values()))
    for slot, name in enumerate("ab"):
        for kind in made[name]:
            assert np.allclose(again_there[slot][kind], made[name][kind], atol=1e-4)


def test_takes_near_the_style_come_first(lead):
    band = fake_arranger()
    band.profiles = {1: profile_of(lead, arrangement(lead, "b"))}
    takes = band.transfer(lead, TransferOptions("b", takes=4)).takes
    scores = [take.measures.score for take in takes]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= take.measures.profile <= 1 for take in takes)
    silent = Arrangement({"bass": notes_array()})
    assert profile_of(lead, silent)["time_pitch"].sum() == 0
