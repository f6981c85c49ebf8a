"""One key for each thing that a drummer strikes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from restyle.music.drums import DRUM_KEYS, canonical_drum, canonical_drums, kit
from restyle.music.song import Notes, notes_array


def _strokes(*keys: int, velocity: int = 80) -> Notes:
    return notes_array((12 * i, 1, key, velocity) for i, key in enumerate(keys))


def _keys(notes: Notes) -> list[int]:
    return [int(key) for key in notes["pitch"]]


def test_kick_ride_crash_have_one_key_and_claps_stay() -> None:
    assert _keys(canonical_drums(_strokes(35, 36, 59, 51, 57, 49, 39, 37, 53))) == [
        36, 36, 51, 51, 49, 49, 39, 37, 53,
    ]  # fmt: skip


def test_the_only_snare_is_38() -> None:
    assert _keys(canonical_drums(_strokes(36, 40, 36, 40))) == [36, 38, 36, 38]


def test_the_main_snare_is_38_and_a_rare_other_one_40() -> None:
    assert _keys(canonical_drums(_strokes(*[40] * 9, 38))) == [38] * 9 + [40]
    assert _keys(canonical_drums(_strokes(*[38] * 9, 40))) == [38] * 9 + [40]


def test_two_snares_that_are_both_common_are_one() -> None:
    assert _keys(canonical_drums(_strokes(38, 40, 38, 40, 38))) == [38] * 5


def test_the_backbeat_is_the_main_snare_though_ghost_notes_are_more() -> None:
    loud = [(48 * i + 12, 1, 40, 110) for i in range(8)]
    ghosts = [(48 * i + 20, 1, 38, 20) for i in range(2)]
    out = canonical_drums(notes_array(loud + ghosts))
    assert sorted(_keys(out)) == [38] * 8 + [40] * 2


def test_of_strokes_that_fall_together_the_loudest_stays() -> None:
    out = canonical_drums(notes_array([(0, 1, 35, 60), (0, 1, 36, 90), (0, 1, 42, 50)]))
    assert [(int(n["pitch"]), int(n["velocity"])) for n in out] == [(36, 90), (42, 50)]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(35, 81), st.integers(1, 127))))
def test_canonical_drums_are_so_already(rows: list[tuple[int, int, int]]) -> None:
    before = notes_array((start, 1, key, velocity) for start, key, velocity in rows)
    once = canonical_drums(before)
    assert not set(_keys(once)) & {35, 57, 59}
    again = canonical_drums(once)
    assert np.array_equal(once, again)
    assert set(once["start"]) == set(before["start"])


def test_names_and_kits() -> None:
    assert all(canonical_drum(key) in DRUM_KEYS for key in DRUM_KEYS)
    assert kit(0).name == "Drum Kit" and kit(40).kind == "brush"
    assert kit(33).name == "Jazz Kit" and kit(127).program == 56
