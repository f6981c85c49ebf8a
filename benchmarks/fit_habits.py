"""Fits the habits of a model's styles (see `restyle.arranger.habits`): samples beside songs.

    python benchmarks/fit_habits.py CORPUS MODEL [--songs 8] [--rounds 2] [--go-on]

For each style the model in the folder MODEL arranges songs of the others, from the training split,
as `restyle transfer` would; what its parts do less than in the style's own songs is written into
the model's styles.json, with the style's marks and note lengths. A second round measures with the
first at work.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import joblib
import numpy as np

from restyle.arranger.decode import DecodeOptions, arrange_bars
from restyle.arranger.engine import Engine
from restyle.arranger.habits import (
    Counts,
    added,
    count_habits,
    describe_habits,
    describe_lengths,
    describe_marks,
)
from restyle.arranger.style import load_styles
from restyle.corpus.shards import Corpus, Tokens, open_corpus
from restyle.evaluation.played import Played
from restyle.evaluation.tokens import played_tokens
from restyle.lead import LeadSheet
from restyle.tokens import encode_arrangement

BARS = 28
REAL_SONGS = 150
SWINGING = 1.2
Counted = tuple[LeadSheet, list[list[int]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--songs", type=int, default=8, help="of each other style")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--go-on", action="store_true", help="from the habits that are there")
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    place = options.model / "styles.json"
    names = list(load_styles(options.model))
    jobs = [joblib.delayed(real_habits)(options.corpus, name) for name in names]
    real = dict(zip(names, joblib.Parallel(n_jobs=options.workers)(jobs), strict=True))
    for round_ in range(options.rounds):
        work = [
            joblib.delayed(sampled_bars)(options.model, name, sheets, seed)
            for name in names
            for seed, sheets in enumerate(
                sheets_of(corpus, names, name, options.songs, round_ + 7 * options.go_on)
            )
        ]
        owners = [name for name in names for _ in others(names, name)]
        done = joblib.Parallel(n_jobs=options.workers, batch_size=1)(work)
        styles = json.loads(place.read_text(encoding="utf-8"))
        for name in names:
            songs = [
                song for owner, made in zip(owners, done, strict=True) if owner == name
                for song in made
            ]  # fmt: skip
            more = describe_habits(real[name], count_habits(songs))
            old = styles[name].get("habits", {}) if round_ or options.go_on else {}
            styles[name]["habits"] = added(old, more)
            print(f"round {round_ + 1}, {name}: {size_of(more):.2f} nats on average", flush=True)
            styles[name]["lengths"] = describe_lengths(real[name])
            styles[name]["marks"] = describe_marks(
                real[name], [real[other] for other in others(names, name)]
            )
        place.write_text(json.dumps(styles, indent=1, ensure_ascii=False), encoding="utf-8")


def others(names: Sequence[str], name: str) -> list[str]:
    return [other for other in names if other != name]


def size_of(described: dict[str, dict[str, str]]) -> float:
    """The mean size of all nats, to see that a second round has less to do."""
    rows = [row.split() for part in described.values() for row in part.values()]
    return float(np.mean([abs(float(x)) for row in rows for x in row])) / 100


def sheets_of(
    corpus: Corpus, names: Sequence[str], name: str, songs: int, seed: int
) -> Iterator[list[Played]]:
    """Songs to arrange: of each other style a few, cut to some bars."""
    for other in others(names, name):
        rng = np.random.default_rng([seed, names.index(name), names.index(other)])
        entries = corpus.select("train", other)
        yield [
            opening(corpus.tokens(entries[i]))
            for i in rng.choice(len(entries), size=min(songs, len(entries)), replace=False)
        ]


def opening(tokens: Tokens) -> Played:
    song = played_tokens(tokens)
    return song.part(0, min(song.lead.bars, BARS))


def real_habits(folder: Path, name: str) -> dict[str, Counts]:
    """The habits of some of a style's songs, cut as the samples are."""
    corpus = open_corpus(folder)
    entries = corpus.select("train", name)
    chosen = np.random.default_rng(0).permutation(len(entries))[:REAL_SONGS]
    songs = [opening(corpus.tokens(entries[i])) for i in chosen]
    return count_habits([(s.lead, encode_arrangement(s.arrangement, s.lead)) for s in songs])


def sampled_bars(model: Path, name: str, sheets: list[Played], seed: int) -> list[Counted]:
    """The same of what the model makes of the sheets."""
    style = load_styles(model)[name]
    engine = Engine.load(model, threads=1)
    out = []
    for number, sheet in enumerate(sheets):
        lead = sheet.lead
        swings = lead.meters[0].denominator == 4 and style.swing_ratio(lead.tempos[0].bpm)
        options = DecodeOptions(feel="swing" if swings >= SWINGING else "straight")
        rng = np.random.default_rng([seed, number])
        made = arrange_bars(lead, style, style.parts, engine, rng, options)
        out.append((lead, encode_arrangement(made, lead)))
    return out


if __name__ == "__main__":
    main()
