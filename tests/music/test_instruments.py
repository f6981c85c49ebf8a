"""The table of instruments, and what chooses by it."""

import pytest

from restyle.music.instruments import (
    choose_tune_program,
    instrument,
    instruments,
    lowest_for_interval,
    named,
    outside_comfort,
    voices_of,
)
from restyle.music.song import Notes, notes_array


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


def tune(*pitches: int, lasts: int = 12) -> Notes:
    return notes_array((number * lasts, lasts, p, 80) for number, p in enumerate(pitches))


def test_a_high_tune_is_not_given_to_the_alto_saxophone() -> None:
    high = tune(*range(77, 102))  # F5 to F7
    assert choose_tune_program(high, [65]) != 65
    assert instrument(choose_tune_program(high, [65])).high >= 101
    assert choose_tune_program(tune(60, 64, 67, 72), [65, 73]) == 65


def test_one_note_beyond_the_compass_is_enough_to_choose_another() -> None:
    assert choose_tune_program(tune(*[70] * 99, 82), [65, 56]) == 56
    # a note in a hundred beyond what is comfortable, but in the compass, is not
    assert choose_tune_program(tune(*[70] * 99, 81), [65, 56]) == 65


def test_a_low_tune_is_not_given_to_the_flute_though_it_has_the_notes() -> None:
    low = tune(60, 62, 64, 65, 67, 69)  # C4 to A4
    assert outside_comfort(73, low) == pytest.approx(4 / 6)
    assert choose_tune_program(low, [73, 65]) == 65
    assert choose_tune_program(tune(72, 74, 76, 77, 79, 81), [73, 65]) == 73


def test_what_counts_is_how_long_a_tune_is_where_it_is_weak() -> None:
    passing = notes_array([(12 * i, 12, 79, 80) for i in range(9)] + [(108, 3, 60, 80)])
    held = notes_array([(12 * i, 12, 79, 80) for i in range(9)] + [(108, 60, 60, 80)])
    assert choose_tune_program(passing, [73, 22]) == 73
    assert choose_tune_program(held, [73, 22]) == 22  # a harmonica is at its ease on C4


def test_what_the_style_just_reaches_goes_before_a_foreign_instrument_and_not_what_is_worse() -> (
    None
):
    mostly = tune(*[72] * 9, 64)  # a tenth of it is low for a flute
    assert choose_tune_program(mostly, [73]) == 73
    assert choose_tune_program(tune(*[72] * 5, *[64] * 5), [73]) == 40  # a violin


def test_a_tune_in_thirds_goes_to_who_can_play_two_notes() -> None:
    thirds = notes_array((12 * i, 12, p + third, 80)
                         for i, p in enumerate((64, 65, 67, 69)) for third in (0, 4))  # fmt: skip
    assert voices_of(thirds) == 2
    assert choose_tune_program(thirds, [65, 56, 40, 0]) == 40
    triads = notes_array([*thirds.tolist(), *((12 * i, 12, 76, 80) for i in range(4))])
    assert voices_of(triads) == 3
    assert choose_tune_program(triads, [65, 56, 40, 26]) == 26


def test_a_tune_against_a_held_note_is_not_for_one_voice() -> None:
    held = notes_array(
        [(0, 48, 60, 80), (48, 48, 60, 80), *((12 * i, 12, 67 + i, 80) for i in range(8))]
    )
    assert voices_of(held) == 2
    assert choose_tune_program(held, [65, 26]) == 26


def test_notes_that_are_bound_or_struck_together_once_are_of_one_voice() -> None:
    bound = notes_array(
        (12 * i, 15, 60 + i % 5, 80) for i in range(60)
    )  # a sixteenth into the next
    assert voices_of(bound) == 1
    once = notes_array([*tune(*[64, 67] * 50).tolist(), (0, 12, 60, 80)])
    assert voices_of(once) == 1
    assert choose_tune_program(once, [65, 26]) == 65


def test_every_tune_finds_an_instrument() -> None:
    assert instrument(choose_tune_program(tune(21, 108), [65])).program == 0
    assert choose_tune_program(tune(0, 127), [65]) == 0
    assert choose_tune_program(tune(), [65]) == 65


def test_instruments_by_name() -> None:
    assert list(named("distortion-guitar")) == [30]
    assert list(named("Trumpet")) == [56]
    assert set(named("guitar")) == {24, 25, 26, 27, 28, 29, 30, 31}
    assert list(named("kazoo")) == list(named("")) == []
