"""Versions of the same bars, compared blind: what `benchmarks/preferences.csv` holds.

    python benchmarks/comparisons.py make SONGS OUT --styles jazz,pop --songs 6 --seed 1
                                     [--versions 4 | --candidates 1,4]
    python benchmarks/comparisons.py table OUT... [-o benchmarks/preferences.csv]

SONGS is as for `panel.py`. `make` arranges each song twice, or as often as is said: with other
seeds, or, to hear what choosing is worth, with one seed and two numbers of candidates.
OUT/panel.txt alone goes to readers; OUT/key.json says what A, B... are, and OUT/ITEM-A.npz holds a
version's lead sheet and parts.

For readers: you are an arranger, and each item is some versions of the same eight bars in the style
that it names, of which you know no more than that; read all whole, every part against the tune and
the bars before it, and put them in order, the one that you would rather go on with first. Answer
with one line of JSON an item, {"item": 1, "order": "BA", "sure": 2, "keep": {"A": 3, "B": 4},
"fault": "..."}: order is "=" where you hear no difference between two; sure is from 1 (a guess) to
3 (certain); keep is from 1 (no) to 5 (as it is); fault is, in a few words, the worst of the last.

The lines lie as OUT/READER.jsonl. `table` prints who won, and adds a row for each two versions of
an answer to a table for `fit_preference.py`, but those that it has and versions that are alike.
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
from numpy.typing import NDArray

from panel import ARRANGED, FIRST, SHOWN, add_songs, as_text, interval, shuffled, tunes
from restyle.critic.preference import KINDS, LOOKED_AT, looked_at
from restyle.errors import RestyleError
from restyle.io.leads.json import lead_from_json, lead_to_json
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.options import TransferOptions
from restyle.pipeline import Result, arranger
from restyle.stretches import idiom_of

SIDES = "ABCDEFGH"
Array = NDArray[np.float64]
LEAD = "lead sheet"
HEADER = ["set", "style", "band", "first", "sure", "keep first", "keep second", *LOOKED_AT]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ways = parser.add_subparsers(required=True)
    made = ways.add_parser("make")
    add_songs(made)
    usual = TransferOptions().candidates
    made.add_argument("--versions", type=int, choices=range(2, len(SIDES) + 1), default=2)
    made.add_argument("--candidates", default=str(usual), help="of all, or of one and the other")
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
    sets = [(s, *one) for s in asked.styles.split(",") for one in arranged(asked, songs, s, rng)]
    rng.shuffle(sets)
    asked.out.mkdir(parents=True, exist_ok=True)
    items, key = [], {}
    for number, (style, path, versions) in enumerate(sets, 1):
        rng.shuffle(versions)
        key[number] = {"style": style, "song": path.relative_to(asked.songs).as_posix()}
        items.append(f"### item {number}; asked style: {style}\n")
        for side, (made_with, result) in zip(SIDES, versions, strict=False):
            key[number][side] = made_with
            items[-1] += f"== {side}\n{as_text(result.song, result.lead)}\n"
            save(asked.out / f"{number}-{side}.npz", result.lead, result.takes[0].arrangement)
    (asked.out / "panel.txt").write_text("\n".join(items), encoding="utf-8")
    (asked.out / "key.json").write_text(json.dumps(key, indent=1), encoding="utf-8")


def arranged(
    asked: argparse.Namespace, songs: list[Path], style: str, rng: random.Random
) -> Iterator[tuple[Path, list[Version]]]:
    """As many songs as are asked for, each in versions that differ; `songs` loses them."""
    found = 0
    for path, lead in tunes(songs, style):
        try:
            versions = versions_of(lead.part(0, ARRANGED), style, asked, rng)
        except RestyleError as error:
            print(f"{path.name}: {error}")
            continue
        songs.remove(path)
        texts = {as_text(result.song, result.lead) for _, result in versions}
        if len(texts) == len(versions):
            yield path, versions
            found += 1
        if found == asked.count:
            return


def versions_of(
    lead: LeadSheet, style: str, asked: argparse.Namespace, rng: random.Random
) -> list[Version]:
    candidates = [int(number) for number in asked.candidates.split(",")]
    if len(candidates) > 1:
        seeds, kinds = rng.sample(range(10**6), 1), [f"candidates: {n}" for n in candidates]
        seeds *= len(candidates)
    else:
        seeds = rng.sample(range(10**6), asked.versions)
        kinds = [f"seed {number}" for number in range(1, asked.versions + 1)]
        candidates *= asked.versions
    versions = []
    for kind, seed, number in zip(kinds, seeds, candidates, strict=True):
        options = TransferOptions(to=style, seed=seed, candidates=number)
        made_with = {"kind": kind, "seed": seed, "candidates": number}
        versions.append((made_with, arranger().transfer(lead, options)))
    return versions


@dataclass(frozen=True)
class Comparison:
    """What a reader said of two versions of an item."""

    panel: Path
    item: str
    style: str
    sides: tuple[str, str]
    kinds: tuple[str, str]
    better: str
    """One of the sides; "=" for no difference."""
    sure: int
    keep: tuple[int, int]


def print_table(asked: argparse.Namespace) -> None:
    said = [comparison for out in asked.out for comparison in compared(out)]
    if asked.output:
        print(f"{asked.output}: {extend(asked.output, rows_of(said))} rows more\n")
    print_winners(said)
    print_agreement(said)


def compared(out: Path) -> Iterator[Comparison]:
    key = json.loads((out / "key.json").read_text(encoding="utf-8"))
    for file in sorted(out.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                if line.strip():
                    yield from comparisons(out, key, json.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise SystemExit(f"{file}, line {number} is no answer: {error!r}") from None


def comparisons(panel: Path, key: dict[str, Any], told: dict[str, Any]) -> list[Comparison]:
    """Each two versions of an answer, the one that comes first in the panel first."""
    item, order = str(told["item"]), told["order"]
    sides = [side for side in SIDES if side in key[item]]
    alike = order == "=" and len(sides) == 2
    sure = 1 if alike else int(told["sure"])
    keep = {side: int(told["keep"][side]) for side in sides}
    marks = set(keep.values()) <= set(range(1, 6)) and sure in range(1, 4)
    if not marks or not (alike or sorted(order) == sides):
        raise ValueError("order has each version once, sure is 1 to 3, keep is 1 to 5")
    return [
        Comparison(
            panel, item, key[item]["style"], (a, b), (key[item][a]["kind"], key[item][b]["kind"]),
            "=" if alike else min(a, b, key=order.index), sure, (keep[a], keep[b]),
        )
        for a, b in combinations(sides, 2)
    ]  # fmt: skip


def rows_of(said: Sequence[Comparison]) -> list[list[list[str]]]:
    """Rows of the table by item, but for the number of the set."""
    seen: dict[tuple[Path, str], dict[str, tuple[bool, Array]]] = {}
    out: dict[tuple[Path, str], list[list[str]]] = defaultdict(list)
    for one in said:
        place = one.panel, one.item
        versions = seen.setdefault(place, {})
        for side in one.sides:
            if side not in versions:
                versions[side] = measured(one.panel / f"{one.item}-{side}.npz", one.style)
        (drums, a), (_, b) = (versions[side] for side in one.sides)
        apart = [round(float(x), 4) + 0.0 for x in a - b]
        if one.better != "=" and any(apart):
            band, first = KINDS[0 if drums else 1], int(one.better == one.sides[0])
            row = [one.style, band, first, one.sure, *one.keep, *apart]
            out[place].append([str(cell) for cell in row])
    return list(out.values())


def measured(version: Path, style: str) -> tuple[bool, Array]:
    """Whether a version has drums, and what the critic looks at in it."""
    lead, band = load(version)
    model = arranger()
    idiom = idiom_of(model, model.styles[style], TransferOptions(to=style))
    return "drums" in band.names, looked_at(lead, [band], FIRST, FIRST + SHOWN, idiom)[0]


def save(path: Path, lead: LeadSheet, band: Arrangement) -> None:
    arrays = {LEAD: np.array(lead_to_json(lead)), **band.parts}
    np.savez(path, **arrays)  # type: ignore[arg-type]  # its stub takes all for allow_pickle


def load(path: Path) -> tuple[LeadSheet, Arrangement]:
    with np.load(path) as saved:
        parts = {name: saved[name] for name in saved.files if name != LEAD}
        return lead_from_json(str(saved[LEAD]), path.name), Arrangement(parts)


def extend(table: Path, sets: Sequence[list[list[str]]]) -> int:
    """Add those rows that a table lacks; how many they were."""
    have = [HEADER]
    if table.exists():
        with table.open(newline="", encoding="utf-8") as file:
            have = list(csv.reader(file))
        if have[:1] != [HEADER]:
            raise SystemExit(f"{table} has other columns: choose another file.")
    numbers: dict[tuple[object, ...], int] = {}
    for said, *row in have[1:]:
        numbers.setdefault(versions_in(row), int(said))
    last, more = max(numbers.values(), default=0), [] if table.exists() else [HEADER]
    there = Counter(tuple(row[1:]) for row in have[1:])
    for rows in sets:
        known = [numbers[versions_in(row)] for row in rows if versions_in(row) in numbers]
        last, number = (last, known[0]) if known else (last + 1, last + 1)
        for row in rows:
            if there[tuple(row)]:  # two readers may well say the same: both count
                there[tuple(row)] -= 1
            else:
                numbers.setdefault(versions_in(row), number)
                more.append([str(number), *row])
    with table.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(more)
    return len([row for row in more if row is not HEADER])


def versions_in(row: Sequence[str]) -> tuple[object, ...]:
    """The same for all rows of two versions, whichever comes first."""
    apart = tuple(float(cell) for cell in row[-len(LOOKED_AT) :])
    return row[0], row[1], min(apart, tuple(-x for x in apart))


def print_winners(said: Sequence[Comparison]) -> None:
    keep: dict[str, list[int]] = defaultdict(list)
    won: dict[str, list[bool]] = defaultdict(list)
    for one in said:
        for side, kind, mark in zip(one.sides, one.kinds, one.keep, strict=True):
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
    chosen: dict[tuple[Path, str, tuple[str, str]], list[str]] = defaultdict(list)
    for one in said:
        if one.better != "=":
            chosen[one.panel, one.item, one.sides].append(one.better)
    same = [a == b for some in chosen.values() for a, b in combinations(some, 2)]
    first = [one.better == one.sides[0] for one in said if one.better != "="]
    print(f"\nTwo readers of two versions chose the same in {sum(same)} of {len(same)} cases;")
    print(f"what was shown first was chosen in {sum(first)} of {len(first)}.")


if __name__ == "__main__":
    main()
