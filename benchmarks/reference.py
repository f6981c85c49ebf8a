"""Makes the reference numbers that `restyle evaluate` compares with, from a corpus.

    python benchmarks/reference.py CORPUS [--out FOLDER] [--real-songs 160] [--only-real]

Of the training split: the style profile of each style, and a sample of the runs of moves that its
parts make (for originality). Of the held-out songs: the figures of real songs and of chance, which
a report of songs without a corpus stands beside; `benchmarks/judge.py` comes before this.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from restyle.critic.profile import Profile, mean_profile, profile
from restyle.critic.reference import reference
from restyle.critic.tokens import arranged_tokens, played_tokens
from restyle.data.shards import Corpus, Entry, open_corpus
from restyle.metrics.originality import Moves, longest_shared, part_moves, sample_runs
from restyle.report.cases import corpus_cases
from restyle.report.run import real_rows
from restyle.report.summary import rounded, tables

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "evaluation"
KEEP = 64
"""One run of moves in so many is kept."""
BARS, SEED = 32, 0
DRUMS = 0.2
"""Share of a style's songs with drums below which it has no profile of them: a few songs with them
would have all the others be unlike their style."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--real-songs", type=int, default=160)
    parser.add_argument("--only-real", action="store_true", help="profiles and moves stay")
    options = parser.parse_args()
    if not options.only_real:
        keep_training(open_corpus(options.corpus), options.out)
    keep_real_songs(options.corpus, options.real_songs, options.out / "real.json")


def keep_training(corpus: Corpus, out: Path) -> None:
    """Profiles of the styles, and the sample of moves."""
    table: dict[str, np.ndarray] = {"styles": np.array(sorted(corpus.styles))}
    rows: list[list[Moves]] = []
    for style in sorted(corpus.styles):
        songs = profiles(corpus, corpus.select("train", style), rows)
        made = mean_profile(songs)
        if np.mean([song["onset_drum"].any() for song in songs]) < DRUMS:
            made = {**made, "onset_drum": np.zeros_like(made["onset_drum"])}
        table |= {f"{style}/{name}": h.astype(np.float16) for name, h in scaled(made).items()}
        print(f"{style}: {len(rows)} songs so far", file=sys.stderr, flush=True)
    np.savez_compressed(out / "profiles.npz", **table)  # type: ignore[arg-type]
    sample = sample_runs(rows, KEEP)
    np.savez_compressed(out / "moves.npz", sample=sample, keep=np.array(KEEP))
    print(f"{len(sample):,} runs kept -> {out}")


def keep_real_songs(folder: Path, songs: int, out: Path) -> None:
    """The rows "ceiling" and "chance" of a report of held-out songs, by style."""
    corpus = open_corpus(folder)
    styles = sorted(corpus.styles)
    cases = corpus_cases(folder, songs, styles, BARS, SEED)
    rows = [row for case in cases for row in real_rows(case, styles)]
    training = (part_moves(arranged_tokens(corpus.tokens(e))) for e in corpus.select("train"))
    longest = longest_shared([row.moves for row in rows], training)
    for row, run in zip(rows, longest, strict=True):
        row.figures["longest_shared"] = float(run)
    found = rounded(tables(rows, SEED, reference().profiles))
    kept = {
        style: {kind: found[style][kind] for kind in ("ceiling", "chance") if kind in found[style]}
        for style in styles
        if style in found
    }
    out.write_text(json.dumps(kept, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"figures of {len(cases)} held-out songs -> {out}")


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
