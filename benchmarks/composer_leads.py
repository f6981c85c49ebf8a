"""New lead sheets beside the tunes of real songs of their style.

    python benchmarks/composer_leads.py CORPUS [--songs 12] [--styles classical,pop,jazz,folk]

Real tunes are the first 32 bars of held-out stretches; what is shared is looked for in at most
3,000 training stretches of the style, for both.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.corpus import song_stretches
from restyle.composer.lead.measure import Shared, TuneMeasures, measure, notes_of
from restyle.composer.lead.rules import Note
from restyle.composer.lead.song import LeadOptions, compose_lead
from restyle.data.shards import Corpus, open_corpus
from restyle.music.transpose import home_shift, shifted


def made(style: str, seed: int) -> tuple[TuneMeasures, list[Note]]:
    """The measures and notes of a new song."""
    written = compose_lead(LeadOptions(style, seed=seed))
    lead = shifted(written.lead, home_shift(written.lead.key))
    meter, first = lead.meters[0].name, lead.bars - len(written.plan)
    bar = e.BAR_LENGTH[meter]
    notes = [Note(int(s) // bar - first, int(s) % bar, int(p), int(d))
             for s, d, p, _ in lead.melody.tolist()]  # fmt: skip
    halves = (0, e.MIDDLE[meter])
    begins = [(i + first) * bar for i in range(len(written.plan))]
    chords = np.array([[e.chord_number(lead.chord_at(b + at)) for at in halves] for b in begins])
    return measure(notes, chords, meter, lead.key.mode == "minor"), notes


def usual(corpus: Corpus, style: str) -> None:
    """Print the figures of `composer.lead.usual` for a style, of 150 training songs at most."""
    found = []
    for entry in corpus.select("train", style)[:150]:
        for stretch in song_stretches(corpus.tokens(entry), 0)[:2]:
            notes = [n for n in notes_of(stretch) if n.bar < 32]
            if len(notes) > 16:
                meter = e.METERS[stretch.meter]
                found.append(measure(notes, stretch.chords[:32], meter, stretch.minor))
    shares = [mean([asdict(m)[name] for m in found]) for name in ("off_beat", "silent", "borrowed")]
    print(f"{style}: {', '.join(f'{share:.2f}' for share in shares)}")


def mean(values: list[float]) -> float:
    """The mean of those that are numbers."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def main() -> None:
    """Print a table for each style."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--songs", type=int, default=12)
    parser.add_argument("--styles", default="classical,pop,jazz,folk")
    parser.add_argument("--usual", action="store_true", help="what training tunes usually do")
    asked = parser.parse_args()
    corpus = open_corpus(asked.corpus)
    if asked.usual:
        for style in sorted(corpus.styles):
            usual(corpus, style)
        return
    for style in asked.styles.split(","):
        train = [s for x in corpus.select("train", style)[:400]
                 for s in song_stretches(corpus.tokens(x), 0)][:3000]  # fmt: skip
        held = [s for x in corpus.select("valid", style)
                for s in song_stretches(corpus.tokens(x), 0)][:60]  # fmt: skip
        shared = Shared(notes_of(s) for s in train)
        real, copied = [], []
        for stretch in held:
            notes = [n for n in notes_of(stretch) if n.bar < 32]
            if len(notes) > 8:
                meter = e.METERS[stretch.meter]
                real.append(measure(notes, stretch.chords[:32], meter, stretch.minor))
                copied.append(shared.longest(notes))
        new = [made(style, seed) for seed in range(1, asked.songs + 1)]
        print(f"{style}: {len(new)} new, {len(real)} real")
        for field in fields(TuneMeasures):
            a = mean([asdict(m)[field.name] for m, _ in new])
            b = mean([asdict(m)[field.name] for m in real])
            print(f"  {field.name:16} {a:6.2f} {b:6.2f}")
        longest = [shared.longest(notes) for _, notes in new]
        print(f"  longest shared   {np.mean(longest):6.1f} {np.mean(copied):6.1f}"
              f"  (most {max(longest)}, {max(copied)})")  # fmt: skip


if __name__ == "__main__":
    main()
