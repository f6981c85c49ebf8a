"""What the tunes of a style have in common: meters, keys, tempos, how many notes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.corpus import song_stretches
from restyle.data.shards import Corpus, Tokens
from restyle.tokens import vocabulary as v


@dataclass(frozen=True)
class Habits:
    """Of the songs of one style."""

    songs: int
    minor: float
    """Share of songs in minor."""
    meters: dict[str, float]
    """Share of the bars of each meter."""
    keys: dict[str, list[list[int]]]
    """For major and minor the tonics with how often, the commonest first."""
    tempos: list[float]
    """Lower quarter, middle and upper quarter, in quarter notes a minute."""
    notes_a_bar: dict[str, float]
    """The median of stretches, by meter."""


def habits(corpus: Corpus, style: str) -> dict[str, Any]:
    """The fields of `Habits` of a style, measured on its training songs."""
    keys: dict[str, Counter[int]] = {"major": Counter(), "minor": Counter()}
    tempos: list[float] = []
    meters: Counter[str] = Counter()
    rates: dict[str, list[float]] = {}
    entries = corpus.select("train", style)
    for entry in entries:
        tokens = corpus.tokens(entry)
        mode, tonic, bpm = _heading(tokens)
        keys[mode][tonic] += 1
        tempos.append(bpm)
        for stretch in song_stretches(tokens, 0):
            meter = e.METERS[stretch.meter]
            bars = len(stretch.chords)
            meters[meter] += bars
            rates.setdefault(meter, []).append(len(stretch.events) / bars - 1)
    every = max(sum(meters.values()), 1)
    return {
        "songs": len(entries),
        "minor": round(keys["minor"].total() / max(len(entries), 1), 3),
        "meters": {m: round(n / every, 3) for m, n in meters.most_common() if n > 0.03 * every},
        "keys": {mode: [list(x) for x in found.most_common(7)] for mode, found in keys.items()},
        "tempos": [round(float(x), 1) for x in np.quantile(tempos or [120.0], (0.25, 0.5, 0.75))],
        "notes_a_bar": {m: round(float(np.median(x)), 2) for m, x in rates.items()},
    }


def _heading(tokens: Tokens) -> tuple[str, int, float]:
    mode, tonic, bpm = "major", 0, 120.0
    for token in tokens[:12].tolist():
        if token in v.KEY:
            number = v.KEY.value(token)
            mode, tonic = ("minor" if number >= 12 else "major"), number % 12
        elif token in v.TEMPO:
            bpm = v.tempo_of(token)
    return mode, tonic, bpm
