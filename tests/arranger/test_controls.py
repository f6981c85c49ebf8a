"""Strength, blends, examples, takes and bars anew, without a model."""

from dataclasses import replace

import numpy as np
import pytest
from fake import FakeEngine, fake_arranger

from corpora import arrangement, lead_sheet
from restyle.analysis import Heard
from restyle.critic.likeness import load_profiles, profile_of, save_profiles
from restyle.data.measure import describe_style, measure
from restyle.decoding.echo import Echo, Votes
from restyle.decoding.window import Guide, Window, guides_of
from restyle.errors import RestyleError, UnknownStyle
from restyle.io.midi.edit import replace_notes, texts
from restyle.io.midi.midi import midi_song
from restyle.io.midi.write import midi_bytes
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.parts import Arrangement, part_of
from restyle.music.song import STEP, Chord, Key, Track, notes_array
from restyle.options import TransferOptions, again
from restyle.style.blend import blend, parse_blend, style_of
from restyle.style.example import Example, ExampleBars, steps_between
from restyle.style.redo import parse_bars, redone
from restyle.style.style import Style
from restyle.tokens import encode_arrangement, encode_lead, heading_of
from restyle.tokens import vocabulary as v


@pytest.fixture
def lead() -> LeadSheet:
    return lead_sheet(np.random.default_rng(1))


@pytest.fixture
def styles() -> dict[str, Style]:
    return fake_arranger().styles


def example(lead: LeadSheet, style: str) -> Example:
    """A song of style a or b as an example."""
    band = arrangement(lead, style)
    tracks = [lead_song(lead).tracks[0]]
    for part, notes in band.parts.items():
        ticks = notes.copy()
        ticks["start"] *= STEP
        ticks["duration"] *= STEP
        tracks.append(Track(part, 33, ticks, part == "drums"))
    masks = tuple(np.full(len(t.notes), i == 0) for i, t in enumerate(tracks))
    song = replace(lead_song(lead), tracks=tuple(tracks))
    figures = describe_style([measure(Heard(lead, song, masks), band)])
    return Example("tune", lead, band, figures)


def test_strength_is_a_lane_with_and_one_without_the_style(styles):
    assert guides_of(styles["b"], 1.0) == (Guide(v.STYLE[2], 1.0),)
    assert guides_of(styles["b"], 0.0) == (Guide(v.STYLE[0], 1.0, preface=False),)
    both = guides_of(styles["b"], 1.5)
    assert [(g.style, g.weight) for g in both] == [(v.STYLE[2], 1.5), (v.STYLE[0], -0.5)]


def test_lanes_are_added_up_by_their_weights(styles, lead):
    engine = FakeEngine()
    heading = heading_of(lead, ("bass",), 1, "any").tokens()
    leads = encode_lead(lead)
    mixed = Window(engine, heading, leads, guides_of(styles["b"], 2.0)).begin_bar(0)
    alone = [
        Window(engine, heading, leads, (Guide(style, 1.0),)).begin_bar(0)
        for style in (v.STYLE[2], v.STYLE[0])
    ]
    assert np.allclose(mixed, 2 * alone[0] - alone[1], atol=1e-5)


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
    styles["b"].figures["ranges"]["bass"] = [40, 70]
    mixed = blend([(styles["a"], 0.25), (styles["b"], 0.75)])
    assert mixed.slots == ((0, 0.25), (1, 0.75)) and mixed.name == "a25-b75"
    assert mixed.velocity("bass", 0) == (95.0, 7.0)
    assert mixed.range_of("bass") == (37, 68)
    assert mixed.swing_ratio(100.0) == pytest.approx(1.6)
    assert mixed.parts == ("drums", "bass")
    assert blend([(styles["a"], 0.75), (styles["b"], 0.25)]).parts == ("bass",)
    with pytest.raises(UnknownStyle, match="polka"):
        style_of(styles, "a:0.5,polka:0.5")


def test_a_blend_has_the_pace_of_both_in_a_band_of_that_size(styles):
    slow = replace(styles["a"], figures={**styles["a"].figures, "pace": {"bass": [2.0, 1.0]}})
    pace = {"pace": {"bass": [3.0, 1.0]}, "pace_in": {"1": {"bass": [6.0, 1.0]}}}
    fast = replace(styles["b"], figures={**styles["b"].figures, **pace})
    mixed = blend([(slow, 0.5), (fast, 0.5)])
    assert mixed.in_band(("bass",)).figures["pace"]["bass"] == [4.0, 1.0]
    assert mixed.in_band(("bass", "piano")).figures["pace"]["bass"] == [2.5, 1.0]


def test_a_blend_is_arranged_under_both_tokens(lead):
    band = fake_arranger()
    result = band.transfer(lead, TransferOptions("a:0.5,b:0.5", seed=3))
    fed = {t for lane in band.engine.lanes for t in lane.tokens if t in v.STYLE}
    assert fed == {v.STYLE[1], v.STYLE[2]} and result.style.name == "a50-b50"


def test_an_example_gives_band_swing_and_density(lead, styles):
    found = example(replace(lead, swing=1.8), "b").style(styles["a"])
    assert found.parts == ("drums", "bass") and found.slot == 0
    assert found.swing_ratio(100.0) == pytest.approx(1.8)
    assert found.figures["notes_a_bar"] == 12.0
    assert found.program("bass") == 33 and found.velocity("bass", 0)[0] == 80.0


@pytest.mark.parametrize("trained", [False, True])
def test_an_examples_bars_stand_before_the_songs_in_its_key(lead, styles, trained):
    found = example(lead, "b")
    bars = ExampleBars(found, styles["b"], Key(2), ("bass", "piano"), 512, trained)
    opening = bars.opening(0)
    before = opening.before if trained else [*opening.after, *opening.joint]
    pitches = {v.PITCH.value(t) for t in before if t in v.PITCH}
    own = {int(p) for p in lead.melody["pitch"]} | {
        int(p) for p in found.arrangement.parts["bass"]["pitch"]
    }
    assert pitches <= {p + 2 for p in own} and pitches
    assert bool(opening.before) == trained and (v.BOS in before) == trained
    named = {t for t in before if t in v.PART}
    assert named == {v.PART[1], v.PART[2]}  # the band asked for, not the example's
    window = Window(
        FakeEngine(),
        heading_of(lead, ("bass", "piano"), 1, "any").tokens(),
        encode_lead(lead),
        guides_of(styles["b"], 1.0, bars),
        bars,
    )
    window.begin_bar(0)
    fed = window._lanes[0].tokens
    assert fed.count(v.BOS) == 1 + trained and (v.EXAMPLE in fed) == trained
    assert fed[-len(encode_lead(lead)[1]) - 1 : -1] == encode_lead(lead)[1]


def test_keys_are_reached_the_shorter_way():
    assert steps_between(Key(0), Key(7)) == -5 and steps_between(Key(0), Key(6)) == 6
    assert steps_between(Key(0), Key(9, "minor")) == 0


def test_an_examples_figure_is_echoed_over_other_chords(lead):
    found = example(lead, "b")
    votes = Votes.of(lead, encode_arrangement(found.arrangement, lead))
    other = replace(lead, chords=(Chord(0, 2),))
    echo = Echo(votes, other, 0.99)
    echo.begin_part(0, "bass")
    flat = np.zeros(v.SIZE, dtype=np.float32)
    allowed = np.zeros(v.SIZE, dtype=bool)
    allowed[v.POSITION.first : v.POSITION.first + 48] = True
    assert int(np.argmax(echo.mixed(flat, allowed, "part"))) == v.POSITION[0]
    echo.took(v.POSITION[0])
    allowed[:] = False
    allowed[v.PITCH.first : v.PITCH.end] = True
    pitch = int(np.argmax(echo.mixed(flat, allowed, "onset"))) - v.PITCH.first
    assert pitch % 12 == 2  # the walking bass begins on the root, whatever it is
    chances = np.exp(echo.mixed(flat, allowed, "onset"))
    assert chances.sum() == pytest.approx(1.0, abs=1e-3)


def test_no_votes_change_nothing(lead):
    echo = Echo(Votes(), lead, 0.5)
    echo.begin_part(0, "bass")
    logits = np.arange(v.SIZE, dtype=np.float32)
    assert echo.mixed(logits, np.ones(v.SIZE, dtype=bool), "part") is logits


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
    assert [t.name for t in song.tracks] == ["Piano"] and len(song.tracks[0].notes)


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
