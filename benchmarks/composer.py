"""The tables of the composer.

    python benchmarks/composer.py songs FOLDER...      genre, files, notes, note set of the songs
    python benchmarks/composer.py checks FOLDER...     collapse, copying and key, beside real songs
    python benchmarks/composer.py variants             the three networks side by side

A folder is a genre, named as the shipped styles are.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from restyle.composer import api, weights
from restyle.composer.calibrate import EXCERPT, real
from restyle.composer.classic import classic_notes
from restyle.composer.engine import Network
from restyle.composer.generate import Sheet, write
from restyle.composer.measure import (
    Collapse,
    Originality,
    apart,
    class_entropy,
    collapse,
    in_scale,
    mean,
)
from restyle.composer.pieces import Piece
from restyle.errors import RestyleError
from restyle.song import Key

PUBLISHED = {"classical": (10, 600), "pop": (5, 500), "jazz": (5, 500)}


def songs(folders: list[Path], whole: bool) -> None:
    """The experiment's table for as many files as were published, or for all."""
    print("| genre | files | input notes | unique notes | output notes |\n|---|---|---|---|---|")
    for folder in folders:
        files = sorted(folder.rglob("*.mid"))
        count, out = PUBLISHED.get(folder.name, (5, 600))
        if not whole:  # evenly over the folder
            files = [files[i] for i in np.linspace(0, len(files) - 1, count).astype(int)]
        notes: list[list[str]] = []
        for file in files:
            try:
                notes.append(classic_notes(file))
            except RestyleError:
                continue
        total = sum(map(len, notes))
        unique = len({n for song in notes for n in song})
        print(f"| {folder.name} | {len(notes)} | {total:,} | {unique:,} | {out} |", flush=True)


def checks(folders: list[Path], seeds: int, model: str) -> None:
    """The four checks, copying, scale and pitch classes, of the model and of real songs."""
    print("| genre | | most frequent | longest run | distinct 4-grams | entropy | in scale |"
          " pitch-class entropy | longest shared with training |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    for folder in folders:
        train, held_out, _ = api.heard_pieces([folder])
        report(folder.name, train, held_out, seeds, model)


def report(style: str, train: list[Piece], held_out: list[Piece], seeds: int, model: str) -> None:
    """Rows of the table for one style."""
    network = Network(*weights.read(api.model_file(model, style)))
    _, about = network.card.style(style)
    known = Originality([p.symbols for p in train])
    everything = [*train, *held_out]
    aim = real(everything)
    excerpts = [p for p in everything if len(p.elements) >= EXCERPT]
    keys = [(_middle(p), p.mode) for p in excerpts]
    shared = [known.longest_shared(_middle(p)) for p in held_out if len(p.elements) >= EXCERPT]
    print(_row(style, f"{len(excerpts)} real songs", aim, keys, shared))
    sheets = [write(network, style, EXCERPT, seed, about.habits) for seed in range(seeds)]
    made = [(s.elements["symbol"].tolist(), s.mode) for s in sheets]
    found = mean([collapse(symbols) for symbols, _ in made])
    shared = [known.longest_shared(symbols) for symbols, _ in made]
    print(_row("", f"{seeds} composed", found, made, shared))
    off = apart(found, aim)
    print("| | apart | " + " | ".join(f"{100 * v:+.0f} %" for v in off.values()) + " | | | |")
    print(
        f"<!-- {style}: heard key {_heard_key(sheets):.2f} of the time as written -->", flush=True
    )


def _middle(piece: Piece) -> list[str]:
    symbols = piece.symbols
    return symbols[(len(symbols) - EXCERPT) // 2 :][:EXCERPT]


def _row(
    style: str, name: str, found: Collapse, keyed: list[tuple[list[str], str]], shared: list[int]
) -> str:
    scale = np.mean([in_scale(s, 0 if mode == "major" else 9, mode) for s, mode in keyed])
    classes = np.mean([class_entropy(s) for s, _ in keyed])
    copied = f"mean {np.mean(shared):.1f}, most {max(shared)}" if shared else "none held out"
    return (
        f"| {style} | {name} | {found.most_frequent:.3f} | {found.longest_run:.2f} | "
        f"{found.distinct:.3f} | {found.entropy:.2f} | {scale:.3f} | {classes:.2f} | {copied} |"
    )


def _heard_key(sheets: list[Sheet]) -> float:
    """Share of composed pieces that are heard in the key they were written in."""
    from restyle.composer.render import song_of
    from restyle.hearing.key import find_key

    wanted = {"major": Key(0), "minor": Key(9, "minor")}
    return float(np.mean([find_key(song_of(s, 0, 120.0)) == wanted[s.mode] for s in sheets]))


def variants(seeds: int) -> None:
    """Loss, seconds of training and what comes out, of everything shipped."""
    print("| genre | network | held-out loss | training | 600 notes take | most frequent |"
          " longest run | distinct 4-grams | entropy |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    for file in sorted(api.SHIPPED.glob("*.safetensors")):
        arrays, card = weights.read(file)
        for style in card.styles:
            began = time.perf_counter()
            network = Network(arrays, card)
            made = [
                collapse(write(network, style.name, EXCERPT, s).elements["symbol"].tolist())
                for s in range(seeds)
            ]
            took = (time.perf_counter() - began) / seeds
            found = mean(made)
            print(
                f"| {style.name} | {card.variant} | {card.trained['note']:.2f} | "
                f"{card.trained['seconds']:.0f} s | {took:.1f} s | {found.most_frequent:.3f} | "
                f"{found.longest_run:.1f} | {found.distinct:.3f} | {found.entropy:.2f} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=["songs", "checks", "variants"])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--model", default="embedding")
    parser.add_argument("--all", action="store_true", help="all files, not the published counts")
    options = parser.parse_args()
    if options.table == "songs":
        songs(options.folders, options.all)
    elif options.table == "checks":
        checks(options.folders, options.seeds, options.model)
    else:
        variants(options.seeds)


if __name__ == "__main__":
    main()
