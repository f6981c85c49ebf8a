"""An exported model's weights as a network that can learn: who installed restyle has these alone.

`export` leaves 4 bits a weight and a scale for each 32 of a row (MatMulNBits of onnxruntime), and
the embeddings and norms as they were. A model that was trained rounded (`qat`) computes the same
from them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from restyle.errors import BadModel
from restyle.model.llama import WEIGHTS, Llama, ModelConfig, load
from restyle.model.shape import GRAPH_FILE, Shape

Arrays = dict[str, NDArray[np.float32]]


def load_or_dequantise(folder: Path) -> Llama:
    """The model that training left in a folder, or that `export` made there.

    Raises BadModel where there is none, a damaged one, or one in another precision than int4.
    """
    if (folder / WEIGHTS).is_file() or not (folder / GRAPH_FILE).is_file():
        return load(folder)
    return dequantised(folder)


def dequantised(folder: Path) -> Llama:
    """The model of a folder that `export` made. Raises BadModel, as above."""
    shape = Shape.read(folder)
    if shape.precision != "int4":
        raise BadModel(f"{folder} is exported in {shape.precision}: only int4 can go on learning.")
    try:
        found = _weights(folder / GRAPH_FILE, shape.layers)
        config = ModelConfig(
            vocab_size=shape.vocab_size,
            layers=shape.layers,
            width=found["model.embed_tokens.weight"].shape[1],
            kv_heads=shape.kv_heads,
            feed_forward=len(found["model.layers.0.mlp.up_proj.weight"]),
            context=shape.context,
        )
        model = Llama(config)
        model.load_state_dict({name: torch.from_numpy(array) for name, array in found.items()})
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise BadModel(f"The model in {folder} is damaged: export it again.") from error
    return model


def _weights(graph: Path, layers: int) -> Arrays:
    """Weights by the names that `Llama` gives them. Raises KeyError for another graph."""
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    try:
        model = onnx.load(graph, load_external_data=False)
    except DecodeError as error:
        raise ValueError(f"{graph} is no graph") from error
    there = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}

    def matrix(name: str) -> NDArray[np.float32]:
        return unpacked(there[f"{name}.MatMul.weight_Q4"], there[f"{name}.MatMul.weight_scales"])

    found = {
        "model.embed_tokens.weight": there["model.embed_tokens.weight"],
        "model.norm.weight": there[f"model.layers.{layers}.final_norm_layernorm.weight"],
    }
    for layer in range(layers):
        here, block = f"model.layers.{layer}", f"model.layers.{layer}.self_attn"
        for norm in ("input_layernorm", "post_attention_layernorm"):
            found[f"{here}.{norm}.weight"] = there[f"{here}.{norm}.weight"]
        for name in ("gate_proj", "up_proj", "down_proj"):
            found[f"{here}.mlp.{name}.weight"] = matrix(f"{here}.mlp.{name}")
        output = found[f"{block}.o_proj.weight"] = matrix(f"{here}.attn.o_proj")
        heads = output.shape[1]  # the builder puts queries, keys and values into one matrix
        joined = matrix(f"{here}.attn.qkv_proj")
        keys = heads + (len(joined) - heads) // 2
        for name, rows in zip("qkv", np.split(joined, (heads, keys)), strict=True):
            found[f"{block}.{name}_proj.weight"] = rows
    return {name: np.array(array, np.float32) for name, array in found.items()}


def unpacked(packed: NDArray[np.uint8], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights (rows, columns) of 4 bits (rows, blocks, 16): two a byte, the lower bits first, 8 is
    nothing."""
    steps = np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:2], -1)
    whole = (steps.astype(np.float32) - 8.0) * scales.reshape(len(packed), -1, 1)
    return np.asarray(whole.reshape(len(packed), -1), np.float32)
