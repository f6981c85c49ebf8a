"""Fits the judge of style that `restyle evaluate` uses, and says how often it is right.

    python benchmarks/judge.py CORPUS [--out src/restyle/pretrained/evaluation] [--features FILE]

Learns from the training split of the corpus alone (each song whole, and its accompaniment alone, so
that the judge does not lean on the tune) and is measured on the songs that were held out by title.
Three kinds: "judge" (pitch, rhythm, whether eighths swing), "no-swing", and "drums" (their rhythm
too), which is easier and only there to compare. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from restyle.critic.features import features
from restyle.critic.judge import SMALLEST_SPREAD, Judge
from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, open_corpus

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "evaluation"
KINDS = {"judge": (False, True), "no-swing": (False, False), "drums": (True, True)}
"""Whether each kind sees drums, and swing."""
INVERSE_PENALTY = 10.0
Rows = dict[str, NDArray[Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--features", type=Path, help="keeps the features for the next time")
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    rows = kept_rows(corpus, options.features)
    options.out.mkdir(parents=True, exist_ok=True)
    main_styles = [s for s in ("classical", "jazz", "pop") if s in corpus.styles]
    pairs = list(combinations(main_styles, 2))
    print("| judge | " + " | ".join(f"{a}/{b}" for a, b in pairs) + " | three | five |")
    print("|---|" + "---|" * (len(pairs) + 2))
    for kind, (drums, swing) in KINDS.items():
        judge = fitted(rows, columns(rows["x"].shape[1], drums, swing))
        save(judge, options.out / f"{kind}.npz")
        held = rows["split"] != "train"
        scores, truth = judge.scores(rows["x"][held].astype(float)), rows["style"][held]
        cells = [cell(judge, scores, truth, names) for names in (*pairs, main_styles, judge.styles)]
        print(f"| {kind} | {' | '.join(cells)} |")
        if kind == "judge":
            shown = confusion(judge, scores, truth)
    print("\n" + shown)


def kept_rows(corpus: Corpus, file: Path | None) -> Rows:
    """Features of all songs, from the file where it is there."""
    if file is not None and file.is_file():
        with np.load(file, allow_pickle=False) as table:
            return {name: table[name] for name in table.files}
    rows = every_row(corpus)
    if file is not None:
        np.savez_compressed(file, **rows)
    return rows


def every_row(corpus: Corpus) -> Rows:
    """Features of every song, and of the accompaniment of every training song."""
    found: list[tuple[NDArray[np.float32], str, str]] = []
    for number, entry in enumerate(corpus.entries):
        song = played_tokens(corpus.tokens(entry))
        views = [song, song.without_melody] if entry.split == "train" else [song]
        for view in views:
            row = features(view, drums=True).astype(np.float32)
            found.append((row, entry.style, entry.split))
        if number % 500 == 0:
            print(f"{number} of {len(corpus.entries)}", file=sys.stderr, flush=True)
    x, style, split = zip(*found, strict=True)
    return {"x": np.array(x), "style": np.array(style), "split": np.array(split)}


def columns(count: int, drums: bool, swing: bool) -> NDArray[np.int64]:
    """Which features a kind of judge sees: those of swing and drums stand last."""
    plain = len(features_of_nothing(drums=False, swing=False))
    out = list(range(plain)) + ([plain] if swing else [])
    return np.array(out + (list(range(plain + 1, count)) if drums else []))


def features_of_nothing(drums: bool, swing: bool) -> NDArray[np.float64]:
    from restyle.critic.played import played
    from restyle.music.lead import LeadSheet
    from restyle.music.parts import Arrangement
    from restyle.music.song import Key, Meter, Tempo, notes_array

    lead = LeadSheet(notes_array(), (), (Meter(0, 4, 4),), (Tempo(0, 120.0),), Key(0), 48)
    return features(played(lead, Arrangement({})), drums, swing)


def fitted(rows: Rows, used: NDArray[np.int64], inverse_penalty: float = INVERSE_PENALTY) -> Judge:
    """Multinomial logistic regression, every style weighing the same."""
    train = rows["split"] == "train"
    x, style = rows["x"][train][:, used].astype(np.float64), rows["style"][train]
    spread = x.std(axis=0)
    used, x = used[spread > 1e-3], x[:, spread > 1e-3]
    mean = x.mean(axis=0)
    scale = np.maximum(x.std(axis=0), SMALLEST_SPREAD) * np.sqrt(len(used))
    model = LogisticRegression(C=inverse_penalty, max_iter=300, class_weight="balanced")
    model.fit((x - mean) / scale, style)
    names = tuple(str(name) for name in model.classes_)
    return Judge(names, used, mean, scale, model.coef_, model.intercept_)


def save(judge: Judge, path: Path) -> None:
    """The judge as numbers."""
    np.savez_compressed(
        path,
        styles=np.array(judge.styles),
        used=judge.used.astype(np.uint16),
        mean=judge.mean.astype(np.float32),
        spread=judge.spread.astype(np.float32),
        weights=judge.weights.astype(np.float32),
        offsets=judge.offsets.astype(np.float32),
    )


def cell(
    judge: Judge, scores: NDArray[np.float64], truth: NDArray[Any], names: tuple[str, ...]
) -> str:
    """Share of held-out songs of those styles that the judge gets right, told only them apart."""
    chosen = np.array([judge.styles.index(name) for name in names])
    some = np.isin(truth, names)
    best = np.array(judge.styles)[chosen[scores[some][:, chosen].argmax(axis=1)]]
    right = best == truth[some]
    each = np.mean([right[truth[some] == name].mean() for name in names])
    return f"{right.mean():.1%} of {len(right)}, mean of styles {each:.1%}"


def confusion(judge: Judge, scores: NDArray[np.float64], truth: NDArray[Any]) -> str:
    """A row for each style: what the judge takes its held-out songs for."""
    best = np.array(judge.styles)[scores.argmax(axis=1)]
    lines = ["| song of | " + " | ".join(judge.styles) + " |", "|---|" + "---|" * len(judge.styles)]
    for name in judge.styles:
        counts = [int(((truth == name) & (best == other)).sum()) for other in judge.styles]
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
