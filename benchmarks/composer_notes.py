"""The fast list of notes beside music21's: equal files, speeds, and where they part.

python benchmarks/composer_notes.py FOLDER... --files 60 --largest 12000
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from pathlib import Path

from restyle.composer.classic import classic_notes
from restyle.composer.reference import music21_notes

Row = tuple[bool, float, float]
"""Whether both lists are equal, seconds of this reader, seconds of music21."""
REPEATS = 15
"""Times that the fast reader reads a file, of which the median counts: a few milliseconds are
easily disturbed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=60, help="files of each folder")
    parser.add_argument("--largest", type=int, default=12_000, help="bytes: music21 is slow")
    options = parser.parse_args()
    print("| songs | files equal | this reader | music21 | times as fast | each file |")
    print("|" + "---|" * 6)
    rows = []
    for folder in options.folders:
        files = sorted(f for f in folder.rglob("*.mid") if f.stat().st_size <= options.largest)
        random.Random(5).shuffle(files)
        rows += compare(folder.name, files[: options.files])
    show("all", rows)


def compare(name: str, files: list[Path]) -> list[Row]:
    """Read some files both ways and print their row.

    The fast reader goes first over all files, so that it runs as it does for a user, without the
    many objects of music21 in memory.
    """
    ours = [classic_notes(file) for file in files]  # the first time imports what it needs
    fast = [statistics.median(_seconds(file) for _ in range(REPEATS)) for file in files]
    rows = []
    for file, notes, seconds in zip(files, ours, fast, strict=True):
        began = time.process_time()
        theirs = music21_notes(file)
        rows.append((notes == theirs, seconds, time.process_time() - began))
        if notes != theirs:
            print(f"{file.name}: {_difference(notes, theirs)}", flush=True)
    show(name, rows)
    return rows


def show(name: str, rows: list[Row]) -> None:
    """Print equal files, seconds, and how many times as fast: in all, and file by file."""
    equal = sum(same for same, *_ in rows)
    fast, slow = (sum(row[i] for row in rows) for i in (1, 2))
    each = [b / a for _, a, b in rows]
    print(
        f"| {name} | {equal} of {len(rows)} | {1000 * fast / len(rows):.1f} ms | "
        f"{slow / len(rows):.2f} s | {slow / fast:.0f} | {min(each):.0f} to {max(each):.0f} |",
        flush=True,
    )


def _seconds(file: Path) -> float:
    began = time.process_time()
    classic_notes(file)
    return time.process_time() - began


def _difference(ours: list[str], theirs: list[str]) -> str:
    if sorted(ours) == sorted(theirs):
        places = sum(a != b for a, b in zip(ours, theirs, strict=True))
        return f"the same {len(ours)} notes, {places} of them in another place"
    return f"{len(ours)} notes, music21 {len(theirs)}"


if __name__ == "__main__":
    main()
