"""Learn which of two versions of a phrase readers would rather keep: `critic/preference.py`.

    python benchmarks/fit_preference.py [benchmarks/preferences.csv] [--write]

A row of the table is two versions of eight bars over the same tune, as one reader compared them:
whether the first was better, how sure that was (1 to 3), what both were worth (1 to 5), and the
first's features less the second's; rows of one set of versions have its number, and a set counts
with the square root of its rows. `comparisons.py` makes the versions and the rows. Bands with drums
and bands without are learnt apart; with drums each style has weights of its own beside those that
all share, at the same penalty (without it gained nothing). Prints, on sets held out in tens, how
often the model is right and how its log-odds go with the difference in worth; by style; and each
shared weight. `--write` puts what was learnt from all of them where the decoder finds it.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from restyle.critic.liking import DRUMS
from restyle.critic.preference import KINDS, LOOKED_AT

Array = NDArray[np.float64]
TABLE = Path(__file__).with_name("preferences.csv")
OUT = Path(__file__).parents[1] / "src/restyle/pretrained/critic/preference.json"
STRENGTH = 0.03
"""Of the weights' penalty, inverse (scikit-learn's C), features at a spread of one."""
FOLDS, ROUNDS = 10, 10
OF_DRUMS = (*DRUMS, "bass, with the kick", "style, by the drums' profile")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?", default=TABLE)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with asked.table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, dict[str, float]] = {}
    for kind in KINDS:
        found |= fitted([row for row in rows if row["band"] == kind], kind)
    if asked.write:
        OUT.write_text(json.dumps(found, indent=1) + "\n")


def fitted(rows: list[dict[str, str]], kind: str) -> dict[str, dict[str, float]]:
    """Weights by name for one kind of band, and for its styles, and how right they are."""
    drums = kind == KINDS[0]
    names = [name for name in LOOKED_AT if drums or name not in OF_DRUMS]
    apart = np.array([[float(row[name]) for name in names] for row in rows])
    better = np.array([int(row["first"]) for row in rows])
    sure = np.array([float(row["sure"]) for row in rows])
    worth = np.array([float(row["keep first"]) - float(row["keep second"]) for row in rows])
    versions, style = (np.array([row[name] for row in rows]) for name in ("set", "style"))
    styles = np.unique(style) if drums else style[:0]
    spread = np.sqrt((apart**2).mean(axis=0))
    x = np.concatenate(
        [apart / spread, *((apart / spread) * (style == s)[:, None] for s in styles)], 1
    )

    weight = sure / np.sqrt(np.array([(versions == name).sum() for name in versions]))
    odds = held_out(x, better, weight, versions)
    right = (odds > 0) == (better > 0)
    print(f"{kind}: {len(rows)} comparisons in {len(np.unique(versions))} sets; on sets held out")
    print(f"right {right.mean():.3f}, where the reader was sure {right[sure >= 2].mean():.3f}; ")
    print(f"correlation with the difference in worth {np.corrcoef(odds, worth)[0, 1]:.3f}")
    for name in np.unique(style):
        print(f"  {name}: {(style == name).sum()} rows, right {right[style == name].mean():.2f}")
    shared, *own = learnt(x, better, weight).reshape(-1, len(names))
    for name, share in zip(names, shared, strict=True):
        print(f"  {share:+.2f} for a spread of {name}")
    found = {kind: shared, **{f"{kind}, {s}": shared + w for s, w in zip(styles, own, strict=True)}}
    return {
        key: {n: round(float(w), 4) for n, w in zip(names, weights / spread, strict=True)}
        for key, weights in found.items()
    }


def learnt(x: Array, better: NDArray[np.int64], weight: Array) -> Array:
    """Weights of a Bradley-Terry model, each two seen from both sides."""
    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=1000)
    both = np.concatenate([x, -x]), np.concatenate([better, 1 - better])
    return np.asarray(model.fit(*both, sample_weight=np.tile(weight / 2, 2)).coef_[0])


def held_out(
    x: Array, better: NDArray[np.int64], weight: Array, versions: NDArray[np.str_]
) -> Array:
    """Log-odds of each row from the other sets' weights, a mean over several divisions."""
    names = np.unique(versions)
    out = np.zeros(len(x))
    for number in range(ROUNDS):
        drawn = np.random.default_rng(number).permutation(len(names)) % FOLDS
        fold = dict(zip(names.tolist(), drawn.tolist(), strict=True))
        here = np.array([fold[name] for name in versions])
        for one in range(FOLDS):
            some = here != one
            out[~some] += x[~some] @ learnt(x[some], better[some], weight[some]) / ROUNDS
    return out


if __name__ == "__main__":
    main()
