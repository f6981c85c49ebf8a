"""Makes the reference numbers that `restyle evaluate` compares with, from a corpus.

    python benchmarks/reference.py CORPUS [--report REPORT.json] [--out FOLDER]

Of the training split: the style profile of each style, and a sample of the runs of moves that its
parts make (for originality). With `--report`, made by `restyle evaluate --corpus CORPUS`, only the
figures of its real songs and of chance are taken over.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from restyle.critic.profile import Profile, mean_profile, profile
from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, Entry, open_corpus
from restyle.metrics.originality import Moves, part_moves, sample_runs

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "evaluation"
KEEP = 32
"""One run of moves in so many is kept."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    if options.report:
        keep_real_songs(options.report, options.out / "real.json")
        return
    corpus = open_corpus(options.corpus)
    table: dict[str, np.ndarray] = {"styles": np.array(sorted(corpus.styles))}
    rows: list[list[Moves]] = []
    for style in sorted(corpus.styles):
        made = mean_profile(profiles(corpus, corpus.select("train", style), rows))
        table |= {f"{style}/{name}": h.astype(np.float16) for name, h in scaled(made).items()}
        print(f"{style}: {len(rows)} songs so far", file=sys.stderr)
    np.savez_compressed(options.out / "profiles.npz", **table)
    sample = sample_runs(rows, KEEP)
    np.savez_compressed(options.out / "moves.npz", sample=sample, keep=np.array(KEEP))
    print(f"{len(sample):,} runs kept -> {options.out}")


def keep_real_songs(report: Path, out: Path) -> None:
    """The rows "ceiling" and "chance" of a report, by style."""
    tables = json.loads(report.read_text(encoding="utf-8"))["tables"]
    kept = {
        style: {kind: rows[kind] for kind in ("ceiling", "chance") if kind in rows}
        for style, rows in tables.items()
        if style != "all"
    }
    out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def profiles(corpus: Corpus, entries: list[Entry], rows: list[list[Moves]]) -> list[Profile]:
    """The profile of each song; its moves are added to `rows`."""
    out = []
    for entry in entries:
        song = played_tokens(corpus.tokens(entry))
        rows.append(part_moves(song.arrangement))
        out.append(profile(song))
    return out


def scaled(made: Profile) -> Profile:
    """Histograms with a largest value of 1, which half floats hold well; cosines do not change."""
    return {name: h / h.max() if h.any() else h for name, h in made.items()}


if __name__ == "__main__":
    main()
