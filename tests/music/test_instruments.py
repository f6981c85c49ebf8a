"""The table of instruments, and what chooses by it."""

import numpy as np
import pytest

from restyle.music.instruments import (
    choose_tune_program,
    instrument,
    instruments,
    lowest_for_interval,
    named,
)


def test_all_programs_have_a_row_in_order() -> None:
    assert [one.program for one in instruments()] == list(range(128))
    assert len({one.name for one in instruments()}) == 128


@pytest.mark.parametrize("program", range(128))
def test_rows_are_sound(program: int) -> None:
    one = instrument(program)
    assert 0 <= one.low <= one.comfortable_low < one.comfortable_high <= one.high <= 127
    assert one.at_once >= 1
    assert one.run_ms >= 50 and one.repeat_ms >= 50
    assert set(one.clefs) <= {"G", "F", "C3", "C4", "GF"}


def test_well_known_instruments() -> None:
    assert (instrument(0).low, instrument(0).high) == (21, 108)
    assert instrument(32).low == instrument(33).low == 28  # E1, the lowest string
    assert instrument(40).low == 55  # the G string
    assert instrument(65).key == "E flat" and instrument(66).transposition == 14
    assert instrument(60).key == "F" and instrument(73).key == "C"
    assert instrument(24).key == "C" and instrument(24).transposition == 12
    assert instrument(41).clefs[0] == "C3"
    assert instrument(0).staves == 2 and instrument(73).staves == 1
    assert instrument(24).name == "Nylon Guitar" and instrument(46).name == "Harp"


def test_low_interval_limits() -> None:
    assert lowest_for_interval(0) == lowest_for_interval(12) == lowest_for_interval(24) == 0
    assert lowest_for_interval(3) == 48  # C3 Eb3
    assert lowest_for_interval(7) == 34  # Bb1 F2
    assert lowest_for_interval(1) > lowest_for_interval(4) > lowest_for_interval(7)


def test_a_high_tune_is_not_given_to_the_alto_saxophone() -> None:
    high = np.arange(77, 102)  # F5 to F7
    assert choose_tune_program(high, [65]) != 65
    assert instrument(choose_tune_program(high, [65])).high >= 101
    assert choose_tune_program([60, 64, 67, 72], [65, 73]) == 65


def test_one_note_beyond_the_compass_is_enough_to_choose_another() -> None:
    assert choose_tune_program([*[70] * 99, 82], [65, 56]) == 56
    # a note in a hundred beyond what is comfortable, but in the compass, is not
    assert choose_tune_program([*[70] * 99, 81], [65, 56]) == 65


def test_every_tune_finds_an_instrument() -> None:
    assert instrument(choose_tune_program([21, 108], [65])).program == 0
    assert choose_tune_program([0, 127], [65]) == 0
    assert choose_tune_program([], [65]) == 65


def test_instruments_by_name() -> None:
    assert list(named("distortion-guitar")) == [30]
    assert list(named("Trumpet")) == [56]
    assert set(named("guitar")) == {24, 25, 26, 27, 28, 29, 30, 31}
    assert list(named("kazoo")) == list(named("")) == []
