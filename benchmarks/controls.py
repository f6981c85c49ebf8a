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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import controls_own
from restyle.arranger.example import Example
from restyle.arranger.redo import redone
from restyle.corpus.measure import describe_style, measure
from restyle.corpus.shards import Corpus, Entry, open_corpus
from restyle.evaluation.content import melody_kept
from restyle.evaluation.judge import Judge
from restyle.evaluation.played import Played, played
from restyle.evaluation.profile import Profile, mean_profile, profile, similarity
from restyle.evaluation.tokens import played_tokens
from restyle.formats.midi import midi_song
from restyle.formats.midi_edit import _read
from restyle.formats.midi_write import midi_bytes
from restyle.hearing import Heard
from restyle.lead import lead_song
from restyle.likeness import load_profiles, packed, unpacked
from restyle.pipeline import PRETRAINED, Arranger, Result, TransferOptions, again
from restyle.song import STEP, Track

STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0)
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Of the first style in a blend; the second has the rest."""
BANDS = (("drums", "bass", "piano"), ("strings",), ("guitar", "winds", "synth"))
TAKES = 4
OTHERS = 20
"""Random other songs that an example is compared with."""
REDONE = (5, 8)
Row = dict[str, Any]
Profiles = dict[str, Profile]
"""Of the model's styles, by name."""
Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    corpus: Corpus
    arranger: Arranger
    judge: Judge
    profiles: dict[str, Profile]
    pool: dict[str, tuple[str, Profile]]
    """Random held-out songs: path, (style, profile of the accompaniment)."""
    seed: int


@dataclass(frozen=True)
class Base:
    """One song to be arranged."""

    entry: Entry
    song: Played
    target: str
    example: Entry


def main() -> None:
    options = arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    bench = opened(options)
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


def opened(options: argparse.Namespace) -> Bench:
    corpus, arranger = open_corpus(options.corpus), Arranger(options.model)
    styles = list(arranger.styles.values())
    by_slot = load_profiles(options.model, styles)
    held = [e for e in corpus.select("test") if e.style in arranger.styles]
    chosen = np.random.default_rng(5).permutation(len(held))[: 2 * OTHERS]
    pool = {}
    for i in chosen:
        song = played_tokens(corpus.tokens(held[i])).without_melody
        pool[held[i].path] = (held[i].style, profile(song))
    profiles = {style.name: by_slot[style.slot] for style in styles}
    return Bench(corpus, arranger, Judge.load(), profiles, pool, options.seed)


def kept(path: Path) -> dict[tuple[str, str], Row]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [json.loads(line) for line in lines]
    return {(row["control"], row["song"]): row for row in rows}


def bases(bench: Bench, count: int, bars: int) -> Iterator[Base]:
    """`count` held-out songs, as many of each style as of the next, each to another style."""
    rng = np.random.default_rng(bench.seed)
    styles = list(bench.arranger.styles)
    found = {style: usable(bench, style, bars) for style in styles}
    examples = [path for path in bench.pool]
    entries = {entry.path: entry for entry in bench.corpus.entries}
    for number in range(count):
        style = styles[number % len(styles)]
        entry, song = next(found[style], (None, None))
        if entry is None or song is None:
            continue
        others = [s for s in styles if s != style]
        target = others[number // len(styles) % len(others)]
        chosen = [p for p in examples if p != entry.path]
        example = entries[chosen[int(rng.integers(len(chosen)))]]
        yield Base(entry, song, target, example)


def usable(bench: Bench, style: str, bars: int) -> Iterator[tuple[Entry, Played]]:
    """Test songs with enough melody, cut to their first bars of music, in a fixed random order."""
    entries = bench.corpus.select("test", style)
    for i in np.random.default_rng(1).permutation(len(entries)):
        song = played_tokens(bench.corpus.tokens(entries[i]))
        if len(song.lines) - 1 < bars + 4:
            continue
        cut = song.part(4, 4 + bars)
        if len(cut.lead.melody) >= bars and set(cut.arrangement.names):
            yield entries[i], cut


def made(bench: Bench, base: Base, **wishes: Any) -> Result:
    wishes = {"to": base.target, "seed": bench.seed, **wishes}
    return bench.arranger.transfer(base.song.lead, TransferOptions(**wishes))


def sound(result: Result, take: int = 0) -> Played:
    return played(result.lead, result.takes[take].arrangement, result.swing)


def near(song: Played, target: Profile) -> float:
    return similarity(profile(song.without_melody), target)["all"]


def strength(bench: Bench, base: Base) -> Row:
    out: Row = {"profiles": [], "judge": [], "melody": []}
    for value in STRENGTHS:
        result = made(bench, base, strength=value)
        song = sound(result)
        out["profiles"].append(kept_profile(song))
        out["judge"].append(bench.judge.classify(song, list(bench.arranger.styles)))
        out["melody"].append(melody_kept(result.lead, result.song, result.swing))
    return out


def kept_profile(song: Played) -> dict[str, Any]:
    """A song's profile, to be pooled with others: that of a few bars says little."""
    return {name: packed(h) for name, h in profile(song.without_melody).items()}


def pooled(rows: list[Row], number: int, style: str, profiles: Profiles) -> float:
    """Cosine of all results together to the style's profile, a mean over target styles."""
    found = []
    for target in sorted({row["target"] for row in rows}):
        some = [row for row in rows if row["target"] == target]
        each = [{k: unpacked(h) for k, h in row["profiles"][number].items()} for row in some]
        wanted = profiles[some[0][style]]
        found.append(similarity(mean_profile(each), wanted)["all"])
    return float(np.mean(found))


def blend(bench: Bench, base: Base) -> Row:
    """Blends of the target and the next style, beside the two themselves."""
    styles = list(bench.arranger.styles)
    other = styles[(styles.index(base.target) + 1) % len(styles)]
    out: Row = {"other": other, "profiles": [], "judge": []}
    for share in SHARES:
        song = sound(made(bench, base, to=f"{base.target}:{share},{other}:{1 - share}"))
        out["profiles"].append(kept_profile(song))
        out["judge"].append(bench.judge.classify(song, (base.target, other))[other])
    return out


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
        tracks = {t.name.lower() for t in midi_song(midi_bytes(result.song), "x").tracks}
        obeyed.append(tracks - {"melody"} == set(band))
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


def outside(data: bytes, begin: int, end: int) -> list[Any]:
    """All events of a file but the notes that begin between two ticks."""
    out = []
    for chunk in _read(data)[1]:
        sounding: dict[int, bool] = {}
        for tick, event in chunk.events:
            kind = event[0] >> 4
            if kind == 0x9 and event[2]:
                sounding[event[1]] = begin <= tick < end
            if event[:2] == b"\xff\x2f" or (kind in (0x8, 0x9) and sounding.get(event[1])):
                continue  # the end of a track lies where its last note ends
            out.append((chunk.name, tick, event))
    return out


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


def of_strength(rows: list[Row], profiles: Profiles) -> Lines:
    def said(values: Iterable[float]) -> str:
        return " / ".join(f"{x:.3f}" for x in values)

    numbers = range(len(STRENGTHS))
    shares = [[row["judge"][i][row["target"]] for i in numbers] for row in rows]
    named = "/".join(f"{s:g}" for s in STRENGTHS)
    return [
        (
            f"style profile of all results together at {named}",
            said(pooled(rows, i, "target", profiles) for i in numbers),
        ),
        (f"judge's share for the style at {named}", said(np.mean(shares, axis=0))),
        ("melody kept, lowest", f"{min(min(row['melody']) for row in rows):.3f}"),
    ]


def of_blend(rows: list[Row], profiles: Profiles) -> Lines:
    """Where blends lie between their two styles: on the line from the profile of the first style's
    songs to that of the second's (0 and 1 are what the model's own results of the two reach on
    it), and for the judge, asked to tell the two apart."""
    ways = np.sum([_on_the_line(some, profiles) for some in _pairs(rows)], axis=0)
    places = ways / ways[-1]
    judged = np.mean([row["judge"] for row in rows], axis=0)
    named = "/".join(f"{share:g}" for share in SHARES)
    return [
        (
            f"profile on the line from first to second style, first's share {named}",
            " / ".join(f"{x:.2f}" for x in places),
        ),
        (
            f"judge's share for the second of the two, first's share {named}",
            " / ".join(f"{x:.3f}" for x in judged),
        ),
    ]


def _pairs(rows: list[Row]) -> list[list[Row]]:
    """The rows by pairs of styles."""
    pairs = sorted({(row["target"], row["other"]) for row in rows})
    return [[row for row in rows if (row["target"], row["other"]) == pair] for pair in pairs]


def _on_the_line(rows: list[Row], profiles: Profiles) -> list[float]:
    """Of one pair of styles: how far all results together have gone, at each share, from where the
    first style's lie."""
    first, second = (_flat(profiles[rows[0][style]]) for style in ("target", "other"))
    line = second - first
    found = []
    for number in range(len(SHARES)):
        each = [{k: unpacked(h) for k, h in row["profiles"][number].items()} for row in rows]
        found.append(float(_flat(mean_profile(each)) @ line))
    return [x - found[0] for x in found]


def _flat(some: Profile) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A profile's histograms as one vector, each brought to length 1."""
    rows = [np.ravel(some[name]) for name in sorted(some)]
    return np.concatenate([row / max(np.linalg.norm(row), 1e-12) for row in rows])


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
        ("every other event the same", f"{np.mean([r['same'] for r in rows]):.0%}"),
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
