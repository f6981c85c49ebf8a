"""Manners: kinds of song within a style, such as ballad and bossa, found as clusters.

A style is many songs that are played in several ways. Songs of a large style are clustered by how
they are played (k-means over tempo, meter, feel, and how densely and in what figures each group
of parts plays), and each song is told its cluster. What a cluster is called is for people to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.music.classes import PARTS
from restyle.tokens import vocabulary as v

LEAST_SONGS = 200
"""Songs that a style must have to be parted into manners."""
SONGS_A_MANNER = 90
LEAST, MOST = 3, 6
ROUNDS, STARTS = 40, 8

Matrix = NDArray[np.float64]
Tokens = NDArray[np.uint16]

GROUPS = {
    "drums": ("drums",),
    "bass": ("bass",),
    "chords": ("piano", "guitar", "keys"),
    "others": ("strings", "winds", "brass", "synth"),
}
NAMES = (
    "tempo", "three", "compound", "swing", "minor",
    *(f"{group} plays" for group in GROUPS),
    *(f"{group} density" for group in GROUPS),
    *(f"bass {name}" for name in v.FIGURES),
    *(f"chords {name}" for name in v.FIGURES),
    *(f"time {name}" for name in v.TIMEKEEPERS),
)  # fmt: skip
"""What is looked at in a song, in the order of `manner_features`."""
_WEIGHTS = np.array([3.0, 2.0, 2.0, 1.5, 0.3] + [1.0] * 4 + [2.0] * 4 + [0.8] * 8 + [1.0] * 8
                    + [0.8] * 8)  # fmt: skip


@dataclass(frozen=True)
class Manner:
    """One kind of song within a style: how many songs have it, and their mean features."""

    songs: int
    features: dict[str, float]
    tempos: tuple[float, float]
    """Quarter notes a minute between which the middle four fifths of its songs lie."""
    meters: dict[str, float]
    """Shares of songs by kind of meter: four, three, compound."""
    name: str = ""
    """What people call it; "" as long as nobody has named it."""
    typical: bool = True
    """Whether it is what people mean by the style's name, and so may be drawn: that is for them to
    say, too."""
    parts: dict[str, float] = field(default_factory=dict)
    """Share of its songs that have each part."""
    beside: dict[str, dict[str, float]] = field(default_factory=dict)
    """The same of its songs that have a part that may say the chords, by that part."""
    tunes: list[list[int]] = field(default_factory=list)
    """Programs that play the tune, and in how many of its songs."""
    playing: dict[str, list[list[float]]] = field(default_factory=dict)
    """How its songs play once they have begun (see `data.playing`)."""
    kit: tuple[float, ...] = ()

    @staticmethod
    def read(told: dict[str, Any]) -> Manner:
        """The manner that `described` told."""
        low, high = told["tempos"]
        return Manner(
            told["songs"],
            told["features"],
            (low, high),
            told["meters"],
            told.get("name", ""),
            told.get("typical", True),
            told.get("parts", {}),
            told.get("beside", {}),
            told.get("tunes", []),
            told.get("playing", {}),
            tuple(told.get("kit", ())),
        )

    def described(self) -> dict[str, Any]:
        """Ready for JSON; what hardly happens is left out."""
        kept = {name: round(x, 2) for name, x in self.features.items() if abs(x) >= 0.1}
        return {
            **({"name": self.name} if self.name else {}),
            **({} if self.typical else {"typical": False}),
            "songs": self.songs,
            "tempos": [round(x, 1) for x in self.tempos],
            "meters": {name: round(x, 2) for name, x in self.meters.items()},
            "features": kept,
            **({"parts": self.parts} if self.parts else {}),
            **({"beside": self.beside} if self.beside else {}),
            **({"tunes": self.tunes} if self.tunes else {}),
            **({"playing": self.playing, "kit": list(self.kit)} if self.playing else {}),
        }


def manner_features(tokens: Tokens) -> Matrix:
    """How a song is played, from its tokens; shape (len(NAMES),)."""
    song = tokens.astype(np.int64)
    head = song[:12]
    tempo = head[(head >= v.TEMPO.first) & (head < v.TEMPO.end)][0]
    bars = song[(song >= v.BAR.first) & (song < v.BAR.end)] - v.BAR.first
    meters = [v.METERS[i] for i in bars]
    three = np.mean([m in ((3, 4), (3, 8)) for m in meters])
    compound = np.mean([m in ((6, 8), (9, 8), (12, 8)) for m in meters])
    key = head[(head >= v.KEY.first) & (head < v.KEY.end)][0] - v.KEY.first
    part = (song >= v.PART.first) & (song < v.PART.end)
    at = np.maximum.accumulate(np.where(part, np.arange(len(song)), 0))
    playing = song[at] - v.PART.first  # of every token the part that it stands in
    density = (song >= v.DENSITY.first) & (song < v.DENSITY.end)
    figures = (song >= v.FIGURE.first) & (song < v.FIGURE.end)
    plays, dense = [], []
    for parts in GROUPS.values():
        of_group = np.isin(playing, [PARTS.index(p) for p in parts])
        values = song[density & of_group] - v.DENSITY.first
        plays.append(float(len(values) > 0 and (values > 0).mean() > 0.3))
        dense.append(values[values > 0].mean() / 9 if (values > 0).any() else 0.0)
    rows = [
        np.log(v.tempo_of(int(tempo)) / 110) / 0.35,
        three,
        compound,
        float(v.FEEL[v.FEELS.index("swing")] in head),
        float(key >= 12),
        *plays,
        *dense,
        *_shares(song, figures, playing, ("bass",), len(v.FIGURES)),
        *_shares(song, figures, playing, GROUPS["chords"], len(v.FIGURES)),
        *_shares(song, figures, playing, ("drums",), len(v.TIMEKEEPERS)),
    ]
    return np.array(rows, dtype=np.float64)


def _shares(
    song: NDArray[np.int64],
    figures: NDArray[np.bool_],
    playing: NDArray[np.int64],
    parts: Sequence[str],
    size: int,
) -> list[float]:
    """Shares of figures among the phrases of some parts."""
    these = figures & np.isin(playing, [PARTS.index(p) for p in parts])
    counted = np.bincount(song[these] - v.FIGURE.first, minlength=size)[:size]
    return list(counted / max(counted.sum(), 1))


def find_manners(rows: Matrix, seed: int = 0) -> tuple[NDArray[np.intp], list[Manner]]:
    """The manner of each song of a style, from their features (songs, features), and the manners,
    the commonest first. One manner alone where the songs are too few."""
    if len(rows) < LEAST_SONGS:
        return np.zeros(len(rows), dtype=np.intp), []
    spread = rows.std(axis=0)
    x = (rows - rows.mean(axis=0)) / np.maximum(spread, 0.25) * _WEIGHTS
    count = min(max(len(rows) // SONGS_A_MANNER, LEAST), MOST)
    labels = _clusters(x, count, np.random.default_rng(seed))
    order = np.argsort(-np.bincount(labels, minlength=count), kind="stable")
    labels = np.argsort(order)[labels]
    return labels, [_described(rows[labels == k]) for k in range(count)]


def _clusters(x: Matrix, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """k-means (Lloyd) from several starts by k-means++; the tightest."""
    best: tuple[float, NDArray[np.intp]] | None = None
    for _ in range(STARTS):
        centres = x[[rng.integers(len(x))]]
        while len(centres) < count:
            far = ((x[:, None] - centres) ** 2).sum(axis=2).min(axis=1)
            centres = np.vstack([centres, x[rng.choice(len(x), p=far / far.sum())]])
        for _ in range(ROUNDS):
            labels = ((x[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
            centres = np.stack(
                [x[labels == k].mean(axis=0) if (labels == k).any() else centres[k]
                 for k in range(count)]
            )  # fmt: skip
        cost = float(((x - centres[labels]) ** 2).sum())
        if best is None or cost < best[0]:
            best = cost, labels
    assert best is not None
    return best[1]


def _described(rows: Matrix) -> Manner:
    means = dict(zip(NAMES, rows.mean(axis=0).tolist(), strict=True))
    bpm = 110 * np.exp(0.35 * rows[:, 0])
    three, compound = float((rows[:, 1] > 0.5).mean()), float((rows[:, 2] > 0.5).mean())
    low, high = np.percentile(bpm, (10, 90)).tolist()
    meters = {"four": 1 - three - compound, "three": three, "compound": compound}
    return Manner(len(rows), means, (low, high), meters)
