"""Fits the judges of style that `restyle evaluate` uses, and says how often they are right.

    python benchmarks/judge.py CORPUS [--features FILE] [--jobs 2] [-o RESULTS]

Four kinds: "judge" (pitch, rhythm, whether eighths swing), "no-swing", "drums" (their rhythm too),
which is easier and only there to compare, and "apart", which hears what "judge" hears and learnt
from other songs. All but "apart" learn from one half of the training songs and "apart" from the
other half; a performer, a work and a title stand in one half alone. Each song is learnt whole, and
its accompaniment alone, so that the judge does not lean on the tune. Measured on the songs that
were held out by title. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from feature_rows import Names, Rows, feature_rows, half_of, without_titles_of
from restyle.critic.features import features
from restyle.critic.judge import SMALLEST_SPREAD, Judge
from restyle.critic.played import played
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Key, Meter, Tempo, notes_array

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "evaluation"
KINDS = {
    "judge": (0, False, True),
    "no-swing": (0, False, False),
    "drums": (0, True, True),
    "apart": (1, False, True),
}
"""The half that each kind learns from, and whether it sees drums, and swing."""
INVERSE_PENALTY = 10.0
ROUNDS = 300
Songs = NDArray[np.int64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--features", type=Path, help="keeps the features for the next time")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", "--results", type=Path, help="a folder for judges.md")
    options = parser.parse_args()
    rows = feature_rows(options.corpus, options.features, options.jobs)
    options.out.mkdir(parents=True, exist_ok=True)
    held = np.flatnonzero(rows.split != "train")
    scores: dict[str, NDArray[np.float64]] = {}
    for kind, (half, drums, swing) in KINDS.items():
        learn, used = learnt_from(rows, half), columns(rows.x.shape[2], drums, swing)
        judge = fitted(rows.x[learn], rows.style[learn], used)
        save(judge, options.out / f"{kind}.npz")
        judge = Judge.read(options.out / f"{kind}.npz")
        scores[kind] = judge.scores(rows.x[held, 0].astype(float))
    text = table(judge.styles, scores, rows.style[held])
    print(text)
    if options.results:
        (options.results / "judges.md").write_text(text + "\n", encoding="utf-8")


def learnt_from(rows: Rows, half: int) -> Songs:
    """The training songs of a half; no title of the second half's is in the first."""
    mine = np.array([half_of(album) == half for album in rows.album])
    train = np.flatnonzero((rows.split == "train") & mine)
    others = np.flatnonzero((rows.split == "train") & ~mine)
    return train if half else without_titles_of(rows, train, others)


def columns(count: int, drums: bool, swing: bool) -> Songs:
    """Which features a kind of judge sees: those of swing and drums stand last."""
    plain = len(features_of_nothing())
    out = list(range(plain)) + ([plain] if swing else [])
    return np.array(out + (list(range(plain + 1, count)) if drums else []))


def features_of_nothing() -> NDArray[np.float64]:
    lead = LeadSheet(notes_array(), (), (Meter(0, 4, 4),), (Tempo(0, 120.0),), Key(0), 48)
    return features(played(lead, Arrangement({})), drums=False, swing=False)


def fitted(
    x: NDArray[np.float16], style: Names, used: Songs, inverse_penalty: float = INVERSE_PENALTY
) -> Judge:
    """Multinomial logistic regression on both views of songs, every style weighing the same.

    `x` and `style` are those of the songs to learn from, as in `Rows`; `used` are its `columns`.
    """
    views = np.concatenate([x[:, view][:, used] for view in (0, 1)]).astype(np.float64)
    spread = views.std(axis=0)
    used, views = used[spread > 1e-3], views[:, spread > 1e-3]
    mean = views.mean(axis=0)
    scale = np.maximum(views.std(axis=0), SMALLEST_SPREAD) * np.sqrt(len(used))
    model = LogisticRegression(C=inverse_penalty, max_iter=ROUNDS, class_weight="balanced")
    model.fit(((views - mean) / scale).astype(np.float32), np.tile(style, 2))
    names = tuple(str(name) for name in model.classes_)
    return Judge(names, used, mean, scale, model.coef_, model.intercept_)


def save(judge: Judge, path: Path) -> None:
    """The judge as numbers, in half precision: with that no verdict on a held-out song changes
    that was not a toss-up."""
    np.savez_compressed(
        path,
        styles=np.array(judge.styles),
        used=judge.used.astype(np.uint16),
        mean=judge.mean.astype(np.float16),
        spread=judge.spread.astype(np.float16),
        weights=judge.weights.astype(np.float16),
        offsets=judge.offsets.astype(np.float32),
    )


def table(
    styles: tuple[str, ...], scores: dict[str, NDArray[np.float64]], truth: NDArray[Any]
) -> str:
    """A row a style: the share of its held-out songs that each judge takes for it, of all the
    styles, and what the first takes most of the others for."""
    best = {kind: np.array(styles)[found.argmax(axis=1)] for kind, found in scores.items()}
    lines = ["| style | held-out songs | " + " | ".join(best) + " | judge's commonest mistake |"]
    lines.append("|---|---|" + "---|" * (len(best) + 1))
    shares = []
    for name in styles:
        mine = truth == name
        shares.append([float((found[mine] == name).mean()) for found in best.values()])
        wrong = best["judge"][mine & (best["judge"] != name)].tolist()
        commonest = max(set(wrong), key=wrong.count, default="-") if wrong else "-"
        cells = " | ".join(f"{share:.0%}" for share in shares[-1])
        lines.append(f"| {name} | {mine.sum()} | {cells} | {commonest} |")
    means = " | ".join(f"{share:.0%}" for share in np.mean(shares, axis=0))
    lines.append(f"| mean of styles | {len(truth)} | {means} | |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
