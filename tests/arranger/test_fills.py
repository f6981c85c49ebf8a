"""Drums fill in before a new section, as often as the style's do."""

from dataclasses import replace

import numpy as np
import pytest
from cursors import DRUMS, at, sheet
from fake import BAND, FakeSession

from corpora import figures, lead_sheet
from restyle.analysis.form import turns
from restyle.decoding.band import Band
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.generate import arrange
from restyle.decoding.job import DecodeOptions, Job
from restyle.decoding.processors.fills import Fills, FillsAtTurns, drawn_fills
from restyle.decoding.sheet import sheet_of
from restyle.decoding.state import State
from restyle.music.drums import CRASH, SNARE, TIMEKEEPERS, TOMS
from restyle.music.lead import LeadSheet
from restyle.music.song import between
from restyle.style.blend import blend
from restyle.style.style import Style
from restyle.tokens import vocabulary as v


def song(sections: int = 6) -> LeadSheet:
    """Sections of eight bars with nothing in common."""
    parts = [lead_sheet(np.random.default_rng(seed)) for seed in range(sections)]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.followed_by(part)
    return whole


def drum_nats(cursor: Cursor, fills: Fills) -> dict[int, float]:
    """What is likelier or less likely, by key."""
    where = cursor.sheet
    logits = FillsAtTurns(where, fills).process(np.zeros((1, v.SIZE), np.float32), cursor)
    keys = range(v.FIRST_DRUM, v.LAST_DRUM + 1)
    found = {key: float(logits[0, v.DRUM[key - v.FIRST_DRUM]]) for key in keys}
    return {key: nats for key, nats in found.items() if nats}


def test_in_a_fill_the_hands_go_to_snare_and_toms():
    where, fills = sheet(), Fills({0: 24}, frozenset())
    groove = ("d5", "@0", "x36", "x42", "@12", "x38")
    assert drum_nats(at(where, DRUMS, *groove, "@18"), fills) == {}
    found = drum_nats(at(where, DRUMS, *groove, "@24"), fills)
    assert {key for key, nats in found.items() if nats == FIGURES.fill} == {SNARE, *TOMS}
    assert {key for key, nats in found.items() if nats == -FIGURES.fill} == {*TIMEKEEPERS}
    struck = drum_nats(at(where, DRUMS, *groove, "@24", "x38"), fills)
    assert set(struck.values()) == {-FIGURES.fill} and set(TOMS) <= set(struck)
    assert drum_nats(at(where, DRUMS, *groove, "@24"), Fills({1: 24}, frozenset())) == {}


def test_only_who_plays_a_groove_fills_in():
    where, fills = sheet(), Fills({0: 24}, frozenset())
    assert drum_nats(at(where, DRUMS, "d5", "@0", "x70", "@24"), fills) == {}


def test_a_fill_is_not_left_before_its_last_beat():
    where, fills = sheet(), Fills({0: 24}, frozenset())
    for words, less in ((("@24", "x38"), True), (("@36", "x38"), False)):
        cursor = at(where, DRUMS, "d5", "@0", "x36", *words)
        logits = FillsAtTurns(where, fills).process(np.zeros((1, v.SIZE), np.float32), cursor)
        assert cursor.state[0] == State.NOTE
        assert bool(logits[0, cursor.leaving(0)] < 0) == less


def test_a_crash_begins_the_section():
    where, fills = sheet(), Fills({}, frozenset({0}))
    assert drum_nats(at(where, DRUMS, "d5", "@0", "x36"), fills) == {CRASH: FIGURES.fill}
    assert drum_nats(at(where, DRUMS, "d5", "@0", "x36", "x49"), fills) == {}
    assert drum_nats(at(where, DRUMS, "d5", "@6"), fills) == {}


def test_turns_are_filled_as_often_as_the_style_does():
    lead = song()
    where = sheet_of(lead)
    drawn = [drawn_fills(where, (0.3, 0.5), np.random.default_rng(seed)) for seed in range(40)]
    assert turns(lead) and lead.bars - 1 not in turns(lead)
    assert all(set(one.begins) <= set(turns(lead)) for one in drawn)
    assert all(one.crashes <= {bar + 1 for bar in one.begins} for one in drawn)
    filled = sum(len(one.begins) for one in drawn)
    assert filled / (40 * len(turns(lead))) == pytest.approx(0.3, abs=0.1)
    assert sum(len(one.crashes) for one in drawn) / filled == pytest.approx(0.5, abs=0.15)
    assert drawn_fills(where, (0.0, 1.0), np.random.default_rng(0)) == Fills({}, frozenset())
    where = [sheet_of(lead_sheet(np.random.default_rng(s)).followed_by(song(3))) for s in range(9)]
    drawn = [drawn_fills(one, (0.5, 0.5), np.random.default_rng(0)) for one in where]
    assert len({tuple(one.begins) for one in drawn}) > 1  # one seed, other songs
    every = drawn_fills(where[0], (1.0, 1.0), np.random.default_rng(0))
    assert set(every.begins.values()) <= {24, 36}  # one beat of four, or two


def strokes(job: Job, bar: int, keys: tuple[int, ...]) -> int:
    """Strokes on some keys in the last beat of a bar."""
    made = arrange(job, FakeSession(context=2048), np.random.default_rng(2))
    begin, end = job.lead.bar_starts()[bar + 1] - 12, job.lead.bar_starts()[bar + 1]
    late = between(made.parts["drums"], int(begin), int(end))
    return int(np.isin(late["pitch"], keys).sum())


def test_it_is_a_mechanism_like_others():
    lead = song(2)
    job = Job(lead, Band(BAND.players[:1]), ((0, 1.0),), fills=(1.0, 1.0))
    job = replace(job, options=DecodeOptions(candidates=1))
    (turn,) = turns(lead)
    assert strokes(job, turn, (SNARE, *TOMS)) > 0
    assert strokes(job, turn, TIMEKEEPERS) == 0
    for other in (
        replace(job, options=DecodeOptions(candidates=1, without=("fills",))),
        replace(job, fills=()),
    ):
        assert strokes(other, turn, (SNARE, *TOMS)) < strokes(job, turn, (SNARE, *TOMS))


def test_a_blend_fills_in_as_its_styles_that_are_known_do():
    one, other, silent = (
        Style(name, slot, {**figures(slot, ["drums", "bass"]), "fills": fills})
        for slot, (name, fills) in enumerate((("a", [0.2, 0.4]), ("b", [0.4, 0.8]), ("c", [])))
    )
    assert blend([(one, 0.5), (other, 0.5)]).fills == pytest.approx((0.3, 0.6))
    assert blend([(one, 0.5), (silent, 0.5)]).fills == pytest.approx((0.2, 0.4))
    assert silent.fills == ()
