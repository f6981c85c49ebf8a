"""Fills before new sections, counted in songs."""

import numpy as np
import pytest

from corpora import lead_sheet
from restyle.analysis.form import turns
from restyle.data.fills import describe_fills, turns_filled
from restyle.music.lead import LeadSheet
from restyle.music.song import Notes, notes_array, sort_notes

BAR = 48
GROOVE = [(0, 36), (0, 42), (12, 38), (12, 42), (24, 36), (24, 42), (36, 38), (36, 42)]
FILL = [(0, 36), (12, 38), (24, 38), (27, 38), (30, 50), (36, 47), (42, 43)]


def song() -> LeadSheet:
    """Three sections of eight bars with nothing in common."""
    first, *rest = (lead_sheet(np.random.default_rng(seed)) for seed in range(3))
    for part in rest:
        first = first.followed_by(part)
    return first


def drums(bars: int, filled: tuple[int, ...] = (), crashed: tuple[int, ...] = ()) -> Notes:
    rows = []
    for bar in range(bars):
        strokes = FILL if bar in filled else GROOVE
        rows += [(bar * BAR + at, 1, key, 80) for at, key in strokes]
        rows += [(bar * BAR, 1, 49, 80)] if bar in crashed else []
    return sort_notes(notes_array(rows))


def test_fills_and_crashes_at_the_turns_of_the_form():
    lead = song()
    first, *others = turns(lead)
    nothing = (False, False)
    assert turns_filled(lead, drums(24)) == (nothing,) * (1 + len(others))
    found = turns_filled(lead, drums(24, filled=(first,), crashed=(first + 1,)))
    assert found == ((True, True), *(nothing,) * len(others))
    # a fill elsewhere is none at a turn; who crashes on every bar says nothing with it
    elsewhere = drums(24, filled=(first - 2,), crashed=tuple(range(24)))
    assert turns_filled(lead, elsewhere) == (nothing,) * (1 + len(others))
    assert turns_filled(lead, elsewhere, [first - 2]) == ((True, False),)


def test_turns_without_drums_do_not_count():
    lead = song()
    assert turns_filled(lead, notes_array()) == ()
    assert turns_filled(lead, drums(turns(lead)[0])) == ()


def test_each_song_has_one_vote_and_few_say_nothing():
    often = ((True, True), (True, False))
    once = ((True, False), (False, False), (False, True), (False, False))
    assert describe_fills([often] * 6 + [once] * 6 + [()]) == [
        pytest.approx(0.625), pytest.approx(0.333),
    ]  # fmt: skip
    assert describe_fills([often] * 9) == []
    assert describe_fills([((False, True),)] * 40) == []
    assert describe_fills([]) == []
