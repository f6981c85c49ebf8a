"""Fits the critic of realism, and says how well it tells real passages from sampled ones.

    python benchmarks/fit_critic.py CORPUS PASSAGES [--out src/restyle/pretrained/critic]

PASSAGES is what `benchmarks/critic_passages.py` wrote. Learns from its training songs and is
measured on the held-out ones: the area under the curve by style, and what it is worth to choose by
it, as a second critic says that learnt from other songs. With few songs a hidden layer did no
better than none, so there is none. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from critic_passages import notes_of, passage_of
from restyle.critic.doubled import doubling
from restyle.critic.frame import Frame
from restyle.critic.passages import passage_features
from restyle.critic.realism import FARTHEST, RealBand, Realism
from restyle.critic.score import ChordFit
from restyle.data.shards import Corpus, open_corpus
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.tokens import vocabulary as v

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "critic"
SMALLEST_SPREAD = 0.02
INVERSE_PENALTY = 3e-4
WEIGHTS = (0.25, 1.0, 2.0, 4.0)
"""Of the log-odds, to compare: `RealBand.realism` is one of them."""
Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Table = dict[str, NDArray[np.generic]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    table, fit = gathered(corpus, options.passages)
    held = table["held"] == 1
    report(fitted(table, ~held), table, list(corpus.styles))
    ranked(table, fit)
    critic = fitted(table, ~held)
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "realism.npz"
    np.savez_compressed(file, **{k: np.float32(value) for k, value in vars(critic).items()})
    print(f"{file.name}: {file.stat().st_size} bytes")


def gathered(corpus: Corpus, folder: Path) -> tuple[Table, Array]:
    """Features of all passages with what they are, and how they fit their chords: the score of
    `ChordFit`, the share of the tune that is doubled, and of drum bars that are copies."""
    entries = {e.path: e for e in corpus.entries}
    names = list(corpus.styles)
    rows, known, fits = [], [], []
    for number, file in enumerate(sorted(folder.glob("*-*.npz"))):
        with np.load(file, allow_pickle=False) as data:
            notes, whose = data["notes"], data["whose"]
            path, late = str(data["path"]), int(data["late"])
            parts = [str(part) for part, _ in data["bands"]]
        entry = entries[path]
        song = passage_of(corpus, entry, late)
        if song is None:
            continue
        lead, real = song
        slot = names.index(entry.style)
        held = file.name.startswith("held")
        frames: dict[tuple[int, int], Frame] = {}
        for index in np.unique(whose[:, 1]).tolist():
            mine = whose[:, 1] == index
            if index < 0:
                continue
            first, last = whose[mine][0, 2:].tolist()
            frame = frames.setdefault((first, last), Frame(lead, first, last))
            made = Arrangement(notes_of(notes[mine], parts, lead.melody))
            rows.append(passage_features(frame, made))
            known.append((0, slot, number, held, number * 100 + first))
            fits.append(_fit(lead, frame, made))
        for frame in frames.values():
            rows.append(passage_features(frame, real))
            known.append((1, slot, number, held, number * 100 + frame.first))
            fits.append(_fit(lead, frame, real))
    array = np.array(known)
    names_of = ("y", "style", "song", "held", "passage")
    table = {name: array[:, i] for i, name in enumerate(names_of)}
    return {"x": np.array(rows), **table}, np.array(fits)


def _fit(lead: LeadSheet, frame: Frame, made: Arrangement) -> tuple[float, float, float]:
    score = float(ChordFit().score(lead, [made], frame.first, frame.last)[0])
    return score, doubling(frame, made), _copies(frame, made)


def _copies(frame: Frame, made: Arrangement) -> float:
    """Share of a passage's drum bars, but for the first, that are the bar before again."""
    drums = made.parts.get("drums")
    if drums is None or not len(drums):
        return float("nan")
    starts = drums["start"].astype(np.int64)
    bar = frame.bar(starts)
    what = (starts - frame.lines[bar]) * 128 + drums["pitch"]
    bars = [frozenset(what[bar == n].tolist()) for n in range(frame.first, frame.last)]
    return float(np.mean([a == b for a, b in pairwise(bars)])) if len(bars) > 1 else float("nan")


def fitted(table: Table, use: NDArray[np.bool_]) -> Realism:
    """The critic that learnt from the passages in `use`; the aim is the mean of the real ones of
    songs that it has not seen, by fivefold cross-validation."""
    x, y, style, song = (table[k] for k in ("x", "y", "style", "song"))
    folds = song % 5
    unseen = []
    for fold in range(5):
        there = use & (folds == fold) & (y == 1)
        if there.any() and (use & (folds != fold)).any():
            other = _learnt(x, y, style, use & (folds != fold), 0.0)
            unseen += [odds_of(other, table, there)]
    return _learnt(x, y, style, use, float(np.concatenate(unseen).mean()))


def _learnt(x: Array, y: Ints, style: Ints, use: NDArray[np.bool_], real: float) -> Realism:
    mean = x[use].mean(axis=0)
    spread = np.maximum(x[use].std(axis=0), SMALLEST_SPREAD)
    scaled = np.clip((x - mean) / spread, -FARTHEST, FARTHEST)
    full = np.hstack([scaled, np.eye(v.STYLE_SLOTS)[style]])
    model = LogisticRegression(C=INVERSE_PENALTY, class_weight="balanced", max_iter=500)
    model.fit(full[use], y[use])
    weights = model.coef_[0]
    count = x.shape[1]
    return Realism(mean, spread, weights[:count], weights[count:], float(model.intercept_[0]), real)


def odds_of(critic: Realism, table: Table, which: NDArray[np.bool_]) -> Array:
    return critic.log_odds(table["x"][which]) + critic.styles[table["style"][which]]


def report(critic: Realism, table: Table, names: list[str]) -> None:
    every = odds_of(critic, table, np.ones(len(table["y"]), dtype=bool))
    y, style, song, held = (table[k] for k in ("y", "style", "song", "held"))
    for what, some in ("learnt from", held == 0), ("held out", held == 1):
        real, made = every[some & (y == 1)], every[some & (y == 0)]
        print(
            f"{what}: {len(np.unique(song[some]))} songs, {len(real)} real and {len(made)} sampled "
            f"passages, AUC {roc_auc_score(y[some], every[some]):.3f}; log-odds {real.mean():.2f} "
            f"and {made.mean():.2f}; taken for real {np.mean(real > 0):.2f} "
            f"and {np.mean(made > 0):.2f}"
        )
    by_song = []
    for slot in np.unique(style[held == 1]):
        some = (held == 1) & (style == slot)
        by_song.append(f"{names[slot]} {roc_auc_score(y[some], every[some]):.2f}")
    print("  " + ", ".join(by_song))


def ranked(table: Table, fits: Array) -> None:
    """What choosing is worth: a critic of half of the songs chooses among the candidates of the
    held-out songs, one of the other half says what it takes for real."""
    held, song, y = table["held"] == 1, table["song"], table["y"]
    chooser = fitted(table, ~held & (song % 2 == 0))
    judge = fitted(table, ~held & (song % 2 == 1))
    every = np.ones(len(y), dtype=bool)
    odds, verdict = odds_of(chooser, table, every), odds_of(judge, table, every)
    excess = np.maximum(fits[:, 1] - RealBand.usual, 0)
    limited = np.clip(odds, RealBand.worst, chooser.real)
    ways = {"the first": -np.arange(len(y)), "ChordFit": fits[:, 0]}
    for weight in WEIGHTS:
        whole = fits[:, 0] + weight * limited - RealBand.doubling * excess
        ways[f"RealBand, {weight:g}"] = whole
    print("| choice | taken for real | log-odds | ChordFit | tune doubled | drum copies |")
    print("|---|---|---|---|---|---|")
    passages = np.unique(table["passage"][held])
    for name, criterion in ways.items():
        chosen = []
        for passage in passages:
            some = np.flatnonzero((table["passage"] == passage) & (y == 0))
            chosen.append(some[np.argmax(criterion[some])])
        print(_line(name, verdict, fits, np.array(chosen)))
    print(_line("real songs", verdict, fits, np.flatnonzero(held & (y == 1))))


def _line(name: str, verdict: Array, fits: Array, which: Ints) -> str:
    cells = [np.mean(verdict[which] > 0), verdict[which].mean(), fits[which, 0].mean()]
    cells += [fits[which, 1].mean(), np.nanmean(fits[which, 2])]
    return f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


if __name__ == "__main__":
    main()
