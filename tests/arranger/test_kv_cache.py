"""Keys and values in a cache, against attention written out in numpy."""

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from one_layer import CONTEXT, SIZE, VOCAB, close, graph, tokens_of

from restyle.decoding.session import Session


@pytest.mark.parametrize("pieces", [[20], [1] * 20, [7, 1, 1, 5, 66], [CONTEXT], [1, CONTEXT - 1]])
def test_predicts_what_attention_says(session, pieces):
    tokens = tokens_of(sum(pieces))
    cache, done = session.cache(), 0
    for size in pieces:
        logits = cache.feed(tokens[done : done + size])
        done += size
        assert logits.shape == (1, VOCAB)
        assert logits.dtype == np.float32
        assert cache.length == done
        assert cache.room == CONTEXT - done
        assert close(logits[0], tokens[:done])


@pytest.mark.parametrize("shares", [False, True])
def test_same_as_the_attention_node_of_before(session, shares):
    """Which is told all keys and values that it gave, and has its own of everything."""
    plain = onnxruntime.InferenceSession(
        graph().SerializeToString(), providers=["CPUExecutionProvider"]
    )
    tokens = tokens_of(160)
    past = np.zeros((2, 1, 1, 0, SIZE), np.float32)
    cache, done = session.cache(), 0
    for size in (12, 1, 1, 130, *[1] * 12):
        piece = tokens[done : done + size]
        done += size
        logits, key, value = plain.run(
            ["logits", "present.0.key", "present.0.value"],
            {
                "input_ids": piece[None],
                "attention_mask": np.ones((1, done), np.int64),
                "past_key_values.0.key": past[0],
                "past_key_values.0.value": past[1],
            },
        )
        past = (key, value)
        found = cache.read(piece) if shares else cache.feed(piece)
        assert found[-1] == pytest.approx(logits[0, -1], abs=5e-5)


@settings(max_examples=40)
@given(
    st.lists(st.one_of(st.integers(1, 70), st.integers(-90, -1)), max_size=12), st.integers(1, 3)
)
def test_any_feeding_and_rewinding(session, moves, batch):
    """Positive moves feed that many tokens to a row, negative ones take that many back."""
    cache, rows = session.cache(batch), [[] for _ in range(batch)]
    for number, move in enumerate(moves):
        row = number % batch
        if move < 0:
            rows[row] = rows[row][: max(0, len(rows[row]) + move)]
            cache.rewind(len(rows[row]), row)
        elif len(rows[row]) + move <= CONTEXT:
            new = tokens_of(move, number)
            rows[row] += new.tolist()
            assert close(cache.feed_row(row, new), rows[row])
        assert cache.lengths == tuple(len(r) for r in rows)
    if cache.room:
        together = tokens_of(batch, 99)
        logits = cache.feed(together[:, None])
        for row, past in enumerate(rows):
            assert close(logits[row], [*past, together[row]])


def test_rows_fed_together(session):
    prompts = tokens_of(3 * 9).reshape(3, 9)
    cache = session.cache(3)
    for logits, prompt in zip(cache.feed(prompts), prompts, strict=True):
        assert close(logits, prompt)
    for logits, prompt in zip(cache.feed([4, 5]), prompts, strict=True):
        assert close(logits, [*prompt, 4, 5])


def test_what_was_taken_back_leaves_no_trace(session):
    tokens = tokens_of(10)
    cache = session.cache()
    cache.feed(tokens)
    first = cache.feed([3])
    cache.feed(tokens_of(90, 1))
    cache.rewind(10)
    assert np.array_equal(cache.feed([3]), first)


@settings(max_examples=40)
@given(st.data(), st.integers(1, 3))
def test_what_was_forgotten_in_the_middle_leaves_no_trace(session, data, batch):
    """In one layer: there keys and values depend on nothing but their own token and place."""
    cache = session.cache(batch)
    tokens = tokens_of(data.draw(st.integers(8, 140))).tolist()
    cache.read(tokens)
    for _ in range(2):
        edges = st.lists(st.integers(0, len(tokens)), min_size=4, max_size=4)
        first, second = stretches = np.reshape(sorted(data.draw(edges)), (2, 2)).tolist()
        cache.forget(*stretches)
        tokens = tokens[: first[0]] + tokens[first[1] : second[0]] + tokens[second[1] :]
        assert cache.lengths == (len(tokens),) * batch
    new = tokens_of(batch, 99)
    logits = cache.feed(new[:, None])
    for row in range(batch):
        assert close(logits[row], [*tokens, new[row]])


@pytest.mark.parametrize(
    "stretches", [[(-1, 2)], [(3, 2)], [(2, 11)], [(1, 4), (3, 5)], [(6, 8), (1, 2)]]
)
def test_what_is_not_there_cannot_be_forgotten(session, stretches):
    cache = session.cache()
    cache.read(tokens_of(10))
    with pytest.raises(ValueError, match="forget"):
        cache.forget(*stretches)
    assert close(cache.feed([3])[0], [*tokens_of(10), 3])
    with pytest.raises(ValueError, match="forget"):
        cache.forget((2, 4))  # what the row has of its own would stand too far away


@settings(max_examples=30)
@given(st.integers(1, 4), st.integers(0, 90), st.integers(1, 90), st.data())
def test_all_rows_go_on_as_one_of_them_would(session, batch, begin, more, data):
    """Rows with a common beginning part, then become one of them, and go on together."""
    cache, common = session.cache(batch), tokens_of(begin)
    for token, logits in enumerate(cache.read(common) if begin else ()):
        assert close(logits, common[: token + 1])
    rows = [[*common, *tokens_of(more + row, 1 + row)] for row in range(batch)]
    for row, tokens in enumerate(rows):
        assert close(cache.feed_row(row, tokens[begin:]), tokens)
    kept = data.draw(st.integers(0, batch - 1))
    cache.share(kept)
    assert (cache.shared, *cache.lengths) == (len(rows[kept]),) * (batch + 1)
    new = tokens_of(batch, 99)
    for row, logits in enumerate(cache.feed(new[:, None])):
        assert close(logits, [*rows[kept], new[row]])


def test_what_rows_share_is_not_one_row_s_to_take_back(session):
    cache = session.cache(2)
    cache.read(tokens_of(70))
    cache.feed([3])
    with pytest.raises(ValueError, match="share"):
        cache.rewind(69, 0)
    with pytest.raises(ValueError, match="nothing of their own"):
        cache.read([1])
    cache.rewind(69)
    assert cache.lengths == (69, 69)
    for logits in cache.feed([4]):
        assert close(logits, [*tokens_of(69 + 1)[:69], 4])


def test_a_row_is_the_same_whatever_stands_beside_it(session):
    """To the last bit: the first candidate's music must not depend on how many there are."""

    def first_row(batch):
        cache = session.cache(batch)
        out = [cache.read(tokens_of(70))[-1]]
        for step in range(70):
            out.append(cache.feed_rows(0, tokens_of(8, step)[:batch])[0])
        out += [cache.feed_row(0, tokens_of(20)), cache.feed([2])[0]]
        cache.share(0)
        return np.stack([*out, cache.feed([3])[0]])

    alone = first_row(1)
    for batch in (2, 4, 8):
        assert np.array_equal(first_row(batch), alone)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (0, 3), (1, 3), (2, 4), (0, 4)])
def test_some_rows_are_fed_and_the_others_stay(session, first, last):
    cache = session.cache(4)
    rows = [tokens_of(5 + 3 * row, row).tolist() for row in range(4)]
    for row, tokens in enumerate(rows):
        cache.feed_row(row, tokens)
    new = tokens_of(last - first, 77)
    for row, logits in enumerate(cache.feed_rows(first, new), first):
        rows[row].append(int(new[row - first]))
        assert close(logits, rows[row])
    assert cache.lengths == tuple(map(len, rows))
    for row, logits in enumerate(cache.feed([6])):
        assert close(logits, [*rows[row], 6])


def test_same_bytes_every_time(folder):
    def run():
        cache = Session.load(folder).cache(2)
        return b"".join(cache.feed([[t], [t + 1]]).tobytes() for t in range(20))

    assert run() == run()


def test_logits_are_the_callers_own(session):
    cache = session.cache()
    first = cache.feed([1, 2])
    kept = first.copy()
    cache.feed([3])
    assert np.array_equal(first, kept)


def test_full_window(session):
    cache = session.cache()
    cache.feed(tokens_of(CONTEXT - 1))
    with pytest.raises(ValueError, match="full"):
        cache.feed([1, 2])
    assert cache.length == CONTEXT - 1  # a refused feed changes nothing
    cache.feed([1])
    assert cache.room == 0
    with pytest.raises(ValueError, match="full"):
        cache.feed([1])
    cache.rewind(0)
    assert close(cache.feed([7])[0], [7])


@pytest.mark.parametrize("tokens", [[], [VOCAB], [-1], [[1], [2], [3]], [[[1]]]])
def test_wrong_tokens(session, tokens):
    cache = session.cache(2)
    with pytest.raises(ValueError):
        cache.feed(tokens)
    assert cache.length == 0


@pytest.mark.parametrize("length", [-1, 4])
def test_wrong_rewind(session, length):
    cache = session.cache()
    cache.feed([1, 2, 3])
    with pytest.raises(ValueError):
        cache.rewind(length)


def test_no_rows(session):
    with pytest.raises(ValueError):
        session.cache(0)
