"""What four bits cost: the exported int4 model beside the same weights in full precision.

    python benchmarks/precision.py --model MODEL --corpus CORPUS [--songs 20]

MODEL is a folder that a training run left. Both exports run in the engine that `transfer` uses.
Held-out loss is taken over the same windows of the valid split for both; the songs are held-out
leads, each played to the next style by both with the same seed, and judged by the instrument-blind
judge of `restyle evaluate`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import numpy as np

from restyle.critic.judge import Judge
from restyle.critic.played import played
from restyle.data.shards import Corpus, open_corpus
from restyle.decoding.session import Session
from restyle.errors import RestyleError
from restyle.metrics.musicality import share_outside
from restyle.model.export import export
from restyle.model.shape import GRAPH_FILE
from restyle.model.windows import WindowOptions, Windows
from restyle.music.lead import LeadSheet
from restyle.options import TransferOptions
from restyle.pipeline import Arranger
from restyle.tokens import decode

PRECISIONS = ("fp32", "int4")


@dataclass(frozen=True)
class Row:
    """One precision in figures."""

    precision: str
    size: int
    losses: dict[str, float]
    """Nats an arrangement token by style."""
    recognised: float
    outside: float
    notes_a_bar: float
    seconds: float
    """A song of `--bars` bars."""


def main() -> None:
    options = arguments()
    corpus = open_corpus(options.corpus)
    with tempfile.TemporaryDirectory() as temporary:
        rows = []
        for precision in PRECISIONS:
            folder = Path(temporary) / precision
            export(options.model, folder, precision)
            rows.append(measured(folder, precision, corpus, options))
    print(table(rows, options))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=20)
    parser.add_argument("--bars", type=int, default=32, help="of each song, at most")
    parser.add_argument("--windows", type=int, default=6, help="held-out windows a style")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def measured(folder: Path, precision: str, corpus: Corpus, options: argparse.Namespace) -> Row:
    arranger, judge = Arranger(folder), Judge.load()
    styles = [style for style in arranger.styles if corpus.select("valid", style)]
    session = Session.load(folder, options.threads)
    losses = {style: held_out(session, corpus, style, options.windows) for style in styles}
    right, outside, notes, seconds = [], [], [], []
    for lead, target in wanted(corpus, styles, options):
        began = time.perf_counter()
        result = arranger.transfer(lead, TransferOptions(target, seed=1))
        seconds.append(time.perf_counter() - began)
        band = result.takes[0].arrangement
        heard = played(result.lead, band, result.swing)
        right.append(judge.verdict(heard, styles) == target)
        outside.append(share_outside(band, result.lead))
        notes.append(sum(len(part) for part in band.parts.values()) / result.lead.bars)
    return Row(
        precision,
        (folder / GRAPH_FILE).stat().st_size,
        losses,
        float(np.mean(right)),
        float(np.mean(outside)),
        float(np.mean(notes)),
        float(np.mean(seconds)),
    )


def held_out(session: Session, corpus: Corpus, style: str, windows: int) -> float:
    """Nats an arrangement token on windows of the valid split, by the engine itself."""
    drawn = Windows(corpus, "valid", [style], WindowOptions(context=session.context))
    batch = drawn.fixed(style, windows)
    nats, count = 0.0, 0
    for tokens, weights in zip(batch.tokens, batch.weights, strict=True):
        cache = session.cache()
        for token, target, weight in zip(tokens[:-1], tokens[1:], weights[1:], strict=True):
            logits = cache.feed([token])[0].astype(np.float64)
            if weight == 1.0:
                top = logits.max()
                nats += top + np.log(np.exp(logits - top).sum()) - logits[target]
                count += 1
    return float(nats / max(count, 1))


def wanted(
    corpus: Corpus, styles: list[str], options: argparse.Namespace
) -> list[tuple[LeadSheet, str]]:
    """Held-out leads with the style that each is played to: never its own."""
    out: list[tuple[LeadSheet, str]] = []
    queues = {style: iter(corpus.select("valid", style)) for style in styles}
    steps = cycle(range(1, len(styles)))
    for number in range(options.songs):
        style = styles[number % len(styles)]
        entry = next(queues[style], None)
        if entry is None:
            raise RestyleError(f"The corpus has too few held-out songs of {style}.")
        lead = first_bars(decode(corpus.tokens(entry).tolist()).lead, options.bars)
        out.append((lead, styles[(styles.index(style) + next(steps)) % len(styles)]))
    return out


def first_bars(lead: LeadSheet, bars: int) -> LeadSheet:
    end = int(lead.bar_starts()[: bars + 1][-1])
    return replace(
        lead,
        melody=lead.melody[lead.melody["start"] < end],
        chords=tuple(chord for chord in lead.chords if chord.start < end),
        meters=tuple(meter for meter in lead.meters if meter.start < end),
        length=end,
    )


def table(rows: list[Row], options: argparse.Namespace) -> str:
    styles = list(rows[0].losses)
    lines = [
        f"{options.songs} songs of at most {options.bars} bars",
        "",
        "| precision | MB | "
        + " | ".join(f"loss {style}" for style in styles)
        + " | style recognised | outside chord and scale | notes a bar | seconds a song |",
        "|---" * (6 + len(styles)) + "|",
    ]
    for row in rows:
        cells = [
            row.precision,
            f"{row.size / 1e6:.1f}",
            *(f"{row.losses[style]:.3f}" for style in styles),
            f"{row.recognised:.0%}",
            f"{row.outside:.1%}",
            f"{row.notes_a_bar:.1f}",
            f"{row.seconds:.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
