"""Fits the ear that listens while a song is arranged, and a judge that never heard its songs.

    python benchmarks/ear.py CORPUS [--out src/restyle/pretrained/evaluation]

The training songs are shared out by title. The ear (`restyle.critic.ear`) learns from one half,
from 16 bars at a time, with melody and without. The judge apart learns from the other half, whole
songs, as the judge of `benchmarks/judge.py` does: it has not a song in common with the ear, so that
it can say whether the ear leads to the style or only to itself. Prints how often each is right
about the songs that were held out. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray

from judge import OUT, Rows, columns, fitted, save
from restyle.critic.features import features
from restyle.critic.judge import Judge
from restyle.critic.played import Played
from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, Entry, open_corpus

EXCERPT, EXCERPTS = 16, 3
"""Bars of an excerpt, and how many there are of a song at most."""
EAR_PENALTY = 0.3
"""The ear hears few bars, of which it is not to be too sure."""
Row = tuple[NDArray[np.float32], str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    options.out.mkdir(parents=True, exist_ok=True)
    print("| | learns from | right about songs held out | mean of styles |\n|---|---|---|---|")
    rows = rows_of(corpus, half=0, whole=False)
    ear = fitted(rows, seen(rows), EAR_PENALTY)
    save(ear, options.out / "ear.npz")
    print(f"| ear | {(rows['split'] == 'train').sum()} excerpts | {right(ear, rows)} |")
    rows = rows_of(corpus, half=1, whole=True)
    apart = fitted(rows, seen(rows))
    save(apart, options.out / "apart.npz")
    print(f"| judge apart | {(rows['split'] == 'train').sum()} songs | {right(apart, rows)} |")


def rows_of(corpus: Corpus, half: int, whole: bool) -> Rows:
    """Features of half of the training songs, and of all that were held out."""
    chosen = [e for e in corpus.entries if e.split != "train" or half_of(e) == half]
    jobs = (joblib.delayed(_rows)(np.array(corpus.tokens(e)), e, whole) for e in chosen)
    found = [row for rows in joblib.Parallel(-1, batch_size=20)(jobs) for row in rows]
    x, style, split = zip(*found, strict=True)
    return {"x": np.array(x), "style": np.array(style), "split": np.array(split)}


def half_of(entry: Entry) -> int:
    """0 or 1, the same for all songs of one title."""
    return int(sha256(entry.title.encode()).hexdigest(), 16) % 2


def _rows(tokens: NDArray[np.int64], entry: Entry, whole: bool) -> list[Row]:
    song = played_tokens(tokens)
    stretches = [song] if whole else excerpts(song)
    views = [view for part in stretches for view in (part, part.without_melody)]
    views = views if entry.split == "train" else stretches
    return [(_features(view), entry.style, entry.split) for view in views]


def excerpts(song: Played) -> list[Played]:
    """Stretches of a song, its first bars and as many more as lie apart."""
    bars = song.lead.bars
    firsts = np.unique(np.linspace(0, max(bars - EXCERPT, 0), EXCERPTS).astype(int))
    return [song.part(int(first), min(int(first) + EXCERPT, bars)) for first in firsts]


def _features(song: Played) -> NDArray[np.float32]:
    return features(song, drums=True).astype(np.float32)


def seen(rows: Rows) -> NDArray[np.int64]:
    """The features of pitch and rhythm, and whether eighths swing; not the drums."""
    return columns(rows["x"].shape[1], drums=False, swing=True)


def right(judge: Judge, rows: Rows) -> str:
    """Shares of what was held out: of all, and the mean over styles."""
    held = rows["split"] != "train"
    best = np.array(judge.styles)[judge.scores(rows["x"][held].astype(float)).argmax(axis=1)]
    truth = rows["style"][held]
    each = [np.mean(best[truth == name] == name) for name in judge.styles]
    return f"{np.mean(best == truth):.1%} | {np.mean(each):.1%}"


if __name__ == "__main__":
    main()
