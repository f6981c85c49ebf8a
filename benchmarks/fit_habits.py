"""Fits the habits of a model's styles (see `restyle.decoding.habits`): samples beside songs.

    python benchmarks/fit_habits.py CORPUS MODEL [--songs 8] [--rounds 2] [--go-on]

For each style the model in the folder MODEL arranges songs of the others, from the training split,
as `restyle transfer` would: every other one in the style's default band, the rest in other bands of
its songs, until each part that the style knows has played. What its parts do less than in the
style's own songs is written into the model's styles.json, with the style's marks and note lengths.
A second round measures with the first at work.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import joblib
import numpy as np

from restyle.data.shards import Corpus, open_corpus
from restyle.decoding.habit_counts import Counts, count_habits, describe_marks
from restyle.music.lead import LeadSheet
from restyle.style.fitting import opening, real_habits, refit, sampled
from restyle.style.style import LARGEST_BAND, Style, load_styles

Habits = dict[str, dict[str, str]]
REAL_SONGS = 150
"""Of each style, for what its parts really do."""
LOT = 2
"""Sheets that one band plays before the next one's turn."""


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
    described = load_styles(options.model)
    names = list(described)
    jobs = [joblib.delayed(habits_of)(options.corpus, described[name]) for name in names]
    real = dict(zip(names, joblib.Parallel(n_jobs=options.workers)(jobs), strict=True))
    for round_ in range(options.rounds):
        work = [
            (name, joblib.delayed(sampled)(options.model, name, sheets, seed, None, band))
            for name in names
            for seed, (sheets, band) in enumerate(
                in_bands(
                    sheets_of(corpus, names, name, options.songs, round_ + 7 * options.go_on),
                    described[name],
                )
            )
        ]
        done = joblib.Parallel(n_jobs=options.workers, batch_size=1)(job for _, job in work)
        styles = json.loads(place.read_text(encoding="utf-8"))
        for name in names:
            songs = [
                song for (owner, _), made in zip(work, done, strict=True) if owner == name
                for song in made
            ]  # fmt: skip
            if not (round_ or options.go_on):
                styles[name].pop("habits", None)
            before = styles[name].get("habits", {})
            beside = real[name][1], count_habits(songs, described[name])
            styles[name] = refit(styles[name], *beside)
            change = changed(before, styles[name]["habits"])
            print(f"round {round_ + 1}, {name}: {change:.2f} nats on average", flush=True)
            styles[name]["marks"] = describe_marks(
                real[name][0], [real[other][0] for other in others(names, name)]
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
) -> Iterator[LeadSheet]:
    """Songs to arrange: of each other style a few, in turn, cut to some bars."""
    pools = []
    for other in others(names, name):
        rng = np.random.default_rng([seed, names.index(name), names.index(other)])
        entries = corpus.select("train", other)
        chosen = rng.choice(len(entries), size=min(songs, len(entries)), replace=False)
        pools.append([entries[i] for i in chosen])
    for turn in range(songs):
        for pool in pools:
            if turn < len(pool):
                yield opening(corpus.tokens(pool[turn])).lead


def in_bands(
    sheets: Iterator[LeadSheet], style: Style
) -> Iterator[tuple[list[LeadSheet], tuple[str, ...]]]:
    """The sheets in small lots, each with a band to play it: every other one the default band."""
    bands = bands_of(style)
    turn = 0
    while lot := list(islice(sheets, LOT)):
        yield lot, bands[0] if turn % 2 == 0 else bands[1 + turn // 2 % (len(bands) - 1)]
        turn += 1


def bands_of(style: Style) -> list[tuple[str, ...]]:
    """The default band, and the style's commonest others that between them have every part that it
    knows, but for what no band of a usual size has; at least one other."""
    bands = [style.parts]
    usual = [tuple(band) for band, _ in style.figures["bands"] if len(band) <= LARGEST_BAND]
    for band in usual:
        if any(part in style.known_parts and not any(part in b for b in bands) for part in band):
            bands.append(band)
    return bands if len(bands) > 1 else [*bands, style.parts]


def habits_of(folder: Path, style: Style) -> tuple[dict[str, Counts], dict[str, Counts]]:
    """The habits of some of a style's songs, cut as the samples are: as they are, and beside what
    is usual in the style (see `count_habits`)."""
    corpus = open_corpus(folder)
    entries = corpus.select("train", style.name)
    chosen = np.random.default_rng(0).permutation(len(entries))[:REAL_SONGS]
    songs = [opening(corpus.tokens(entries[i])) for i in chosen]
    return real_habits(songs), real_habits(songs, style)


if __name__ == "__main__":
    main()
