"""Sampling: only allowed tokens, the right shares, one number drawn a call."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restyle.decoding.sampler import Sampling, sample, sample_rows
from restyle.tokens import vocabulary as v

SIZE = v.PITCH.first + 20
"""Pitches and what stands before them."""


class Fixed:
    """A generator that gives the number it was made with."""

    def __init__(self, number):
        self.number, self.calls = number, 0

    def random(self):
        self.calls += 1
        return self.number


def least(weights, share):
    """The smallest of the largest weights that hold a share of all."""
    held, total = 0.0, sum(weights)
    for weight in sorted(weights, reverse=True):
        held += weight
        if share < 1 and held >= share * total:
            return weight
    return 0.0


def plainly(logits, allowed, sampling, chance):
    """Sampling written out slowly, token by token."""
    ids = [i for i in range(len(logits)) if allowed[i]]
    best = max(float(logits[i]) for i in ids)
    weight = {i: np.exp((float(logits[i]) - best) / sampling.temperature) for i in ids}
    ids = [i for i in ids if weight[i] >= sampling.min_p]
    every = least([weight[i] for i in ids], sampling.top_p)
    pitch = max(every, least([weight[i] for i in ids], sampling.pitch_top_p))
    ids = [i for i in ids if weight[i] >= (pitch if i in v.PITCH else every)]
    left = chance * sum(weight[i] for i in ids)
    for i in ids:
        if left < weight[i]:
            return i
        left -= weight[i]
    return ids[-1]


@settings(max_examples=150)
@given(st.data())
def test_same_as_written_out(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    logits = (rng.normal(size=SIZE) * data.draw(st.sampled_from([0.1, 1, 5]))).astype(np.float32)
    allowed = rng.random(SIZE) < data.draw(st.sampled_from([0.05, 0.5, 1.0]))
    allowed[rng.integers(SIZE)] = True
    sampling = Sampling(
        data.draw(st.sampled_from([0.3, 1.0, 1.7])),
        data.draw(st.sampled_from([0.1, 0.5, 0.9, 0.99, 1.0])),
        data.draw(st.sampled_from([0.3, 0.9, 0.98, 1.0])),
        data.draw(st.sampled_from([0.0, 0.1])),
    )
    chance = float(rng.random())
    token = sample(logits, allowed, sampling, Fixed(chance))
    assert allowed[token]
    assert token == plainly(logits, allowed, sampling, chance)


def test_shares_are_those_of_the_logits():
    shares = np.array([0.5, 0.0, 0.3, 0.2])
    with np.errstate(divide="ignore"):
        logits = np.log(shares)
    rng = np.random.default_rng(1)
    drawn = [sample(logits, None, Sampling(top_p=1.0), rng) for _ in range(8000)]
    assert np.bincount(drawn, minlength=4) / 8000 == pytest.approx(shares, abs=0.02)


def test_nucleus_leaves_out_the_tail():
    logits = np.log([0.5, 0.3, 0.15, 0.05])
    rng = np.random.default_rng(1)
    assert {sample(logits, None, Sampling(top_p=0.79), rng) for _ in range(2000)} == {0, 1}
    assert {sample(logits, None, Sampling(top_p=0.81), rng) for _ in range(2000)} == {0, 1, 2}


def test_pitches_have_a_nucleus_of_their_own():
    logits = np.full(v.SIZE, -np.inf)
    some = [v.POSITION[0], v.POSITION[6], v.PITCH[60], v.PITCH[64]]
    logits[some] = np.log([0.5, 0.04, 0.42, 0.04])
    rng = np.random.default_rng(1)
    sampling = Sampling(top_p=1.0, pitch_top_p=0.9)
    assert {sample(logits, None, sampling, rng) for _ in range(2000)} == set(some[:3])
    sampling = Sampling(top_p=0.9)  # no more than what holds for all
    assert {sample(logits, None, sampling, rng) for _ in range(2000)} == {some[0], some[2]}


def test_min_p_is_relative_to_the_likeliest():
    logits = np.log([0.5, 0.3, 0.15, 0.05])
    rng = np.random.default_rng(1)
    sampling = Sampling(top_p=1.0, min_p=0.25)
    assert {sample(logits, None, sampling, rng) for _ in range(2000)} == {0, 1, 2}


@pytest.mark.parametrize("sampling", [Sampling(temperature=0), Sampling(top_p=0)])
def test_likeliest_of_the_allowed(sampling):
    logits = np.array([1.0, 9.0, 5.0, 4.9])
    allowed = np.array([True, False, True, True])
    rng = np.random.default_rng(0)
    assert {sample(logits, allowed, sampling, rng) for _ in range(50)} == {2}


def test_equally_likely_tokens():
    logits = np.array([0.0, 3.0, 3.0, -1.0])
    rng = np.random.default_rng(0)
    assert {sample(logits, None, Sampling(temperature=0), rng) for _ in range(50)} == {1}
    assert {sample(logits, None, Sampling(top_p=0), rng) for _ in range(50)} == {1, 2}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("count", [1, 3])
def test_one_number_a_call(temperature, count):
    rng = Fixed(0.5)
    allowed = np.zeros(8, dtype=bool)
    allowed[:count] = True
    sample(np.zeros(8), allowed, Sampling(temperature), rng)
    assert rng.calls == 1


@pytest.mark.parametrize("chance", [0.0, np.nextafter(1.0, 0.0)])
@pytest.mark.parametrize("top_p", [0.7, 1.0])
def test_ends_of_the_range_hit_a_token_that_can_be(chance, top_p):
    logits = np.array([-np.inf, 0.0, 1.0, -np.inf])
    assert sample(logits, None, Sampling(top_p=top_p), Fixed(chance)) in (1, 2)


def test_same_seed_same_tokens():
    logits = np.random.default_rng(3).normal(size=500).astype(np.float32)
    first, second = (
        [sample(logits, None, Sampling(), rng) for _ in range(100)]
        for rng in (np.random.default_rng(7), np.random.default_rng(7))
    )
    assert first == second
    assert len(set(first)) > 20


@pytest.mark.parametrize(
    ("logits", "allowed"),
    [
        (np.zeros(4), np.zeros(4, dtype=bool)),
        (np.full(4, -np.inf), None),
        (np.array([0.0, np.nan]), None),
        (np.array([0.0, np.inf]), None),
    ],
)
def test_nothing_to_choose(logits, allowed):
    with pytest.raises(ValueError):
        sample(logits, allowed, Sampling(), np.random.default_rng(0))


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -1},
        {"temperature": np.nan},
        {"top_p": 1.1},
        {"pitch_top_p": -0.1},
        {"min_p": -0.1},
    ],
)
def test_wrong_settings(wrong):
    with pytest.raises(ValueError):
        Sampling(**wrong)


def test_a_row_is_chosen_as_if_it_were_alone():
    """The same logits and generator give the same token, whatever else is in the batch."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (8, 50)).astype(np.float32)
    allowed = rng.random((8, 50)) < 0.5

    def chosen(rows: list[int]) -> list[int]:
        some = [np.random.default_rng(row) for row in rows]
        here = np.arange(len(rows))
        return sample_rows(logits[rows], allowed[rows], Sampling(), some, here).tolist()

    assert chosen(list(range(8))) == [chosen([row])[0] for row in range(8)]
    waiting = sample_rows(
        logits, allowed, Sampling(), [np.random.default_rng(i) for i in range(8)], np.array([2, 5])
    )
    assert waiting[[2, 5]].tolist() == chosen([2, 5])
    assert not waiting[[0, 1, 3, 4, 6, 7]].any()  # they draw nothing, and take no token
