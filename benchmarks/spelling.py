"""How often notes are spelled as their composers wrote them: python benchmarks/spelling.py

Scores of music21's own corpus; from each only pitches, key signatures and chord symbols are given.
"""

from __future__ import annotations

import argparse
import random
from typing import Any

import numpy as np

from restyle.io.score.spelling import key_at, spell, spelled
from restyle.music.song import Chord, Key

COMPOSERS = ("bach", "mozart", "haydn", "beethoven", "chopin", "schumann_robert", "leadSheet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=int, default=2, help="of each composer")
    options = parser.parse_args()
    print("| composer | scores | notes | by key alone | as written by restyle |")
    print("|---|---|---|---|---|")
    total = np.zeros(4, dtype=int)
    for composer in COMPOSERS:
        row = np.sum([measured(score) for score in scores(composer, options.scores)], axis=0)
        total += row
        print(line(composer, row), flush=True)
    print(line("all", total))


def line(name: str, row: Any) -> str:
    count, notes, plain, ours = row.tolist()
    return f"| {name} | {count} | {notes} | {plain / notes:.2%} | {ours / notes:.2%} |"


def scores(composer: str, count: int) -> list[Any]:
    """Some scores of a composer whose key signatures a Key can hold."""
    from music21 import converter, corpus

    paths = sorted(str(path) for path in corpus.getComposer(composer))
    paths = [path for path in paths if path.endswith((".xml", ".mxl", ".musicxml", ".krn"))]
    random.Random(1).shuffle(paths)
    return [converter.parse(path) for path in paths[:count]]


def measured(score: Any) -> tuple[int, int, int, int]:
    """One score: 1, its notes, those that the key alone spells right, those that we do."""
    flat = score.flatten()
    signatures = sorted(
        {(float(k.offset), k.sharps) for k in flat.getElementsByClass("KeySignature")}
    )
    keys = [
        (round(at * 24), Key(sharps * 7 % 12)) for at, sharps in signatures if -5 <= sharps <= 6
    ]
    symbols = flat.getElementsByClass("ChordSymbol")
    chords = [Chord(round(c.offset * 24), c.root().pitchClass) for c in symbols if c.pitches]
    written = [
        (float(note.offset) * 24, pitch.midi, (pitch.step, int(pitch.alter)))
        for note in flat.notes
        if "ChordSymbol" not in note.classes
        for pitch in note.pitches
    ]
    names = spelled(
        np.array([row[0] for row in written]), np.array([row[1] for row in written]),
        keys or ((0, Key(0)),), sorted(chords, key=lambda chord: chord.start),
    )  # fmt: skip
    plain = ours = 0
    for time, pitch, name in written:
        key = key_at(keys, round(time))
        plain += spell(pitch % 12, key) == name
        ours += names.at(time, pitch, key) == name
    return 1, len(written), plain, ours


if __name__ == "__main__":
    main()
