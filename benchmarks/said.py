"""What is said of energy, parts and entries, and what is played.

    python benchmarks/said.py SONGS.json FOLDER [--songs 30]

SONGS.json lists held-out songs by style, in FOLDER. The first eight bars of each, in turn from each
style, are played by drums, bass and piano, each time with one thing said and the same seed, one
candidate a phrase. A row a song goes to standard output as JSON, then the means.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Notes
from restyle.options import TransferOptions
from restyle.pipeline import Arranger, arranger
from restyle.reading import open_lead
from restyle.style.level import easy_key

BARS = 8
BAND = ("drums", "bass", "piano")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs_json", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--songs", type=int, default=30)
    asked = parser.parse_args()
    lists: Mapping[str, list[str]] = json.loads(asked.songs_json.read_text())
    turns = range(max(map(len, lists.values())))
    rows: list[dict[str, float]] = []
    for file, style in ((f[i], s) for i in turns for s, f in lists.items() if i < len(f)):
        if len(rows) == asked.songs:
            break
        try:
            lead, _ = open_lead(asked.folder / file)
            if lead.bars < BARS or not len(lead.part(0, BARS).melody):
                continue
            to = "jazz" if style in ("pop", "rock", "unsorted", "country") else "pop"
            row = measured(lead.part(0, BARS), to, arranger())
        except RestyleError as error:
            print(f"{file}: {error}", file=sys.stderr)
            continue
        rows.append(row)
        print(json.dumps({"song": file, **row}), flush=True)
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        values = values[np.isfinite(values)]
        print(f"{name:26} {values.mean():.3f}  middle {np.median(values):.3f} of {len(values)}")


def measured(lead: LeadSheet, to: str, band: Arranger) -> dict[str, float]:
    """What each wish comes to in one song."""
    plain = TransferOptions(to, parts=BAND, candidates=1)

    def played(**said: object) -> Arrangement:
        return band.transfer(lead, replace(plain, **said)).takes[0].arrangement  # type: ignore[arg-type]

    calm, full = (played(energy=e) for e in ("0.1", "0.9"))
    low = played(
        density={"piano": "sparse"}, register={"piano": "low"}, figure={"bass": "walking"},
        enter="drums:5",
    )  # fmt: skip
    high = played(density={"piano": "dense"}, register={"piano": "high"})
    lines = lead.bar_starts()
    usual = played()
    return {
        "onsets_full_over_calm": _onsets(full) / max(_onsets(calm), 1),
        "piano_dense_over_sparse": _struck(high.parts["piano"])
        / max(_struck(low.parts["piano"]), 1),
        "piano_high_less_low": _height(high) - _height(low),
        "walking_usual": walking(usual.parts["bass"], lead),
        "walking_said": walking(low.parts["bass"], lead),
        "drums_too_early": float((low.parts["drums"]["start"] < lines[4]).sum()),
        "signs_when_easy": float(abs(easy_key(lead.key, "easy").fifths)),
    }


def _height(made: Arrangement) -> float:
    pitches = made.parts["piano"]["pitch"]
    return float(pitches.mean()) if len(pitches) else float("nan")


def _onsets(made: Arrangement) -> int:
    return sum(_struck(notes) for notes in made.parts.values())


def _struck(notes: Notes) -> int:
    return len(np.unique(notes["start"]))


def walking(bass: Notes, lead: LeadSheet) -> float:
    """Share of the bars of four quarters in which the bass walks: a note on each beat and one more
    at most, three of the four in the chord or a step (two semitones) from the one before, and not
    one note all the time; nan where there are no such bars. A pickup is none."""
    lines = lead.bar_starts().tolist()
    bars = [a for a, b in pairwise(lines) if b - a == 4 * GRID][1 if lead.pickup else 0 :]
    return float(np.mean([_walks(bass, a, lead) for a in bars])) if bars else float("nan")


def _walks(bass: Notes, begin: int, lead: LeadSheet) -> bool:
    bar = bass[(bass["start"] >= begin) & (bass["start"] < begin + 4 * GRID)]
    beats = [begin + GRID * beat for beat in range(4)]
    struck = [bar["pitch"][bar["start"] == at] for at in beats]
    if not all(map(len, struck)) or len(np.unique(bar["start"])) > 5:
        return False
    pitches = [int(some.min()) for some in struck]
    moves = [abs(b - a) for a, b in pairwise(pitches)]
    chords = [lead.chord_at(at) for at in beats]
    good = [c is None or c.root < 0 or p % 12 in c.pitch_classes
            for c, p in zip(chords, pitches, strict=True)]  # fmt: skip
    by_step = [False, *(1 <= move <= 2 for move in moves)]
    return sum(map(any, zip(good, by_step, strict=True))) >= 3 and sum(map(bool, moves)) >= 2


if __name__ == "__main__":
    main()
