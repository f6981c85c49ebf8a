"""Bands of a style beside each other: how much of the style each of them brings.

    python benchmarks/style_bands.py CORPUS STYLE BAND [BAND ...] [--model FOLDER] [--songs 25]

    python benchmarks/style_bands.py CORPUS game drums,strings,winds drums,bass,keys,strings,winds

Songs of the other styles, from the training split, are arranged for each band. A style's default
band (`figures["band"]` in styles.json) is chosen by this table, where its songs have no usual one.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from controls_bench import Bench, bases, made, near, opened, sound
from restyle.style.style import PRETRAINED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("style")
    parser.add_argument("bands", nargs="+", type=lambda text: tuple(text.split(",")))
    parser.add_argument("--model", type=Path, default=PRETRAINED)
    parser.add_argument("--songs", type=int, default=25)
    parser.add_argument("--bars", type=int, default=24)
    options = parser.parse_args()
    bench = opened(options.corpus, options.model, seed=0)
    print("| band | results | recognised | judge's share | profile | notes a bar | seconds |")
    print("|---|---|---|---|---|---|---|")
    for band in options.bands:
        print(row(bench, options.style, band, options.songs, options.bars), flush=True)


def row(bench: Bench, style: str, band: tuple[str, ...], songs: int, bars: int) -> str:
    """A line of the table: means over the songs; seconds of one core for a song's bars."""
    told, profiles, density, spent = [], [], [], []
    for base in bases(bench, songs, bars, "train"):
        if base.entry.style == style:
            continue
        began = time.process_time()
        result = made(bench, base, to=style, parts=band)
        spent.append(time.process_time() - began)
        song = sound(result)
        told.append(bench.judge.classify(song, list(bench.arranger.styles)))
        profiles.append(near(song, bench.profiles[style]))
        notes = sum(len(n) for part, n in song.arrangement.parts.items() if part != "drums")
        density.append(notes / max(song.lead.bars, 1))
    recognised = np.mean([max(judged, key=judged.__getitem__) == style for judged in told])
    share = np.mean([judged[style] for judged in told])
    return (
        f"| {', '.join(band)} | {len(told)} | {recognised:.2f} | {share:.3f} "
        f"| {np.mean(profiles):.3f} | {np.mean(density):.1f} | {np.mean(spent):.1f} |"
    )


if __name__ == "__main__":
    main()
