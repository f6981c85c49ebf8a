"""Keys and values in 8 bits: what the window remembers is small, and so is quicker to go through.

In a window as full as it is while playing, half of a step goes into the attention to what stands
there. Kept as whole numbers of 8 bits (symmetric, a scale for each channel, as KIVI has for keys,
Liu et al. 2024), it takes less than half of that time, for some ten thousandths of a nat a token
(`benchmarks/cache.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.kv_cache import MOST_IN_CACHE, KVCache
from restyle.decoding.sampler import Sampling, sample
from restyle.decoding.session import Session
from restyle.tokens import vocabulary

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

SAMPLED, BY_CHANCE = 12, 4
"""Windows by which is seen how large keys and values become: filled by the model itself, and with
tokens drawn by chance, so that none is missing."""
MARGIN = 1.1
"""How much larger than any of these a number may be."""
Largest = dict[str, NDArray[np.float32]]
"""By the name of a cache the largest number of each channel, shape (heads, head size)."""
_INPUTS = 12
"""Inputs of the attention node before the scales."""


def largest(session: Session, rng: np.random.Generator) -> Largest:
    """How large keys and values become in an engine that has them as floats. The two channels of a
    key that are turned together have the same."""
    found: Largest = {}
    caches = [_sampled(session, rng) for _ in range(SAMPLED)]
    for cache in (*caches, *(_by_chance(session, rng) for _ in range(BY_CHANCE))):
        for name, there in cache.caches.items():
            most = np.abs(there[0]).max(axis=1)
            found[name] = np.maximum(found.get(name, most), most)
    for name, most in found.items():
        if name.endswith("key"):
            pairs = np.maximum(*np.split(most, 2, axis=1))
            found[name] = np.concatenate([pairs, pairs], axis=1)
    return found


def _sampled(session: Session, rng: np.random.Generator) -> KVCache:
    cache, token = session.cache(), vocabulary.BOS
    while cache.room:
        token = sample(cache.feed([token])[0], None, Sampling(top_p=1.0), rng)
    return cache


def _by_chance(session: Session, rng: np.random.Generator) -> KVCache:
    cache = session.cache()
    cache.feed(rng.integers(session.vocab_size, size=session.context))
    return cache


def shrink(model: ModelProto, most: Largest) -> None:
    """Have the graph keep keys and values in 8 bits; `most` says how large they become."""
    from onnx import TensorProto

    for node in model.graph.node:
        if node.op_type == "GroupQueryAttention":
            _shrink(model.graph, node, most)
    for value in (*model.graph.input, *model.graph.output):
        if value.name.startswith(("past_key_values.", "present.")):
            value.type.tensor_type.elem_type = TensorProto.INT8


def _shrink(graph: GraphProto, node: Any, most: Largest) -> None:
    """One attention node: its scales are weights of the graph."""
    from onnx import helper, numpy_helper

    scales = []
    for past in node.input[3:5]:
        name = past.removeprefix("past_key_values.")
        scale = np.maximum(most[name][:, None] * np.float32(MARGIN / MOST_IN_CACHE), 1e-6)
        scales.append(f"{name}.scale")
        graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), scales[-1]))
    before = [*node.input, *[""] * _INPUTS][:_INPUTS]
    del node.input[:]
    node.input.extend([*before, *scales])
    for name in ("k_quant_type", "v_quant_type"):
        node.attribute.append(helper.make_attribute(name, "PER_CHANNEL"))
    node.attribute.append(helper.make_attribute("kv_cache_bit_width", 8))
