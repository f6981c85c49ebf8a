"""The networks of lead sheets on disk: one safetensors file, what is said of them in its header."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from restyle.composer.weights import Arrays, metadata
from restyle.errors import BadModel
from restyle.io.files import save

FILE = "lead.safetensors"
FORMAT = 1
SHIPPED = Path(__file__).parents[2] / "pretrained" / "lead" / FILE


@dataclass(frozen=True)
class Card:
    """The styles that are known, in their order, and what training came to."""

    styles: tuple[str, ...]
    trained: dict[str, Any] = field(default_factory=dict)


def write(folder: Path, arrays: Arrays, card: Card) -> Path:
    """Write the networks into a folder, as float16; the file is whole or not there."""
    from safetensors.numpy import save as encode

    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: np.ascontiguousarray(a, dtype=np.float16) for name, a in arrays.items()}
    save(folder / FILE, encode(halves, {"format": str(FORMAT), "lead": json.dumps(asdict(card))}))
    return folder / FILE


def read(path: Path = SHIPPED) -> tuple[Arrays, Card]:
    """Weights (float32) and card. Raises BadModel for what is none, or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load as decode

    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise BadModel(f"{path} is no model of lead sheets: it has no {FILE}.")
    data = file.read_bytes()
    try:
        arrays = {name: a.astype(np.float32) for name, a in decode(data).items()}
        said = metadata(data)
        if said.get("format") != str(FORMAT):
            raise ValueError(f"format {said.get('format')}")
        raw = json.loads(said["lead"])
        card = Card(tuple(raw["styles"]), dict(raw["trained"]))
    except (SafetensorError, ValueError, KeyError, TypeError, struct.error) as error:
        raise BadModel(f"{file} is damaged or from another version: {error}.") from None
    return arrays, card
