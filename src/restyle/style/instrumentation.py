"""Instrumentation: which instrument plays each part, and the tune."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

import numpy as np

from restyle.errors import UnknownStyle
from restyle.music.classes import PARTS, class_of
from restyle.music.drums import kit, kits
from restyle.music.instruments import choose_tune_program, instrument, instruments, named
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, part_of
from restyle.music.song import MELODY, Notes
from restyle.style.style import Style

FALLBACKS: dict[str, tuple[int, ...]] = {
    "bass": (33, 38), "piano": (0,), "guitar": (25, 27), "keys": (16, 4), "strings": (48,),
    "winds": (61, 62), "brass": (61, 62), "synth": (88,),
}  # fmt: skip
"""What plays a part that none of the style's instruments can: it holds more at once, or more."""
MOST_OUT = 0.02
"""Share of a part's notes that may lie outside its instrument's compass."""
LEADS = ("guitar", "synth")
"""Parts that a band has twice: a lead that plays the tune and who plays the chords."""
WINDS = ("winds", "brass")
"""Parts of a band of which another one of the style plays the tune where the usual ones do not."""
USUALLY = 0.9
"""Share of a part's chords that its instrument has to have the fingers for."""


def instrumentation(
    lead: LeadSheet, arrangement: Arrangement, style: Style, asked: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Program of "melody" and of each part in use, kit of "drums".

    The style's own instruments, the commonest first that can play what stands there; `asked` goes
    before everything.
    """
    asked = asked or {}
    out: dict[str, int] = {}
    for part in arrangement.names:
        if part in asked:
            out[part] = asked[part]
        elif part == "drums" or part in arrangement.classes:  # written for that instrument
            out[part] = style.program(part, arrangement.classes.get(part, ""))
        else:
            counted = _counted(style, part)
            notes = arrangement.parts[part]
            out[part] = choose_program(notes, [*counted, *FALLBACKS.get(part, ())])
    out[MELODY] = asked.get(MELODY, tune_program(lead, style, out))
    return out


def tune_program(lead: LeadSheet, style: Style, band: Mapping[str, int]) -> int:
    """What plays the tune over a band of those programs: the style's commonest instrument of it
    that has it where it is comfortable and is of another part than all the band's, or another lead
    guitar or lead synth; else one of another class (an oboe beside a flute); else any. Program 0
    comes after those, which files have that say nothing: but a piano alone has the tune, too, where
    most of the style's tunes are a piano's."""
    counted = style.tunes
    taken = {class_of(program, part == "drums") for part, program in band.items()}
    pianist = counted[:1] if tuple(band) == ("piano",) and counted[:1] == [0] else []
    apart = [p for p in counted if p and _is_apart(p, band)]
    own_winds = [p for part in WINDS if part in band for p in _counted(style, part)]
    unlike = [p for p in (*counted, *own_winds) if p and class_of(p) not in taken]
    # a piano that holds the tune is nearer to the style than a flute that no song of it has
    return choose_tune_program(lead.melody, [*pianist, *apart, *unlike, *counted])


def _is_apart(program: int, band: Mapping[str, int]) -> bool:
    """Whether it is nobody's in the band: of another part, or a lead beside who has the chords."""
    part = part_of(program)
    return part not in band or (part in LEADS and band[part] != program)


def choose_program(notes: Notes, candidates: Sequence[int]) -> int:
    """The first program that can play a part: nearly all of its notes lie in the compass, and
    nearly all of its chords in the hands. The first of them where none can."""
    if not len(notes):
        return candidates[0]
    chords = np.unique(notes["start"], return_counts=True)[1]
    for program in candidates:
        one = instrument(program)
        outside = (notes["pitch"] < one.low) | (notes["pitch"] > one.high)
        if outside.mean() <= MOST_OUT and np.quantile(chords, USUALLY) <= one.at_once:
            return program
    return candidates[0]


def _counted(style: Style, part: str) -> list[int]:
    return [int(program) for program, _ in style.figures["programs"].get(part, ())]


def track_names(programs: Mapping[str, int]) -> dict[str, str]:
    """Track names by part: the instrument's, "(melody)" behind the tune's; of two alike the second
    is numbered."""
    out: dict[str, str] = {}
    for part, program in programs.items():
        name = kit(program).name if part == "drums" else instrument(program).name
        if part == MELODY:
            name = f"{name} ({MELODY})"
        alike = sum(other == name or other.startswith(f"{name} ") for other in out.values())
        out[part] = f"{name} {alike + 1}" if alike and part != MELODY else name
    return out


def asked_instruments(said: Iterable[str]) -> dict[str, int]:
    """ "melody=trumpet" and the like as programs by part.

    Names are those of the table of instruments ("distortion-guitar"), or numbers 1 to 128 as
    General MIDI counts; for drums a kit ("brush"). Raises UnknownStyle for a part or an instrument
    that there is not, with the nearest names.
    """
    out: dict[str, int] = {}
    for text in said:
        part, _, name = (word.strip() for word in text.partition("="))
        part = part.lower()
        if part not in (MELODY, *PARTS):
            choices = ", ".join((MELODY, *PARTS))
            raise UnknownStyle(f"There is no part '{part}': say melody=trumpet; parts: {choices}.")
        out[part] = _kit(name) if part == "drums" else _program(name)
    return out


def _program(name: str) -> int:
    if name.isdigit() and 1 <= int(name) <= len(instruments()):
        return int(name) - 1
    found = named(name)
    if found:
        return found[0]
    raise UnknownStyle(_no("instrument", name, [one.name for one in instruments()]))


def _kit(name: str) -> int:
    wanted = name.lower().replace("-", " ").strip()
    for one in kits():
        if wanted and wanted in (one.name.lower(), one.name.lower().removesuffix(" kit")):
            return one.program
    raise UnknownStyle(_no("drum kit", name, [one.name for one in kits()]))


def _no(what: str, name: str, names: Sequence[str]) -> str:
    lower = {one.lower(): one for one in names}
    near = get_close_matches(name.lower().replace("-", " "), lower, n=3, cutoff=0.5)
    said = ", ".join(lower[one] for one in near) or ", ".join(names[:: max(1, len(names) // 8)])
    return f"There is no {what} '{name}': try {said}."
