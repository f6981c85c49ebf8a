"""A one-layer graph built by hand, and what it predicts written out in numpy."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

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


def written(path):
    """A model folder with the graph in it."""
    model = graph()
    share_prefix(model)
    onnx.save(model, path / "model.onnx")
    (path / "restyle.json").write_text(json.dumps({"format": 2, **SHAPE}))
    return path


def close(logits, tokens):
    return logits == pytest.approx(expected(tokens), abs=2e-4)


def tokens_of(count, seed=0):
    return np.random.default_rng(seed).integers(VOCAB, size=count)
