"""Structureness: fitness worked out by hand, and loops, noise and a form told apart."""

import numpy as np
import pytest
from evaluation_songs import notes

from restyle.metrics.structure import (
    PENALTY,
    Fitness,
    fitness,
    frame_features,
    frames,
    similarity_matrix,
    structureness,
)
from restyle.music.song import notes_array

NO = PENALTY


def alike(letters: str) -> np.ndarray:
    """The matrix of a row of frames, of which those of one letter are alike."""
    row = np.array(list(letters))
    return np.where(row[:, None] == row[None, :], 1.0, NO)


def lines(bars: int, length: int = 48) -> np.ndarray:
    return np.arange(bars + 1) * length


def random_bar(rng: np.random.Generator) -> list[tuple[int, int]]:
    """Eight (start, pitch) of a bar."""
    return [(int(rng.integers(48)), int(rng.integers(48, 84))) for _ in range(8)]


def laid_out(bars: list[list[tuple[int, int]]]) -> np.ndarray:
    rows = [(48 * i + at, 6, pitch, 80) for i, bar in enumerate(bars) for at, pitch in bar]
    return notes_array(rows)


def test_a_loop_has_all_but_one_of_its_turns():
    # four times abcd: 3 of 4 turns are repeats, at full score, and they cover 3 of 4 frames
    (found,) = fitness(alike("abcd" * 4), [(0, 4)])
    assert found == Fitness(pytest.approx(0.75), pytest.approx(0.75), pytest.approx(0.75))
    (twice,) = fitness(alike("abcd" * 4), [(0, 8)])
    assert twice.value == pytest.approx(0.5)


def test_the_a_of_aaba_by_hand():
    # A three times: score (3 * 4 - 4) / 12 = 2/3, coverage (12 - 4) / 16 = 1/2
    matrix = alike("abcd" + "abcd" + "efgh" + "abcd")
    part_a, part_b, across = fitness(matrix, [(0, 4), (8, 4), (2, 4)])
    assert part_a.score == pytest.approx(2 / 3) and part_a.coverage == pytest.approx(1 / 2)
    assert part_a.value == pytest.approx(4 / 7)
    assert part_b.value == 0.0
    assert across.value == 0.0  # cdab comes once


def test_a_repeat_at_another_pace_is_found():
    # abcd, then twice as fast over b and d only, (1, 2) steps: a path of three steps a b d
    matrix = alike("abcdxabd")
    (found,) = fitness(matrix, [(0, 4)])
    assert found.score == pytest.approx((4 + 3 - 4) / 7)
    assert found.coverage == pytest.approx((4 + 3 - 4) / 8)
    # and slower, (2, 1) steps: a b _ c d takes four steps and covers five frames
    (slow,) = fitness(alike("abcdxabzcd"), [(0, 4)])
    assert slow.score == pytest.approx((8 - 4) / 8)
    assert slow.coverage == pytest.approx((9 - 4) / 10)


def test_one_frame_that_differs_costs_its_penalty():
    (found,) = fitness(alike("abcdabzd"), [(0, 4)])
    # a b _ d: the frame that differs is stepped over: (1, 2) wants one here for two, so the whole
    # way is a b z d at 1 + 1 - 2 + 1
    assert found.score == pytest.approx((4 + 1 - 4) / 8)
    assert found.coverage == pytest.approx(4 / 8)


def test_segments_must_lie_in_the_song():
    assert fitness(alike("abab"), []) == []
    for wrong in ((-1, 2), (3, 2), (0, 0)):
        with pytest.raises(ValueError, match="outside"):
            fitness(alike("abab"), [wrong])


def test_beats_begin_with_bars_in_every_meter():
    edges, bars = frames(np.array([0, 48, 84, 126]))  # 4/4, 3/4, 7/8
    assert bars.tolist() == [0, 4, 7, 11]
    assert edges.tolist() == [0, 12, 24, 36, 48, 60, 72, 84, 94, 105, 115, 126]


def test_features_of_a_frame_by_hand():
    rows = frame_features(notes((0, 12, 60), (6, 6, 64), (12, 12, 72)), np.array([0, 12, 24, 36]))
    half = np.sqrt(0.5)
    # C sounds for 12 and E for 6 positions; struck on places 0 and 6
    assert rows[0, [0, 4]] == pytest.approx(half * np.array([2, 1]) / np.sqrt(5))
    assert rows[0, [13, 19]] == pytest.approx([half / np.sqrt(2)] * 2)
    assert rows[1, [0, 13]] == pytest.approx([half, half])
    assert rows[2, [12, 25]] == pytest.approx([half, half])  # silence, and nothing struck
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(3))


def test_the_most_alike_quarter_counts():
    rows = np.eye(4)[[0, 1, 2, 3, 0, 1, 2, 3]]
    matrix = similarity_matrix(rows)
    assert (matrix == 1).sum() == 16 and (matrix == NO).sum() == 48
    assert (similarity_matrix(rows[[0, 0, 0]]) == 1).all()


def test_a_loop_is_high_noise_low_and_a_form_between():
    rng = np.random.default_rng(5)
    bars = [random_bar(rng) for _ in range(32)]
    loop = structureness(laid_out(bars[:1] * 32), lines(32))
    noise = structureness(laid_out(bars), lines(32))
    a, b = bars[:8], bars[8:16]
    form = structureness(laid_out(a + a + b + a), lines(32))
    # of two bars 15 of 16 are repeats, of four 7 of 8, of eight 3 of 4; but for a note that rings
    # over the bar line, which the first bar lacks
    assert loop["short"] == pytest.approx(15 / 16, abs=0.005)
    assert loop["mid"] == pytest.approx(7 / 8, abs=0.005)
    assert loop["long"] == pytest.approx(3 / 4, abs=0.005)
    assert form["long"] > 0.5  # 4/7, or a little less where the b has likeness to the a
    for name in ("short", "mid", "long"):
        assert noise[name] < 0.3 < form[name] < loop[name], name


def test_the_key_of_a_repeat_and_the_octave():
    rng = np.random.default_rng(6)
    bars = [random_bar(rng) for _ in range(8)]
    low = [[(at, pitch - 12) for at, pitch in bar] for bar in bars]
    far = [[(at, pitch + 6) for at, pitch in bar] for bar in bars]
    same, octave, moved = (
        structureness(laid_out(bars + other), lines(16))["long"] for other in (bars, low, far)
    )
    assert same == pytest.approx(octave) and same == pytest.approx(0.5, abs=0.005)
    assert moved < same


def test_too_short_and_silent_songs_have_none():
    assert all(np.isnan(v) for v in structureness(notes(), lines(32)).values())
    short = structureness(notes((0, 12, 60), (48, 12, 60)), lines(4))
    assert short["short"] > 0 and np.isnan(short["mid"]) and np.isnan(short["long"])
