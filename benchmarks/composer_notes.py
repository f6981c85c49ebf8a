"""The fast list of notes beside music21's: equal files, speeds, and where they part.

python benchmarks/composer_notes.py FOLDER... --files 60 --largest 12000
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

from restyle.composer.classic import classic_notes
from restyle.composer.reference import music21_notes

REPEATS = 5
"""Times that the fast reader reads a file: a few milliseconds are easily disturbed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=60, help="files of each folder")
    parser.add_argument("--largest", type=int, default=12_000, help="bytes: music21 is slow")
    options = parser.parse_args()
    equal = count = 0
    fast = slow = 0.0
    for folder in options.folders:
        files = sorted(f for f in folder.rglob("*.mid") if f.stat().st_size <= options.largest)
        random.Random(5).shuffle(files)
        for file in files[: options.files]:
            ours = classic_notes(file)  # the first time imports what it needs
            began = time.process_time()
            for _ in range(REPEATS):
                classic_notes(file)
            middle = time.process_time()
            theirs = music21_notes(file)
            fast += (middle - began) / REPEATS
            slow += time.process_time() - middle
            count += 1
            equal += ours == theirs
            if ours != theirs:
                print(f"{file.name}: {_difference(ours, theirs)}", flush=True)
    print(
        f"| {equal} of {count} files equal | {fast / count:.4f} s a file | "
        f"music21 {slow / count:.2f} s | {slow / max(fast, 1e-9):.0f} times |"
    )


def _difference(ours: list[str], theirs: list[str]) -> str:
    if sorted(ours) == sorted(theirs):
        places = sum(a != b for a, b in zip(ours, theirs, strict=True))
        return f"the same {len(ours)} notes, {places} of them in another place"
    return f"{len(ours)} notes, music21 {len(theirs)}"


if __name__ == "__main__":
    main()
