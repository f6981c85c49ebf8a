"""The songs of a style of one's own, as a trained model can take them in: a corpus of one style, in
a slot that the model has free, with some songs held out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from restyle.data.build import build_corpus
from restyle.data.shards import Corpus, open_corpus
from restyle.errors import RestyleError
from restyle.tokens import vocabulary as v

LEAST_SONGS = 8
HELD_OUT = 0.1
"""Share of the songs, and at least one, that the held-out loss is measured on."""


def styles_of(parent: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((parent / "styles.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RestyleError(f"{parent} has no readable styles.json: train it again.") from error


def told_of(parent: Path) -> dict[str, Any]:
    """How the parent was trained, as far as users of a model look at it."""
    path = parent / "training.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {"options": told["options"]} if "options" in told else {}


def own_corpus(songs: Path, out: Path, say: Callable[[str], None] | None = None) -> Corpus:
    """The corpus of a folder of songs, made inside `out` where it is not one already."""
    if (songs / "corpus.json").is_file():
        return open_corpus(songs)
    place = out / "corpus"
    if not (place / "corpus.json").is_file():
        if say:
            say(f"hears the songs of {songs}")
        build_corpus([songs], place)
    return open_corpus(place)


def relabelled(corpus: Corpus, styles: dict[str, Any]) -> Corpus:
    """The corpus with its one style in a free slot of the model, and songs held out.

    Raises RestyleError.
    """
    if len(corpus.styles) != 1:
        raise RestyleError("Your own style is learnt from one folder of songs: give one.")
    (name,) = corpus.styles
    if name in styles:
        raise RestyleError(f"The model knows a style '{name}' already: rename the folder.")
    if len(corpus.entries) < LEAST_SONGS:
        raise RestyleError(
            f"Only {len(corpus.entries)} songs can be used: a style needs {LEAST_SONGS} or more."
        )
    taken = {int(figures["slot"]) for figures in styles.values()}
    free = [slot for slot in range(v.STYLE_SLOTS) if slot not in taken]
    if not free:
        raise RestyleError(f"The model has {v.STYLE_SLOTS} styles: it holds no more.")
    mapped = [np.array(tokens) for tokens in corpus.mapped]
    for entry in corpus.entries:
        mapped[entry.shard][entry.offset + 1] = v.STYLE[free[0] + 1]
    wanted = max(1, round(HELD_OUT * len(corpus.entries)))
    held = [entry for entry in corpus.entries if entry.split == "valid"]
    step = len(corpus.entries) // wanted
    chosen = {entry.path for entry in (held if len(held) >= wanted else corpus.entries[::step])}
    entries = tuple(
        replace(e, split="valid" if e.path in chosen else "test" if e.split == "test" else "train")
        for e in corpus.entries
    )
    figures = {name: {**corpus.styles[name], "slot": free[0]}}
    return replace(corpus, styles=figures, entries=entries, mapped=tuple(mapped))
