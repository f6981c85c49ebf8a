"""A composer on disk: one safetensors file with its weights, note set and all else in its header.

The note set travels with the weights, so that weights never meet another one.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from restyle.composer.vocabulary import NoteSet
from restyle.errors import BadModel, UnknownStyle
from restyle.io.files import save

FILE = "composer.safetensors"
FORMAT = 1
Arrays = dict[str, NDArray[Any]]
T = TypeVar("T")


@dataclass(frozen=True)
class Habits:
    """How a model is played by default: set by calibration against real songs."""

    temperature: float = 1.0
    top_p: float = 0.98
    stay: float = 0.0
    """Added to the log-probability of striking the note just struck again; below 0 avoids it."""
    recall: float = 0.0
    """Share of a phrase that returns which is played note for note, from its beginning."""
    motif: float = 0.0
    """Chance that a bar keeps the rhythm of an earlier one."""
    rhythm_temperature: float = 1.0
    """Temperature of the steps from onset to onset."""
    length_temperature: float = 1.0
    """Temperature of durations."""
    pace: float = 0.0
    """Notes and chords in four beats to which it is held; 0 lets it go as it will."""
    step_bits: float = 0.0
    """Bits of the steps to which it is held; 0 lets them go as they will."""
    length_bits: float = 0.0
    """The same of durations."""
    room: float = 0.2
    """Share of the last hundred above which a note becomes less likely."""
    key: float = 0.0
    """Added to the log-probability of what lies in the scale of the piece."""
    chord: float = 0.0
    """The same of what belongs to the last chord, for a bar."""


@dataclass(frozen=True)
class Style:
    """What the songs of one style have in common, and how the model plays it."""

    name: str
    habits: Habits = field(default_factory=Habits)
    minor: float = 0.3
    """Share of songs in minor."""
    meters: tuple[tuple[int, float], ...] = ((48, 1.0),)
    """Bar lengths in twelfths of a quarter, with their share of the songs."""
    swing: float = 1.0
    bpm: float = 120.0
    shifts: tuple[int, ...] = (0,)
    """Semitones from C major or A minor to the songs' own keys, most frequent first."""
    songs: tuple[tuple[str, int], ...] = ()
    """Where the training songs came from, and how many."""


@dataclass(frozen=True)
class Card:
    """What is said of a model beside its weights."""

    variant: str
    hidden: int
    layers: int
    rhythm: int
    window: int
    symbols: tuple[str, ...]
    styles: tuple[Style, ...]
    trained: dict[str, Any] = field(default_factory=dict)
    """Steps, seconds and held-out losses."""

    @cached_property
    def notes(self) -> NoteSet:
        return NoteSet(self.symbols)

    def style(self, name: str) -> tuple[int, Style]:
        """Number and description of a style. Raises UnknownStyle."""
        for i, style in enumerate(self.styles):
            if style.name == name:
                return i, style
        names = ", ".join(style.name for style in self.styles)
        raise UnknownStyle(f"This model does not know the style {name}; it knows {names}.")


def pack(arrays: Arrays, said: dict[str, str]) -> bytes:
    """The bytes of a file: weights as float16, and what is said of them in its header."""
    from safetensors.numpy import save as encode

    halves = {name: np.ascontiguousarray(a, dtype=np.float16) for name, a in arrays.items()}
    data: bytes = encode(halves, {"format": str(FORMAT), **said})
    return data


def write(folder: Path, arrays: Arrays, card: Card) -> Path:
    """Write a model into a folder; the file is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / FILE, pack(arrays, {"composer": json.dumps(asdict(card))}))
    return folder / FILE


def read(path: Path) -> tuple[Arrays, Card]:
    """Weights (float32) and card of a model folder or file.

    Raises BadModel when it is none, is damaged or comes from another version.
    """
    arrays, card = unpack(path, FILE, "composer model", lambda said: _card(said["composer"]))
    if arrays["dense.weight"].shape != (len(card.symbols), card.hidden):
        raise BadModel(f"{path} is damaged: its weights and its note set do not fit together.")
    return arrays, card


def unpack(
    path: Path, name: str, what: str, card_of: Callable[[dict[str, str]], T]
) -> tuple[Arrays, T]:
    """Weights (float32) of a file, or of that name in a folder, and the card that its header is.

    Raises BadModel, which says that it is no `what`, or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as decode

    file = path / name if path.is_dir() else path
    if not file.is_file():
        raise BadModel(f"{path} is no {what}: it has no {name}.")
    data = file.read_bytes()
    try:
        arrays = {name: a.astype(np.float32) for name, a in decode(data).items()}
        said = metadata(data)
        if said.get("format") != str(FORMAT):
            raise ValueError(f"format {said.get('format')}")
        return arrays, card_of(said)
    except (SafetensorError, ValueError, KeyError, TypeError, struct.error) as error:
        raise BadModel(f"{file} is damaged or from another version: {error}.") from None


def metadata(data: bytes) -> dict[str, str]:
    """The free text fields of a safetensors header."""
    (size,) = struct.unpack("<Q", data[:8])
    found: dict[str, str] = json.loads(data[8 : 8 + size]).get("__metadata__", {})
    return found


def _card(text: str) -> Card:
    raw: dict[str, Any] = json.loads(text)
    raw = {f.name: raw[f.name] for f in fields(Card) if f.name in raw}
    raw["symbols"] = tuple(raw["symbols"])
    raw["styles"] = tuple(_style(row) for row in raw["styles"])
    return Card(**raw)


def _style(row: dict[str, Any]) -> Style:
    row = {f.name: row[f.name] for f in fields(Style) if f.name in row}
    habits = row["habits"]
    row["habits"] = Habits(**{f.name: habits[f.name] for f in fields(Habits) if f.name in habits})
    row["shifts"] = tuple(row["shifts"])
    for name in ("meters", "songs"):
        row[name] = tuple(tuple(pair) for pair in row[name])
    return Style(**row)
