"""CPU time of reading MusicXML, beside partitura in one run.

    pip install partitura
    python benchmarks/reading_speed.py [FILE ...]

A row a score: notes, milliseconds of restyle (file to Song, repeats not counted apart) and of
partitura (file to Score, and to its table of notes), their ratio, and restyle's time a note, which
stays as it is where the work grows with the score alone. Each figure is the least of three. Without
files: scores of music21's corpus from small to large, and quartets made here, of sixteenths in
four parts with ties, chord symbols and dynamics.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reading_collections import music21_corpus, partitura_musicxml, quiet
from restyle.io import read

SIZES = (1_000, 10_000, 35_000, 100_000)
"""Notes of the quartets."""
TIMES = 3
SLOWEST = 60.0
"""Seconds after which a reader is not asked again."""


def quartet(notes: int) -> str:
    """A quartet of about that many notes as MusicXML."""
    bars = notes // 64
    parts, listed = [], []
    for part in range(4):
        measures = []
        for bar in range(bars):
            head = "" if bar else (
                "<attributes><divisions>4</divisions><key><fifths>0</fifths></key><time><beats>4"
                "</beats><beat-type>4</beat-type></time></attributes>"
            )  # fmt: skip
            mark = "f" if bar % 8 else "p"
            head += (
                f"<direction><direction-type><dynamics><{mark}/></dynamics></direction-type>"
                "</direction>"
            )
            held = [_note(bar * 7 + i * 3 + part, i == 15, i == 0 and bar > 0) for i in range(16)]
            measures.append(f'<measure number="{bar + 1}">{head}{"".join(held)}</measure>')
        parts.append(f'<part id="P{part}">{"".join(measures)}</part>')
        listed.append(f'<score-part id="P{part}"><part-name>Violin</part-name></score-part>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0">'
        f"<part-list>{''.join(listed)}</part-list>{''.join(parts)}</score-partwise>"
    )


def _note(step: int, goes_on: bool, came_on: bool) -> str:
    ties = '<tie type="stop"/>' * came_on + '<tie type="start"/>' * goes_on
    tied = '<tied type="stop"/>' * came_on + '<tied type="start"/>' * goes_on
    return (
        f"<note><pitch><step>{'CDEFGAB'[step % 7]}</step><octave>{4 + step % 2}</octave></pitch>"
        f"<duration>1</duration>{ties}<voice>1</voice><type>16th</type><stem>up</stem>"
        f"<notations>{tied}</notations></note>"
    )


def seconds(work: Callable[[Path], object], path: Path) -> float:
    """CPU seconds of the fastest of a few runs; infinite where it fails."""
    best = float("inf")
    for _ in range(TIMES):
        gc.collect()
        gc.freeze()  # what lies in memory from before is nobody's to look through
        begin = time.process_time()
        try:
            with quiet():
                work(path)
        except Exception:  # whatever another reader raises at a file it cannot read
            return float("inf")
        best = min(best, time.process_time() - begin)
        if best > SLOWEST / TIMES:
            break
    return best


def corpus_scores() -> list[Path]:
    """Scores of music21's corpus: the smallest, the largest, and some between by size."""
    files = sorted(music21_corpus(), key=lambda path: path.stat().st_size)
    return [files[round(share * (len(files) - 1))] for share in (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(name) for name in sys.argv[1:]] or corpus_scores()
        if not sys.argv[1:]:
            for size in SIZES:
                paths.append(Path(folder) / f"quartet of {size}.musicxml")
                paths[-1].write_text(quartet(size), encoding="utf-8")
        read(paths[0])
        partitura_musicxml(paths[0])  # imports are not counted
        print("| score | notes | restyle ms | partitura ms | ratio | restyle µs a note |")
        print("|---|---|---|---|---|---|")
        for path in paths:
            count = read(path).note_count
            own, other = seconds(read, path), seconds(partitura_musicxml, path)
            print(
                f"| {path.name} | {count} | {own * 1e3:.0f} | {other * 1e3:.0f} |"
                f" {own / other:.2f} | {own * 1e6 / max(count, 1):.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
