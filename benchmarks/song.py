"""Seconds a song from a cold start, by length and style.

    python benchmarks/song.py [--model FOLDER] [--minutes 0.5 3 10]

An example song is played over and over, each time a half step higher, until it is as long as
wanted: nothing in it comes back as it was, which would be played as it was. Each line is a new
process that reads, hears, arranges and writes it. Prints seconds and peak memory.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from restyle.io import read
from restyle.music.song import TICKS, Song, Tempo

EXAMPLE = Path(__file__).parent.parent / "examples" / "auld-lang-syne.mid"
BPM = 120.0
MINUTES = (0.5, 3.0, 10.0)
STYLES = ("classical", "jazz", "pop", "film", "game")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path)
    parser.add_argument("--minutes", type=float, nargs="+", default=MINUTES)
    asked = parser.parse_args()
    model = asked.model
    more = ["--model", str(model)] if model else []
    print("| minutes of music | style | seconds | times faster than played | peak MB |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for minutes in asked.minutes:
            path = Path(folder) / f"{minutes}.mid"
            repeated(read(EXAMPLE), minutes).write(str(path))
            for style in STYLES:
                words = ["transfer", str(path), "--to", style, "--quiet", *more]
                began = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-m", "restyle.cli", *words], cwd=folder, check=True
                )
                seconds = time.perf_counter() - began
                peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
                print(
                    f"| {minutes:g} | {style} | {seconds:.1f} | {60 * minutes / seconds:.0f} "
                    f"| {peak:.0f} |",
                    flush=True,
                )


def repeated(song: Song, minutes: float) -> Song:
    """The song over and over, each time a half step higher (the thirteenth time as the first), at
    an even tempo, for about so many minutes."""
    length = int(song.bar_starts()[-1])
    times = max(1, round(minutes * BPM * TICKS / length))
    tracks = []
    for track in song.tracks:
        notes = np.concatenate([track.notes] * times)
        notes["start"] += np.repeat(np.arange(times) * length, len(track.notes)).astype(np.int32)
        if not track.is_drum:
            notes["pitch"] += np.repeat(np.arange(times) % 12, len(track.notes)).astype(np.int16)
        tracks.append(replace(track, notes=notes))
    return replace(song.with_tracks(tracks), tempos=(Tempo(0, BPM),), chords=(), markers=())


if __name__ == "__main__":
    main()
