"""The hand on the style, measured: strength, blends, examples, parts, takes, bars anew, own style.

    python benchmarks/controls.py CORPUS -o RESULTS [--songs 30] [--bars 16] [--only strength,like]
                                  [--own EXPORTED OWN_CORPUS]

Takes songs of the test split (never trained on), spread evenly over the styles, the first bars of
each, and arranges their lead sheets under every control. Rows are kept in RESULTS/rows.jsonl as
they come; the same command goes on from there, and prints one table when all are done.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import controls_own
from controls_bench import (
    OTHERS,
    Base,
    Bench,
    Lines,
    Profiles,
    Row,
    bases,
    made,
    near,
    opened,
    sound,
)
from controls_style import blend, of_blend, of_strength, strength
from restyle.analysis import Heard
from restyle.critic.tokens import played_tokens
from restyle.data.measure import describe_style, measure
from restyle.data.shards import Entry
from restyle.io.midi.midi import midi_song
from restyle.io.midi.write import midi_bytes
from restyle.metrics.content import melody_kept
from restyle.music.lead import lead_song
from restyle.music.parts import part_of
from restyle.music.song import STEP, TICKS, Track
from restyle.options import TransferOptions, again
from restyle.style.example import Example
from restyle.style.redo import redone
from restyle.style.style import PRETRAINED

BANDS = (("drums", "bass", "piano"), ("strings",), ("guitar", "winds", "synth"))
TAKES = 4
REDONE = (5, 8)
EARLY = TICKS // 8
"""Ticks by which somebody may play before the beat."""


def main() -> None:
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    bench = opened(options.corpus, options.model, options.seed)
    rows = kept(options.output / "rows.jsonl")
    controls = [name for name in CONTROLS if not options.only or name in options.only.split(",")]
    with (options.output / "rows.jsonl").open("a", encoding="utf-8") as log:
        for base in bases(bench, options.songs, options.bars):
            for control in controls:
                if (control, base.entry.path) in rows:
                    continue
                began = time.process_time()
                row = CONTROLS[control](bench, base)
                row |= {"control": control, "song": base.entry.path, "target": base.target}
                row["cpu"] = round(time.process_time() - began, 2)
                rows[control, base.entry.path] = row
                log.write(json.dumps(row) + "\n")
                log.flush()
    print(table(list(rows.values()), bench.profiles))
    if options.own:
        print(
            controls_own.lines(bench.corpus, options.own, bases(bench, options.songs, options.bars))
        )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=30)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--only", default="")
    parser.add_argument("--model", type=Path, default=PRETRAINED)
    parser.add_argument("--own", nargs=2, type=Path, help="an exported model and its corpus")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def kept(path: Path) -> dict[tuple[str, str], Row]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [json.loads(line) for line in lines]
    return {(row["control"], row["song"]): row for row in rows}


def like(bench: Bench, base: Base) -> Row:
    """Does the result sound more like its example than like random other songs?"""
    example = example_from(bench, base.example)
    target = bench.pool[base.example.path][1]
    result = made(bench, base, to="", like=example)
    plain = made(bench, base, to=base.example.style)
    others = [
        p for path, (_, p) in bench.pool.items() if path not in (base.example.path, base.entry.path)
    ]
    out: Row = {"example": base.example.path}
    for name, some in (("like", result), ("style", plain)):
        song = sound(some)
        rivals = [near(song, other) for other in others[:OTHERS]]
        out[name] = {"cosine": near(song, target), "rivals": rivals}
    out["melody"] = melody_kept(result.lead, result.song, result.swing)
    out["band"] = set(result.takes[0].arrangement.names) == set(example.arrangement.names)
    return out


def example_from(bench: Bench, entry: Entry) -> Example:
    """A song of the corpus as an example (its programs and dynamics are not kept there)."""
    song = played_tokens(bench.corpus.tokens(entry))
    tracks = [lead_song(song.lead).tracks[0]]
    for part, notes in song.arrangement.parts.items():
        ticks = notes.copy()
        ticks["start"] *= STEP
        ticks["duration"] *= STEP
        style = bench.arranger.styles[entry.style]
        tracks.append(Track(part, style.program(part), ticks, part == "drums"))
    masks = tuple(np.full(len(t.notes), i == 0) for i, t in enumerate(tracks))
    heard = Heard(song.lead, replace(lead_song(song.lead), tracks=tuple(tracks)), masks)
    figures = describe_style([measure(heard, song.arrangement)])
    figures["velocities"] = {}
    return Example(Path(entry.path).stem, song.lead, song.arrangement, figures)


def parts(bench: Bench, base: Base) -> Row:
    """Are exactly the parts asked for in the file?"""
    obeyed = []
    for band in BANDS:
        result = made(bench, base, parts=band)
        written = midi_song(midi_bytes(result.song), "x").tracks
        played = {part_of(t.program, t.is_drum) for t in written if not t.is_melody}
        obeyed.append(played == set(band))
    return {"obeyed": obeyed}


def takes(bench: Bench, base: Base) -> Row:
    ranked = [take.measures for take in made(bench, base, takes=TAKES).takes]
    names = ("profile", "outside", "repeated")
    return {
        "best": {n: getattr(ranked[0], n) for n in names},
        "random": {n: float(np.mean([getattr(m, n) for m in ranked])) for n in names},
    }


def redo(bench: Bench, base: Base) -> Row:
    """Do bars anew leave every event outside of them as it is?"""
    first = made(bench, base)
    data = midi_bytes(first.song)
    earlier = midi_song(data, "x")
    wish = TransferOptions(seed=bench.seed + 1, to=base.target)
    result = bench.arranger.transfer(
        base.song.lead, again(wish, f"{REDONE[0]}-{REDONE[1]}", earlier)
    )
    assert result.redone is not None
    begin, end = result.redone
    new = redone(data, result.song, begin, end)
    same = [outside(data, begin, end) == outside(new, begin, end)]
    return {"same": same[0], "changed": new != data}


def outside(data: bytes, begin: int, end: int) -> dict[str, list[Any]]:
    """Each track's notes before and after a span of ticks; who plays early on its first beat plays
    that beat."""
    song = midi_song(data, "x")
    return {
        track.name: [n for n in track.notes.tolist() if n[0] < begin - EARLY or n[0] >= end]
        for track in song.tracks
    }


CONTROLS: dict[str, Callable[[Bench, Base], Row]] = {
    "strength": strength,
    "blend": blend,
    "like": like,
    "parts": parts,
    "takes": takes,
    "redo": redo,
}


def table(rows: list[Row], profiles: Profiles) -> str:
    lines = ["| control | measure | songs | figure |", "|---|---|---|---|"]
    for control, summary in SUMMARIES.items():
        some = [row for row in rows if row["control"] == control]
        for measured, figure in summary(some, profiles) if some else ():
            lines.append(f"| {control} | {measured} | {len(some)} | {figure} |")
    cpu = sum(row["cpu"] for row in rows)
    return "\n".join([*lines, "", f"{cpu:.0f} seconds of one core."])


def of_like(rows: list[Row], profiles: Profiles) -> Lines:
    def wins(name: str) -> float:
        return float(
            np.mean([np.mean(np.array(r[name]["rivals"]) < r[name]["cosine"]) for r in rows])
        )

    return [
        ("pairs in which the example is nearer than a random song", f"{wins('like'):.1%}"),
        ("the same, of `--to` the example's style", f"{wins('style'):.1%}"),
        ("cosine to the example", f"{np.mean([r['like']['cosine'] for r in rows]):.3f}"),
        ("band as in the example", f"{np.mean([r['band'] for r in rows]):.0%}"),
        ("melody kept, lowest", f"{min(r['melody'] for r in rows):.3f}"),
    ]


def of_parts(rows: list[Row], profiles: Profiles) -> Lines:
    share = np.mean([row["obeyed"] for row in rows])
    return [(f"exactly the parts asked for ({len(BANDS)} bands a song)", f"{share:.0%}")]


def of_takes(rows: list[Row], profiles: Profiles) -> Lines:
    out = []
    for name, said in (
        ("profile", "style profile"),
        ("outside", "outside chord and scale"),
        ("repeated", "repeated bars"),
    ):
        best, chance = (np.mean([row[k][name] for row in rows]) for k in ("best", "random"))
        out.append((f"{said}: best of {TAKES}, random take", f"{best:.4f} / {chance:.4f}"))
    return out


def of_redo(rows: list[Row], profiles: Profiles) -> Lines:
    return [
        ("every other note the same", f"{np.mean([r['same'] for r in rows]):.0%}"),
        ("bars that were asked for changed", f"{np.mean([r['changed'] for r in rows]):.0%}"),
    ]


SUMMARIES: dict[str, Callable[[list[Row], Profiles], Lines]] = {
    "strength": of_strength,
    "blend": of_blend,
    "like": of_like,
    "parts": of_parts,
    "takes": of_takes,
    "redo": of_redo,
}

if __name__ == "__main__":
    main()
