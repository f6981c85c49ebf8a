"""What stands before the music: title, composer, and the list of parts with their instruments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from restyle.io.musicxml.names import drum_key_named, program_named
from restyle.io.musicxml.values import number, whole, words

DRUM_CHANNEL = 10
FULL_VOLUME = 100.0
_NO_TITLE = ("music21 fragment", "untitled score", "untitled", "title", "music21")
_NO_NAME = ("musicxml part", "instr", "staff")
_REMARK = 10.0
"""Size of print, in points, up to which words are no title."""
_NOBODY = re.compile(r"(?i)copyright|©|\barr\b|arranged|edited|^\d+$")
_FILE_NAME = re.compile(r"(?i)\.(xml|musicxml|mxl|mus|musx|sib|msc[zx]|mid|midi|krn|ly|md|capx?)$")


@dataclass(frozen=True)
class Instrument:
    """One instrument of a part."""

    name: str = ""
    program: int | None = None
    channel: int | None = None
    key: int | None = None
    """The drum key of an unpitched instrument."""
    volume: float | None = None
    """0 to 100."""

    @property
    def is_drum(self) -> bool:
        return self.channel == DRUM_CHANNEL


@dataclass(frozen=True)
class Listed:
    """An entry of the part list."""

    name: str = ""
    instruments: dict[str, Instrument] = field(default_factory=dict)


def part_list(root: Element) -> dict[str, Listed]:
    """Part id -> its entry."""
    return {entry.get("id", ""): _listed(entry) for entry in root.iterfind("part-list/score-part")}


def _listed(entry: Element) -> Listed:
    name = words(entry.find("part-name"))
    name = "" if name.lower() in _NO_NAME else name
    found: dict[str, Instrument] = {}
    for element in entry.iterfind("score-instrument"):
        label = words(element.find("instrument-name"))
        sound = words(element.find("instrument-sound")).replace(".", " ")
        program = program_named(label) if label else None
        if program is None:
            program = program_named(" ".join(reversed(sound.split())))
        key = drum_key_named(label)
        found[element.get("id", "")] = Instrument(label, program, key=key)
    for element in entry.iterfind("midi-instrument"):
        ident = element.get("id", "")
        found[ident] = with_midi(found.get(ident, Instrument()), element)
    return Listed(name, found)


def with_midi(known: Instrument, element: Element) -> Instrument:
    """An instrument with what a `<midi-instrument>` says of it."""
    program, key = (
        whole(element.findtext("midi-program")),
        whole(element.findtext("midi-unpitched")),
    )
    channel, volume = whole(element.findtext("midi-channel")), number(element.findtext("volume"))
    return Instrument(
        known.name,
        program - 1 if program is not None and 1 <= program <= 128 else known.program,
        channel if channel is not None else known.channel,
        key - 1 if key is not None and 1 <= key <= 128 else known.key,
        min(max(volume, 0.0), FULL_VOLUME) if volume is not None else known.volume,
    )


def title(root: Element) -> str:
    """The title: a movement's own before that of the work it belongs to, or as printed."""
    movement = _title(words(root.find("movement-title")))
    work = _title(words(root.find("work/work-title")))
    if movement and not (work and _FILE_NAME.search(movement)):
        return movement
    return work or _title(_credit(root, "title")) or _title(_printed(root, "center"))


def composer(root: Element) -> str:
    """Who wrote the music, by the file's metadata or as printed."""
    creators = [(c.get("type", ""), words(c)) for c in root.iterfind("identification/creator")]
    for wanted in ("composer", "music", ""):
        named = [name for kind, name in creators if kind.lower() == wanted and name]
        if named:
            return ", ".join(dict.fromkeys(named))
    return _credit(root, "composer") or _printed(root, "right")


def remarks(root: Element) -> dict[str, str]:
    """What our own writer put beside the music: name -> value."""
    return {
        element.get("name", ""): (element.text or "").strip()
        for element in root.iterfind("identification/miscellaneous/miscellaneous-field")
        if element.get("name", "").startswith("restyle-")
    }


def _title(text: str) -> str:
    return "" if text.lower() in _NO_TITLE else text


def _credit(root: Element, kind: str) -> str:
    """The words of the first credit of a type ("title", "composer")."""
    for credit in root.iterfind("credit"):
        if kind in [words(t).lower() for t in credit.iterfind("credit-type")]:
            return " ".join(words(w) for w in credit.iterfind("credit-words"))
    return ""


def _printed(root: Element, side: str) -> str:
    """The largest words at one side of the first page, where they are larger than a remark."""
    best, found = _REMARK, ""
    for credit in root.iterfind("credit"):
        if credit.get("page", "1") != "1" or credit.find("credit-type") is not None:
            continue
        for element in credit.iterfind("credit-words"):
            size = number(element.get("font-size")) or 0.0
            text = " ".join((element.text or "").strip().partition("\n")[0].split())
            if size > best and text and _side(element) == side and not _NOBODY.search(text):
                best, found = size, text
    return found


def _side(element: Element) -> str:
    return element.get("halign") or element.get("justify") or ""
