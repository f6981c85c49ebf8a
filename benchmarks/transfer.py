"""Held-out songs, each to every style: is the melody kept, is there a band, is it in tune?

    python benchmarks/transfer.py DATA/classical DATA/pop DATA/jazz -o RESULTS [--songs 20]

Takes songs of the test split (never trained on), spread evenly over the styles; writes one MIDI
file a song and style, reads each back with two readers, and prints a table beside the same
measures of real held-out songs of the style.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pretty_midi

from restyle.analysis import Heard, listen
from restyle.data.manifest import Listed, find_songs
from restyle.data.split import split_of
from restyle.errors import RestyleError
from restyle.io import read, write
from restyle.metrics.content import melody_kept
from restyle.metrics.musicality import longest_one_note, share_outside, share_with_sevenths
from restyle.music.parts import Arrangement, arrangement_of
from restyle.options import TransferOptions
from restyle.pipeline import Arranger
from restyle.style.style import PRETRAINED

REAL_SONGS = 40
"""Held-out real songs a style that the results are measured beside."""


@dataclass(frozen=True)
class Row:
    """One arrangement, of a result or of a real song."""

    style: str
    outside: float
    sevenths: float
    one_note: int
    drums: bool
    bass: bool
    notes_a_bar: float
    kept: float = 1.0
    seconds: float = 0.0


def main() -> None:
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    arranger = Arranger(options.model)
    styles = list(arranger.styles)
    held_out = [s for s in find_songs(options.folders) if split_of(s.style, s.title) == "test"]
    real = [row for style in styles for row in real_rows(held_out, style)]
    made: list[Row] = []
    base: list[Row] = []
    for song, heard in spread(held_out, styles, options.songs):
        base.append(measured(song.style, heard, arrangement_of_heard(heard)))
        for style in styles:
            made.append(restyled(arranger, song, heard, style, options))
            print(f"{song.path.name[:48]:48} {song.style:9} -> {style:9}", made[-1], flush=True)
    print(table(styles, made, real, base))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=20)
    parser.add_argument("--model", type=Path, default=PRETRAINED)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--takes", type=int, default=1)
    return parser.parse_args()


def heard_songs(songs: list[Listed]) -> Iterator[tuple[Listed, Heard]]:
    """The songs that can be heard, in a stable order that mixes sources."""
    rng = np.random.default_rng(0)
    for i in rng.permutation(len(songs)):
        try:
            heard = listen(read(songs[i].path))
        except RestyleError:
            continue
        enough = len(heard.lead.melody) >= 32 and 16 <= heard.lead.bars <= 200
        if enough and arrangement_of_heard(heard).names:
            yield songs[i], heard


def spread(songs: list[Listed], styles: list[str], count: int) -> Iterator[tuple[Listed, Heard]]:
    """`count` songs, as many of each style as of the next."""
    for number, style in enumerate(styles):
        share = count // len(styles) + (number < count % len(styles))
        usable = heard_songs([s for s in songs if s.style == style])
        yield from (pair for pair, _ in zip(usable, range(share), strict=False))


def real_rows(songs: list[Listed], style: str) -> Iterator[Row]:
    usable = heard_songs([s for s in songs if s.style == style])
    for (song, heard), _ in zip(usable, range(REAL_SONGS), strict=False):
        yield measured(song.style, heard, arrangement_of_heard(heard))


def arrangement_of_heard(heard: Heard) -> Arrangement:
    return arrangement_of(heard.song, heard.melody, heard.lead.bars)


def measured(style: str, heard: Heard, band: Arrangement) -> Row:
    lead = heard.lead
    pitched = [notes for part, notes in band.parts.items() if part != "drums"]
    return Row(
        style=style,
        outside=share_outside(band, lead),
        sevenths=share_with_sevenths(band, lead),
        one_note=max((longest_one_note(notes, lead) for notes in pitched), default=0),
        drums=bool(len(band.parts.get("drums", ()))),
        bass=bool(len(band.parts.get("bass", ()))),
        notes_a_bar=sum(len(n) for n in band.parts.values()) / lead.bars,
    )


def restyled(
    arranger: Arranger, song: Listed, heard: Heard, style: str, options: argparse.Namespace
) -> Row:
    """Restyle, write, read back with two readers, and measure."""
    began = time.perf_counter()
    wish = TransferOptions(style, seed=options.seed, strength=options.strength, takes=options.takes)
    result = arranger.transfer(heard.lead, wish)
    seconds = time.perf_counter() - began
    path = options.output / f"{song.path.stem}.{style}.mid"
    write(result.song, path)
    again = read(path)
    other = pretty_midi.PrettyMIDI(str(path))
    assert len(again.tracks) == len(other.instruments), f"{path}: the readers do not agree"
    lead = result.lead
    row = measured(style, heard, result.takes[0].arrangement)
    kept = melody_kept(lead, again, result.swing)
    return Row(**{**vars(row), "kept": kept, "seconds": seconds})


def table(styles: list[str], made: list[Row], real: list[Row], base: list[Row]) -> str:
    lines = [
        "| style | rows | melody kept | drums | bass | bars with sevenths "
        "| outside chord and scale | longest one-note run, median / most bars "
        "| notes a bar | seconds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for style in styles:
        for name, rows in (("results", made), ("real songs", real)):
            lines.append(line(f"{style}, {name}", [r for r in rows if r.style == style]))
    lines.append(line("the bases", base))
    return "\n".join(lines)


def line(name: str, rows: list[Row]) -> str:
    def mean(values: list[float]) -> float:
        return float(np.mean(values)) if values else float("nan")

    runs = [row.one_note for row in rows] or [0]
    cells = [
        name,
        str(len(rows)),
        f"{min((r.kept for r in rows), default=1.0):.3f}",
        f"{mean([r.drums for r in rows]):.0%}",
        f"{mean([r.bass for r in rows]):.0%}",
        f"{mean([r.sevenths for r in rows]):.0%}",
        f"{mean([r.outside for r in rows]):.1%}",
        f"{np.median(runs):.0f} / {max(runs)}",
        f"{mean([r.notes_a_bar for r in rows]):.1f}",
        f"{mean([r.seconds for r in rows]):.1f}",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
