"""How songs end, counted by hand."""

import numpy as np
import pytest

from restyle.music.ending import last_strike, share_ending
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Notes, Tempo, notes_array


def lead(*tune: tuple[int, int], bars: int = 2) -> LeadSheet:
    """Bars of 4/4 with a tune of (start, duration)."""
    melody = notes_array((start, lasts, 60, 80) for start, lasts in tune)
    return LeadSheet(
        melody, (Chord(0, 0),), (Meter(0, 4, 4),), (Tempo(0, 120.0),), Key(0), 48 * bars
    )


def notes(*starts: int) -> Notes:
    return notes_array((start, 6, 48, 80) for start in starts)


def test_a_song_ends_on_its_last_note_or_bar_line():
    assert last_strike(lead((0, 12), (48, 48))) == 48
    assert last_strike(lead((0, 12), (72, 24))) == 72
    assert last_strike(lead((0, 12), (24, 72))) == 48  # held over the bar line
    assert last_strike(lead((0, 12), (48, 23))) is None  # no two beats
    assert last_strike(lead((0, 12), (24, 24))) is None  # silent in the last bar
    assert last_strike(lead()) is None


def test_the_share_of_parts_that_end_together():
    held = lead((0, 12), (48, 48))
    parts = {
        "drums": notes(0, 24, 48, 60, 72),  # goes on
        "bass": notes(0, 48),
        "piano": notes(0, 48, 54),  # within the first beat
        "guitar": notes(0, 12),  # has ended before
    }
    assert share_ending(held, Arrangement(parts)) == pytest.approx(3 / 4)
    late = {"winds": notes(), "bass": notes(0, 48)}  # who has not played cannot end
    assert share_ending(held, Arrangement(late)) == 1.0
    assert np.isnan(share_ending(lead((0, 12)), Arrangement(parts)))
