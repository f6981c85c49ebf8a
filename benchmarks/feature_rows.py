"""Features of the songs of a corpus, and which songs may not be parted: for `judge.py` and
`distinctness.py`."""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray

from restyle.critic.features import features
from restyle.critic.played import Played
from restyle.critic.tokens import played_tokens
from restyle.data.manifest import normal_title
from restyle.data.shards import Corpus, Entry, open_corpus

Names = NDArray[np.str_]
CHUNK = 200
"""Songs that a process measures before it says so."""


@dataclass(frozen=True)
class Rows:
    """A row for each song that has a style."""

    x: NDArray[np.float16]
    """Features with drums, last; shape (songs, 2, features): the whole song, and its accompaniment
    alone."""
    style: Names
    split: Names
    album: Names
    """What songs have in common besides their style: a performer, a work, a game."""
    title: Names
    """All versions of a title have one."""


def feature_rows(folder: Path, file: Path | None, jobs: int = 1) -> Rows:
    """The rows of a corpus; features are kept in `file`, and taken from there where it is."""
    corpus = open_corpus(folder)
    entries = [e for e in corpus.entries if e.style in corpus.styles]
    if file is not None and file.is_file():
        with np.load(file, allow_pickle=False) as table:
            x = table["x"]
        if len(x) != len(entries):
            sys.exit(f"{file} is of another corpus: name another file.")
    else:
        chunks = [entries[i : i + CHUNK] for i in range(0, len(entries), CHUNK)]
        work = joblib.Parallel(jobs, verbose=5)
        x = np.concatenate(work(joblib.delayed(measured)(corpus, some) for some in chunks))
        if file is not None:
            np.savez(file, x=x)
    return Rows(
        x,
        np.array([e.style for e in entries]),
        np.array([e.split for e in entries]),
        np.array([album_of(e) for e in entries]),
        np.array([title_of(e) for e in entries]),
    )


def measured(corpus: Corpus, entries: list[Entry]) -> NDArray[np.float16]:
    """The features of some songs of a corpus."""
    return views_of([played_tokens(corpus.tokens(entry)) for entry in entries])


def views_of(songs: list[Played]) -> NDArray[np.float16]:
    """Features of songs and of their accompaniments, shape (songs, 2, features)."""
    views = [[features(v, drums=True) for v in (song, song.without_melody)] for song in songs]
    return np.array(views, dtype=np.float16)


def album_of(entry: Entry) -> str:
    """The performer, work or collection that the path names before the title
    ("Performer_-_Title", "Work__Movement"); the song itself where it names none."""
    path = PurePosixPath(entry.path)
    for mark in ("__", "_-_"):
        before, found, _ = path.stem.rpartition(mark)
        if found:
            words = re.sub(r"[\W_]+", " ", before.lower()).split()
            return " ".join(sorted(words))  # "Joplin Scott" and "Scott Joplin"
    return f"{entry.style} {entry.title}"


def title_of(entry: Entry) -> str:
    """The title without its performer, so that versions of a song are one."""
    stem = PurePosixPath(entry.path).stem
    return normal_title(re.split("__|_-_", stem)[-1])


def half_of(album: str) -> int:
    """0 or 1: the half that an album falls into, on every machine alike."""
    return hashlib.blake2b(album.encode(), digest_size=8).digest()[0] % 2


def without_titles_of(rows: Rows, learn: NDArray[Any], measure: NDArray[Any]) -> NDArray[np.int64]:
    """The songs of `learn` whose title no song of `measure` has; both are row numbers."""
    return np.asarray(learn[~np.isin(rows.title[learn], rows.title[measure])])
