"""What each mechanism of the decoder is worth: the report's figures with all of them, and without
each.

    python benchmarks/ablation.py CORPUS --songs 12 --bars 16 --to jazz,pop,rock -o OUT.json

The same held-out songs, styles and seed each time. Prints a row a mechanism: what leaving it out
changes in each figure, with the interval of that difference (95 %, bootstrap over songs). OUT.json
keeps what was measured, and a run that was cut off goes on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.job import MECHANISMS
from restyle.report.cases import corpus_cases
from restyle.report.run import Row, Settings, run_cases

FIGURES = {
    "recognised_apart": "recognised, second judge",
    "chord_root": "roots",
    "outside": "outside",
    "macro": "profile",
    "length_entropy": "length entropy",
    "groove_consistency": "steadiness",
    "over_repetition": "over-repetition",
    "drum_distance": "drum keys",
    "low_intervals": "low intervals",
    "seconds": "CPU s",
}
DRAWS = 2000
Measured = dict[str, dict[str, list[float]]]
"""By configuration and figure, a value for each song: the mean over its styles."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--songs", type=int, default=12)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--to", default="jazz,pop,rock")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, default=Path("ablation.json"))
    asked = parser.parse_args()
    targets = tuple(asked.to.split(","))
    cases = corpus_cases(asked.corpus, asked.songs, targets, asked.bars, asked.seed)
    measured: Measured = {}
    if asked.output.is_file():
        measured = json.loads(asked.output.read_text(encoding="utf-8"))
    for name in ("all", *(name for name in MECHANISMS if name != "grammar")):
        if name in measured:
            continue
        without = () if name == "all" else (name,)
        settings = Settings(targets, targets, None, asked.seed, False, without)
        began = time.process_time()
        rows = [row for row in run_cases(cases, settings) if row.kind == "model"]
        measured[name] = by_song(rows, (time.process_time() - began) / max(len(rows), 1))
        asked.output.write_text(json.dumps(measured), encoding="utf-8")
        print(f"{name}: {len(rows)} results", file=sys.stderr, flush=True)
    table(measured, asked.seed)


def by_song(rows: list[Row], seconds: float) -> dict[str, list[float]]:
    """Each figure's mean over the styles of each song; what took the CPU is the same for all."""
    songs = list(dict.fromkeys(row.song for row in rows))
    out = {}
    for figure in FIGURES:
        values = [
            [float(r.figures.get(figure, np.nan)) for r in rows if r.song == song] for song in songs
        ]
        means = [float(np.nanmean(v)) if not np.isnan(v).all() else float("nan") for v in values]
        out[figure] = [seconds] * len(songs) if figure == "seconds" else means
    return out


def table(measured: Measured, seed: int) -> None:
    print("| | " + " | ".join(FIGURES.values()) + " |")
    print("|---|" + "---|" * len(FIGURES))
    whole = measured["all"]
    cells = [f"{np.nanmean(whole[figure]):.3f}" for figure in FIGURES]
    print("| all mechanisms | " + " | ".join(cells) + " |")
    for name, figures in measured.items():
        if name != "all":
            cells = [
                difference(np.array(figures[f]), np.array(whole[f]), seed)
                if f != "seconds"
                else f"{np.mean(figures[f]) - np.mean(whole[f]):+.1f}"
                for f in FIGURES
            ]
            print(f"| without `{name}` | " + " | ".join(cells) + " |")


def difference(without: NDArray[np.float64], whole: NDArray[np.float64], seed: int) -> str:
    """The mean difference and its interval, in bold where that does not hold 0."""
    delta = (without - whole)[~np.isnan(without - whole)]
    if not len(delta):
        return "-"
    rng = np.random.default_rng(seed)
    draws = delta[rng.integers(len(delta), size=(DRAWS, len(delta)))].mean(axis=1)
    low, high = np.percentile(draws, (2.5, 97.5))
    said = f"{delta.mean():+.3f} ({low:+.3f} to {high:+.3f})"
    return f"**{said}**" if low > 0 or high < 0 else said


if __name__ == "__main__":
    main()
