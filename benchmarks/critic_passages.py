"""Writes passages for the critic of realism: what real bands play over the chords
and tune of songs, and what the decoder's candidates play over the same, none of them chosen.

    python benchmarks/critic_passages.py CORPUS OUT [--songs 250] [--held-out 60]

One file a song: OUT/SPLIT-NNNN.npz. Songs come style by style in turn, so that a run that is broken
off has all styles; what is there already is not made again. `benchmarks/realism.py` reads them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.critic.tokens import played_tokens
from restyle.data.shards import Corpus, Entry, open_corpus
from restyle.decoding.band import Band, Player
from restyle.decoding.generate import arrange
from restyle.decoding.job import Job
from restyle.decoding.session import Session
from restyle.music.classes import PARTS, class_named
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Notes
from restyle.style.style import PRETRAINED, load_styles

BARS = 16
"""Bars of each song, its first ones or those from the seventeenth on, by turns."""


@dataclass
class Recorder:
    """A critic that keeps all candidates and lets chance choose."""

    rng: np.random.Generator
    heard: list[tuple[int, int, int, Arrangement]] = field(default_factory=list)
    """Passage, its first bar and the bar after its last, and what a candidate played so far."""

    def score(
        self, lead: LeadSheet, candidates: Sequence[Arrangement], first: int, last: int
    ) -> NDArray[np.float64]:
        number = self.heard[-1][0] + 1 if self.heard else 0
        self.heard += [(number, first, last, candidate) for candidate in candidates]
        return 100 * self.rng.random(len(candidates))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--songs", type=int, default=250)
    parser.add_argument("--held-out", type=int, default=60)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    corpus, session = open_corpus(options.corpus), Session.load(PRETRAINED, 1)
    styles = load_styles(PRETRAINED)
    train = list(in_turn(corpus, ("train",)))[: options.songs]
    held = list(in_turn(corpus, ("valid", "test")))[: options.held_out]
    ratio = max(1, len(train) // max(len(held), 1))
    work = [("train", i, e) for i, e in enumerate(train)]
    for i, entry in enumerate(held):
        work.insert(min(i * (ratio + 1), len(work)), ("held", i, entry))
    for split, number, entry in work:
        file = options.out / f"{split}-{number:04d}.npz"
        if file.exists():
            continue
        song = passage_of(corpus, entry, number % 2)
        if song is None:
            continue
        lead, real = song
        players = tuple(
            Player(p, c, styles[entry.style].program(p, c)) for p, c in real.classes.items()
        )
        recorder = Recorder(np.random.default_rng([number, 1]))
        job = Job(
            lead=lead,
            band=Band(players),
            slots=styles[entry.style].slots,
            feel="swing" if lead.swing > 1 else "straight",
            critic=recorder,
        )
        arrange(job, session, np.random.default_rng([number, 2]))
        rows = rows_of(entry, number % 2, real, recorder)
        np.savez_compressed(file, **rows)  # type: ignore[arg-type]
        print(file.name, entry.style, entry.title[:40], flush=True)


def in_turn(corpus: Corpus, splits: Sequence[str]) -> Iterator[Entry]:
    """Songs long enough, a style after the other, in an order drawn once."""
    rng, by_style = np.random.default_rng(0), []
    for style in corpus.styles:
        some = [e for split in splits for e in corpus.select(split, style) if e.length > 600]
        by_style.append([some[i] for i in rng.permutation(len(some))])
    for turn in range(max(len(some) for some in by_style)):
        for some in by_style:
            if turn < len(some):
                yield some[turn]


def passage_of(corpus: Corpus, entry: Entry, late: int) -> tuple[LeadSheet, Arrangement] | None:
    """The lead sheet of a song's bars and what is played over it; None where the song is too
    short, its band plays too little there, or its meter changes."""
    song = played_tokens(corpus.tokens(entry))
    first = BARS * late
    if song.lead.bars < BARS:
        return None
    if song.lead.bars < first + BARS:
        first = 0
    lines = song.lines
    begin, end = int(lines[first]), int(lines[first + BARS])
    if song.lead.pickup:
        return None
    parts, classes = {}, {}
    for part, notes in song.arrangement.parts.items():
        notes = notes[(notes["start"] >= begin) & (notes["start"] < end)].copy()
        notes["start"] -= begin
        if len(notes) > 4:
            parts[part] = notes
            classes[part] = song.arrangement.classes[part]
    lead = song.lead.part(first, first + BARS)
    if not parts or len(lead.meters) > 1 or not lead.chords:
        return None
    classes = {p: classes[p] for p in PARTS if p in classes and class_named(classes[p])}
    return replace(lead, swing=song.lead.swing), Arrangement(parts, classes)


def rows_of(
    entry: Entry, late: int, real: Arrangement, recorder: Recorder
) -> dict[str, NDArray[np.generic]]:
    """What the file holds: notes as rows (part, start, duration, pitch) and whose they are.

    Real notes first (passage -1, candidate -1); then of each passage and candidate all that was
    played up to its end.
    """
    notes, whose = [_rows(real)], [np.tile([-1, -1, 0, BARS], (len(_rows(real)), 1))]
    for index, (number, first, last, made) in enumerate(recorder.heard):
        some = _rows(made)
        notes.append(some)
        whose.append(np.tile([number, index, first, last], (len(some), 1)))
    return {
        "notes": np.concatenate(notes).astype(np.int16),
        "whose": np.concatenate(whose).astype(np.int16),
        "style": np.array(entry.style),
        "path": np.array(entry.path),
        "late": np.array(late),
        "bands": np.array(sorted(real.classes.items())),
    }


def _rows(arrangement: Arrangement) -> NDArray[np.int64]:
    out = [
        np.stack(
            [np.full(len(n), PARTS.index(p)), n["start"], n["duration"], n["pitch"]], axis=1
        ).astype(np.int64)
        for p, n in arrangement.parts.items()
    ]
    return np.concatenate(out)


def notes_of(rows: NDArray[np.int16], parts: Sequence[str], like: Notes) -> dict[str, Notes]:
    """Rows back as notes by part; `like` is any array of notes."""
    out = {}
    for part in parts:
        some = rows[rows[:, 0] == PARTS.index(part)]
        notes = np.zeros(len(some), dtype=like.dtype)
        notes["start"], notes["duration"], notes["pitch"] = some[:, 1], some[:, 2], some[:, 3]
        notes["velocity"] = 80
        out[part] = notes[np.lexsort((notes["pitch"], notes["start"]))]
    return out


if __name__ == "__main__":
    main()
