"""The parts of a kern file: one a **kern spine, the two hands of a keyboard together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from restyle.io.kern import instruments
from restyle.io.musicxml.names import program_named
from restyle.io.musicxml.signs import PLAIN
from restyle.io.written.score import Bar, Note, Voice


@dataclass
class Part:
    """A **kern spine: what it says of its sound, and its notes so far."""

    spine: int
    code: str = ""
    label: str = ""
    is_drum: bool = False
    shift: int = 0
    """Semitones from what is written to what sounds."""
    level: int = PLAIN
    bars: list[Bar] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    """Of the bar that is being read."""
    words: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def interpretation(self, cell: str) -> None:
        """What a tandem interpretation says of the part: *Ivioln, *I"Violin I, *clefX, *Trd1c2."""
        if cell.startswith('*I"'):
            self.label = self.label or " ".join(cell[3:80].split())
        elif cell.startswith("*I") and re.fullmatch(r"\*I[a-z][A-Za-z]*", cell):
            self.is_drum = self.is_drum or instruments.is_drum_code(cell[2:])
            if not self.code and instruments.of_code(cell[2:]):
                self.code = cell[2:]
        elif cell == "*clefX":
            self.is_drum = True
        elif found := re.fullmatch(r"\*Trd-?\d{1,2}c(-?\d{1,2})", cell):
            self.shift = -int(found[1])  # the data were moved so far for the player

    @property
    def program(self) -> int:
        known = instruments.of_code(self.code)
        named = program_named(self.label) if self.label else None
        return known[1] if known else named if named is not None else 0

    @property
    def name(self) -> str:
        known = instruments.of_code(self.code)
        return self.label or (known[0] if known else "")


def joined(parts: Sequence[Part]) -> list[Voice]:
    """The voices of the score from its top: staves of one keyboard are one."""
    out: list[Voice] = []
    before: Part | None = None
    for part in reversed(parts):
        if before is not None and _one_player(before, part):
            for bar, more in zip(out[-1].bars, part.bars, strict=True):
                bar.notes += more.notes
                bar.words = bar.words or more.words
                bar.tempos = bar.tempos or more.tempos
        else:
            out.append(Voice(part.name, part.program, part.is_drum, part.bars))
        before = part
    return out


def _one_player(a: Part, b: Part) -> bool:
    """Whether two spines side by side are the hands of one player."""
    said = (a.code or a.label) == (b.code or b.label) != ""
    return said and not a.is_drum and not b.is_drum and instruments.has_two_staves(a.program)
