"""How often who plays the chords has the tune's rhythm."""

import numpy as np
import pytest

from restyle.data.measure import share_together
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Key, Meter, Tempo, notes_array

BAR = 48


def notes(*starts: int):
    return notes_array((start, 6, 60, 80) for start in starts)


def lead(*starts: int) -> LeadSheet:
    return LeadSheet(notes(*starts), (), (Meter(0, 4, 4),), (Tempo(0, 120.0),), Key(0), 4 * BAR)


def test_only_bars_in_which_both_strike_twice_count():
    tune = lead(0, 12, BAR, BAR + 24, 2 * BAR, 3 * BAR, 3 * BAR + 6)
    piano = notes(0, 12, BAR, BAR + 12, 2 * BAR, 2 * BAR + 12, 3 * BAR)
    assert share_together(tune, Arrangement({"piano": piano})) == pytest.approx(0.5)
    guitar = notes(BAR, BAR + 24)
    both = Arrangement({"piano": piano, "guitar": guitar, "bass": notes(0, 12)})
    assert share_together(tune, both) == pytest.approx(2 / 3)


def test_without_chords_there_is_no_share():
    assert np.isnan(share_together(lead(0, 12), Arrangement({"bass": notes(0, 12)})))
