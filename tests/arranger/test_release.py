"""Hands let go of held notes where they cannot sound beside what is struck."""

import numpy as np
import pytest

from restyle.music.instruments import instrument, lowest_for_interval
from restyle.music.parts import Arrangement
from restyle.music.song import notes_array, sort_notes
from restyle.style.release import let_go, released

PIANO, SPAN = instrument(0), instrument(0).span


def durations(*rows: tuple[int, int, int], span: int = SPAN) -> list[int]:
    """What is left of notes (start, duration, pitch)."""
    notes = notes_array([(*row, 80) for row in rows])
    return let_go(notes, span)["duration"].tolist()


def test_a_step_below_middle_c_ends_what_is_held():
    assert durations((0, 48, 57), (12, 12, 59)) == [12, 12]
    assert durations((0, 48, 57), (12, 12, 60)) == [48, 12]  # a third stays
    assert durations((0, 48, 69), (12, 12, 71)) == [48, 12]  # above, a suspension
    assert durations((0, 48, 57), (0, 12, 59)) == [48, 12]  # struck together, it is meant


def test_mud_ends_what_is_held():
    assert durations((0, 48, 38), (24, 12, 42)) == [24, 12]  # D2 under F sharp 2
    assert durations((0, 48, 38), (24, 12, 50)) == [48, 12]  # an octave is clear


def test_hands_reach_what_they_hold():
    """A bass, a note far above it, and then one between them: the one above goes."""
    assert durations((0, 96, 36), (24, 72, 79), (48, 48, 60)) == [96, 24, 48]
    assert durations((0, 96, 36), (24, 72, 79), (48, 48, 66)) == [96, 72, 48]
    assert durations((0, 96, 36), (24, 72, 79), (48, 48, 60), span=24) == [96, 72, 48]


def test_after_the_bass_the_last_struck_has_the_first_claim_to_a_finger():
    assert durations((0, 96, 36), (12, 84, 60), (24, 72, 64), (36, 60, 78)) == [96, 24, 72, 60]
    assert durations((0, 96, 36), (12, 84, 56), (24, 72, 84)) == [96, 12, 72]
    assert durations((0, 96, 36), (24, 72, 55), (24, 72, 79)) == [24, 72, 72]  # out of all reach


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_can_be_held_and_nothing_else_changes(seed):
    rng = np.random.default_rng(seed)
    rows = [
        (int(s), int(rng.integers(1, 60)), int(rng.integers(36, 84)), 80)
        for s in rng.integers(0, 200, 60)
    ]
    notes = sort_notes(notes_array(rows))
    left = let_go(notes, SPAN)
    for field in ("start", "pitch", "velocity"):
        assert (left[field] == notes[field]).all()
    assert (left["duration"] <= notes["duration"]).all() and (left["duration"] > 0).all()
    assert (let_go(left, SPAN) == left).all()
    for at in np.unique(left["start"]):
        new = left["pitch"][left["start"] == at].tolist()
        sounds = (left["start"] < at) & (left["start"] + left["duration"] > at)
        held = left["pitch"][sounds].tolist()
        for pitch in held:
            for other in new:
                low, interval = min(pitch, other), abs(pitch - other)
                assert low >= lowest_for_interval(interval) or not interval
                assert low >= 60 or interval not in (1, 2)
        if held:
            above = [p for p in held + new if p > min(held + new) + SPAN]
            assert not above or max(above) - min(above) <= SPAN


def test_only_hands_let_go_and_only_of_the_band():
    notes = notes_array([(0, 48, 57, 80), (12, 12, 59, 80)])
    made = Arrangement({"piano": notes, "guitar": notes, "strings": notes})
    left = released(made, {"piano": PIANO, "strings": instrument(48)})
    assert left.parts["piano"]["duration"].tolist() == [12, 12]
    assert (left.parts["strings"] == notes).all() and (left.parts["guitar"] == notes).all()
