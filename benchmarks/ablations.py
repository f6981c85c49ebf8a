"""What the design of the token sequence is worth: the same training on other ways to write songs.

    python benchmarks/ablations.py DATA/classical DATA/jazz DATA/pop -o FOLDER

Hears some songs of each style once, writes them in five variants (`ablation_songs.VARIANTS`),
trains a small model on each for as many tokens, and prints a table:

* held-out loss by style, in nats for each arrangement token of the first variant: the sums are
  taken over the same bars of the same held-out songs, so that variants that need more tokens for
  them do not look better;
* classifier share: held-out leads of every style played to every style, and how often the
  instrument-blind classifier of `restyle evaluate` hears the style that was asked for.

What is done is kept in FOLDER, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ablation_play import play_held_out, style_share
from ablation_songs import VARIANTS, Variant, known_songs, write_variant
from restyle.data.shards import Corpus, open_corpus
from restyle.model.llama import ModelConfig, load
from restyle.model.train import TrainOptions, train
from restyle.model.windows import WindowOptions, lead_spans, target_weights, window_from
from restyle.tokens import vocabulary as v

_CLOSING = np.array([*range(v.BAR.first, v.BAR.end), v.END, v.EOS])


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    corpora = all_corpora(options)
    begins = held_out_begins(corpora[0], options.windows)
    for variant, corpus in zip(VARIANTS, corpora, strict=True):
        train(corpus.folder, folder_of(options, "model", variant), training(options, variant))
    losses = held_out(options, corpora, begins)
    shares = [shares_of(options, i, corpora) for i in range(len(VARIANTS))]
    print(table(options, corpora[0], losses, shares))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=150, help="to train on, a style")
    parser.add_argument("--held-out", type=int, default=30, help="songs a style")
    parser.add_argument("--windows", type=int, default=48, help="held-out windows a style")
    parser.add_argument("--steps", type=int, default=160)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--context", type=int, default=512)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--leads", type=int, default=5, help="leads a style, played to each style")
    parser.add_argument("--bars", type=int, default=16, help="bars of a lead that are played")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def folder_of(options: argparse.Namespace, kind: str, variant: Variant) -> Path:
    return options.output / f"{kind}-{variant.name.replace(' ', '-')}"


def all_corpora(options: argparse.Namespace) -> list[Corpus]:
    """The corpus of each variant, made where there is none."""
    folders = [folder_of(options, "corpus", variant) for variant in VARIANTS]
    if not all((folder / "corpus.json").is_file() for folder in folders):
        known = known_songs(options.folders, options.songs, options.held_out, options.workers)
        for variant, folder in zip(VARIANTS, folders, strict=True):
            write_variant(known, variant, folder)
    return [open_corpus(folder) for folder in folders]


def training(options: argparse.Namespace, variant: Variant) -> TrainOptions:
    """The same for all variants. No chord goes unsaid and no example leads: these know only the
    sequence as it is designed."""
    windows = WindowOptions(
        context=options.context,
        chord_dropout=0.0,
        example=0.0,
        lookahead=variant.lookahead,
        home=variant.home,
    )
    model = ModelConfig(
        layers=options.layers,
        width=options.width,
        kv_heads=options.width // 64,
        feed_forward=3 * options.width,
        context=options.context,
    )
    return TrainOptions(
        steps=options.steps,
        batch=options.batch,
        rate=options.rate,
        warm_up=20,
        valid_every=10**9,
        valid_windows=4,
        model=model,
        windows=windows,
    )


def held_out_begins(corpus: Corpus, windows: int) -> dict[str, list[tuple[int, int]]]:
    """(entry, bar) where the held-out windows of each style begin."""
    rng = np.random.default_rng(0)
    out = {}
    for style in corpus.styles:
        numbers = [
            i for i, e in enumerate(corpus.entries) if e.split == "valid" and e.style == style
        ]
        drawn = rng.choice(numbers, windows)
        out[style] = [(int(i), int(rng.integers(bars_of(corpus, i)))) for i in drawn]
    return out


def bars_of(corpus: Corpus, number: int) -> int:
    return len(lead_spans(corpus.tokens(corpus.entries[number]))[0])


def held_out(
    options: argparse.Namespace, corpora: list[Corpus], begins: dict[str, list[tuple[int, int]]]
) -> list[dict[str, float]]:
    """Nats for each arrangement token of the first variant, by variant and style."""
    models = [load(folder_of(options, "model", variant)).eval() for variant in VARIANTS]
    out: list[dict[str, float]] = [{} for _ in VARIANTS]
    for style, places in begins.items():
        nats, tokens = np.zeros(len(VARIANTS)), 0
        for number, bar in places:
            windows = [
                _window(c, number, bar, variant, options.context)
                for c, variant in zip(corpora, VARIANTS, strict=True)
            ]
            ends = [np.flatnonzero(w & np.isin(t, _CLOSING)) for t, w in windows]
            bars = min(len(e) for e in ends)  # whole bars that every variant has room for
            if not bars:
                continue
            cut = [e[bars - 1] + 1 for e in ends]
            tokens += int(windows[0][1][: cut[0]].sum())
            for i, (model, (ids, counted)) in enumerate(zip(models, windows, strict=True)):
                nats[i] += _nats(model, ids[: cut[i]], counted[: cut[i]])
        for i, sum_ in enumerate(nats):
            out[i][style] = float(sum_ / max(tokens, 1))
    return out


def _window(
    corpus: Corpus, number: int, bar: int, variant: Variant, context: int
) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of a window, and which of them count as the arrangement's."""
    song = corpus.tokens(corpus.entries[number])
    window = window_from(song, bar, lead_spans(song), variant.lookahead)[: context + 1]
    ids = window.astype(np.int64)
    return ids, target_weights(ids, 0.0) == 1.0


@torch.no_grad()
def _nats(model: Any, ids: np.ndarray, counted: np.ndarray) -> float:
    logits = model(torch.from_numpy(ids[None, :-1]))[0]
    each = torch.nn.functional.cross_entropy(
        logits, torch.from_numpy(ids[1:]), reduction="none"
    ).numpy()
    return float(each[counted[1:]].sum())


def shares_of(options: argparse.Namespace, which: int, corpora: list[Corpus]) -> dict[str, float]:
    """Classifier share by target style."""
    variant = VARIANTS[which]
    return style_share(
        play_held_out(
            folder_of(options, "model", variant),
            folder_of(options, "engine", variant),
            corpora[which],
            variant,
            options.leads,
            options.bars,
        )
    )


def table(
    options: argparse.Namespace,
    corpus: Corpus,
    losses: list[dict[str, float]],
    shares: list[dict[str, float]],
) -> str:
    styles = list(corpus.styles)
    tokens = options.steps * options.batch * options.context
    lines = [
        f"{options.layers} layers of {options.width}, {tokens:,} tokens each, "
        f"{len(corpus.select('train')):,} songs",
        "",
        "| variant | "
        + " | ".join(f"loss {s}" for s in styles)
        + " | loss, mean | "
        + " | ".join(f"share {s}" for s in styles)
        + " | share, all |",
        "|---" * (2 * len(styles) + 3) + "|",
    ]
    for variant, loss, share in zip(VARIANTS, losses, shares, strict=True):
        cells = [f"{loss[s]:.3f}" for s in styles] + [f"{np.mean(list(loss.values())):.3f}"]
        cells += [f"{share[s]:.0%}" for s in styles] + [f"{np.mean(list(share.values())):.0%}"]
        lines.append(f"| {variant.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
