"""What the model sees of a song while it plays it: held-out loss by how its window moves on.

    python benchmarks/window.py CORPUS [--model FOLDER] [--songs 4] [--bars 64]

Feeds held-out songs, as they are, through the window that decoding uses, and through one that is
read anew whenever it is full, as it was before. Prints nats an arrangement token from bar 13 on (a
mean over songs, as many of each style), seconds of one core, and how many tokens stood in the
window.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, open_corpus
from restyle.decoding import window as constants
from restyle.decoding.engine import Engine
from restyle.decoding.window import Guide, Window
from restyle.pipeline import PRETRAINED
from restyle.style.style import load_styles
from restyle.tokens import encode_arrangement, encode_lead, heading_of
from restyle.tokens import vocabulary as v

FIRST = 12
"""Bars at the beginning that do not count: most windows still hold all of them."""
DENSEST = 330
"""Tokens of a bar beyond which a song is passed over: no small window has room for it."""


@dataclass(frozen=True)
class Way:
    """How a window moves on: what must be free, what stays, and whether it is read anew."""

    reserve: float
    kept: float
    anew: bool = False

    @property
    def name(self) -> str:
        how = "read anew" if self.anew else "slides"
        return f"{how} where less than {self.reserve:.0%} is free, {self.kept:.0%} stays"


WAYS = (
    Way(0.25, 0.55, anew=True),
    Way(0.25, 0.55),
    Way(0.25, 0.7),
    Way(constants.RESERVE, constants.KEPT),
    Way(0.45, 0.52),
)


@dataclass(frozen=True)
class Song:
    """A held-out song, as tokens."""

    slot: int
    heading: list[int]
    leads: list[list[int]]
    bars: list[list[int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", type=Path, default=PRETRAINED)
    parser.add_argument("--songs", type=int, default=4, help="of each style")
    parser.add_argument("--bars", type=int, default=64)
    options = parser.parse_args()
    engine = Engine.load(options.model, threads=1)
    slots = {style.name: style.slot for style in load_styles(options.model).values()}
    corpus = open_corpus(options.corpus)
    songs = [
        song
        for style, slot in slots.items()
        for song in islice(long_songs(corpus, style, slot, options.bars), options.songs)
    ]
    print("| window | nats a token | seconds | tokens in sight |\n|---|---|---|---|")
    for way in WAYS:
        began = time.process_time()
        found = [followed(engine, song, way) for song in songs]
        spent = time.process_time() - began
        loss, seen = np.mean(found, axis=0)
        print(f"| {way.name} | {loss:.4f} | {spent:.0f} | {seen:.0f} |", flush=True)


def long_songs(corpus: Corpus, style: str, slot: int, bars: int) -> Iterator[Song]:
    """Songs of the validation split that are long enough for a window to move on."""
    entries = corpus.select("valid", style)
    for i in np.random.default_rng(4).permutation(len(entries)):
        song = played_tokens(corpus.tokens(entries[i]))
        arranged = encode_arrangement(song.arrangement, song.lead)[:bars]
        if len(arranged) < bars * 3 // 4 or max(map(len, arranged)) > DENSEST:
            continue
        heading = heading_of(song.lead, song.arrangement.names, slot, "any").tokens()
        yield Song(slot, heading, encode_lead(song.lead), arranged)


def followed(engine: Engine, song: Song, way: Way) -> tuple[float, float]:
    """Nats a token, and tokens in sight."""
    constants.RESERVE, constants.KEPT = way.reserve, way.kept
    guides = (Guide(v.STYLE[song.slot + 1], 1.0),)
    window = Window(engine, song.heading, song.leads, guides)
    nats, seen = [], []
    for bar, tokens in enumerate(song.bars):
        if way.anew and window.room < way.reserve * engine.context + len(song.leads[bar]):
            window = Window(engine, song.heading, song.leads, guides, past=song.bars[:bar])
        logits = window.begin_bar(bar)
        for token in tokens[1:]:
            if bar >= FIRST:
                nats.append(float(np.logaddexp.reduce(logits) - logits[token]))
                seen.append(engine.context - window.room)
            logits = window.step(token)
        window.end_bar(tokens)
    return float(np.mean(nats)), float(np.mean(seen))


if __name__ == "__main__":
    main()
