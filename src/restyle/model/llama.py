"""The model: a Llama of a size for this job, made, saved and loaded in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from restyle.errors import BadModel
from restyle.tokens import vocabulary

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

HEAD_SIZE = 64
"""Width of one attention head; onnxruntime's GroupQueryAttention likes it so."""
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class ModelConfig:
    """Shape of the model."""

    vocab_size: int = vocabulary.SIZE
    layers: int = 4
    width: int = 256
    kv_heads: int = 4
    feed_forward: int = 768
    context: int = 1024
    dropout: float = 0.0
    """Dropout on attention weights."""

    @property
    def heads(self) -> int:
        return self.width // HEAD_SIZE


SIZES = {
    "tiny": ModelConfig(layers=2, width=64, kv_heads=1, feed_forward=192),
    "small": ModelConfig(),
    "base": ModelConfig(layers=8, width=384, kv_heads=6, feed_forward=1152, dropout=0.1),
}
"""Named sizes: tiny for tests, small about 3.5 M parameters, base about 15 M."""


def build(config: ModelConfig) -> LlamaForCausalLM:
    """A new model with random weights (torch's generator)."""
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.kv_heads,
            head_dim=HEAD_SIZE,
            intermediate_size=config.feed_forward,
            max_position_embeddings=config.context,
            attention_dropout=config.dropout,
            tie_word_embeddings=True,
            bos_token_id=vocabulary.BOS,
            eos_token_id=vocabulary.EOS,
            pad_token_id=vocabulary.PAD,
            attn_implementation="sdpa",
        )
    )


def save(model: LlamaForCausalLM, folder: Path) -> None:
    """Write config.json and model.safetensors, as any tool that knows Llama reads them.

    They are written elsewhere first and then renamed: whoever is killed on the way leaves the old
    files or the new ones, never half of one.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".saving-") as temporary:
        model.save_pretrained(temporary)
        for path in sorted(Path(temporary).iterdir()):
            path.chmod(0o644)  # safetensors keeps its files to the owner
            path.replace(folder / path.name)


def load(folder: Path) -> LlamaForCausalLM:
    """The model of a folder. Raises BadModel where there is none, or a damaged one."""
    from safetensors import SafetensorError
    from transformers import LlamaForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    if not (folder / WEIGHTS).is_file():
        raise BadModel(f"{folder} holds no trained model: 'restyle train arranger' makes one.")
    try:
        return LlamaForCausalLM.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise BadModel(f"The model in {folder} is damaged: train it again.") from error


def fast_bf16() -> bool:
    """Whether this machine computes in bfloat16 (others emulate it, many times slower)."""
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
