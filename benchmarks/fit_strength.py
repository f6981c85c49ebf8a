"""Finds what tells in each style when it is exaggerated (see `restyle.arranger.strength`).

    python benchmarks/fit_strength.py CORPUS MODEL [--songs 60] [--workers 2]

Songs of the training split are arranged at strength 2 with denser or thinner parts, with longer or
shorter notes, and with both; what the judge takes for the style most often is written into the
model's styles.json. A difference of less than `CHANCE` from both together is none.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np

from controls_bench import bases, made, opened, sound
from restyle.arranger.strength import HELD_TO
from restyle.arranger.style import load_styles

OPTIONS = (HELD_TO, ("pace",), ("lengths",))
STRENGTH, DRAWS, CHANCE = 2.0, 2, 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--songs", type=int, default=60)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    jobs = [
        joblib.delayed(shares)(options.corpus, options.model, options.songs, options.bars, beyond)
        for beyond in OPTIONS
    ]
    found = joblib.Parallel(n_jobs=options.workers, batch_size=1)(jobs)
    place = options.model / "styles.json"
    styles = json.loads(place.read_text(encoding="utf-8"))
    for name in styles:
        told = [shares[name] for shares in found]
        said = ", ".join(
            f"{' and '.join(beyond)} {share:.3f}"
            for beyond, share in zip(OPTIONS, told, strict=True)
        )
        print(f"{name}: {said}", flush=True)
        best = int(np.argmax(told))
        styles[name]["beyond"] = list(OPTIONS[best if told[best] > told[0] + CHANCE else 0])
    place.write_text(json.dumps(styles, indent=1, ensure_ascii=False), encoding="utf-8")


def shares(
    corpus: Path, model: Path, songs: int, bars: int, beyond: tuple[str, ...]
) -> dict[str, float]:
    """The judge's share for each style, exaggerated in that."""
    bench = opened(corpus, model, seed=0)
    for name, style in load_styles(model).items():
        figures = {**style.figures, "beyond": beyond}
        bench.arranger.styles[name] = replace(style, figures=figures)
    told: dict[str, list[float]] = {}
    for base in bases(bench, songs, bars, "train"):
        for draw in range(DRAWS):
            song = sound(made(bench, base, strength=STRENGTH, seed=draw))
            judged = bench.judge.classify(song, list(bench.arranger.styles))
            told.setdefault(base.target, []).append(judged[base.target])
    return {name: float(np.mean(some)) for name, some in told.items()}


if __name__ == "__main__":
    main()
