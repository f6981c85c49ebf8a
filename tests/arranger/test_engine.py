"""The session on a one-layer graph built by hand, against attention written out in numpy."""

import json
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from restyle.decoding.session import Session
from restyle.errors import BadModel
from restyle.model.shape import Shape
from restyle.model.shared_prefix import share_prefix

VOCAB, WIDTH, HEADS, SIZE, CONTEXT = 23, 32, 4, 16, 200
SHAPE = {
    "layers": 1, "kv_heads": 1, "head_size": SIZE, "context": CONTEXT, "vocab_size": VOCAB,
    "precision": "fp32", "vocabulary": 1, "theta": 100.0,
}  # fmt: skip
_RNG = np.random.default_rng(5)
EMBEDDING = _RNG.normal(size=(VOCAB, WIDTH)).astype(np.float32)
QKV = (_RNG.normal(size=(WIDTH, (HEADS + 2) * SIZE)) / 4).astype(np.float32)
OUT = (_RNG.normal(size=(HEADS * SIZE, WIDTH)) / 4).astype(np.float32)
_ANGLES = np.outer(np.arange(CONTEXT), SHAPE["theta"] ** (-np.arange(SIZE // 2) / (SIZE // 2)))
COS, SIN = np.cos(_ANGLES).astype(np.float32), np.sin(_ANGLES).astype(np.float32)


def graph(heads=1):
    """The same inputs, outputs and attention node as the builder gives a model."""
    weights = {"embedding": EMBEDDING, "head": EMBEDDING.T.copy(), "qkv": QKV, "out": OUT}
    weights |= {"cos": COS, "sin": SIN, "one": np.int64(1), "axis": np.array([1], np.int64)}
    node = helper.make_node
    attention = ["q", "", "", "past_key_values.0.key", "past_key_values.0.value"]
    nodes = [
        node("ReduceSum", ["attention_mask", "axis"], ["counted"], keepdims=0),
        node("Sub", ["counted", "one"], ["before"]),
        node("Cast", ["before"], ["lengths"], to=TensorProto.INT32),
        node("Shape", ["attention_mask"], ["shape"]),
        node("Gather", ["shape", "one"], ["long"], axis=0),
        node("Cast", ["long"], ["total"], to=TensorProto.INT32),
        node("Gather", ["embedding", "input_ids"], ["x"]),
        node("MatMul", ["x", "qkv"], ["q"]),
        node(
            "GroupQueryAttention", [*attention, "lengths", "total", "cos", "sin"],
            ["mixed", "present.0.key", "present.0.value"],
            domain="com.microsoft", num_heads=HEADS, kv_num_heads=heads, do_rotary=1,
        ),
        node("MatMul", ["mixed", "out"], ["y"]),
        node("Add", ["x", "y"], ["z"]),
        node("MatMul", ["z", "head"], ["logits"]),
    ]  # fmt: skip

    def value(name, kind, *dims):
        return helper.make_tensor_value_info(name, kind, list(dims))

    ints, floats = TensorProto.INT64, TensorProto.FLOAT
    kinds = ("key", "value")
    inputs = [value("input_ids", ints, "b", "n"), value("attention_mask", ints, "b", "t")]
    inputs += [value(f"past_key_values.0.{k}", floats, "b", heads, "p", SIZE) for k in kinds]
    outputs = [value("logits", floats, "b", "n", VOCAB)]
    outputs += [value(f"present.0.{k}", floats, "b", heads, "f", SIZE) for k in kinds]
    tensors = [numpy_helper.from_array(np.asarray(w), name) for name, w in weights.items()]
    return helper.make_model(
        helper.make_graph(nodes, "by hand", inputs, outputs, tensors),
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)],
        ir_version=10,
    )


def rotated(x, at):
    left, right = x[..., : SIZE // 2], x[..., SIZE // 2 :]
    cos, sin = COS[at], SIN[at]
    return np.concatenate([left * cos - right * sin, left * sin + right * cos], axis=-1)


def expected(tokens):
    """Logits after the last of `tokens`, by numpy alone."""
    x = EMBEDDING[np.asarray(tokens)].astype(np.float64)
    at = np.arange(len(x))
    heads = (x @ QKV).reshape(len(x), HEADS + 2, SIZE)
    mixed = []
    for head in range(HEADS):
        q, k = rotated(heads[:, head], at), rotated(heads[:, HEADS], at)
        scores = q[-1] @ k.T / np.sqrt(SIZE)
        share = np.exp(scores - scores.max())
        mixed.append(share / share.sum() @ heads[:, HEADS + 1])
    return (x[-1] + np.concatenate(mixed) @ OUT) @ EMBEDDING.T


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("model")
    model = graph()
    share_prefix(model)
    onnx.save(model, path / "model.onnx")
    (path / "restyle.json").write_text(json.dumps({"format": 2, **SHAPE}))
    return path


@pytest.fixture(scope="module")
def session(folder):
    return Session.load(folder)


def close(logits, tokens):
    return logits == pytest.approx(expected(tokens), abs=2e-4)


def tokens_of(count, seed=0):
    return np.random.default_rng(seed).integers(VOCAB, size=count)


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


def test_only_one_head_of_keys_can_be_shared():
    with pytest.raises(BadModel, match="one head"):
        share_prefix(graph(heads=2))
    model = graph()
    share_prefix(model)
    with pytest.raises(BadModel, match="without"):
        share_prefix(model)


@settings(max_examples=40, deadline=None)
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


@settings(max_examples=40, deadline=None)
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


@settings(max_examples=30, deadline=None)
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


@pytest.mark.parametrize("threads", [1, 2])
def test_a_row_is_the_same_whatever_stands_beside_it(folder, threads):
    """To the last bit: the first candidate's music must not depend on how many there are."""

    def first_row(batch, threads):
        cache = Session.load(folder, threads=threads).cache(batch)
        out = [cache.read(tokens_of(70))[-1]]
        for step in range(70):
            out.append(cache.feed_rows(0, tokens_of(8, step)[:batch])[0])
        out += [cache.feed_row(0, tokens_of(20)), cache.feed([2])[0]]
        cache.share(0)
        return np.stack([*out, cache.feed([3])[0]])

    alone = first_row(1, 1)
    for batch in (1, 2, 4, 8):
        assert np.array_equal(first_row(batch, threads), alone)


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
        cache = Session.load(folder, threads=2).cache(2)
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


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("restyle.json", None),
        ("restyle.json", b"{"),
        ("restyle.json", b"[]"),
        ("restyle.json", b'{"format": 2, "layers": 1}'),
        ("restyle.json", json.dumps({"format": 1, **SHAPE}).encode()),
        ("restyle.json", json.dumps({"format": 2, **SHAPE, "layers": 2}).encode()),
        ("restyle.json", json.dumps({"format": 2, **SHAPE, "head_size": 32}).encode()),
        ("restyle.json", json.dumps({"format": 2, **SHAPE, "vocab_size": 99}).encode()),
        ("model.onnx", None),
        ("model.onnx", b""),
        ("model.onnx", b"no graph"),
    ],
)
def test_bad_model_folders(folder, tmp_path, name, content):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadModel) as error:
        Session.load(tmp_path)
    assert "\n" not in str(error.value)


def test_folder_that_is_not_there(tmp_path):
    with pytest.raises(BadModel, match="is not a model"):
        Session.load(tmp_path / "none")


def test_shape_is_what_stands_in_the_folder(folder, session):
    assert Shape.read(folder) == session.shape == Shape(**SHAPE)
    assert (session.context, session.vocab_size) == (CONTEXT, VOCAB)


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, restyle.decoding.session, restyle.decoding.sampler\n"
        "print({'torch', 'transformers', 'onnxruntime', 'symusic', 'music21'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
