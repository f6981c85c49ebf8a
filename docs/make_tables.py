"""Put the figures of one version into README and docs, from one folder of results.

    python docs/make_tables.py RESULTS

RESULTS has `figures.json`, {"restyle": VERSION, "PANEL": ["87", "85", "31"], "MEGABYTES": "11"},
and a file NAME.md for each table. README and docs mark where they go:

    | a row <!-- figure: PANEL --> | - | - | - |      its cells, from left to right
    <!-- table: NAME -->  ...  <!-- end -->           all between

What RESULTS lacks is left as it is, and said. Figures of another version than this one are refused.

The README's own figures are read off the long tables (`READ_OFF`), so that the two cannot disagree;
a test compares them.
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
PARTED = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

Source = tuple[str, str, int, str]
"""A table, a row, a column, and how it is said (percent, digits, a share)."""


def _of_kinds(column: int, how: str) -> tuple[tuple[Source, ...], ...]:
    """The panel's column for real songs, restyle and MMA."""
    return tuple((("panel", kind, column, how),) for kind in ("real song", "restyle", "MMA"))


_ROOTS = "chords: same root (share)"
READ_OFF: dict[str, tuple[tuple[Source, ...], ...]] = {
    "PANEL_KEPT": _of_kinds(7, "%"),
    "PANEL_MARK": _of_kinds(2, "1"),
    "COMPOSED": (
        (("composed", "real song", 2, "1"),),
        (("composed", "composed", 2, "1"),),
        (),
    ),
    "MELODY": ((), (("evaluate", "melody kept (F1)", 1, "share"),), ()),
    "ROOTS": (
        (("evaluate", _ROOTS, 3, "share"),),
        (("evaluate", _ROOTS, 1, "share"),),
        (("evaluate", _ROOTS, 5, "share"),),
    ),
    "SECONDS": ((), (("speed", "0.5 jazz", 3, "0"), ("speed", "3 jazz", 3, "0")), ()),
}
"""The README's figures: what stands in the columns of real songs, restyle and MMA."""


def read_off(page: str) -> dict[str, list[str]]:
    """The README's figures, as cells from left to right, from a page that has the long tables.

    Raises KeyError for a table or a row that is not there.
    """
    tables = {name: text for _, name, text, _ in PARTED.findall(page)}
    return {
        figure: [
            ", ".join(_said(_cell(tables[t], r, c), how) for t, r, c, how in cell) for cell in cells
        ]
        for figure, cells in READ_OFF.items()
    }


def _cell(table: str, row: str, column: int) -> str:
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if row in (cells[0], " ".join(cells[:2])):
            return cells[column - (0 if row == cells[0] else 1)]
    raise KeyError(row)


def _said(cell: str, how: str) -> str:
    number = float(re.match(r"[\d.]+", cell)[0])  # type: ignore[index]
    if how == "share":
        return f"{100 * number:.0f}"
    return f"{number:.{1 if how == '1' else 0}f}"


def main() -> None:
    folder = Path(sys.argv[1])
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    if figures.pop("restyle") != restyle.__version__:
        sys.exit(f"These results are not of version {restyle.__version__}.")
    tables = {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    long = (ROOT / PAGES[1]).read_text(encoding="utf-8")
    figures |= read_off(filled(long, figures, tables)[0])
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
