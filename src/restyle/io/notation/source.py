"""Notation files to a music21 score: unpacking, guarding, parsing, playing out the repeats."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from restyle.errors import UnreadableSong
from restyle.io.files import LIMIT

KINDS = {"musicxml": "MusicXML", "humdrum": "kern"}
"""Formats that music21 reads for us, by its name for them, and what we call them."""


@dataclass(frozen=True)
class Extras:
    """What a file says that music21 does not pass on, or passes on by guessing."""

    drum_keys: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """(step, octave, notehead) on a percussion staff -> MIDI key."""
    programs: dict[str, int] = field(default_factory=dict)
    """Part id -> GM program; music21 goes by the instrument's name."""
    transpositions: dict[str, int] = field(default_factory=dict)
    """Part id -> semitones from written to sounding pitch; music21 invents some by name."""
    remarks: dict[str, str] = field(default_factory=dict)
    """What our own writer put into the file beside the music: name -> value."""


@dataclass(frozen=True)
class Source:
    """A parsed notation file."""

    score: Any
    """The music21 Score, repeats played out where that was possible."""
    kind: str
    extras: Extras
    says_swing: bool = False
    """Whether the word "Swing" stands in it."""
    warnings: tuple[str, ...] = ()


def kind_of(data: bytes) -> str | None:
    """ "musicxml", "humdrum" (kern) or "abc" by a file's content; None when it is no notation."""
    if data[:4] == b"PK\x03\x04":
        return "musicxml"
    text = decode(data[:65536])
    if re.search(r"<score-(partwise|timewise)\b", text):
        return "musicxml"
    if re.search(r"^\*\*kern\b|\t\*\*kern\b", text, re.MULTILINE):
        return "humdrum"
    if re.search(r"^K:", text, re.MULTILINE) and re.search(r"^[XTML]:", text, re.MULTILINE):
        return "abc"
    return None


def decode(data: bytes) -> str:
    """Text of a notation file: UTF-16 where a byte order mark says so, UTF-8, or Latin-1."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3 and len(data) == 65536:  # a letter cut in two
            return data.decode("utf-8-sig", errors="ignore")
        return data.decode("latin-1")


def parse(data: bytes, name: str) -> Source:
    """A music21 score from the bytes of a MusicXML, mxl or kern file.

    Raises UnreadableSong, with `name` in the sentence, for anything else and for damaged files.
    """
    kind = kind_of(data)
    if kind not in KINDS:
        raise UnreadableSong(f"{name} is not music that restyle can read.")
    if data[:4] == b"PK\x03\x04":
        data = _unpack(data, name)
    text = decode(data)
    if "\0" in text:
        raise UnreadableSong(f"{name} is damaged: it cannot be read as {KINDS[kind]}.")
    extras = Extras()
    mended: list[str] = []
    if kind == "musicxml":
        if "<!ENTITY" in text or "<score-timewise" in text:
            raise UnreadableSong(f"{name} is MusicXML of a kind that restyle does not read.")
        extras = _music_xml_extras(text, name)
    score = _music21(text, kind, name)
    score = _played_out(score, mended)
    says_swing = re.search(r"(?i)>\s*(medium |slow |fast |up)?swing\b", text)
    return Source(score, kind, extras, bool(says_swing), tuple(mended))


@contextlib.contextmanager
def _quiet() -> Any:
    """Keep music21's remarks off the screen."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _music21(text: str, kind: str, name: str) -> Any:
    with _quiet():
        from music21 import converter

        try:
            return converter.parseData(text, format=kind)
        except Exception:  # music21 raises whatever went wrong deep inside
            raise UnreadableSong(
                f"{name} is damaged: it cannot be read as {KINDS[kind]}."
            ) from None


def _played_out(score: Any, mended: list[str]) -> Any:
    """The score with repeats, endings and da capos written out; as it is if that fails."""
    with _quiet():
        from music21 import repeat

        marks = (repeat.RepeatExpression, "Repeat", "RepeatBracket")
        if not any(True for mark in marks for _ in score.recurse().getElementsByClass(mark)):
            return score
        try:
            expanded = score.expandRepeats()
            lengths = {len(p.getElementsByClass("Measure")) for p in expanded.parts}
            if len(lengths) == 1:
                return expanded
        except Exception:  # whatever a wrong set of repeats makes music21 raise
            pass
    mended.append("The repeats do not add up; the music is read once, as it is written.")
    return score


def _unpack(data: bytes, name: str) -> bytes:
    """The MusicXML inside an .mxl file."""
    damaged = UnreadableSong(f"{name} is damaged: it cannot be unpacked.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {info.filename: info for info in archive.infolist()}
            inner = None
            if (
                "META-INF/container.xml" in files
                and files["META-INF/container.xml"].file_size < 2**16
            ):
                found = re.search(
                    r'full-path\s*=\s*["\']([^"\']+)',
                    decode(archive.read("META-INF/container.xml")),
                )
                inner = files.get(found[1]) if found else None
            if inner is None:
                inner = next(
                    (
                        info
                        for path, info in files.items()
                        if path.lower().endswith((".xml", ".musicxml"))
                        and not path.startswith("META-INF")
                    ),
                    None,
                )
            if inner is None:
                raise UnreadableSong(f"{name} is an archive without music in it.")
            if inner.file_size > 4 * LIMIT:
                raise UnreadableSong(f"{name} unpacks to more than any song needs.")
            with archive.open(inner) as stream:
                unpacked = stream.read(4 * LIMIT)
    except UnreadableSong:
        raise
    except Exception:  # zipfile raises many kinds for damaged archives
        raise damaged from None
    if kind_of(unpacked) != "musicxml" or unpacked[:4] == b"PK\x03\x04":
        raise UnreadableSong(f"{name} is an archive without music in it.")
    return unpacked


def _music_xml_extras(text: str, name: str) -> Extras:
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        raise UnreadableSong(f"{name} is damaged: it cannot be read as MusicXML.") from None
    sounds: dict[str, int] = {}
    for instrument in root.iter("midi-instrument"):
        key = _number(instrument.findtext("midi-unpitched"))
        if key is not None and 1 <= key <= 128:
            sounds[instrument.get("id", "")] = key - 1
    places: dict[tuple[str, str, str], int] = {}
    for note in root.iter("note") if sounds else ():
        place, played = note.find("unpitched"), note.find("instrument")
        if place is not None and played is not None and played.get("id") in sounds:
            step = place.findtext("display-step", "B").strip()
            octave = place.findtext("display-octave", "4").strip()
            head = note.findtext("notehead", "normal").strip()
            places.setdefault((step, octave, head), sounds[played.get("id", "")])
    programs: dict[str, int] = {}
    for entry in root.iter("score-part"):
        program = _number(entry.findtext("midi-instrument/midi-program"))
        if program is not None and 1 <= program <= 128:
            programs[entry.get("id", "")] = program - 1
    transpositions: dict[str, int] = {}
    for part in root.iter("part"):
        steps = _number(part.findtext("measure/attributes/transpose/chromatic")) or 0
        octaves = _number(part.findtext("measure/attributes/transpose/octave-change")) or 0
        transpositions[part.get("id", "")] = steps + 12 * octaves
    remarks = {
        element.get("name", ""): (element.text or "").strip()
        for element in root.iter("miscellaneous-field")
        if element.get("name", "").startswith("restyle-")
    }
    return Extras(places, programs, transpositions, remarks)


def _number(text: str | None) -> int | None:
    try:
        return int(float(text)) if text else None
    except (ValueError, OverflowError):
        return None
