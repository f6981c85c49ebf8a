"""What the engine must know about an exported graph: restyle.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from restyle.errors import BadModel

GRAPH_FILE = "model.onnx"
DESCRIPTION_FILE = "restyle.json"
HEAD_SIZE = 64
"""Width of one attention head."""
THETA = 10_000.0
"""Base of the rotary embedding (Su et al. 2021)."""
FORMAT = 2  # of the description; a model of another number is refused


@dataclass(frozen=True, slots=True)
class Shape:
    """What the engine must know about a graph; stands in restyle.json."""

    layers: int
    kv_heads: int
    head_size: int
    context: int  # tokens in the window, past and present together
    vocab_size: int
    precision: str  # of the weights: int4, int8 or fp32
    vocabulary: int  # version of the vocabulary that it was trained with
    divergence: float = 0.0  # nats a token from the full-precision model, measured on export
    theta: float = THETA

    @classmethod
    def read(cls, folder: Path) -> Shape:
        """The shape of the model in `folder`. Raises BadModel."""
        path = Path(folder) / DESCRIPTION_FILE
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if values.pop("format") != FORMAT:
                raise BadModel(f"{folder} was made by another version of restyle: export it again.")
            return cls(**values)
        except OSError as error:
            raise BadModel(
                f"{folder} is not a model: 'restyle export MODEL -o FOLDER' makes one."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadModel(f"{path} is damaged: export the model again.") from error
