"""Section labels (*>A) and expansion lists (*>[A,A,B]) of Humdrum files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_LISTED = 1000


@dataclass
class Sections:
    """What a file says about the order of its sections."""

    order: tuple[str, ...] = ()
    """The default list; empty where there is none."""
    has_lists: bool = False
    names: set[str] = field(default_factory=set)

    def read(self, cell: str) -> str:
        """Take in a label or a list; the label's name, "" for a list."""
        found = re.fullmatch(r"\*>(\w*)\[([^\]]*)\]", cell)
        if found:
            self.has_lists = True
            listed = tuple(name.strip() for name in found[2].split(","))
            if not found[1] and not self.order and len(listed) <= MOST_LISTED:
                self.order = listed
            return ""
        name = cell[2:]
        self.names.add(name)
        return name

    @property
    def has_endings(self) -> bool:
        """Whether labels name endings of others: A, A1, A2."""
        return any(
            found[1] in self.names
            for name in self.names
            if (found := re.fullmatch(r"(.*[A-Za-z])\d+", name))
        )
