"""Shards: encoded songs on disk, as numbers alone.

A corpus folder holds `tokens-NNN.bin` (uint16, little endian, songs one after another) and
`corpus.json`: the styles with what was learnt about them, and for every song its style, split,
title, shard, offset and length. Reading needs numpy only, so that a corpus can travel to a machine
that has no music library.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.errors import RestyleError
from restyle.tokens import vocabulary

INDEX = "corpus.json"
SHARD_TOKENS = 8_000_000
"""A shard is closed when it holds this many tokens (16 MB)."""

Tokens = NDArray[np.uint16]


@dataclass(frozen=True)
class Entry:
    """One song of a corpus."""

    path: str
    title: str
    style: str
    split: str
    """train, valid (held-out loss) or test (never looked at while building)."""
    source: str
    shard: int
    offset: int
    length: int


@dataclass(frozen=True)
class Corpus:
    """An opened corpus. `styles` maps a style's name to what was measured of it."""

    folder: Path
    styles: dict[str, Any]
    entries: tuple[Entry, ...]
    left_out: dict[str, int]
    """Songs that could not be used, counted by reason."""
    mapped: tuple[Tokens, ...]

    def tokens(self, entry: Entry) -> Tokens:
        return self.mapped[entry.shard][entry.offset : entry.offset + entry.length]

    def select(self, split: str, style: str | None = None) -> list[Entry]:
        return [e for e in self.entries if e.split == split and style in (None, e.style)]


def shard_name(number: int) -> str:
    return f"tokens-{number:03d}.bin"


def write_corpus(
    folder: Path,
    songs: Iterable[tuple[Entry, Tokens]],
    styles: dict[str, Any],
    left_out: dict[str, int],
) -> None:
    """Write shards and index; the index comes last, so that a broken-off corpus has none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INDEX).unlink(missing_ok=True)
    for old in folder.glob("tokens-*.bin"):
        old.unlink()
    entries: list[Entry] = []
    shard, held = 0, 0
    handle = (folder / shard_name(0)).open("wb")
    for entry, tokens in songs:
        if held and held + len(tokens) > SHARD_TOKENS:
            handle.close()
            shard, held = shard + 1, 0
            handle = (folder / shard_name(shard)).open("wb")
        handle.write(np.asarray(tokens, dtype="<u2").tobytes())
        entries.append(Entry(**{**asdict(entry), "shard": shard, "offset": held}))
        held += len(tokens)
    handle.close()
    index = {
        "vocabulary": {"version": vocabulary.VERSION, "size": vocabulary.SIZE},
        "styles": styles,
        "left_out": left_out,
        "songs": [asdict(entry) for entry in entries],
    }
    text = json.dumps(index, ensure_ascii=False, indent=1)
    (folder / INDEX).write_text(text, encoding="utf-8")


def open_corpus(folder: Path) -> Corpus:
    """Open a corpus folder.

    Raises RestyleError when it is not one, or was built for another vocabulary.
    """
    index = folder / INDEX
    if not index.is_file():
        raise RestyleError(f"{folder} is not a corpus: make one with 'restyle corpus FOLDER -o'.")
    try:
        data = json.loads(index.read_text(encoding="utf-8"))
        version = data["vocabulary"]["version"]
        entries = tuple(Entry(**song) for song in data["songs"])
    except (ValueError, KeyError, TypeError) as error:
        raise RestyleError(f"{index} is damaged: build the corpus again.") from error
    if version != vocabulary.VERSION:
        raise RestyleError(f"{folder} was built by another version of restyle: build it again.")
    shards = 1 + max((e.shard for e in entries), default=0)
    paths = [folder / shard_name(i) for i in range(shards)]
    missing = [p.name for p in paths if not p.is_file()]
    if missing:
        raise RestyleError(f"{folder} lacks {missing[0]}: copy it again or build it again.")
    mapped = tuple(
        np.memmap(p, dtype="<u2", mode="r") if p.stat().st_size else np.zeros(0, "<u2")
        for p in paths
    )
    return Corpus(folder, data["styles"], entries, data["left_out"], mapped)
