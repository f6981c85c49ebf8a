"""Stretches that return, in songs whose form is known."""

from dataclasses import replace

import numpy as np

from corpora import arrangement, lead_sheet, repeated
from restyle.data.playing import describe_returning, share_returning
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord
from restyle.tokens import encode, encode_lead, heading_of
from restyle.tokens.returns import heard_bar, returns, tune_alike


def twice() -> LeadSheet:
    """Eight bars, and again."""
    return repeated(lead_sheet(np.random.default_rng(3)), 2)


def found(lead: LeadSheet) -> list[int]:
    return returns(encode_lead(lead))


def test_eight_bars_again_but_for_the_last_which_leads_on():
    second = [-1] * 8 + [0, 1, 2, 3, 4, 5, 6, -1]
    assert found(twice()) == second
    assert found(repeated(twice(), 2)) == [*second, *range(15), -1]


def test_seven_bars_are_no_stretch():
    lead = twice()
    chords = [c for c in lead.chords if c.start < 15 * 48]
    other = Chord(15 * 48, (lead.chords[7].root + 1) % 12, "dim")
    assert found(replace(lead, chords=(*chords, other))) == [-1] * 16


def test_a_tune_may_differ_by_three_notes_in_ten():
    lead = twice()
    for changed, there in ((4, True), (14, False)):
        melody = lead.melody.copy()
        melody["pitch"][32 : 32 + changed] += 1
        assert (found(replace(lead, melody=melody))[8] == 0) is there


def test_chords_alone_are_no_stretch():
    assert found(replace(twice(), melody=twice().melody[:0])) == [-1] * 16


def test_another_meter_is_another_bar():
    assert returns([[1, 5]] * 8 + [[2, 5]] * 8) == [-1] * 16


def test_what_is_heard_in_a_bar():
    tokens = encode_lead(lead_sheet(np.random.default_rng(3)))[0]
    chords, sung = heard_bar(tokens)
    assert chords[0] == 0 and len(sung) == 4
    assert tune_alike(sung, sung) == 1 and tune_alike(frozenset(), frozenset()) == 1
    assert tune_alike(frozenset({1, 2}), frozenset({2, 3})) == 1 / 3


def test_the_share_that_a_band_plays_as_before():
    lead = twice()
    heading = heading_of(lead, ["bass"], 0, "straight")
    same = arrangement(lead, "a")
    tokens = np.array(encode(lead, same, heading), dtype=np.uint16)
    assert share_returning(tokens) == 1.0
    bass = same.parts["bass"].copy()
    bass["pitch"][[9, 10, 15]] += 12  # of seven bars two, and the last, which does not count
    other = np.array(encode(lead, replace(same, parts={"bass": bass}), heading), dtype=np.uint16)
    assert share_returning(other) == 5 / 7
    once = lead_sheet(np.random.default_rng(3))
    nothing = share_returning(np.array(encode(once, arrangement(once, "a"), heading), np.uint16))
    assert np.isnan(nothing)
    assert describe_returning([1.0, nothing, 5 / 7]) == 0.857
    assert describe_returning([nothing]) is None
