"""One `<note>` of MusicXML, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from xml.etree.ElementTree import Element

from restyle.io import gm
from restyle.io.musicxml.values import number, passes
from restyle.music.chord import LETTERS

_STAFF_PLACES = {
    ("D", 4): 44, ("E", 4): 35, ("F", 4): 36, ("G", 4): 41, ("A", 4): 43, ("B", 4): 45,
    ("C", 5): 38, ("D", 5): 47, ("E", 5): 48, ("F", 5): 51, ("G", 5): 42, ("A", 5): 49,
    ("B", 5): 57, ("C", 6): 52,
}  # fmt: skip
"""Where percussion staves usually put the drums (General MIDI keys), for scores that do not say."""
_HEAD_PLACES = {gm.drum(key)[1:]: key for key in range(81, 34, -1)}
SNARE = 38
_ACCIDENTALS = {
    "sharp": 1, "flat": -1, "double-sharp": 2, "sharp-sharp": 2, "flat-flat": -2,
    "double-flat": -2,
}  # fmt: skip


@dataclass(slots=True)
class RawNote:
    """What a `<note>` says, before its part's state is applied."""

    duration: str = ""
    pitch: int | None = None
    """Written pitch; None for rests and unpitched notes."""
    place: tuple[str, int] | None = None
    """Where an unpitched note stands on the staff."""
    is_rest: bool = False
    is_bar_rest: bool = False
    is_chord: bool = False
    is_grace: bool = False
    is_cue: bool = False
    tie_in: bool = False
    tie_out: bool = False
    has_ties: bool = False
    tied: list[str] = field(default_factory=list)
    """Printed ties, which count where no `<tie>` says how it sounds."""
    accent: bool = False
    head: str = "normal"
    accidental: str = ""
    has_alter: bool = False
    staff: str = "1"
    instrument: str = ""
    lyrics: list[Element] = field(default_factory=list)
    dynamics: float | None = None
    passes: frozenset[int] = frozenset()

    @property
    def is_slash(self) -> bool:
        return self.head == "slash"


def raw_note(element: Element) -> RawNote:
    """The parts of a `<note>` that matter to how it sounds."""
    out = RawNote()
    for child in element:
        read = _READERS.get(child.tag)
        if read is not None:
            read(out, child)
    if out.tied and not out.has_ties:
        out.tie_in, out.tie_out = "stop" in out.tied, "start" in out.tied
    if out.accidental and not out.has_alter and out.pitch is not None:
        out.pitch += _ACCIDENTALS.get(out.accidental, 0)  # some programs only print it
    if element.attrib:
        out.dynamics = number(element.get("dynamics"))
        if "time-only" in element.attrib:
            out.passes = frozenset(passes(element.get("time-only")))
    return out


def _read_pitch(out: RawNote, child: Element) -> None:
    out.pitch = _pitch(child)
    out.has_alter = child.find("alter") is not None


def _read_duration(out: RawNote, child: Element) -> None:
    out.duration = child.text or ""


def _read_chord(out: RawNote, child: Element) -> None:
    out.is_chord = True


def _read_staff(out: RawNote, child: Element) -> None:
    out.staff = (child.text or "1").strip()


def _read_tie(out: RawNote, child: Element) -> None:
    out.has_ties = True
    kind = child.get("type")
    out.tie_in |= kind == "stop"
    out.tie_out |= kind == "start"


def _read_rest(out: RawNote, child: Element) -> None:
    out.is_rest = True
    out.is_bar_rest = child.get("measure") == "yes"


def _read_notations(out: RawNote, child: Element) -> None:
    for mark in child:
        if mark.tag == "tied":
            out.tied.append(mark.get("type", ""))
        elif mark.tag == "articulations":
            out.accent |= any(a.tag in ("accent", "strong-accent") for a in mark)


def _read_lyric(out: RawNote, child: Element) -> None:
    out.lyrics.append(child)


def _read_instrument(out: RawNote, child: Element) -> None:
    out.instrument = child.get("id", "")


def _read_unpitched(out: RawNote, child: Element) -> None:
    out.place = _place(child)


def _read_grace(out: RawNote, child: Element) -> None:
    out.is_grace = True


def _read_cue(out: RawNote, child: Element) -> None:
    out.is_cue = True


def _read_accidental(out: RawNote, child: Element) -> None:
    out.accidental = (child.text or "").strip()


def _read_head(out: RawNote, child: Element) -> None:
    out.head = (child.text or "normal").strip()


_READERS = {
    "pitch": _read_pitch, "duration": _read_duration, "chord": _read_chord,
    "staff": _read_staff, "tie": _read_tie, "rest": _read_rest, "notations": _read_notations,
    "lyric": _read_lyric, "instrument": _read_instrument, "unpitched": _read_unpitched,
    "accidental": _read_accidental, "grace": _read_grace, "cue": _read_cue, "notehead": _read_head,
}  # fmt: skip


def _pitch(element: Element) -> int | None:
    step, alter, octave = None, 0.0, 4.0
    for child in element:
        text = (child.text or "").strip()
        if child.tag == "step":
            step = LETTERS.get(text.upper())
        elif child.tag == "alter":
            alter = number(text) or 0.0
        elif child.tag == "octave":
            octave = number(text) or 0.0
    if step is None or abs(octave) > 20 or abs(alter) > 20:
        return None
    return 12 * (int(octave) + 1) + step + _semitones(alter)


def _semitones(alter: float) -> int:
    """The nearest semitones, halves towards the written letter (a quarter-tone sharp C is a C)."""
    size = ceil(abs(alter) - 0.5)
    return size if alter > 0 else -size


def _place(element: Element) -> tuple[str, int]:
    octave = number(element.findtext("display-octave"))
    return (
        (element.findtext("display-step") or "").strip().upper(),
        int(octave) if octave is not None and abs(octave) < 20 else 0,
    )


def staff_drum_key(place: tuple[str, int], head: str) -> int:
    """The drum that usually stands at that place of a percussion staff, with that note head."""
    if head not in ("", "normal"):
        key = _HEAD_PLACES.get((*place, head))
        if key is not None:
            return key
    return _STAFF_PLACES.get(place, SNARE)


def syllable(lyric: Element) -> str:
    """The text of a `<lyric>`, with a hyphen where its word goes on; "" for a mere line."""
    text, syllabic = "", ""
    for child in lyric:
        if child.tag == "text":
            text += child.text or ""
        elif child.tag == "elision" and text:
            text += " "
        elif child.tag == "syllabic":
            syllabic = (child.text or "").strip()
    text = " ".join(text.split())
    return f"{text}-" if text and syllabic in ("begin", "middle") else text


def verse(lyric: Element) -> int:
    """The number of a lyric's verse, 1 where it has none."""
    found = number("".join(c for c in lyric.get("number", "") if c.isdigit())[:3])
    return int(found) if found else 1
