"""What is said of a song section by section: "A:pop,B:rock", "1-16:jazz,17-32:latin"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from restyle.analysis.form import Section, find_form, form_line
from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.style.redo import BARS, parse_bars

LETTER = re.compile(r"[A-Z]\d*")
LIKE = "like"
"""The style of a section that is played as the example is."""
STEP = 0.15
"""Energy that two neighbouring sections must differ by for a fill between them."""


@dataclass(frozen=True)
class Said:
    """A value for a section, by its letter or its bars."""

    where: str
    value: str


def is_sectional(text: str) -> bool:
    """Whether a text names sections, not shares: "A:pop" does, "jazz:0.7" does not."""
    pieces = [piece.partition(":") for piece in text.split(",")]
    return any(_is_place(name.strip()) and bool(colon) for name, colon, _ in pieces)


def _is_place(name: str) -> bool:
    return bool(LETTER.fullmatch(name) or BARS.fullmatch(name))


def parse_sections(text: str, example: str) -> tuple[Said, ...]:
    """The values of sections, in the order in which they are said.

    Raises RestyleError, with an example, for what names no sections, or one twice.
    """
    out: list[Said] = []
    for piece in text.split(","):
        name, _, value = (word.strip() for word in piece.partition(":"))
        if not _is_place(name) or not value:
            raise RestyleError(f"'{text}' names no sections: say them like {example}.")
        if any(name == said.where for said in out):
            raise RestyleError(f"'{text}' says {name} twice.")
        out.append(Said(name, value))
    return tuple(out)


def parse_styles(text: str) -> tuple[Said, ...]:
    """ "A:pop,B:rock" as the style of each section.

    Raises RestyleError for what names no sections, or one twice.
    """
    return parse_sections(text, "A:pop,B:rock")


def styles_named(text: str) -> list[str]:
    """The styles and blends that a text names: one, those of its sections, or none."""
    if not is_sectional(text):
        return [text] if text else []
    said = (one.value for one in parse_styles(text))
    return [name.replace("+", ",") for name in said if name.lower() != LIKE]


def styles_by_bar(text: str, lead: LeadSheet) -> list[str]:
    """What is said of the style of each bar where sections have their own; empty where all have
    one."""
    if not is_sectional(text):
        return []
    return filled(value_by_bar(parse_styles(text), find_form(lead), lead.bars))


def check_example(text: str, example: bool) -> None:
    """Raise RestyleError for sections like an example that is not there, and for an example that
    no section is like."""
    if not is_sectional(text):
        return
    said = any(one.value.lower() == LIKE for one in parse_styles(text))
    if said and not example:
        raise RestyleError(f"'{text}': sections are like an example, but none is given.")
    if example and not said:
        raise RestyleError("Say which sections are like the example, as in A:like,B:jazz.")


def value_by_bar(said: Sequence[Said], form: Sequence[Section], bars: int) -> list[str | None]:
    """The value of each bar; None where nothing is said. What is said later counts.

    Raises RestyleError for a section that the song does not have.
    """
    out: list[str | None] = [None] * bars
    for one in said:
        for bar in bars_of(one.where, form, bars):
            out[bar] = one.value
    return out


def bars_of(where: str, form: Sequence[Section], bars: int) -> list[int]:
    """The bars, from 0, that a letter or "9-16" means.

    Raises RestyleError where the song has none.
    """
    if not LETTER.fullmatch(where):
        first, last = parse_bars(where, bars)
        return list(range(first, last))
    found = [bar for s in form if s.letter == where for bar in range(s.first, s.last)]
    if not found:
        raise RestyleError(f"There is no section {where}: the song is {form_line(form)}.")
    return found


def filled(values: Sequence[str | None]) -> list[str]:
    """The values, each holding on until the next; before the first that one."""
    first = next(value for value in values if value is not None)
    out, now = [], first
    for value in values:
        now = now if value is None else value
        out.append(now)
    return out


def parse_energy(text: str) -> tuple[Said, ...]:
    """ "A:0.4,B:0.9", or "0.7" for the whole song (as of the place "1-").

    Raises RestyleError for what is no number from 0 to 1.
    """
    try:
        whole = float(text)
    except ValueError:
        said = parse_sections(text, "A:0.4,B:0.9")
    else:
        said = (Said("1-", str(whole)),)
    for one in said:
        try:
            value = float(one.value)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise RestyleError(f"An energy of {one.value} cannot be: say 0 (calm) to 1 (full).")
    return said


def energy_by_bar(text: str, form: Sequence[Section], bars: int) -> tuple[float, ...]:
    """The energy of each bar, 0.5 where nothing is said of it; empty without a text."""
    if not text:
        return ()
    values = value_by_bar(parse_energy(text), form, bars)
    return tuple(0.5 if value is None else float(value) for value in values)


def parse_entries(text: str, parts: Sequence[str]) -> tuple[Said, ...]:
    """ "drums:B,strings:17" as the section or bar at which parts come in, the part in `value`.

    Raises RestyleError for a part or a place that is none.
    """
    out = []
    for piece in text.split(",") if text else ():
        part, _, where = (word.strip() for word in piece.partition(":"))
        if part.lower() not in parts:
            raise RestyleError(f"There is no part '{part}' to come in: {', '.join(parts)}.")
        if not _is_place(where):
            raise RestyleError(f"'{piece}' says no place: say it like drums:B or drums:17.")
        out.append(Said(where, part.lower()))
    return tuple(out)


def rests_by_part(
    entries: Sequence[Said], form: Sequence[Section], bars: int
) -> dict[str, frozenset[int]]:
    """The bars in which parts rest, which come in later."""
    return {one.value: frozenset(range(min(bars_of(one.where, form, bars)))) for one in entries}


def seams(styles: Sequence[str], energy: Sequence[float]) -> tuple[int, ...]:
    """The bars with which another style begins, or a plainly different energy."""
    out = []
    for bar in range(1, max(len(styles), len(energy))):
        other = bool(styles) and styles[bar] != styles[bar - 1]
        livelier = bool(energy) and abs(energy[bar] - energy[bar - 1]) >= STEP
        if other or livelier:
            out.append(bar)
    return tuple(out)
