"""The networks of lead sheets on disk: one safetensors file, what is said of them in its header."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from restyle.composer.weights import Arrays, pack, unpack
from restyle.io.files import save

FILE = "lead.safetensors"
SHIPPED = Path(__file__).parents[2] / "pretrained" / "lead" / FILE


@dataclass(frozen=True)
class Card:
    """The styles that are known, in their order, and what training came to."""

    styles: tuple[str, ...]
    trained: dict[str, Any] = field(default_factory=dict)


def write(folder: Path, arrays: Arrays, card: Card) -> Path:
    """Write the networks into a folder, as float16; the file is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / FILE, pack(arrays, {"lead": json.dumps(asdict(card))}))
    return folder / FILE


def read(path: Path = SHIPPED) -> tuple[Arrays, Card]:
    """Weights (float32) and card. Raises BadModel for what is none, or damaged."""
    return unpack(path, FILE, "model of lead sheets", lambda said: _card(said["lead"]))


def _card(text: str) -> Card:
    raw = json.loads(text)
    return Card(tuple(raw["styles"]), dict(raw["trained"]))
