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

from restyle.arranger.habit_counts import Counts, describe_marks
from restyle.arranger.style import load_styles
from restyle.corpus.shards import Corpus, open_corpus
from restyle.fitting import opening, real_habits, refit, sampled
from restyle.lead import LeadSheet

Habits = dict[str, dict[str, str]]
REAL_SONGS = 150
"""Of each style, for what its parts really do."""


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
    jobs = [joblib.delayed(habits_of)(options.corpus, name) for name in names]
    real = dict(zip(names, joblib.Parallel(n_jobs=options.workers)(jobs), strict=True))
    for round_ in range(options.rounds):
        work = [
            joblib.delayed(sampled)(options.model, name, sheets, seed)
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
            if not (round_ or options.go_on):
                styles[name].pop("habits", None)
            before = styles[name].get("habits", {})
            styles[name] = refit(styles[name], real[name], songs)
            change = changed(before, styles[name]["habits"])
            print(f"round {round_ + 1}, {name}: {change:.2f} nats on average", flush=True)
            styles[name]["marks"] = describe_marks(
                real[name], [real[other] for other in others(names, name)]
            )
        place.write_text(json.dumps(styles, indent=1, ensure_ascii=False), encoding="utf-8")


def others(names: Sequence[str], name: str) -> list[str]:
    return [other for other in names if other != name]


def changed(before: Habits, after: Habits) -> float:
    """The mean size of what a round added, to see that a second one has less to do."""
    sizes = []
    for part, rows in after.items():
        for row, text in rows.items():
            new = np.array(text.split(), dtype=float)
            old = before.get(part, {}).get(row)
            sizes.append(np.abs(new - (0.0 if old is None else np.array(old.split(), dtype=float))))
    return float(np.mean(np.concatenate(sizes))) / 100


def sheets_of(
    corpus: Corpus, names: Sequence[str], name: str, songs: int, seed: int
) -> Iterator[list[LeadSheet]]:
    """Songs to arrange: of each other style a few, cut to some bars."""
    for other in others(names, name):
        rng = np.random.default_rng([seed, names.index(name), names.index(other)])
        entries = corpus.select("train", other)
        yield [
            opening(corpus.tokens(entries[i])).lead
            for i in rng.choice(len(entries), size=min(songs, len(entries)), replace=False)
        ]


def habits_of(folder: Path, name: str) -> dict[str, Counts]:
    """The habits of some of a style's songs, cut as the samples are."""
    corpus = open_corpus(folder)
    entries = corpus.select("train", name)
    chosen = np.random.default_rng(0).permutation(len(entries))[:REAL_SONGS]
    return real_habits([opening(corpus.tokens(entries[i])) for i in chosen])


if __name__ == "__main__":
    main()
