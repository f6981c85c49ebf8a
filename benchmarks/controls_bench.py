"""What `controls.py` measures with: held-out songs, the model, and how its results are heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from restyle.critic.judge import Judge
from restyle.critic.likeness import load_profiles
from restyle.critic.played import Played, played
from restyle.critic.profile import Profile, profile, similarity
from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, Entry, open_corpus
from restyle.decoding.session import Session
from restyle.options import TransferOptions
from restyle.pipeline import Arranger, Result

OTHERS = 20
"""Random other songs that an example is compared with."""
Row = dict[str, Any]
Profiles = dict[str, Profile]
"""Of the model's styles, by name."""
Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    corpus: Corpus
    arranger: Arranger
    judge: Judge
    profiles: dict[str, Profile]
    pool: dict[str, tuple[str, Profile]]
    """Random held-out songs: path, (style, profile of the accompaniment)."""
    seed: int


@dataclass(frozen=True)
class Base:
    """One song to be arranged."""

    entry: Entry
    song: Played
    target: str
    example: Entry


def opened(folder: Path, model: Path, seed: int) -> Bench:
    """The corpus and the model in two folders, ready to be measured on one core, of which seconds
    are counted."""
    corpus, arranger = open_corpus(folder), Arranger(model)
    arranger.session = Session.load(model, threads=1)
    styles = list(arranger.styles.values())
    by_slot = load_profiles(model, styles)
    held = [e for e in corpus.select("test") if e.style in arranger.styles]
    chosen = np.random.default_rng(5).permutation(len(held))[: 2 * OTHERS]
    pool = {}
    for i in chosen:
        song = played_tokens(corpus.tokens(held[i])).without_melody
        pool[held[i].path] = (held[i].style, profile(song))
    profiles = {style.name: by_slot[style.slot] for style in styles}
    return Bench(corpus, arranger, Judge.load(), profiles, pool, seed)


def bases(bench: Bench, count: int, bars: int, split: str = "test") -> Iterator[Base]:
    """`count` songs, held out unless another split is named, as many of each style as of the next,
    each to another style."""
    rng = np.random.default_rng(bench.seed)
    styles = list(bench.arranger.styles)
    found = {style: usable(bench, style, bars, split) for style in styles}
    examples = [path for path in bench.pool]
    entries = {entry.path: entry for entry in bench.corpus.entries}
    for number in range(count):
        style = styles[number % len(styles)]
        entry, song = next(found[style], (None, None))
        if entry is None or song is None:
            continue
        others = [s for s in styles if s != style]
        target = others[number // len(styles) % len(others)]
        chosen = [p for p in examples if p != entry.path]
        example = entries[chosen[int(rng.integers(len(chosen)))]]
        yield Base(entry, song, target, example)


def usable(bench: Bench, style: str, bars: int, split: str) -> Iterator[tuple[Entry, Played]]:
    """Songs with enough melody, cut to their first bars of music, in a fixed random order."""
    entries = bench.corpus.select(split, style)
    for i in np.random.default_rng(1).permutation(len(entries)):
        song = played_tokens(bench.corpus.tokens(entries[i]))
        if len(song.lines) - 1 < bars + 4:
            continue
        cut = song.part(4, 4 + bars)
        if len(cut.lead.melody) >= bars and set(cut.arrangement.names):
            yield entries[i], cut


def made(bench: Bench, base: Base, **wishes: Any) -> Result:
    wishes = {"to": base.target, "seed": bench.seed, **wishes}
    return bench.arranger.transfer(base.song.lead, TransferOptions(**wishes))


def sound(result: Result, take: int = 0) -> Played:
    return played(result.lead, result.takes[take].arrangement, result.swing)


def near(song: Played, target: Profile) -> float:
    return similarity(profile(song.without_melody), target)["all"]
