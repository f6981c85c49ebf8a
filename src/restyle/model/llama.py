"""The network: a Llama, read top to bottom; saved as any tool that knows Llama reads it.

Pre-norm blocks of grouped attention with rotary places and a gated feed-forward (Touvron et al.
2023), output tied to the embedding. Written out here, because a loop that trains a small model
fast needs to know what is computed; names of weights and config.json are transformers'.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention, silu

from restyle.errors import BadModel
from restyle.model.shape import HEAD_SIZE, THETA
from restyle.tokens import vocabulary

WEIGHTS, CONFIG = "model.safetensors", "config.json"
NORM_EPS = 1e-6


@dataclass(frozen=True)
class ModelConfig:
    """Shape of the model."""

    vocab_size: int = vocabulary.SIZE
    layers: int = 4
    width: int = 256
    kv_heads: int = 1
    feed_forward: int = 768
    context: int = 2048
    dropout: float = 0.0
    """Dropout on what each block adds to the stream."""

    @property
    def heads(self) -> int:
        return self.width // HEAD_SIZE


SIZES = {
    "tiny": ModelConfig(layers=2, width=64, feed_forward=192),
    "small": ModelConfig(layers=4, width=320, feed_forward=896),
    "base": ModelConfig(layers=6, width=512, feed_forward=1408, dropout=0.1),
}
"""Named sizes: tiny for tests, small about 4.7 M parameters, base about 17 M."""


class Attention(nn.Module):
    """Causal attention; several heads share keys and values."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.heads, self.kv_heads = config.heads, config.kv_heads
        self.q_proj = nn.Linear(config.width, self.heads * HEAD_SIZE, bias=False)
        self.k_proj = nn.Linear(config.width, self.kv_heads * HEAD_SIZE, bias=False)
        self.v_proj = nn.Linear(config.width, self.kv_heads * HEAD_SIZE, bias=False)
        self.o_proj = nn.Linear(self.heads * HEAD_SIZE, config.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        rows, length, _ = x.shape
        shape = (rows, length, -1, HEAD_SIZE)
        q = _turned(self.q_proj(x).view(shape).transpose(1, 2), cos, sin)
        k = _turned(self.k_proj(x).view(shape).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(shape).transpose(1, 2)
        share = self.heads // self.kv_heads
        k, v = k.repeat_interleave(share, dim=1), v.repeat_interleave(share, dim=1)
        mixed = scaled_dot_product_attention(q, k, v, is_causal=True)
        return torch.as_tensor(self.o_proj(mixed.transpose(1, 2).reshape(rows, length, -1)))


class FeedForward(nn.Module):
    """A gated feed-forward layer."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.feed_forward, bias=False)
        self.up_proj = nn.Linear(config.width, config.feed_forward, bias=False)
        self.down_proj = nn.Linear(config.feed_forward, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.as_tensor(self.down_proj(silu(self.gate_proj(x)) * self.up_proj(x)))


class Block(nn.Module):
    """Attention and feed-forward, each added to the stream."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = FeedForward(config)
        self.input_layernorm = nn.RMSNorm(config.width, NORM_EPS)
        self.post_attention_layernorm = nn.RMSNorm(config.width, NORM_EPS)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.dropout(self.self_attn(self.input_layernorm(x), cos, sin))
        return torch.as_tensor(x + self.dropout(self.mlp(self.post_attention_layernorm(x))))


class Decoder(nn.Module):
    """Embedding, blocks and the last norm."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.width)
        self.layers = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width, NORM_EPS)


class Llama(nn.Module):
    """Tokens (rows, length) to logits (rows, length, vocabulary) of each one's successor."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        places = torch.arange(config.context + 1, dtype=torch.float32)
        speeds = THETA ** (-torch.arange(0, HEAD_SIZE, 2, dtype=torch.float32) / HEAD_SIZE)
        angles = torch.outer(places, speeds).repeat(1, 2)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        self.apply(_initialise)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.model.embed_tokens(tokens)
        cos, sin = (t[: tokens.shape[1]].to(x.dtype) for t in (self.cos, self.sin))
        for block in self.model.layers:
            x = block(x, cos, sin)
        x = self.model.norm(x)
        return torch.as_tensor(x @ self.model.embed_tokens.weight.to(x.dtype).T)


def _turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Queries or keys, turned by their places."""
    left, right = x.chunk(2, dim=-1)
    return (x * cos + torch.cat((-right, left), dim=-1) * sin).to(x.dtype)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)


def build(config: ModelConfig) -> Llama:
    """A new model with random weights (torch's generator)."""
    return Llama(config)


def described(config: ModelConfig) -> dict[str, Any]:
    """config.json, as transformers' LlamaConfig reads it."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": config.vocab_size,
        "hidden_size": config.width,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": HEAD_SIZE,
        "intermediate_size": config.feed_forward,
        "max_position_embeddings": config.context,
        "hidden_act": "silu",
        "rms_norm_eps": NORM_EPS,
        "rope_theta": THETA,
        "rope_parameters": {"rope_theta": THETA, "rope_type": "default"},
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": vocabulary.BOS,
        "eos_token_id": vocabulary.EOS,
        "pad_token_id": vocabulary.PAD,
        "dtype": "float32",
    }


def save(model: Llama, folder: Path) -> None:
    """Write config.json and model.safetensors, as any tool that knows Llama reads them.

    They are written elsewhere first and then renamed: whoever is killed on the way leaves the old
    files or the new ones, never half of one.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".saving-") as temporary:
        weights = {name: w.detach().cpu().contiguous() for name, w in model.state_dict().items()}
        save_file(weights, str(Path(temporary) / WEIGHTS), {"format": "pt"})
        text = json.dumps(described(model.config), indent=1)
        (Path(temporary) / CONFIG).write_text(text, encoding="utf-8")
        for path in sorted(Path(temporary).iterdir()):
            path.chmod(0o644)  # safetensors keeps its files to the owner
            path.replace(folder / path.name)


def load(folder: Path) -> Llama:
    """The model of a folder. Raises BadModel where there is none, or a damaged one."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not (folder / WEIGHTS).is_file():
        raise BadModel(f"{folder} holds no trained model: 'restyle train arranger' makes one.")
    try:
        model = Llama(read_config(folder))
        model.load_state_dict(load_file(str(folder / WEIGHTS)))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise BadModel(f"The model in {folder} is damaged: train it again.") from error
    return model


def read_config(folder: Path) -> ModelConfig:
    """The shape that a folder's config.json tells. Raises KeyError or ValueError for another."""
    told = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return ModelConfig(
        vocab_size=int(told["vocab_size"]),
        layers=int(told["num_hidden_layers"]),
        width=int(told["hidden_size"]),
        kv_heads=int(told["num_key_value_heads"]),
        feed_forward=int(told["intermediate_size"]),
        context=int(told["max_position_embeddings"]),
    )


def fast_bf16() -> bool:
    """Whether this machine computes in bfloat16 (others emulate it, many times slower)."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
