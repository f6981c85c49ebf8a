"""A blind panel: results and real songs as text, shuffled and without names, for readers to judge.

    python benchmarks/panel.py make SONGS OUT --styles jazz,pop --songs 6 --seed 1
                               [--kinds restyle,example,mma | composed]
    python benchmarks/panel.py table OUT...

SONGS has a folder for each style, with held-out songs in it. `make` arranges songs of other styles
in each style (by name, by the example of a real song of it, or by MMA), or composes new ones, puts
as many real songs of the style beside them, and writes OUT/panel.txt, which alone goes to the
readers, and OUT/key.json. Each tune is used once, and songs in one meter alone. Readers are asked,
as arrangers, for one JSON line an item: idiom, harmony, groove, instruments and keep, from 1 to 5
(keep: 5 as it is, 4 after small edits, 3 as a sketch, 2 hardly, 1 no). Their lines lie as
OUT/READER.jsonl; `table` prints, of one panel or several together, the means by kind, with how many
are kept (4 or more) and the interval of that share (Wilson 1927).
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

import restyle
from restyle.errors import RestyleError
from restyle.io import read
from restyle.metrics import mma
from restyle.music.drums import DRUM_KEYS
from restyle.music.instruments import instrument
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.song import GRID, STEP, Song, Track
from restyle.options import TransferOptions
from restyle.pipeline import arranger
from restyle.reading import open_example, open_lead
from restyle.style.instrumentation import tune_program

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
FIRST, SHOWN, ARRANGED = 8, 8, 18
"""Bars before those shown, bars shown, bars arranged."""
LEAST_NOTES, LEAST_SUNG = 60, 6
"""Notes of a tune, and bars of those shown in which it has some."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ways = parser.add_subparsers(required=True)
    made = ways.add_parser("make")
    add_songs(made)
    made.add_argument("--kinds", default="restyle", help=", ".join(KINDS))
    made.set_defaults(run=make)
    table = ways.add_parser("table")
    table.add_argument("out", type=Path, nargs="+")
    table.set_defaults(run=print_table)
    asked = parser.parse_args()
    asked.run(asked)


def add_songs(made: argparse.ArgumentParser) -> None:
    """What every panel asks for: which songs, to which styles, how many, and where it goes."""
    made.add_argument("songs", type=Path)
    made.add_argument("out", type=Path)
    made.add_argument("--styles", default="classical,pop,jazz,rock,soul,film")
    made.add_argument("--songs-a-style", "--songs", type=int, default=6, dest="count")
    made.add_argument("--seed", type=int, default=1)


def make(asked: argparse.Namespace) -> None:
    rng = random.Random(asked.seed)
    every = shuffled(asked.songs, rng)
    styles = asked.styles.split(",")
    examples = {style: [p for p in every if style in p.parts] for style in styles}
    bench = Bench(every, examples, asked.count, asked.seed)
    ours = [item for kind in asked.kinds.split(",") for s in styles for item in bench.made(kind, s)]
    items = [*ours, *real_songs(every, styles, asked.count)]
    rng.shuffle(items)
    asked.out.mkdir(parents=True, exist_ok=True)
    text = [f"### item {i}; asked style: {style}\n{shown}\n" for i, (_, style, shown) in
            enumerate(items, 1)]  # fmt: skip
    (asked.out / "panel.txt").write_text("\n".join(text), encoding="utf-8")
    key = {i: [kind, style] for i, (kind, style, _) in enumerate(items, 1)}
    (asked.out / "key.json").write_text(json.dumps(key), encoding="utf-8")


Item = tuple[str, str, str]
"""Kind, style, and what is shown."""


@dataclass
class Bench:
    """What items are made of."""

    songs: list[Path]
    """Those whose tunes were not used yet."""
    examples: dict[str, list[Path]]
    """Real songs by style."""
    count: int
    seed: int

    def made(self, kind: str, style: str) -> Iterator[Item]:
        """As many items of a kind in a style."""
        named, make_one = KINDS[kind]
        found = 0
        new = make_one is composed
        for path, lead in [(None, None)] * self.count if new else tunes(self.songs, style):
            if found == self.count:
                return
            done = make_one(self, lead, style, found)
            if done is not None:
                found += 1
                if path:
                    self.songs.remove(path)
                yield named, style, as_text(*done)


def by_name(bench: Bench, lead: LeadSheet, style: str, number: int) -> tuple[Song, LeadSheet]:
    options = TransferOptions(to=style, seed=bench.seed + number)
    result = arranger().transfer(lead.part(0, ARRANGED), options)
    return result.song, result.lead


def by_example(bench: Bench, lead: LeadSheet, style: str, number: int) -> tuple[Song, LeadSheet]:
    like = next(path for path in bench.examples[style][number:] if usable(path))
    options = TransferOptions(like=open_example(like), seed=bench.seed + number)
    result = arranger().transfer(lead.part(0, ARRANGED), options)
    return result.song, result.lead


def by_rule(
    bench: Bench, lead: LeadSheet, style: str, number: int
) -> tuple[Song, LeadSheet] | None:
    """What MMA plays, and the tune; None where MMA has no groove for it."""
    lead = lead.part(0, ARRANGED)
    text = mma.mma_input(lead, style)
    if text is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "song.mma", Path(folder) / "song.mid"
        source.write_text(text, encoding="ascii")
        subprocess.run(["mma", "-f", str(target), str(source)], check=True, capture_output=True)
        played = read(target)
    tune = replace(
        lead_song(lead).tracks[0], program=tune_program(lead, arranger().styles[style], {})
    )
    return played.with_tracks([tune, *(t for t in played.tracks if len(t.notes))]), lead


def composed(bench: Bench, lead: None, style: str, number: int) -> tuple[Song, LeadSheet]:
    """A new piece, with a seed of its own."""
    song = restyle.compose(style, seed=bench.seed + number, bars=ARRANGED)
    return song, restyle.hear(song)


KINDS: dict[str, tuple[str, Callable[..., tuple[Song, LeadSheet] | None]]] = {
    "restyle": ("restyle", by_name),
    "example": ("by example", by_example),
    "mma": ("MMA", by_rule),
    "composed": ("composed", composed),
}
"""How an item is made, and what the table calls it."""


def real_songs(songs: list[Path], styles: list[str], count: int) -> Iterator[Item]:
    for style in styles:
        found = 0
        for path in songs:
            lead = usable(path) if style in path.parts and found < count else None
            if lead is not None:
                found += 1
                yield "real song", style, as_text(read(path), lead)


def shuffled(folder: Path, rng: random.Random) -> list[Path]:
    """All files under a folder, in an order drawn."""
    every = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    rng.shuffle(every)
    return every


def tunes(songs: list[Path], style: str) -> Iterator[tuple[Path, LeadSheet]]:
    """Those of some songs that are of other styles and usable; songs may go while they come."""
    for path in list(songs):
        lead = None if style in path.parts else usable(path)
        if lead is not None:
            yield path, lead


def usable(path: Path) -> LeadSheet | None:
    """The lead sheet of a song that is long enough, and sung where it is shown; None for others."""
    try:
        lead, _ = open_lead(path)
    except RestyleError:
        return None
    if lead.bars < ARRANGED or len(lead.melody) < LEAST_NOTES or len(lead.meters) > 1:
        return None
    lines = lead.bar_starts()[FIRST : FIRST + SHOWN + 1]
    sung = np.unique(np.searchsorted(lines, lead.melody["start"], side="right"))
    return lead if ((sung > 0) & (sung <= SHOWN)).sum() >= LEAST_SUNG else None


def as_text(song: Song, lead: LeadSheet) -> str:
    """Some bars: meter, tempo and chords, then who plays what where (beat, notes, length)."""
    lines = lead.bar_starts()[FIRST : FIRST + SHOWN + 1]
    meter, bpm = lead.meter_at(int(lines[0])), lead.tempos[0].bpm
    chords = " | ".join(chords_of(lead, int(a), int(b)) for a, b in pairwise(lines))
    out = [f"meter {meter.name}, {bpm:.0f} bpm; chords as a program heard them: {chords}"]
    for track in song.tracks:
        bars = [bar_of(track, int(a), int(b)) for a, b in pairwise(lines)]
        if any(bars):
            name = "Drums" if track.is_drum else instrument(track.program).name
            out.append(f"{name}: " + " | ".join(bar or "-" for bar in bars))
    return "\n".join(out)


def chords_of(lead: LeadSheet, begin: int, end: int) -> str:
    said: list[str] = []
    for at in range(begin, end, GRID):
        chord = lead.chord_at(at)
        name = "N.C." if chord is None or chord.root < 0 else NAMES[chord.root] + chord.quality
        if name not in said[-1:]:
            said.append(name)
    return " ".join(said)


def bar_of(track: Track, begin: int, end: int) -> str:
    places = (track.notes["start"] + STEP // 2) // STEP
    notes = np.sort(track.notes[(places >= begin) & (places < end)], order=["start", "pitch"])
    struck: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for note in notes:
        place = (int(note["start"]) + STEP // 2) // STEP - begin
        pitch = int(note["pitch"])
        known = DRUM_KEYS.get(pitch, "percussion")
        beats = max(1, round(int(note["duration"]) / STEP)) / GRID
        length = "" if track.is_drum else f"({beats:.3g})"
        name = known if track.is_drum else f"{NAMES[pitch % 12]}{pitch // 12 - 1}"
        if name not in struck[place][length]:
            struck[place][length].append(name)
    return " ".join(
        f"{1 + place / GRID:.4g}:" + "+".join("+".join(names) + n for n, names in lengths.items())
        for place, lengths in struck.items()
    )


def print_table(asked: argparse.Namespace) -> None:
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    for out in asked.out:
        key = json.loads((out / "key.json").read_text(encoding="utf-8"))
        lines = [
            line for file in sorted(out.glob("*.jsonl")) for line in file.open(encoding="utf-8")
        ]
        for judged in (json.loads(line) for line in lines if line.strip()):
            kind, style = key[str(judged["item"])]
            rows[kind].append(judged)
            rows[f"{kind}, {style}"].append(judged)
    others = [
        name for name in next(iter(rows.values()))[0] if name not in ("item", "keep", "fault")
    ]
    marks = ["keep", *others]
    print(f"| | judgements | {' | '.join(marks)} | kept | 95 % |")
    print("|" + "---|" * (len(marks) + 4))
    for name, judged in sorted(rows.items(), key=lambda row: ("," in row[0], row[0])):
        means = [f"{np.mean([one[mark] for one in judged]):.2f}" for mark in marks]
        kept = float(np.mean([one["keep"] >= 4 for one in judged]))
        low, high = interval(kept, len(judged))
        print(
            f"| {name} | {len(judged)} | {' | '.join(means)} | {kept:.0%} | {low:.0%}-{high:.0%} |"
        )


def interval(share: float, count: int) -> tuple[float, float]:
    """Wilson's interval of a share, 95 %."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half /= 1 + z * z / count
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    main()
