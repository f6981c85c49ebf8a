"""The graph of an export, with attention to what all rows share done once for all of them.

The builder's attention node goes through keys and values head by head, in each row anew. While a
passage is played, its candidates have all but their last few tokens in common, and every query head
has the same keys: so here all heads of all rows are one matrix, which is multiplied with the common
keys at once (as Hydragen does, Juravsky et al. 2024), then with each row's own. One softmax goes
over both.

Values lie in two halves, the first and the last channels, with a product each: terms are added up
in an order that does not depend on how many threads there are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from restyle.errors import BadModel

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, ValueInfoProto

_ATTENTION, _CONTRIB = "GroupQueryAttention", "com.microsoft"
_COS, _SIN = 7, 8
"""Where the attention node has the tables of its rotary embedding, (context, head size / 2)."""


def share_prefix(model: ModelProto) -> None:
    """Change a graph in place, so that it takes and gives, of rows (r) with n new tokens each:

    input_ids and places, (r, n): the tokens, and how many stand before each. own_keys,
    (r, n, 2), and own_values, (r, n, 2, 3): where new keys and values go among the row's own.
    mask, (r, n, s): what is added to a token's scores of its row's own tokens.
    shared.LAYER.key (p, d) and .value (2, p, d/2): of the tokens that all rows share.
    own.LAYER.key (r, s, d) and .value (r, 2, s, d/2): of each row's own; given back with the new
    ones in them as now.LAYER.key and .value, which may be the same memory.
    logits, (r, n, vocabulary): of what follows each token.

    Raises BadModel for a graph without such a node, or with more than one head of keys.
    """
    nodes: list[NodeProto] = []
    inputs, outputs = _inputs(), [out for out in model.graph.output if out.name == "logits"]
    layer = 0
    for node in model.graph.node:
        if node.op_type != _ATTENTION:
            nodes.append(node)
            continue
        attention = _Attention(model, node, layer)
        if not layer:
            nodes += attention.before()
        nodes += attention.nodes()
        caches = attention.caches()
        inputs += caches
        for cache in caches[2:]:
            given = type(cache)()
            given.CopyFrom(cache)
            given.name = cache.name.replace("own", "now", 1)
            outputs.append(given)
        layer += 1
    if not layer:
        raise BadModel(f"The builder wrote a graph without {_ATTENTION}: install another version.")
    _put(model, nodes, inputs, outputs)


class _Attention:
    """One layer's attention: the node of before, and those that take its place."""

    def __init__(self, model: ModelProto, node: NodeProto, layer: int):
        from onnx import helper

        self._graph, self._layer = model.graph, layer
        told = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if told["kv_num_heads"] != 1:
            raise BadModel("Only models with one head of keys and values can be exported.")
        self._heads = int(told["num_heads"])
        self._joined, self._mixed = node.input[0], node.output[0]
        self._tables = [node.input[_COS], node.input[_SIN]]
        half = next(t for t in model.graph.initializer if t.name == self._tables[0]).dims[1]
        self._size = 2 * int(half)
        self._scale = float(told.get("scale", 0.0)) or 1.0 / math.sqrt(self._size)

    def caches(self) -> list[ValueInfoProto]:
        """Inputs for keys and values, the shared ones first."""
        keys, half = self._size, self._size // 2
        layer = self._layer
        return [
            _value(f"shared.{layer}.key", "p", keys),
            _value(f"shared.{layer}.value", 2, "p", half),
            _value(f"own.{layer}.key", "r", "s", keys),
            _value(f"own.{layer}.value", "r", 2, "s", half),
        ]

    def before(self) -> list[NodeProto]:
        """What all layers need: the mask for each head, and lengths for shapes."""
        rows, any_, half = "attention.rows", self._constant("any", [-1]), self._size // 2
        by_half = [self._constant("two", [2]), rows, any_, self._constant("half", [half])]
        heads = self._constant("each head", [1, 1, self._heads, 1])
        return [
            _node("Shape", ["mask"], rows, start=0, end=1),
            _node("Shape", ["mask"], "attention.owned", start=2, end=3),
            _node("Shape", ["shared.0.key"], "attention.shared", start=0, end=1),
            _node("Concat", ["attention.shared", "attention.owned"], "attention.lengths", axis=0),
            _node("Concat", by_half, "attention.halves", axis=0),
            _node("Concat", [rows, any_, "attention.owned"], "attention.flat", axis=0),
            _node("Unsqueeze", ["mask", self._constant("after tokens", [2])], "attention.mask.one"),
            _node("Expand", ["attention.mask.one", heads], "attention.mask.each"),
            _node("Reshape", ["attention.mask.each", "attention.flat"], "attention.mask"),
        ]

    def nodes(self) -> list[NodeProto]:
        """The attention itself, from queries, keys and values in one to what they mix."""
        return [*self._turned(), *self._scored(), *self._summed()]

    def _turned(self) -> list[NodeProto]:
        """Queries and keys turned to their places; new keys and values put in their own."""
        size, wide = self._size, self._heads * self._size
        apart = self._constant("turned and not", [wide + size, size])
        turned = self._constant("queries and keys", [wide, size])
        by_head = self._constant("heads in rows", [0, -1, size])
        by_half = self._constant("values in halves", [0, 0, 2, size // 2])
        return [
            _node("Split", [self._joined, apart], [self._at("qk"), self._at("v")], axis=-1),
            _node(
                "RotaryEmbedding", [self._at("qk"), "places", *self._tables], self._at("rotated"),
                domain=_CONTRIB, num_heads=self._heads + 1, interleaved=0,
            ),
            _node(
                "Split", [self._at("rotated"), turned], [self._at("q.wide"), self._at("k")], axis=-1
            ),
            _node("Reshape", [self._at("q.wide"), by_head], self._at("q")),
            _node("Reshape", [self._at("v"), by_half], self._at("v.halves")),
            _node("ScatterND", [self._own("key"), "own_keys", self._at("k")], self._now("key")),
            _node(
                "ScatterND", [self._own("value"), "own_values", self._at("v.halves")],
                self._now("value"),
            ),
        ]  # fmt: skip

    def _scored(self) -> list[NodeProto]:
        """What share of its attention each query gives to which token."""
        product = {"domain": _CONTRIB, "transB": 1, "alpha": self._scale}
        q, to_shared, to_own = self._at("q"), self._at("scores.shared"), self._at("scores.own")
        parts = [self._at("to.shared"), self._at("to.own")]
        return [
            _node("FusedMatMul", [q, f"shared.{self._layer}.key"], to_shared, **product),
            _node("FusedMatMul", [q, self._now("key")], self._at("scores.all"), **product),
            _node("Add", [self._at("scores.all"), "attention.mask"], to_own),
            _node("Concat", [to_shared, to_own], self._at("scores"), axis=-1),
            _node("Softmax", [self._at("scores")], self._at("to"), axis=-1),
            _node("Split", [self._at("to"), "attention.lengths"], parts, axis=-1),
        ]

    def _summed(self) -> list[NodeProto]:
        """The values, summed by these shares."""
        axis = self._constant("halves at", [1])
        wide = self._constant("heads together", [0, -1, self._heads * self._size])
        return [
            _node("Flatten", [self._at("to.shared")], self._at("to.flat"), axis=2),
            _node(
                "MatMul", [self._at("to.flat"), f"shared.{self._layer}.value"], self._at("sum.flat")
            ),
            _node("Reshape", [self._at("sum.flat"), "attention.halves"], self._at("sum.halves")),
            _node("Transpose", [self._at("sum.halves")], self._at("sum.shared"), perm=[1, 0, 2, 3]),
            _node("Unsqueeze", [self._at("to.own"), axis], self._at("to.each")),
            _node("MatMul", [self._at("to.each"), self._now("value")], self._at("sum.own")),
            _node("Add", [self._at("sum.shared"), self._at("sum.own")], self._at("sum")),
            _node("Transpose", [self._at("sum")], self._at("sum.rows"), perm=[0, 2, 1, 3]),
            _node("Reshape", [self._at("sum.rows"), wide], self._mixed),
        ]

    def _at(self, name: str) -> str:
        return f"attention.{self._layer}.{name}"

    def _own(self, kind: str) -> str:
        return f"own.{self._layer}.{kind}"

    def _now(self, kind: str) -> str:
        return f"now.{self._layer}.{kind}"

    def _constant(self, name: str, numbers: ArrayLike) -> str:
        """A weight of the graph, the same for all layers."""
        from onnx import numpy_helper

        name = f"attention.{name}"
        if all(there.name != name for there in self._graph.initializer):
            array = np.asarray(numbers, np.int64)
            self._graph.initializer.append(numpy_helper.from_array(array, name))
        return name


def _node(kind: str, given: list[str], out: str | list[str], **told: Any) -> NodeProto:
    from onnx import helper

    return helper.make_node(kind, given, [out] if isinstance(out, str) else out, **told)


def _value(name: str, *dims: int | str, whole: bool = False) -> ValueInfoProto:
    from onnx import TensorProto, helper

    kind = TensorProto.INT64 if whole else TensorProto.FLOAT
    return helper.make_tensor_value_info(name, kind, list(dims))


def _inputs() -> list[ValueInfoProto]:
    return [
        _value("input_ids", "r", "n", whole=True),
        _value("places", "r", "n", whole=True),
        _value("own_keys", "r", "n", 2, whole=True),
        _value("own_values", "r", "n", 2, 3, whole=True),
        _value("mask", "r", "n", "s"),
    ]


def _put(
    model: ModelProto,
    nodes: list[NodeProto],
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
) -> None:
    """Have a graph consist of these nodes, as far as its outputs need them."""
    graph, wanted = model.graph, {out.name for out in outputs}
    needed: list[NodeProto] = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            needed.append(node)
            wanted.update(node.input)
    weights = [w for w in graph.initializer if w.name in wanted]
    for field, content in (
        (graph.node, needed[::-1]),
        (graph.input, inputs),
        (graph.output, outputs),
        (graph.initializer, weights),
    ):
        del field[:]
        field.extend(content)
    del graph.value_info[:]
