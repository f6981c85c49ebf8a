"""A session without a model: its predictions depend on the last tokens alone."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from corpora import arrangement, figures
from restyle.analysis import Heard
from restyle.data.measure import describe_style, measure
from restyle.decoding.band import Band, Player
from restyle.decoding.kv_cache import ContextFull
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.song import STEP, Track
from restyle.pipeline import Arranger
from restyle.style.example import Example
from restyle.style.style import Style
from restyle.tokens import vocabulary as v


@cache
def predicted(*seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 2, v.SIZE).astype(np.float32)


class FakeCache:
    """Remembers what each row was fed; the logits are random, but the same for the same two tokens
    under the same style."""

    def __init__(self, context: int, batch: int, likely: int | None = None):
        self.context = context
        self.likely = likely
        self.rows: list[list[int]] = [[] for _ in range(batch)]
        self.shared = 0
        self.forgotten = 0
        self.fed = 0

    @property
    def batch(self) -> int:
        return len(self.rows)

    @property
    def lengths(self) -> tuple[int, ...]:
        return tuple(len(row) for row in self.rows)

    @property
    def room(self) -> int:
        return self.context - max(self.lengths)

    def feed(self, ids) -> np.ndarray:
        ids = np.asarray(ids).reshape(self.batch, -1)
        return np.stack([self.feed_row(row, ids[row]) for row in range(self.batch)])

    def feed_row(self, row: int, ids) -> np.ndarray:
        tokens = self.rows[row]
        tokens += [int(t) for t in np.asarray(ids).ravel()]
        self.fed += np.asarray(ids).size
        if len(tokens) > self.context:
            raise ContextFull
        style = next((t for t in reversed(tokens) if t in v.STYLE or t == v.EXAMPLE), 0)
        logits = predicted(*tokens[-2:], style).copy()
        if self.likely is not None:
            logits[self.likely] += 12
        return logits

    def feed_rows(self, first: int, tokens) -> np.ndarray:
        return np.stack([self.feed_row(first + i, [t]) for i, t in enumerate(tokens)])

    def read(self, ids) -> np.ndarray:
        assert self.lengths == (self.shared,) * self.batch
        logits = [self.feed_row(0, [token]) for token in ids]
        self.share(0)
        return np.stack(logits)

    def rewind(self, length: int, row: int) -> None:
        assert length >= self.shared
        del self.rows[row][length:]

    def share(self, row: int) -> None:
        self.rows = [list(self.rows[row]) for _ in self.rows]
        self.shared = len(self.rows[0])

    def follow(self, other: "FakeCache") -> None:
        self.rows = [list(other.rows[0]) for _ in self.rows]
        self.shared = other.shared

    def forget(self, *stretches: tuple[int, int]) -> None:
        assert self.lengths == (self.shared,) * self.batch
        self.forgotten += 1
        for begin, end in reversed(stretches):
            del self.rows[0][begin:end]
        self.share(0)


class FakeSession:
    folder = None

    def __init__(self, context: int = 1024, likely: int | None = None, threads: int = 1):
        self.context = context
        self.threads = threads
        self.likely = likely  # a token that is said wherever it can be
        self.caches: list[FakeCache] = []

    def cache(self, batch: int = 1) -> FakeCache:
        self.caches.append(FakeCache(self.context, batch, self.likely))
        return self.caches[-1]


BAND = Band(
    (
        Player("drums", "standard-kit", 0),
        Player("bass", "electric-bass", 33),
        Player("piano", "acoustic-piano", 0),
        Player("guitar", "distortion-guitar", 30),
        Player("winds", "saxophone", 65),
    )
)


USUAL = (
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0),
    (0.5, 0.5, 0.0, 0.0, 0.0),
    tuple(1 / v.REGISTERS for _ in range(v.REGISTERS)),
    tuple(1 / len(v.FIGURES) for _ in v.FIGURES),
)
"""How a part plays in songs that are all alike: five to nine onsets in four beats, few at once."""


def fake_arranger(context: int = 1024) -> Arranger:
    """An arranger of the styles a (bass) and b (drums, bass) whose notes mean nothing."""
    band = Arranger.__new__(Arranger)
    band.folder = Path()
    band.styles = {
        "a": Style("a", 0, figures(0, ["bass"])),
        "b": Style("b", 1, figures(1, ["drums", "bass"])),
    }
    band.session = FakeSession(context)
    band.profiles = {}
    return band


def example(lead: LeadSheet, style: str) -> Example:
    """A song of style a or b as an example."""
    band = replace(arrangement(lead, style), classes={"bass": "electric-bass"})
    tracks = [lead_song(lead).tracks[0]]
    for part, notes in band.parts.items():
        ticks = notes.copy()
        ticks["start"] *= STEP
        ticks["duration"] *= STEP
        tracks.append(Track(part, 33, ticks, part == "drums"))
    masks = tuple(np.full(len(t.notes), i == 0) for i, t in enumerate(tracks))
    song = replace(lead_song(lead), tracks=tuple(tracks))
    figures = describe_style([measure(Heard(lead, song, masks), band)])
    return Example("tune", lead, band, figures)
