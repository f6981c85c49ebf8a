"""Put the figures of one version into README and docs, from one folder of results.

    python docs/make_tables.py RESULTS

RESULTS has `figures.json`, {"restyle": VERSION, "PANEL": ["87", "85", "31"], "MEGABYTES": "11"},
and a file NAME.md for each table. README and docs mark where they go:

    | a row <!-- figure: PANEL --> | - | - | - |      its cells, from left to right
    <!-- table: NAME -->  ...  <!-- end -->           all between

What RESULTS lacks is left as it is, and said. Figures of another version than this one are refused.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import restyle

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/how-it-measures.md", "docs/model-card.md")
FIGURE = re.compile(r"<!-- figure: (\w+) -->")
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    folder = Path(sys.argv[1])
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    if figures.pop("restyle") != restyle.__version__:
        sys.exit(f"These results are not of version {restyle.__version__}.")
    tables = {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    for name in PAGES:
        page = ROOT / name
        text, lacking = filled(page.read_text(encoding="utf-8"), figures, tables)
        page.write_text(text, encoding="utf-8")
        print(f"{name}: " + (f"lacks {', '.join(lacking)}" if lacking else "complete"))


def filled(text: str, figures: dict[str, Any], tables: dict[str, str]) -> tuple[str, list[str]]:
    """The page with its figures and tables, and the names of those that there are none of."""
    lacking = []

    def table(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        if name not in tables:
            lacking.append(name)
            return found.group()
        return f"{begin}\n{tables[name].strip()}\n\n{end}"

    lines = []
    for line in TABLE.sub(table, text).split("\n"):
        for name in FIGURE.findall(line):
            if name not in figures:
                lacking.append(name)
            else:
                line = row(line, figures[name])
        lines.append(line)
    return "\n".join(lines), lacking


def row(line: str, cells: str | list[str]) -> str:
    """A table's row with its cells after the first."""
    cells = [cells] if isinstance(cells, str) else cells
    return "| " + " | ".join([line.split("|")[1].strip(), *cells]) + " |"


if __name__ == "__main__":
    main()
