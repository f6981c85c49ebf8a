"""Folders of songs, heard and reduced for the composer: once, and kept beside the model."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from itertools import chain, zip_longest
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from restyle.composer.notes import ELEMENT
from restyle.composer.pieces import Piece, piece_of
from restyle.data.manifest import Listed, find_songs
from restyle.data.split import split_of
from restyle.errors import RestyleError
from restyle.io import read
from restyle.io.files import save
from restyle.workers import parallel

FILE = "songs.npz"


@dataclass(frozen=True)
class Songs:
    """Pieces to learn from and pieces held out, split by title."""

    train: tuple[Piece, ...]
    held_out: tuple[Piece, ...]
    left_out: int = 0
    """Songs that could not be used."""


def hear_songs(
    folders: Sequence[Path],
    most: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    keep: Path | None = None,
) -> Songs:
    """Hear the songs of some folders, each a style, or of a manifest.

    Of a style at most `most` are taken, as evenly from its sources as can be, always the same.
    With `keep`, what was heard is written to that file and read from it where it holds the same
    songs already. Where the split by title holds nothing back, every tenth song is held out.
    """
    listed = _chosen(find_songs(folders), most)
    key = _key(listed)
    pieces = _load(keep, key) if keep else None
    if pieces is None:
        pieces = []
        for done, piece in enumerate(_heard(listed, workers), 1):
            if piece is not None:
                pieces.append(piece)
            if progress:
                progress(done, len(listed))
        if keep:
            keep.parent.mkdir(parents=True, exist_ok=True)
            _save(keep, key, pieces)
    return split(pieces, len(listed) - len(pieces))


def load_songs(file: Path) -> Songs:
    """What `hear_songs` kept. Raises RestyleError where there is nothing."""
    pieces = _load(file, None)
    if pieces is None:
        raise RestyleError(f"{file} holds no heard songs: 'restyle train composer' makes it.")
    return split(pieces)


def split(pieces: Sequence[Piece], left_out: int = 0) -> Songs:
    """Pieces to learn from and pieces held out, all versions of a title on one side."""
    held = [split_of(p.style, p.title) != "train" for p in pieces]
    if not any(held):
        held = [i % 10 == 0 and len(pieces) > 1 for i in range(len(pieces))]
    rows = list(zip(pieces, held, strict=True))
    return Songs(tuple(p for p, h in rows if not h), tuple(p for p, h in rows if h), left_out)


def _chosen(listed: Sequence[Listed], most: int | None) -> list[Listed]:
    if most is None:
        return list(listed)
    by_source: defaultdict[tuple[str, str], list[Listed]] = defaultdict(list)
    for song in sorted(listed, key=lambda s: hashlib.blake2b(s.path.name.encode()).digest()):
        by_source[song.style, song.source].append(song)
    out: list[Listed] = []
    for style in sorted({song.style for song in listed}):
        sources = [songs for (s, _), songs in sorted(by_source.items()) if s == style]
        turns = chain.from_iterable(zip_longest(*sources))  # one of each source in turn
        out += [song for song in turns if song is not None][:most]
    return out


def _heard(listed: Sequence[Listed], workers: int | None) -> Iterator[Piece | None]:
    return map(_hear, listed) if workers == 1 else parallel(_hear, listed, workers, batch=8)


def _hear(song: Listed) -> Piece | None:
    try:
        piece = piece_of(read(song.path), song.title)
    except RestyleError:
        return None
    return replace(piece, style=song.style, source=song.source)


def _key(listed: Sequence[Listed]) -> str:
    """A short print of which songs these are."""
    names = [(s.style, s.source, s.path.name, s.path.stat().st_size) for s in listed]
    return hashlib.blake2b(json.dumps(names).encode(), digest_size=16).hexdigest()


def _save(file: Path, key: str, pieces: Sequence[Piece]) -> None:
    about = [{k: v for k, v in _plain(p).items()} for p in pieces]
    data = BytesIO()
    np.savez_compressed(
        data,
        elements=np.concatenate([p.elements for p in pieces] or [np.zeros(0, ELEMENT)]),
        bars=np.concatenate([p.bars for p in pieces] or [np.zeros(0, np.int64)]),
        counts=np.array([(len(p.elements), len(p.bars)) for p in pieces], np.int64).reshape(-1, 2),
        about=np.array(json.dumps({"key": key, "pieces": about})),
    )
    save(file, data.getvalue())


def _plain(piece: Piece) -> dict[str, object]:
    return {k: v for k, v in asdict(piece).items() if k not in ("elements", "bars")}


def _load(file: Path, key: str | None) -> list[Piece] | None:
    """The pieces of a file; None where it is not there, damaged, or of other songs."""
    if not file.is_file():
        return None
    try:
        with np.load(file, allow_pickle=False) as held:
            about = json.loads(str(held["about"]))
            if key not in (None, about["key"]):
                return None
            cuts = np.cumsum(held["counts"], axis=0)[:-1]
            elements = np.split(held["elements"], cuts[:, 0])
            bars = np.split(held["bars"], cuts[:, 1])
    except (OSError, ValueError, KeyError, BadZipFile):
        return None
    rows = zip(elements, bars, about["pieces"], strict=True) if about["pieces"] else ()
    return [Piece(e, b, **rest) for e, b, rest in rows]
