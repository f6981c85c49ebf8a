"""Finds what tells in each style (see `restyle.style.strength`).

    python benchmarks/fit_strength.py CORPUS MODEL [--songs 120] [--workers 2]

Two questions for each style. Are its marks of rhythm to be leant on? And when it is exaggerated, at
strength 2: denser or thinner parts, longer or shorter notes, both, or its marks of rhythm? Songs of
the training split are arranged in each way; what the judge takes for the style most surely and what
lies nearest to its profile, both added, is written into the model's styles.json. A difference of
less than `chance` from the first way is none.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from controls_bench import bases, made, near, opened, sound
from restyle.style.strength import HELD_TO
from restyle.style.style import load_styles


@dataclass(frozen=True)
class Question:
    """A figure of a style, and what it may be."""

    figure: str
    answers: tuple[Any, ...]
    strength: float
    chance: float
    """What another answer than the first must be better by."""


QUESTIONS = (
    Question("rhythm", (0.0, 1.0), 1.0, 0.03),  # costs something: the lengths that the style has
    Question("beyond", (HELD_TO, ("pace",), ("lengths",), ("rhythm",)), 2.0, 0.02),
)
DRAWS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--songs", type=int, default=120)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    place = options.model / "styles.json"
    for question in QUESTIONS:
        jobs = [joblib.delayed(shares)(options, question, answer) for answer in question.answers]
        found = joblib.Parallel(n_jobs=options.workers, batch_size=1)(jobs)
        styles = json.loads(place.read_text(encoding="utf-8"))
        for name in styles:
            pairs = [shares[name] for shares in found]
            said = ", ".join(
                f"{answer} {judged:.3f} and {close:.3f}"
                for answer, (judged, close) in zip(question.answers, pairs, strict=True)
            )
            print(f"{name}, {question.figure}: {said}", flush=True)
            told = [judged + close for judged, close in pairs]
            best = int(np.argmax(told))
            chosen = question.answers[best if told[best] > told[0] + question.chance else 0]
            styles[name][question.figure] = chosen
        place.write_text(json.dumps(styles, indent=1, ensure_ascii=False), encoding="utf-8")


def shares(
    options: argparse.Namespace, question: Question, answer: Any
) -> dict[str, tuple[float, float]]:
    """The judge's share for each style and the cosine to its profile, with that answer."""
    bench = opened(options.corpus, options.model, seed=0)
    for name, style in load_styles(options.model).items():
        figures = {**style.figures, question.figure: answer}
        bench.arranger.styles[name] = replace(style, figures=figures)
    told: dict[str, list[tuple[float, float]]] = {}
    for base in bases(bench, options.songs, options.bars, "train"):
        for draw in range(DRAWS):
            song = sound(made(bench, base, strength=question.strength, seed=draw))
            judged = bench.judge.classify(song, list(bench.arranger.styles))
            close = near(song, bench.profiles[base.target])
            told.setdefault(base.target, []).append((judged[base.target], close))
    means = {name: np.mean(some, axis=0) for name, some in told.items()}
    return {name: (float(judged), float(close)) for name, (judged, close) in means.items()}


if __name__ == "__main__":
    main()
