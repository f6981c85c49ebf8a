"""Songs on disk to a corpus: read, hear, arrange on the grid, encode; on all cores.

The songs that cannot be used are counted by reason, never hidden.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from restyle.corpus.manifest import Listed, find_songs
from restyle.corpus.measure import SWINGS, Measures, describe_style, measure
from restyle.corpus.mislabelled import mislabelled
from restyle.corpus.shards import Entry, Tokens, write_corpus
from restyle.corpus.split import bar_prints, duplicates, split_of
from restyle.errors import RestyleError, UnreadableSong
from restyle.formats import read
from restyle.hearing import listen
from restyle.parts import arrangement_of
from restyle.tokens import encode, heading_of
from restyle.tokens import vocabulary as v

LEAST_BARS, MOST_BARS = 8, 1500
LEAST_MELODY = 16
"""Melody notes below which a song has no tune to arrange."""
MOST_TOKENS_A_BAR = 260


@dataclass(frozen=True)
class Prepared:
    """One song, encoded for style slot 0, with its measures; or why it cannot be used."""

    song: Listed
    reason: str = ""
    tokens: Tokens | None = None
    measures: Measures | None = None


@dataclass(frozen=True)
class Summary:
    """What a corpus came to."""

    songs: dict[str, int]
    left_out: dict[str, int]
    tokens: int
    seconds: float


def prepare(song: Listed) -> Prepared:
    """Read, hear and encode one song; what goes wrong with it is its reason."""
    try:
        return _prepare(song)
    except UnreadableSong:
        return Prepared(song, reason="cannot be read")
    except RestyleError:
        return Prepared(song, reason="cannot be heard")
    except Exception as error:  # one song in thousands must not cost hours of work: it is counted
        return Prepared(song, reason=f"a fault of restyle ({type(error).__name__})")


def _prepare(song: Listed) -> Prepared:
    heard = listen(read(song.path))
    lead = heard.lead
    if not LEAST_BARS <= lead.bars <= MOST_BARS:
        return Prepared(song, reason="too short" if lead.bars < LEAST_BARS else "too long")
    if len(lead.melody) < LEAST_MELODY:
        return Prepared(song, reason="no melody")
    if int(np.diff(lead.bar_starts()).max()) > v.LONGEST_BAR:
        return Prepared(song, reason="a bar longer than 7/4")
    arrangement = arrangement_of(heard.song, heard.melody, lead.bars)
    if not arrangement.names:
        return Prepared(song, reason="nothing but a melody")
    feel = "swing" if lead.swing >= SWINGS else "straight"
    tokens = encode(lead, arrangement, heading_of(lead, arrangement.names, 0, feel))
    if len(tokens) > MOST_TOKENS_A_BAR * lead.bars:
        return Prepared(song, reason="too dense")
    return Prepared(
        song, tokens=np.array(tokens, dtype=np.uint16), measures=measure(heard, arrangement)
    )


def build_corpus(
    folders: Sequence[Path],
    out: Path,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Build a corpus folder from folders of songs (see `find_songs`).

    `workers` is the number of processes (all cores when None); the result does not depend on it.
    `progress(done, all)` is called after each song.
    """
    began = time.monotonic()
    listed = find_songs(folders)
    names = sorted({song.style for song in listed})
    if len(names) > v.STYLE_SLOTS:
        raise RestyleError(f"{len(names)} styles are more than the {v.STYLE_SLOTS} a corpus holds.")
    done: list[Prepared] = []
    for prepared in _prepare_all(listed, workers):
        done.append(prepared)
        if progress:
            progress(len(done), len(listed))
    left_out = Counter(p.reason for p in done if p.reason)
    usable = [p for p in done if not p.reason]
    kept = _drop_duplicates(usable)
    left_out["nearly the same as another"] = len(usable) - len(kept)
    strangers = set(_mislabelled(kept))
    left_out["sounds like another style than its folder's"] = len(strangers)
    kept = [p for i, p in enumerate(kept) if i not in strangers]
    if not kept:
        reasons = ", ".join(f"{n} {reason}" for reason, n in left_out.items() if n)
        raise RestyleError(f"None of the {len(listed)} songs can be used: {reasons}.")
    write_corpus(out, [_entry(p, names) for p in kept], _styles(kept, names), dict(left_out))
    return Summary(
        songs=dict(Counter(p.song.style for p in kept)),
        left_out=dict(left_out),
        tokens=sum(len(p.tokens) for p in kept if p.tokens is not None),
        seconds=time.monotonic() - began,
    )


def _prepare_all(listed: Sequence[Listed], workers: int | None) -> Iterator[Prepared]:
    if workers == 1:
        yield from map(prepare, listed)
        return
    import joblib

    parallel = joblib.Parallel(n_jobs=workers or -1, return_as="generator", batch_size=8)
    yield from parallel(joblib.delayed(prepare)(song) for song in listed)


def _drop_duplicates(songs: Sequence[Prepared]) -> list[Prepared]:
    same = duplicates([bar_prints(p.tokens) for p in songs if p.tokens is not None])
    return [p for i, p in enumerate(songs) if i not in same]


def _mislabelled(songs: Sequence[Prepared]) -> list[int]:
    measures = [p.measures for p in songs if p.measures is not None]
    return mislabelled(measures, [p.song.style for p in songs])


def _entry(prepared: Prepared, names: list[str]) -> tuple[Entry, Tokens]:
    song = prepared.song
    assert prepared.tokens is not None
    tokens = prepared.tokens.copy()
    tokens[1] = v.STYLE[names.index(song.style) + 1]
    split = split_of(song.style, song.title)
    path = f"{song.style}/{song.source}/{song.path.name}"
    return Entry(path, song.title, song.style, split, song.source, 0, 0, len(tokens)), tokens


def _styles(kept: Sequence[Prepared], names: list[str]) -> dict[str, Any]:
    by_style: defaultdict[str, list[Measures]] = defaultdict(list)
    sources: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for p in kept:
        assert p.measures is not None
        by_style[p.song.style].append(p.measures)
        sources[p.song.style][p.song.source] += 1
    return {
        name: {"slot": slot, **describe_style(by_style[name]), "sources": dict(sources[name])}
        for slot, name in enumerate(names)
        if by_style[name]
    }
