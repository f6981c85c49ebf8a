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
    for folder in options.folders:
        files = sorted(f for f in folder.rglob("*.mid") if f.stat().st_size <= options.largest)
        random.Random(5).shuffle(files)
        compare(folder.name, files[: options.files])


def compare(name: str, files: list[Path]) -> None:
    """Print a row: equal files, seconds, and how many times as fast.

    The fast reader goes first over all files, so that it runs as it does for a user, without the
    many objects of music21 in memory.
    """
    ours, fast = [], []
    for file in files:
        ours.append(classic_notes(file))  # the first time imports what it needs
        fast.append(statistics.median(_seconds(file) for _ in range(REPEATS)))
    slow = []
    equal = 0
    for file, notes in zip(files, ours, strict=True):
        began = time.process_time()
        theirs = music21_notes(file)
        slow.append(time.process_time() - began)
        equal += notes == theirs
        if notes != theirs:
            print(f"{file.name}: {_difference(notes, theirs)}", flush=True)
    each = [b / a for a, b in zip(fast, slow, strict=True)]
    print(
        f"| {name} | {equal} of {len(files)} | {1000 * sum(fast) / len(fast):.1f} ms | "
        f"{sum(slow) / len(slow):.2f} s | {sum(slow) / sum(fast):.0f} | "
        f"{min(each):.0f} to {max(each):.0f} |",
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
