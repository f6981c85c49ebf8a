"""Pairs of versions of the same bars, compared blind: what `benchmarks/preferences.csv` holds.

    python benchmarks/pairs.py make SONGS OUT --styles jazz,pop --songs 6 --seed 1
                               [--candidates 1,4]
    python benchmarks/pairs.py table OUT... [-o benchmarks/preferences.csv]

SONGS is as for `panel.py`. `make` arranges each song twice: with two seeds, or, to hear what
choosing is worth, with one seed and two numbers of candidates. OUT/panel.txt alone goes to readers;
OUT/key.json says what A and B are, and OUT/ITEM-A.npz holds a version's lead sheet and parts.

For readers: you are an arranger, and each item is two versions of the same eight bars in the style
that it names, of which you know no more than that; read both whole, every part against the tune and
the bars before it, and choose the one that you would rather go on with. Answer with one line of
JSON an item, {"item": 1, "better": "A", "sure": 2, "keepA": 3, "keepB": 2, "fault": "..."}: better
is A, B, or = where you hear no difference; sure is from 1 (a guess) to 3 (certain); keep is from 1
(no) to 5 (as it is); fault is, in a few words, the worst of the one you left.

The lines lie as OUT/READER.jsonl. `table` prints who won, and adds a row a comparison to a table
for `fit_preference.py`, but those that it has, pairs that are alike, and answers of =.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from panel import ARRANGED, FIRST, SHOWN, as_text, interval, shuffled, tunes
from restyle.critic.liking import FEATURES, phrase_features
from restyle.critic.preference import KINDS
from restyle.errors import RestyleError
from restyle.io.leads.json import lead_from_json, lead_to_json
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.options import TransferOptions
from restyle.pipeline import Result, arranger

SIDES = ("A", "B")
LEAD = "lead sheet"
HEADER = ["pair", "style", "band", "first", "sure", "keep first", "keep second", *FEATURES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ways = parser.add_subparsers(required=True)
    made = ways.add_parser("make")
    made.add_argument("songs", type=Path)
    made.add_argument("out", type=Path)
    made.add_argument("--styles", default="classical,pop,jazz,rock,soul,film")
    made.add_argument("--songs-a-style", "--songs", type=int, default=6, dest="count")
    made.add_argument("--seed", type=int, default=1)
    usual = TransferOptions().candidates
    made.add_argument("--candidates", default=f"{usual},{usual}", help="of the one and the other")
    made.set_defaults(run=make)
    table = ways.add_parser("table")
    table.add_argument("out", type=Path, nargs="+")
    table.add_argument("-o", "--output", type=Path, help="a table to begin or to go on with")
    table.set_defaults(run=print_table)
    asked = parser.parse_args()
    asked.run(asked)


Version = tuple[dict[str, Any], Result]
"""What one was made with, as the key says it, and what came."""


def make(asked: argparse.Namespace) -> None:
    if (asked.out / "key.json").exists():
        raise SystemExit(f"{asked.out} has a panel already: answers to it would be lost.")
    rng = random.Random(asked.seed)
    songs = shuffled(asked.songs, rng)
    pairs = [(s, *pair) for s in asked.styles.split(",") for pair in paired(asked, songs, s, rng)]
    rng.shuffle(pairs)
    asked.out.mkdir(parents=True, exist_ok=True)
    items, key = [], {}
    for number, (style, path, versions) in enumerate(pairs, 1):
        rng.shuffle(versions)
        key[number] = {"style": style, "song": path.relative_to(asked.songs).as_posix()}
        items.append(f"### item {number}; asked style: {style}\n")
        for side, (made_with, result) in zip(SIDES, versions, strict=True):
            key[number][side] = made_with
            items[-1] += f"== {side}\n{as_text(result.song, result.lead)}\n"
            save(asked.out / f"{number}-{side}.npz", result.lead, result.takes[0].arrangement)
    (asked.out / "panel.txt").write_text("\n".join(items), encoding="utf-8")
    (asked.out / "key.json").write_text(json.dumps(key, indent=1), encoding="utf-8")


def paired(
    asked: argparse.Namespace, songs: list[Path], style: str, rng: random.Random
) -> Iterator[tuple[Path, list[Version]]]:
    """As many songs as are asked for, each in two versions that differ; `songs` loses them."""
    found = 0
    candidates = [int(number) for number in asked.candidates.split(",")]
    for path, lead in tunes(songs, style):
        try:
            versions = two_versions(lead.part(0, ARRANGED), style, candidates, rng)
        except RestyleError as error:
            print(f"{path.name}: {error}")
            continue
        songs.remove(path)
        one, other = (as_text(result.song, result.lead) for _, result in versions)
        if one != other:
            yield path, versions
            found += 1
        if found == asked.count:
            return


def two_versions(
    lead: LeadSheet, style: str, candidates: Sequence[int], rng: random.Random
) -> list[Version]:
    seeds, kinds = rng.sample(range(10**6), 2), ["one seed", "another seed"]
    if candidates[0] != candidates[1]:
        seeds, kinds = [seeds[0]] * 2, [f"candidates: {number}" for number in candidates]
    versions = []
    for kind, seed, number in zip(kinds, seeds, candidates, strict=True):
        options = TransferOptions(to=style, seed=seed, candidates=number)
        made_with = {"kind": kind, "seed": seed, "candidates": number}
        versions.append((made_with, arranger().transfer(lead, options)))
    return versions


@dataclass(frozen=True)
class Comparison:
    """What a reader said of an item."""

    panel: Path
    item: str
    style: str
    kinds: tuple[str, ...]
    better: str
    sure: int
    keep: tuple[int, ...]


def print_table(asked: argparse.Namespace) -> None:
    said = [comparison for out in asked.out for comparison in compared(out)]
    if asked.output:
        print(f"{asked.output}: {extend(asked.output, list(rows_of(said)))} rows more\n")
    print_winners(said)
    print_agreement(said)


def compared(out: Path) -> Iterator[Comparison]:
    key = json.loads((out / "key.json").read_text(encoding="utf-8"))
    for file in sorted(out.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                if line.strip():
                    yield comparison(out, key, json.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise SystemExit(f"{file}, line {number} is no answer: {error!r}") from None


def comparison(panel: Path, key: dict[str, Any], told: dict[str, Any]) -> Comparison:
    item, better = str(told["item"]), told["better"]
    sure = int(told["sure"]) if better != "=" else 1
    keep = tuple(int(told[f"keep{side}"]) for side in SIDES)
    if better not in (*SIDES, "=") or sure not in range(1, 4) or not set(keep) <= set(range(1, 6)):
        raise ValueError("better is A, B or =, sure is 1 to 3, keep is 1 to 5")
    kinds = tuple(key[item][side]["kind"] for side in SIDES)
    return Comparison(panel, item, key[item]["style"], kinds, better, sure, keep)


def rows_of(said: Sequence[Comparison]) -> Iterator[list[str]]:
    """Rows of the table, but for the number of the pair."""
    found = {place: differences(*place) for place in {(one.panel, one.item) for one in said}}
    for one in said:
        band, apart = found[one.panel, one.item]
        if one.better != "=" and any(apart):
            row = [one.style, band, int(one.better == "A"), one.sure, *one.keep, *apart]
            yield [str(cell) for cell in row]


def differences(panel: Path, item: str) -> tuple[str, list[float]]:
    """The kind of band, and the features of A less those of B."""
    saved = [load(panel / f"{item}-{side}.npz") for side in SIDES]
    a, b = (phrase_features(lead, band, FIRST, FIRST + SHOWN) for lead, band in saved)
    drums = any("drums" in band.names for _, band in saved)
    return KINDS[0 if drums else 1], [round(float(x), 4) + 0.0 for x in a - b]


def save(path: Path, lead: LeadSheet, band: Arrangement) -> None:
    arrays = {LEAD: np.array(lead_to_json(lead)), **band.parts}
    np.savez(path, **arrays)


def load(path: Path) -> tuple[LeadSheet, Arrangement]:
    with np.load(path) as saved:
        parts = {name: saved[name] for name in saved.files if name != LEAD}
        return lead_from_json(str(saved[LEAD]), path.name), Arrangement(parts)


def extend(table: Path, rows: Sequence[list[str]]) -> int:
    """Add those rows that a table lacks; how many they were."""
    have = [HEADER]
    if table.exists():
        with table.open(newline="", encoding="utf-8") as file:
            have = list(csv.reader(file))
        if have[:1] != [HEADER]:
            raise SystemExit(f"{table} has other columns: choose another file.")
    pairs: dict[tuple[object, ...], int] = {}
    for number, *row in have[1:]:
        pairs.setdefault(pair_of(row), int(number))
    last, more = max(pairs.values(), default=0), [] if table.exists() else [HEADER]
    lacking = Counter(map(tuple, rows)) - Counter(tuple(row[1:]) for row in have[1:])
    for new in lacking.elements():  # two readers may well say the same: both count
        last = max(last, pairs.setdefault(pair_of(new), last + 1))
        more.append([str(pairs[pair_of(new)]), *new])
    with table.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(more)
    return lacking.total()


def pair_of(row: Sequence[str]) -> tuple[object, ...]:
    """The same for all rows of a pair, whichever version comes first."""
    apart = tuple(float(cell) for cell in row[-len(FEATURES) :])
    return row[0], row[1], min(apart, tuple(-x for x in apart))


def print_winners(said: Sequence[Comparison]) -> None:
    keep: dict[str, list[int]] = defaultdict(list)
    won: dict[str, list[bool]] = defaultdict(list)
    for one in said:
        for side, kind, mark in zip(SIDES, one.kinds, one.keep, strict=True):
            for name in (kind, f"{kind}, {one.style}"):
                keep[name].append(mark)
                won[name] += [one.better == side] if one.better != "=" else []
    print("| | comparisons | chose | won | 95 % | keep |\n|" + "---|" * 6)
    for name, marks in sorted(keep.items(), key=lambda row: ("," in row[0], row[0])):
        chose, won_by = len(won[name]), "- | -"
        if chose:
            share = float(np.mean(won[name]))
            low, high = interval(share, chose)
            won_by = f"{share:.0%} | {low:.0%}-{high:.0%}"
        print(f"| {name} | {len(marks)} | {chose} | {won_by} | {np.mean(marks):.2f} |")


def print_agreement(said: Sequence[Comparison]) -> None:
    """How often two who chose in an item chose the same, and how often what was shown first."""
    chosen: dict[tuple[Path, str], list[str]] = defaultdict(list)
    for one in said:
        if one.better != "=":
            chosen[one.panel, one.item].append(one.better)
    same = [a == b for some in chosen.values() for a, b in combinations(some, 2)]
    first = [better == "A" for some in chosen.values() for better in some]
    print(f"\nTwo readers of an item chose the same in {sum(same)} of {len(same)} cases;")
    print(f"A was chosen in {sum(first)} of {len(first)}.")


if __name__ == "__main__":
    main()
