"""Grooves: what drums strike where, by hand, and what is made up for."""

import numpy as np
import pytest

from corpora import figures
from restyle.data.groove import describe_groove, groove_of, groove_tables, with_compound_meters
from restyle.decoding.groove import BEGINS, FEW, GAIN, MOST_OFF, MOST_ON, Groove
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.style.blend import blend
from restyle.style.style import Style
from restyle.tokens import vocabulary as v

KICK, SNARE, HAT, OPEN_HAT, COWBELL = 36, 38, 42, 46, 56
USUAL = {
    "4/4": {
        "kick": "90 0 0 0 0 0 0 0 60 0 0 0 0 0 0 0",
        "snare": "0 0 0 0 80 0 0 0 0 0 0 0 80 0 0 0",
        "pedal": "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
        "time": "60 0 20 0 60 0 20 0 60 0 20 0 60 0 20 0",
        "hand": "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
        "any": "99 0 20 0 99 0 20 0 99 0 20 0 99 0 20 0",
    }
}
"""On each eighth, and between it and the next."""


def sheet(bars: int, meter: tuple[int, int] = (4, 4)) -> LeadSheet:
    return LeadSheet(
        melody=notes_array([(0, 12, 84, 90)]),
        chords=(Chord(0, 0, "maj"),),
        meters=(Meter(0, *meter),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * bars * meter[0] // meter[1],
    )


def drums(*strokes: tuple[int, int]) -> np.ndarray:
    return notes_array([(start, 1, drum, 90) for start, drum in strokes])


def token(drum: int) -> int:
    return v.DRUM[drum - v.FIRST_DRUM]


def test_bars_with_drums_are_counted_by_hand():
    bars = [[(0, KICK), (12, SNARE), (18, HAT)], [(0, KICK)], [(0, KICK), (1, SNARE)], []] * 2
    strokes = [(48 * i + place, drum) for i, bar in enumerate(bars) for place, drum in bar]
    table = groove_of(drums(*strokes), sheet(8))["4/4"]
    kick, snare, pedal, time, hand, anything = table[:, :8]
    assert table.shape == (6, 16) and not table[:, 8:].any()
    assert kick.tolist() == [1.0, 0, 0, 0, 0, 0, 0, 0], "silent bars do not count"
    assert snare == pytest.approx([0, 1 / 3, 0, 0, 1 / 3, 0, 0, 0]), "off the eighths apart"
    assert time == pytest.approx([0, 0, 0, 0, 0, 0, 1 / 3, 0])
    assert anything == pytest.approx([1, 1 / 3, 0, 0, 1 / 3, 0, 1 / 3, 0])
    assert not pedal.any() and not hand.any()
    assert groove_of(drums(*strokes), sheet(8, (5, 4))) == {}
    assert groove_of(drums((0, KICK)), sheet(8)) == {}, "one bar says nothing"


def test_a_description_is_the_mean_and_reads_back():
    one, other = np.zeros((6, 16)), np.zeros((6, 16))
    one[0, 0], other[0, 0], other[1, 4] = 1.0, 0.5, 0.3
    described = describe_groove([{"4/4": one}, {"4/4": other}])
    assert described["4/4"]["kick"] == "75" + 15 * " 0"
    assert groove_tables(described)["4/4"][1, 4] == pytest.approx(0.3), "half of them use it"
    assert describe_groove([{}]) == {}
    assert describe_groove([{"4/4": one}] + [{}] * 9) == {}, "one song of ten"


def test_the_typical_song_has_a_hi_hat_or_none():
    with_hat, without = np.zeros((6, 16)), np.zeros((6, 16))
    with_hat[3, ::2] = 0.8
    most = describe_groove([{"4/4": with_hat}] * 6 + [{"4/4": without}] * 4)
    assert most["4/4"]["time"].startswith("80 0 80"), "not 48"
    few = describe_groove([{"4/4": with_hat}] * 4 + [{"4/4": without}] * 6)
    assert few["4/4"]["time"].startswith("0 0 0")


def test_strokes_that_lack_are_made_up_for_until_they_are_there():
    groove = Groove(USUAL)
    groove.begin_bar("4/4")
    first = GAIN * np.log((0.9 + FEW) / (0.9 * BEGINS + FEW))
    assert groove.places()[v.POSITION[0]] == pytest.approx(first)
    assert groove.drums(0)[token(KICK)] == pytest.approx(first)
    assert v.POSITION[6] not in groove.places(), "one bar in five has no claim"
    assert groove.drums(0)[token(HAT)] > 0 and token(OPEN_HAT) not in groove.drums(0)
    for _ in range(30):
        groove.begin_bar("4/4")
        groove.struck(24, KICK)
        groove.end_bar()
    groove.begin_bar("4/4")
    assert groove.drums(12)[token(SNARE)] == pytest.approx(min(GAIN * np.log(0.85 / FEW), MOST_ON))
    assert token(KICK) not in groove.drums(24), "there it is, and stays"


def test_strokes_that_hardly_a_song_has_are_not_beaten_on():
    groove = Groove(USUAL)
    for _ in range(30):
        groove.begin_bar("4/4")
        groove.struck(6, KICK)
        groove.struck(6, COWBELL)
        groove.end_bar()
    groove.begin_bar("4/4")
    assert groove.drums(6)[token(KICK)] == pytest.approx(-MOST_OFF)
    assert groove.drums(6)[token(COWBELL)] == pytest.approx(-MOST_OFF)
    assert v.POSITION[6] not in groove.places(), "one bar in five has something there"


def test_rolls_between_the_eighths_lose_their_place():
    groove = Groove(USUAL)
    for _ in range(30):
        groove.begin_bar("4/4")
        groove.struck(8, SNARE)
        groove.end_bar()
    groove.begin_bar("4/4")
    for place in (7, 8, 11):
        assert groove.places()[v.POSITION[place]] == pytest.approx(-MOST_OFF)
        assert groove.drums(place)[token(SNARE)] == pytest.approx(-MOST_OFF)
    assert v.POSITION[6] not in groove.places() and groove.places()[v.POSITION[12]] > 0


def test_other_meters_are_left_alone():
    groove = Groove(USUAL)
    groove.begin_bar("5/4")
    groove.struck(0, KICK)
    groove.end_bar()
    assert groove.places() == {} and groove.drums(0) == {}
    silent = Groove(USUAL, weight=0.0)
    silent.begin_bar("4/4")
    assert silent.places() == {}


def test_grooves_of_an_earlier_form_are_left_out():
    old = {name: "50 0 0 0 50 0 0 0" for name in ("kick", "snare", "pedal", "time")}
    groove = Groove({"4/4": old})
    groove.begin_bar("4/4")
    assert groove.places() == {} and groove.drums(0) == {}


def test_a_blend_has_the_groove_of_those_that_have_one():
    rock, other = (
        {"4/4": {**USUAL["4/4"], "kick": f"{n} 0 0 0 60 0 0 0" + 8 * " 0"}} for n in (90, 10)
    )
    styles = [
        Style(name, slot, {**figures(slot, ["drums"]), **groove})
        for slot, (name, groove) in enumerate(
            [("rock", {"groove": rock}), ("march", {"groove": other}), ("lied", {})]
        )
    ]
    mixed = blend([(styles[0], 0.75), (styles[1], 0.25)]).figures["groove"]
    assert mixed["4/4"]["kick"].startswith("70 ")
    alone = blend([(styles[0], 0.5), (styles[2], 0.5)]).figures["groove"]
    assert alone["4/4"] == rock["4/4"]


def test_beats_of_three_eighths_swing_where_a_style_has_no_songs_of_them():
    usual = groove_tables(USUAL)
    tables = with_compound_meters(usual)
    assert tables.keys() == {"4/4", "12/8"} and tables["4/4"] is usual["4/4"]
    kick, snare, pedal, time, hand, anything = tables["12/8"]
    assert np.flatnonzero(kick).tolist() == [0, 12] and kick[12] == 0.6, "on one and three"
    assert np.flatnonzero(snare).tolist() == [6, 18], "on two and four"
    assert time[:6] == pytest.approx([0.6, 0, 0.25, 0, 0.2, 0]), "the third eighth is the swung one"
    assert anything[:6] == pytest.approx([0.99, 0, 0.25, 0, 0.2, 0])
    assert not pedal.any() and not hand.any()
    halves = with_compound_meters({"6/8": usual["4/4"][:, :12]})
    assert np.array_equal(halves["12/8"][:, :12], halves["12/8"][:, 12:]), "twice the songs' own"
    groove = Groove(USUAL)
    groove.begin_bar("12/8")
    asked = GAIN * np.log((0.8 + FEW) / (BEGINS * 0.8 + FEW))
    assert groove.drums(18)[token(SNARE)] == pytest.approx(min(asked, MOST_ON))
    for drum in (HAT, SNARE):
        groove.struck(6, drum)
    groove.end_bar()
    groove.begin_bar("12/8")
    assert token(HAT) not in groove.drums(6), "left open"
    assert groove.drums(6)[token(SNARE)] < 0.0, "not to be beaten on"
