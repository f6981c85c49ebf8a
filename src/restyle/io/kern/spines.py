"""The spines of a Humdrum file: which column belongs to what, through splits and joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from restyle.io.written.score import MOST_VOICES, too_many

MOST_PATHS = 2 * MOST_VOICES


class Damaged(Exception):
    """The columns do not add up."""


@dataclass(slots=True)
class Path:
    """A column: a spine, or one of the columns that it is split into."""

    kind: str
    """Its exclusive interpretation, without the asterisks: kern, text, dynam."""
    spine: int
    """The number of the spine that it belongs to."""
    until: int | None = 0
    """Time at which its last note ends; None while nothing is written in it."""


@dataclass
class Spines:
    """The columns as they are at one line."""

    name: str
    paths: list[Path] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """The kind of every spine so far."""

    def begin(self, kind: str, time: int) -> Path:
        """A new spine."""
        self.kinds.append(kind)
        if sum(1 for known in self.kinds if known == "kern") > MOST_VOICES:
            raise too_many(self.name, "voices")
        if len(self.kinds) > 4 * MOST_VOICES:
            raise too_many(self.name, "spines")
        return Path(kind, len(self.kinds) - 1, time)

    def cells(self, line: str) -> list[str]:
        """The cells of a line, one a column. Raises Damaged when there are too many or too few."""
        cells = line.split("\t")
        if len(cells) != len(self.paths):
            cells = [cell for cell in cells if cell]
            if len(cells) != len(self.paths):
                raise Damaged
        return cells

    def change(self, cells: Sequence[str], time: int) -> None:
        """Follow a line with *^, *v, *x, *+, *- or a new exclusive interpretation."""
        out: list[Path] = []
        swap: int | None = None
        before = ""
        for path, cell in zip(self.paths, cells, strict=True):
            if cell == "*v" == before and out[-1].spine == path.spine:
                ends = [p.until for p in (out[-1], path) if p.until is not None]
                out[-1].until = max(ends, default=None)
            elif cell == "*x" and swap is not None:
                out.append(out[swap])
                out[swap], swap = path, None
            elif cell != "*-":
                swap = len(out) if cell == "*x" else swap
                out += self._begun(path, cell, time)
            before = cell
        if len(out) > MOST_PATHS + len(self.kinds):
            raise too_many(self.name, "voices")
        self.paths = out

    def _begun(self, path: Path, cell: str, time: int) -> list[Path]:
        """The columns below a cell: two below *^ and *+."""
        if cell == "*^":
            return [path, Path(path.kind, path.spine, path.until)]
        if cell == "*+":
            return [path, Path("", -1, time)]
        return [self.begin(cell[2:], time) if cell.startswith("**") else path]
