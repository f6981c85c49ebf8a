"""The lines of an ABC file that belong to its first tune."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FIELD = re.compile(r"([A-Za-z+]):(?![|:])(.*)", re.DOTALL)
_BLOCK = re.compile(r"%%\s*begin(\w+)", re.IGNORECASE)
_MUSICAL = re.compile(r"\[?V:|[^|]*\|[^|]+\|")


@dataclass
class TuneLines:
    """The first tune's lines, continued ones joined, and what else the file holds."""

    lines: list[str] = field(default_factory=list)
    more: int = 0
    """Further tunes, which are not read."""
    cut: bool = False
    """Music stands behind the empty line that ends the tune."""


def tune_lines(text: str) -> TuneLines:
    """The lines of the head of the file and of its first tune.

    A tune ends at an empty line once its music has begun (ABC standard 2.1), or where the next one
    begins; free text and blocks of text are left out.
    """
    out = TuneLines()
    raw: list[str] = []
    ended = in_body = has_music = False
    for line in _without_blocks(text):
        if line.startswith("X:") and (has_music or in_body):
            out.more += 1
            ended = True
            continue
        if ended:
            out.cut = out.cut or (not out.more and bool(_MUSICAL.match(line)))
            continue
        if not line.strip():
            ended = has_music
            continue
        is_field = bool(FIELD.match(line))
        in_body = in_body or line.startswith("K:")
        if not (is_field or line.startswith("%")):
            if not in_body:
                continue  # free text before the music
            has_music = True
        raw.append(line)
    out.lines = list(_joined(raw))
    return out


def _without_blocks(text: str) -> Iterator[str]:
    """Lines without those between %%begintext and %%endtext and their like."""
    block = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if block:
            if re.match(rf"(?:%%)?\s*end{block}\b", line, re.IGNORECASE):
                block = ""
            continue
        found = _BLOCK.match(line)
        if found:
            block = re.escape(found[1])
            continue
        yield line


def _joined(lines: list[str]) -> Iterator[str]:
    """Lines with those joined that `+:` or a backslash at the end continues."""
    held: list[str] = []
    pending: list[str] = []
    for line in lines:
        found = FIELD.match(line)
        if found and found[1] == "+":
            if pending:
                pending[-1] = pending[-1].rstrip().removesuffix("\\")
                pending.append(found[2].strip())
            continue
        if pending:
            yield " ".join(pending)
            pending = []
        if found:
            pending = [line]
        elif line.startswith("%"):
            yield line
        elif line.rstrip().endswith("\\"):
            held.append(line.rstrip()[:-1])
        else:
            yield "".join([*held, line])
            held = []
    if pending:
        yield " ".join(pending)
    if held:
        yield "".join(held)
