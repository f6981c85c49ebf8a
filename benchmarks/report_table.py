"""The table of README and model card, from a report.

restyle evaluate --corpus CORPUS --songs 60 -o REPORT.json
python benchmarks/report_table.py REPORT.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from restyle.metrics.measures import MEASURES
from restyle.report.page import TITLES

SHOWN = (
    "melody_kept", "chord_root", "chord_third", "chroma", "groove", "recognised",
    "recognised_no_swing", "recognised_apart", "of_two", "closer", "macro", "set_macro",
    "set_closer", "nano", "outside", "over_repetition", "structure_short", "structure_mid",
    "structure_long", "one_note", "sevenths", "entropy_1", "entropy_4", "groove_consistency",
    "length_entropy",
    "known_runs", "longest_shared", "seconds",
)  # fmt: skip
BY_STYLE = ("recognised", "of_two", "set_macro")
"""What is shown for each target style, too."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report", type=Path)
    data = json.loads(parser.parse_args().report.read_text(encoding="utf-8"))
    table = data["tables"]["all"]
    kinds = list(table)
    print(f"{len(data['songs'])} songs to {', '.join(data['targets'])}, model {data['model']}\n")
    print("| measure | " + " | ".join(TITLES[kind] for kind in kinds) + " |")
    print("|---|" + "---|" * len(kinds))
    for measure in MEASURES:
        if measure.name in SHOWN:
            cells = [cell(table[kind].get(measure.name)) for kind in kinds]
            if any(cells):
                print(f"| {measure.title} ({measure.unit}) | {' | '.join(cells)} |")
    for name in ("overlap", "divergence"):
        means = [mgeval_mean(data["mgeval"], kind, name) for kind in kinds]
        print(f"| MGEval, {name}, mean of nine features | {' | '.join(means)} |")
    titles = {measure.name: measure.title for measure in MEASURES}
    for name in BY_STYLE:
        print(f"\n| {titles[name]}, to | " + " | ".join(TITLES[kind] for kind in kinds) + " |")
        print("|---|" + "---|" * len(kinds))
        for style in data["targets"]:
            rows = data["tables"].get(style, {})
            cells = [cell(rows.get(kind, {}).get(name)) for kind in kinds]
            print(f"| {style} | {' | '.join(cells)} |")


def mgeval_mean(found: dict[str, Any], kind: str, name: str) -> str:
    """Mean over features and target styles; nothing where a kind was not compared."""
    rows = [f for kinds in found.values() for f in kinds.get(kind, {}).values()]
    values = [row[name] for row in rows if row[name] is not None]
    return f"{sum(values) / len(values):.3f}" if values else ""


def cell(found: dict[str, Any] | None) -> str:
    """Mean and interval of the results, the mean alone where nothing varies."""
    if not found or found["mean"] is None:
        return ""
    mean, low, high = (f"{found[key]:.3f}" for key in ("mean", "low", "high"))
    return mean if low == high else f"{mean} ({low}–{high})"  # noqa: RUF001


if __name__ == "__main__":
    main()
