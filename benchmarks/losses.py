"""Held-out loss of the shipped arranger by style, for the model card.

    python benchmarks/losses.py [CORPUS] [--model weights/arranger] [--windows 8] [-o RESULTS]

Nats an arrangement token on windows of 2,048 tokens from songs that were held out by title. Without
CORPUS as training measured them at its end, on eight windows a style of the validation songs. With
it they are measured here, in the four bits that ship, on validation songs, which chose the best
weights, and on test songs, which nothing looked at; intervals are 95 %, by drawing windows anew
(half an hour of one core; needs torch).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from restyle.data.shards import Corpus, open_corpus
from restyle.model.llama import Llama, load
from restyle.model.qat import round_layers
from restyle.model.windows import WindowOptions, Windows

ROOT = Path(__file__).parent.parent
DRAWS = 1000
Sums = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--model", type=Path, default=ROOT / "weights" / "arranger")
    parser.add_argument("--windows", type=int, default=8, help="of each style and split")
    parser.add_argument("-o", "--out", type=Path, help="a folder for losses.md")
    options = parser.parse_args()
    told = json.loads((options.model / "training.json").read_text(encoding="utf-8"))
    if options.corpus is None:
        styles = json.loads((options.model / "styles.json").read_text(encoding="utf-8"))
        lines = as_trained(told["held_out"], {name: one["songs"] for name, one in styles.items()})
    else:
        lines = measured(options, told["options"]["rounded"])
    text = "\n".join(lines)
    print(text)
    if options.out:
        (options.out / "losses.md").write_text(text + "\n", encoding="utf-8")


def as_trained(losses: dict[str, float], songs: dict[str, int]) -> list[str]:
    """The table of what training measured."""
    rows = [f"| {style} | {songs.get(style, '')} | {loss:.3f} |" for style, loss in losses.items()]
    mean = f"| mean | {sum(songs.values())} | {np.mean(list(losses.values())):.3f} |"
    return ["| style | songs | held-out loss |", "|---|---|---|", *rows, mean]


def measured(options: argparse.Namespace, rounded: bool) -> list[str]:
    """The table of what is measured now."""
    torch.set_num_threads(1)
    corpus, model = open_corpus(options.corpus), load(options.model)
    if rounded:
        round_layers(model)
    model.eval()
    lines = ["| style | songs | validation songs | test songs (how many) |", "|---|---|---|---|"]
    for style in sorted({entry.style for entry in corpus.entries}):
        found = [sums(model, corpus, split, style, options.windows) for split in ("valid", "test")]
        held = len(corpus.select("test", style))
        songs = sum(entry.style == style for entry in corpus.entries)
        lines.append(f"| {style} | {songs} | {told_of(found[0])} | {told_of(found[1])} ({held}) |")
        print(lines[-1], file=sys.stderr, flush=True)
    return lines


@torch.no_grad()
def sums(model: Llama, corpus: Corpus, split: str, style: str, windows: int) -> Sums:
    """Nats and arrangement tokens of each window, shape (windows, 2); none where there are no
    songs."""
    if not corpus.select(split, style):
        return np.zeros((0, 2))
    drawn = Windows(corpus, split, [style], WindowOptions(context=model.config.context))
    batch = drawn.fixed(style, windows)
    out = np.zeros((windows, 2))
    for row, tokens, weights in zip(out, batch.tokens, batch.weights, strict=True):
        some = torch.from_numpy(tokens)[None]
        each = cross_entropy(model(some[:, :-1])[0].float(), some[0, 1:], reduction="none")
        arranged = weights[1:] == 1.0
        row[:] = float(each.numpy()[arranged].sum()), arranged.sum()
    return out


def told_of(found: Sums) -> str:
    """A loss with its interval."""
    if not len(found):
        return "-"
    rng = np.random.default_rng(0)
    again = found[rng.integers(len(found), size=(DRAWS, len(found)))].sum(axis=1)
    low, high = np.percentile(again[:, 0] / again[:, 1], (2.5, 97.5))
    nats, count = found.sum(axis=0)
    return f"{nats / count:.3f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
