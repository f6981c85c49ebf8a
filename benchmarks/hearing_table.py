"""The table of a benchmark: a row for each measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measure: what was reached, what was aimed at ("" where nothing is), on how many songs."""

    measure: str
    reached: str
    aim: str
    songs: int


def markdown(rows: Iterable[Row]) -> str:
    """The rows as a markdown table."""
    lines = ["| measure | reached | aim | songs |", "|---|---|---|---|"]
    lines += [f"| {r.measure} | {r.reached} | {r.aim} | {r.songs:,} |" for r in rows]
    return "\n".join(lines)
