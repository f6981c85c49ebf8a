"""Whether styles are styles: how surely real songs of each are told from those of the others.

    python benchmarks/distinctness.py CORPUS [--features FILE] [-o RESULTS] [--figures STYLES.JSON]

Instrument-blind: a song is what `critic.features` hears of it, pitch and rhythm, with no programs,
parts, loudness, tempo, key or meter; "with drums" adds the drums' rhythm. Songs are told apart by a
linear discriminant on principal components, every style weighing the same, in five-fold
cross-validation: a performer, work or collection stands in one fold alone, and songs whose title is
in the fold that is measured are not learnt from.

* told from the others: balanced accuracy of "is it this style or another one?", the mean of the
  share of its songs that are taken for it and the share of the others' (each other style weighing
  the same) that are not; a song is taken for it where it is likelier than the mean of the others,
  which says the two are as likely beforehand. Chance is 50 %.
* hardest pair: the same between the style and one other alone, for the other that is
  hardest to tell it from. Chance is 50 %.
* found among all: the share of its songs whose likeliest style of all it is. Chance is 5 % of 20.

Intervals are 95 %, by drawing songs anew, over the seeds' folds together. A style is offered when
it is told from the others, and from each of them alone, in 60 % or more. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from feature_rows import Rows, feature_rows, without_titles_of
from judge import columns

OFFERED = 0.60
FEWEST = 40
"""Songs of a style below which nothing is said of it."""
FOLDS = 5
COMPONENTS = 200
DRAWS = 1000
Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Figure:
    """A share with its 95 % interval."""

    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.share:.0%} ({self.low:.0%} to {self.high:.0%})"


@dataclass(frozen=True)
class Line:
    """What was found of a style."""

    style: str
    songs: int
    told: Figure
    pair: Figure
    neighbour: str
    """The other style of the pair that is hardest to tell apart."""
    found: Figure

    @property
    def offered(self) -> bool:
        return min(self.told.share, self.pair.share) >= OFFERED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--features", type=Path, help="keeps the features for the next time")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--out", type=Path, help="a folder for distinctness.md")
    parser.add_argument("--figures", type=Path, help="a styles.json that is told the figures")
    options = parser.parse_args()
    rows = feature_rows(options.corpus, options.features, options.jobs)
    count = rows.x.shape[2]
    plain = lines(rows, columns(count, drums=False, swing=True), options.seeds)
    drums = lines(rows, columns(count, drums=True, swing=True), options.seeds)
    text = table(plain, drums)
    print(text)
    kept = [one.style for one in plain if one.offered]
    print(f"offered: {len(kept)} of {len(plain)}; {', '.join(kept)}")
    if options.out:
        (options.out / "distinctness.md").write_text(text + "\n", encoding="utf-8")
    if options.figures:
        tell(options.figures, plain)


def lines(rows: Rows, used: NDArray[np.int64], seeds: int) -> list[Line]:
    """A line for each style with enough songs."""
    styles = [str(s) for s, n in zip(*np.unique(rows.style, return_counts=True), strict=True)
              if n >= FEWEST]  # fmt: skip
    chances = [held_out(rows, used, styles, seed) for seed in range(seeds)]
    truth = np.searchsorted(styles, rows.style)
    rng = np.random.default_rng(0)
    return [line(styles, number, truth, chances, rng) for number in range(len(styles))]


def held_out(rows: Rows, used: NDArray[np.int64], styles: list[str], seed: int) -> Array:
    """Log probabilities of the styles for each song, from folds that it was not in; shape (songs,
    styles)."""
    x = rows.x[:, 0][:, used].astype(np.float32)
    out = np.zeros((len(x), len(styles)))
    known = np.flatnonzero(np.isin(rows.style, styles))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for learn, measure in folds.split(x[known], rows.style[known], rows.album[known]):
        some = without_titles_of(rows, known[learn], known[measure])
        model = classifier(len(styles), seed).fit(x[some], rows.style[some])
        out[known[measure]] = model.predict_log_proba(x[known[measure]])
    return out


def classifier(styles: int, seed: int) -> Pipeline:
    """The linear discriminant, every style as likely as the next."""
    even = np.full(styles, 1 / styles)
    return make_pipeline(
        StandardScaler(),
        PCA(COMPONENTS, svd_solver="randomized", random_state=seed),
        LinearDiscriminantAnalysis(priors=even, solver="lsqr", shrinkage="auto"),
    )


def line(
    styles: list[str],
    number: int,
    truth: NDArray[np.int64],
    chances: list[Array],
    rng: np.random.Generator,
) -> Line:
    """The figures of one style, over the seeds together."""
    others = [n for n in range(len(styles)) if n != number]
    margins, firsts = [], []
    for found in chances:
        # against the others as one: as likely as all of them together, by their mean
        rest = np.logaddexp.reduce(found[:, others], axis=1) - np.log(len(others))
        margins.append(found[:, number] - rest)
        firsts.append(found.argmax(axis=1) == number)
    taken = np.stack([m > 0 for m in margins])
    told = drawn(taken, truth, number, others, rng)
    pairs = {
        other: drawn(
            np.stack([found[:, number] > found[:, other] for found in chances]),
            truth, number, [other], rng,
        )
        for other in others
    }  # fmt: skip
    hardest = min(others, key=lambda other: pairs[other].share)
    mine = np.flatnonzero(truth == number)
    first = np.stack(firsts)[:, mine].mean(axis=0)
    means = first[rng.integers(len(mine), size=(DRAWS, len(mine)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Line(
        styles[number], len(mine), told, pairs[hardest], styles[hardest],
        Figure(float(first.mean()), float(low), float(high)),
    )  # fmt: skip


def drawn(
    taken: Bools, truth: NDArray[np.int64], number: int, others: list[int], rng: np.random.Generator
) -> Figure:
    """Balanced accuracy of `taken`, shape (seeds, songs), with songs drawn anew by style."""
    right = np.where(truth == number, taken, ~taken).mean(axis=0)

    def again(style: int) -> Array:
        mine = right[truth == style]
        draws = mine[rng.integers(len(mine), size=(DRAWS, len(mine)))].mean(axis=1)
        return np.append(draws, mine.mean())

    both = (again(number) + np.mean([again(other) for other in others], axis=0)) / 2
    low, high = np.percentile(both[:-1], (2.5, 97.5))
    return Figure(float(both[-1]), float(low), float(high))


def table(plain: list[Line], drums: list[Line]) -> str:
    """The lines as a table, the surest style first."""
    head = (
        "| style | songs | told from the others | with drums | hardest pair | found among all "
        "| with drums |\n|---|---|---|---|---|---|---|"
    )
    with_drums = {one.style: one for one in drums}
    rows = [
        f"| {one.style} | {one.songs} | {one.told} | {with_drums[one.style].told.share:.0%} "
        f"| {one.neighbour} {one.pair} | {one.found} | {with_drums[one.style].found.share:.0%} |"
        for one in sorted(plain, key=lambda one: -one.told.share)
    ]
    return "\n".join([head, *rows])


def tell(file: Path, plain: list[Line]) -> None:
    """Put what was found into a model's styles.json, for `restyle styles`."""
    styles = json.loads(file.read_text(encoding="utf-8"))
    for one in plain:
        if one.style in styles:
            styles[one.style]["distinct"] = {
                "told": [round(x, 3) for x in (one.told.share, one.told.low, one.told.high)],
                "neighbour": one.neighbour,
                "pair": round(one.pair.share, 3),
            }
    lines = (f"{json.dumps(name)}: {json.dumps(figures, separators=(',', ':'))}"
             for name, figures in styles.items())  # fmt: skip
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
