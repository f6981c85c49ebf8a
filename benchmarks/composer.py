"""The tables of the composer.

    python benchmarks/composer.py songs FOLDER...          genre, files, notes, note set
    python benchmarks/composer.py checks FOLDER...         collapse, copying, rhythm and harmony
    python benchmarks/composer.py checks MODEL/songs.npz   the same of songs that were heard before
    python benchmarks/composer.py variants [MODEL...]      the three networks side by side

A folder is a genre, named as the shipped styles are.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from restyle.analysis.key import find_key
from restyle.composer import api, weights
from restyle.composer.calibrate import EXCERPT, averaged, excerpt, measured, real
from restyle.composer.classic import classic_notes
from restyle.composer.engine import Network
from restyle.composer.generate import Sheet, write
from restyle.composer.heard import Songs, hear_songs, load_songs
from restyle.composer.measure import Originality, apart, collapse, mean
from restyle.composer.render import song_of
from restyle.errors import RestyleError
from restyle.music.song import Key

PUBLISHED = {"classical": (10, 600), "pop": (5, 500), "jazz": (5, 500)}


def songs(folders: list[Path], whole: bool) -> None:
    """The experiment's table for as many files as were published, or for all."""
    _head("genre", "files", "input notes", "unique notes", "output notes")
    for folder in folders:
        files = sorted(folder.rglob("*.mid"))
        count, out = PUBLISHED.get(folder.name, (5, 600))
        if not whole:  # evenly over the folder
            files = [files[i] for i in np.linspace(0, len(files) - 1, count).astype(int)]
        read = total = 0
        unique: set[str] = set()
        for file in files:
            try:
                notes = classic_notes(file)
            except RestyleError:
                continue
            read += 1
            total += len(notes)
            unique.update(notes)
        _row(folder.name, read, f"{total:,}", f"{len(unique):,}", out)


def checks(heard: Songs, seeds: int, model: str, only: str = "") -> None:
    """The four checks, of what the model writes at its default settings and of real songs."""
    tables: dict[str, list[tuple[object, ...]]] = {k: [] for k in ("c", "o", "h", "r")}
    for style in sorted({p.style for p in heard.train if only in ("", p.style)}):
        network = Network(*weights.read(api.model_file(model, style)))
        _, about = network.card.style(style)
        every = [p for p in (*heard.train, *heard.held_out) if p.style == style]
        long = [p for p in every if len(p.elements) >= EXCERPT]
        aim = real(every)
        sheets = [write(network, style, EXCERPT, seed, about.habits) for seed in range(seeds)]
        made = averaged([measured(s.elements, s.bar, *_key(s.mode)) for s in sheets])
        for name, found in ((f"{len(long)} real songs", aim), (f"{seeds} composed", made)):
            tables["c"].append((style, name, *_figures(vars(found.collapse))))
            tables["h"].append((style, name, *_figures(vars(found.harmony)), "" if found is aim
                                else f"{_heard_key(sheets):.0%}"))  # fmt: skip
            tables["r"].append((style, name, *_figures(vars(found.rhythm))))
        off = apart(made.collapse, aim.collapse)
        tables["c"].append((style, "apart", *(f"{100 * v:+.0f} %" for v in off.values())))
        known = Originality(p.symbols for p in heard.train if p.style == style)
        for name, some in (
            ("held-out songs", [excerpt(p) for p in heard.held_out if p.style == style]),
            ("composed", [s.elements for s in sheets]),
        ):
            found_n = [known.longest_shared(e["symbol"].tolist()) for e in some]
            row = (f"{np.mean(found_n):.1f}", max(found_n)) if found_n else ("none", "none")
            tables["o"].append((style, f"{len(some)} {name}", *row))
    print("\nCollapse\n")
    _head("genre", "", "most frequent note", "longest run", "distinct 4-grams", "entropy a window")
    _rows(tables["c"])
    print("\nNotes of the longest passage shared with a training song, in whatever key\n")
    _head("genre", "", "mean", "most")
    _rows(tables["o"])
    print("\nHarmony\n")
    _head("genre", "", "in the scale", "pitch-class entropy", "in the chord", "heard in its key")
    _rows(tables["h"])
    print("\nRhythm\n")
    _head("genre", "", "onsets on a beat", "bits a step", "bits a duration", "notes in four beats",
          "bars as one of the eight before")  # fmt: skip
    _rows(tables["r"])


def variants(models: Iterable[Path], seeds: int) -> None:
    """Loss, seconds of training and what comes out: at temperature 1, without calibration."""
    _head("genre", "network", "steps", "held-out loss", "training", "600 notes take",
          "most frequent note", "longest run", "distinct 4-grams", "entropy a window")  # fmt: skip
    for file in models:
        arrays, card = weights.read(file)
        network = Network(arrays, card)
        for style in card.styles:
            plain = weights.Habits(top_p=1.0)
            began = time.process_time()
            sheets = [write(network, style.name, EXCERPT, s, plain) for s in range(seeds)]
            took = (time.process_time() - began) / seeds
            found = mean([collapse(s.elements["symbol"].tolist()) for s in sheets])
            _row(
                style.name, card.variant, card.trained["steps"], f"{card.trained['note']:.2f}",
                f"{card.trained['seconds']:.0f} s", f"{took:.1f} s", *_figures(vars(found)),
            )  # fmt: skip


def _key(mode: str) -> tuple[int, str]:
    return (0 if mode == "major" else 9), mode


def _heard_key(sheets: list[Sheet]) -> float:
    """Share of composed pieces that are heard in the key they were written in."""
    wanted = {"major": Key(0), "minor": Key(9, "minor")}
    return float(np.mean([find_key(song_of(s, 0, 120.0)) == wanted[s.mode] for s in sheets]))


def _figures(values: dict[str, float]) -> list[str]:
    return [f"{v:.3f}" if abs(v) < 1 else f"{v:.2f}" for v in values.values()]


def _head(*names: str) -> None:
    _row(*names)
    print("|" + "---|" * len(names))


def _rows(rows: Iterable[tuple[object, ...]]) -> None:
    for row in rows:
        _row(*row)


def _row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=["songs", "checks", "variants"])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--model", default="embedding")
    parser.add_argument("--style", default="", help="this genre only")
    parser.add_argument("--songs", type=int, default=200, help="at most so many of a genre to hear")
    parser.add_argument("--all", action="store_true", help="all files, not the published counts")
    options = parser.parse_args()
    if options.table == "songs":
        songs(options.paths, options.all)
    elif options.table == "checks":
        kept = len(options.paths) == 1 and options.paths[0].suffix == ".npz"
        heard = load_songs(options.paths[0]) if kept else hear_songs(options.paths, options.songs)
        checks(heard, options.seeds, options.model, options.style)
    else:
        variants(options.paths or sorted(api.SHIPPED.glob("*.safetensors")), options.seeds)


if __name__ == "__main__":
    main()
