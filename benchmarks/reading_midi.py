"""MIDI files of folders read by restyle and by two other readers: do they find the same notes?

    pip install pretty_midi mido
    python benchmarks/reading_midi.py FOLDER... [--files N] [--seed S] [--verbose]

A row a folder: files, refused by restyle, refused by both others, share with the same notes as each
of them, and what the differing files hold that explains it. Notes are compared by pitch and start,
to `NEAR` seconds, drums and others apart.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.align import seconds_at
from restyle.errors import RestyleError
from restyle.io import read
from restyle.io.midi.events import parse

NEAR = 0.01
"""Seconds: ticks of a file that counts few of them a quarter are rounded."""
Rows = NDArray[np.float64]
"""Start in seconds, pitch, 1 for drums."""


def ours(path: Path) -> Rows:
    song = read(path)
    rows = [
        (start, pitch, track.is_drum)
        for track in song.tracks
        for start, pitch in zip(
            seconds_at(song.tempos, track.notes["start"]), track.notes["pitch"], strict=True
        )
    ]
    return np.array(rows, dtype=float).reshape(-1, 3)


def by_pretty_midi(path: Path) -> Rows:
    import pretty_midi

    read_ = pretty_midi.PrettyMIDI(str(path))
    rows = [(n.start, n.pitch, i.is_drum) for i in read_.instruments for n in i.notes]
    return np.array(rows, dtype=float).reshape(-1, 3)


def by_mido(path: Path) -> Rows:
    import mido

    now, rows = 0.0, []
    for message in mido.MidiFile(str(path), clip=True):
        now += message.time
        if message.type == "note_on" and message.velocity:
            rows.append((now, message.note, message.channel == 9))
    return np.array(rows, dtype=float).reshape(-1, 3)


READERS = {"pretty_midi": by_pretty_midi, "mido": by_mido}


def same(a: Rows, b: Rows) -> bool:
    """Whether each note of two readings is in the other too, counted from the first note on.

    Notes that are struck together on one key count once: readers differ in how many they keep.
    """
    left, right = (_keyed(rows) for rows in (a, b))
    return _within(left, right) and _within(right, left)


def _keyed(rows: Rows) -> NDArray[np.float64]:
    """A sorted number for each note: its start, and days apart for each key, of drums too."""
    if not len(rows):
        return np.empty(0)
    key = rows[:, 1] + 128 * (rows[:, 2] > 0)
    return np.sort(rows[:, 0] - rows[:, 0].min() + 1e6 * key)


def _within(some: NDArray[np.float64], all_: NDArray[np.float64]) -> bool:
    """Whether there is a number of `all_` near each of `some`."""
    if not len(all_):
        return not len(some)
    above = np.searchsorted(all_, some).clip(max=len(all_) - 1)
    nearest = np.minimum(abs(all_[above] - some), abs(all_[np.maximum(above - 1, 0)] - some))
    return bool((nearest < NEAR).all())


def reasons(path: Path) -> list[str]:
    """What in a file can make readers differ."""
    file = parse(path.read_bytes(), path.name)
    song = read(path)
    out = [w for w in song.warnings if "bend" not in w and "like instruments" not in w]
    words = ["".join(c for c in w if not c.isdigit()) for w in out]
    native = sum(bool((c.notes[:, 0] >> 7 == 9).any()) for c in file.chunks)
    drums = sum(len(t.notes) for t in song.tracks if t.is_drum)
    on_ten = sum(int((c.notes[:, 0] >> 7 == 9).sum()) for c in file.chunks)
    if drums > on_ten or (native and drums < on_ten // 2):
        words.append("drums told apart otherwise")
    rows = np.concatenate([c.notes for c in file.chunks])
    if (rows[:, 1] == rows[:, 2]).any():
        words.append("notes of length 0")
    again = {tuple(r) for r in rows[:, :2].tolist()}
    if len(again) < len(rows):
        words.append("a note struck twice at once")
    return words or ["not explained"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=0, help="so many of each, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="name the files that differ")
    given = parser.parse_args()
    print(
        "| folder | files | refused | others refuse | as pretty_midi | as mido | as one of them |"
    )
    print("|---|---|---|---|---|---|---|")
    for folder in given.folders:
        files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".mid", ".kar", ".rmi"))
        if given.files and len(files) > given.files:
            files = random.Random(given.seed).sample(files, given.files)
        compare(folder, files, given.verbose)


def compare(folder: Path, files: list[Path], verbose: bool) -> None:
    """Print the row of a folder, and what explains the differences."""
    count: Counter[str] = Counter()
    why: Counter[str] = Counter()
    for path in files:
        theirs: dict[str, Rows] = {}
        for name, reader in READERS.items():
            sink = io.StringIO()
            # whatever another reader raises at a file that it cannot read
            with contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
                    theirs[name] = reader(path)
        count["others"] += not theirs
        try:
            own = ours(path)
        except RestyleError as error:
            count["refused"] += 1
            print(f"  refused: {path.name}: {error} (read by {', '.join(theirs) or 'none'})")
            continue
        alike = [name for name, rows in theirs.items() if same(own, rows)]
        count.update(alike)
        count["one"] += bool(alike)
        if theirs and not alike:
            found = reasons(path)
            why.update(found)
            if verbose:
                print(f"  {path}: {'; '.join(found)}")
    read_by = max(len(files) - count["refused"], 1)
    shares = [f"{count[name] / read_by:.1%}" for name in (*READERS, "one")]
    cells = (folder.name, len(files), count["refused"], count["others"], *shares)
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    for reason, number in why.most_common():
        print(f"  {number} differ from both: {reason}")


if __name__ == "__main__":
    main()
