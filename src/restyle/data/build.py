"""Songs on disk to a corpus: read, hear, arrange on the grid, encode; on all cores or a cluster.

The songs that cannot be used are counted by reason, never hidden. Tokens go to a file as they
come; what stays in memory of a song are its measures and the hashes of its bars.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import listen
from restyle.data.cluster import cluster
from restyle.data.manifest import Listed, find_songs
from restyle.data.manners import NAMES, Manner, find_manners, manner_features
from restyle.data.measure import Measures, describe_style, describe_tunes, measure
from restyle.data.mislabelled import mislabelled
from restyle.data.playing import (
    describe_beside,
    describe_kit,
    describe_parts,
    describe_playing,
    describe_returning,
    describe_walking,
    is_duple,
    kit_shares,
    played_shares,
    share_returning,
    share_walking,
)
from restyle.data.shards import Entry, Tokens, write_corpus
from restyle.data.split import Prints, bar_prints, duplicates, split_of
from restyle.errors import RestyleError, UnreadableSong
from restyle.io import read
from restyle.music.grid import SWINGS
from restyle.music.parts import arrangement_of
from restyle.tokens import encode, heading_of
from restyle.tokens import vocabulary as v
from restyle.workers import parallel

LEAST_BARS, MOST_BARS = 8, 1500
LEAST_MELODY = 16
"""Melody notes below which a song has no tune to arrange."""
MOST_TOKENS_A_BAR = 260
UNSORTED = "unsorted"
"""The folder of songs that teach the model music, but no style."""
BATCH = 8
"""Songs that are given to a process at once."""


@dataclass(frozen=True)
class Prepared:
    """One song, encoded for style slot 0, with its measures; or why it cannot be used."""

    song: Listed
    reason: str = ""
    tokens: Tokens | None = None
    measures: Measures | None = None
    prints: Prints | None = None


@dataclass(frozen=True)
class Usable:
    """What is kept in memory of a song that can be used."""

    song: Listed
    offset: int
    """Where its tokens begin in the spool."""
    length: int
    measures: Measures
    prints: Prints
    manner: NDArray[np.float64]
    """How it is played: see `data.manners`."""
    playing: NDArray[np.float64]
    """How its parts play: see `data.playing`."""
    kit: NDArray[np.float64]
    """Whether its drums have kick and snare."""
    duple: bool
    """Whether it is in 2/4."""
    returning: float
    """The share of what returns in it that is played as before."""
    walking: float
    """The share of its bars in which a bass walks."""


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
    encoded = encode(
        lead, arrangement, heading_of(lead, arrangement.names, 0, feel, arrangement.classes)
    )
    if len(encoded) > MOST_TOKENS_A_BAR * lead.bars:
        return Prepared(song, reason="too dense")
    tokens = np.array(encoded, dtype=np.uint16)
    return Prepared(song, "", tokens, measure(heard, arrangement), bar_prints(tokens))


def build_corpus(
    folders: Sequence[Path],
    out: Path,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    address: str = "",
) -> Summary:
    """Build a corpus folder from folders of songs (see `find_songs`).

    `workers` is the number of processes (all cores when None); with an `address` the songs are
    heard by the Dask cluster whose scheduler is there. The result depends on neither.
    `progress(done, all)` is called after each song.
    """
    began = time.monotonic()
    listed = find_songs(folders)
    names = sorted({song.style for song in listed} - {UNSORTED})
    if len(names) > v.STYLE_SLOTS:
        raise RestyleError(f"{len(names)} styles are more than the {v.STYLE_SLOTS} a corpus holds.")
    left_out: Counter[str] = Counter()
    with tempfile.TemporaryFile(dir=_nearest(out)) as spool:
        usable: list[Usable] = []
        with cluster(address, listed[0].path.absolute()) if address else nullcontext():
            prepared = _prepare_all(listed, workers, bool(address))
            for done, one in enumerate(prepared, start=1):
                if one.reason:
                    left_out[one.reason] += 1
                else:
                    usable.append(_spooled(one, spool))
                if progress:
                    progress(done, len(listed))
        kept = _kept(usable, left_out)
        if not kept:
            reasons = ", ".join(f"{n} {reason}" for reason, n in left_out.items() if n)
            raise RestyleError(f"None of the {len(listed)} songs can be used: {reasons}.")
        styles, manners = _styles(kept, names)
        songs = (_entry(one, names, manners.get(i), spool) for i, one in enumerate(kept))
        write_corpus(out, songs, styles, dict(left_out))
    return Summary(
        songs=dict(Counter(one.song.style for one in kept)),
        left_out=dict(left_out),
        tokens=sum(one.length for one in kept),
        seconds=time.monotonic() - began,
    )


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above that is there already."""
    return next(place for place in (folder, *folder.absolute().parents) if place.is_dir())


def _prepare_all(
    listed: Sequence[Listed], workers: int | None, on_cluster: bool = False
) -> Iterator[Prepared]:
    """The songs prepared, in their order."""
    if not on_cluster:
        return map(prepare, listed) if workers == 1 else parallel(prepare, listed, workers, BATCH)
    import joblib

    # another folder may be the current one there
    listed = [replace(song, path=song.path.absolute()) for song in listed]
    there = joblib.Parallel(n_jobs=workers or -1, return_as="generator", batch_size=BATCH)
    results: Iterator[Prepared] = there(joblib.delayed(prepare)(song) for song in listed)
    return results


def _spooled(prepared: Prepared, spool: IO[bytes]) -> Usable:
    """Write the tokens of a song to the end of the spool."""
    tokens, measures, prints = prepared.tokens, prepared.measures, prepared.prints
    assert tokens is not None and measures is not None and prints is not None
    offset = spool.tell()
    spool.write(tokens.astype("<u2").tobytes())
    manner, playing = manner_features(tokens), played_shares(tokens)
    return Usable(
        prepared.song,
        offset,
        len(tokens),
        measures,
        prints,
        manner,
        playing,
        kit_shares(tokens),
        is_duple(tokens),
        share_returning(tokens),
        share_walking(tokens),
    )


def _kept(songs: Sequence[Usable], left_out: Counter[str]) -> list[Usable]:
    """Those that are neither another song again nor strangers in their style; counts the rest."""
    same = duplicates([one.prints for one in songs])
    kept = [one for i, one in enumerate(songs) if i not in same]
    left_out["nearly the same as another"] = len(same)
    sorted_ones = [i for i, one in enumerate(kept) if one.song.style != UNSORTED]
    measures = [kept[i].measures for i in sorted_ones]
    odd = mislabelled(measures, [kept[i].song.style for i in sorted_ones])
    strangers = {sorted_ones[i] for i in odd}
    left_out["sounds like another style than its folder's"] = len(strangers)
    return [one for i, one in enumerate(kept) if i not in strangers]


def _entry(
    one: Usable, names: list[str], manner: int | None, spool: IO[bytes]
) -> tuple[Entry, Tokens]:
    song = one.song
    spool.seek(one.offset)
    tokens = np.frombuffer(spool.read(2 * one.length), dtype="<u2").copy()
    tokens[1] = v.STYLE[names.index(song.style) + 1 if song.style in names else 0]
    tokens[2] = v.MANNER[0 if manner is None else manner + 1]
    split = split_of(song.style, song.title)
    path = f"{song.style}/{song.source}/{song.path.name}"
    return Entry(path, song.title, song.style, split, song.source, 0, 0, len(tokens)), tokens


def _compound(songs: Sequence[NDArray[np.float64]]) -> float:
    """Share of songs that are mostly in compound meters."""
    return float(np.mean([song[NAMES.index("compound")] > 0.5 for song in songs]))


def _as_played(songs: Sequence[Usable], manner: Manner) -> dict[str, Any]:
    """What a manner is, with who plays in its songs, and how."""
    playing = [one.playing for one in songs]
    return replace(
        manner,
        parts=describe_parts(playing),
        beside=describe_beside(playing),
        tunes=describe_tunes([one.measures for one in songs]),
        playing=describe_playing(playing),
        kit=tuple(describe_kit([one.kit for one in songs])),
    ).described()


def _styles(kept: Sequence[Usable], names: list[str]) -> tuple[dict[str, Any], dict[int, int]]:
    """What each style is, and the manner of each song (by its number) of a style that has some."""
    styles: dict[str, Any] = {}
    manner_of: dict[int, int] = {}
    for slot, name in enumerate(names):
        numbers = [i for i, one in enumerate(kept) if one.song.style == name]
        if not numbers:
            continue
        sources = Counter(kept[i].song.source for i in numbers)
        labels, manners = find_manners(np.stack([kept[i].manner for i in numbers]))
        if manners:
            manner_of.update(zip(numbers, labels.tolist(), strict=True))
        styles[name] = {
            "slot": slot,
            **describe_style([kept[i].measures for i in numbers]),
            "compound": round(_compound([kept[i].manner for i in numbers]), 4),
            "duple": round(float(np.mean([kept[i].duple for i in numbers])), 4),
            "beside": describe_beside([kept[i].playing for i in numbers]),
            "returning": describe_returning([kept[i].returning for i in numbers]),
            "walking": describe_walking([kept[i].walking for i in numbers]),
            "playing": describe_playing([kept[i].playing for i in numbers]),
            "kit": describe_kit([kept[i].kit for i in numbers]),
            "manners": [
                _as_played([kept[i] for i, of in zip(numbers, labels, strict=True) if of == k], one)
                for k, one in enumerate(manners)
            ],
            "sources": dict(sources),
        }
    return styles, manner_of
