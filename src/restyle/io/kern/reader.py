"""Humdrum **kern, read into a written score, line by line.

All cells of a line sound at once: the time of the next line is when the first of the notes that
sound now ends. Follows the Humdrum guide; spines that are not **kern, **text or **dynam keep
their columns and say nothing. Grace notes are left out.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from restyle.errors import UnreadableSong
from restyle.io.kern import tokens
from restyle.io.kern.parts import Part, joined
from restyle.io.kern.sections import Sections
from restyle.io.kern.spines import Damaged, Path, Spines
from restyle.io.musicxml.signs import LOUD
from restyle.io.written.score import MOST_NOTES, Bar, Note, Score, too_many
from restyle.music.chord import LETTERS
from restyle.music.song import Key

_TEXTS = ("text", "lyrics", "silbe")
_CHANGES = frozenset(("*^", "*v", "*x", "*+", "*-"))
_KEY = re.compile(r"\*([A-Ga-g])([#-]?):(\w*)")
_SIGNS = re.compile(r"[:|!]*[|!:][:|!]*")
_MOST_TOKENS = 50_000


def read_kern(text: str, name: str) -> Score:
    """A kern file as written.

    Raises UnreadableSong for one that is damaged, or longer than any piece.
    """
    reader = _Reader(name)
    try:
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            reader.line(line)
    except Damaged:
        raise UnreadableSong(f"{name} is damaged: it cannot be read as kern.") from None
    return reader.finish()


@dataclass
class _Head:
    """What the bar that is being read says for all voices."""

    opens: bool = False
    sections: list[str] = field(default_factory=list)
    tempos: list[tuple[int, float]] = field(default_factory=list)


@dataclass
class _Reader:
    """Reads the lines of one file."""

    name: str
    score: Score = field(default_factory=Score)
    parts: dict[int, Part] = field(default_factory=dict)
    """By the number of their spine, from the left."""
    sections: Sections = field(default_factory=Sections)
    time: int = 0
    bar_start: int = 0
    head: _Head = field(default_factory=_Head)
    meter: tuple[int, int] = (4, 4)
    key: Key = field(default_factory=lambda: Key(0))
    bar_meter: tuple[int, int] = (4, 4)
    bar_key: Key = field(default_factory=lambda: Key(0))
    tonic_at: int = -1
    slips: bool = False
    notes: int = 0
    known: dict[str, tokens.Token] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spines = Spines(self.name)

    def line(self, line: str) -> None:
        if not line.strip() or line.startswith("!"):
            if line.startswith("!!!"):
                self.record(line)
            return
        if not self.spines.paths:
            if line.startswith("**"):
                kinds = [cell.removeprefix("**") for cell in line.split("\t") if cell]
                self.spines.paths = [self.spines.begin(kind, self.time) for kind in kinds]
                self.meet_parts()
            return
        cells = self.spines.cells(line)
        if line.startswith("*"):
            self.interpretations(cells)
        elif line.startswith("="):
            self.bar_line(cells)
        else:
            self.data(cells)

    def interpretations(self, cells: list[str]) -> None:
        if any(cell in _CHANGES or cell.startswith("**") for cell in cells):
            self.spines.change(cells, self.time)
            self.meet_parts()
            return
        for path, cell in zip(self.spines.paths, cells, strict=True):
            if path.kind == "kern" and len(cell) > 1:
                self.interpretation(self.parts[path.spine], cell)
        if self.time == self.bar_start:
            self.bar_meter, self.bar_key = self.meter, self.key

    def meet_parts(self) -> None:
        for path in self.spines.paths:
            if path.kind == "kern" and path.spine not in self.parts:
                part = self.parts[path.spine] = Part(path.spine)
                first = next(iter(self.parts.values()))
                part.bars = [Bar(b.meter, b.key, length=b.length) for b in first.bars]

    def record(self, line: str) -> None:
        """A reference record: title and composer."""
        found = re.match(r"!!!(OTL|COM)(?:@\S*)?:\s*(.*)", line)
        if found:
            said = " ".join(html.unescape(found[2]).split())
            if found[1] == "OTL":
                self.score.title = self.score.title or said
            else:
                self.score.composer = self.score.composer or said

    def interpretation(self, part: Part, cell: str) -> None:
        """A tandem interpretation of a **kern spine."""
        if cell.startswith("*>"):
            name = self.sections.read(cell)
            if name and name not in self.head.sections:
                self.end_bar()
                self.head.sections.append(name)
        elif found := re.fullmatch(r"\*M(\d{1,2}(?:\+\d{1,2})*)/(\d{1,2})", cell):
            top, bottom = sum(int(n) for n in found[1].split("+")), int(found[2])
            if 1 <= top <= 32 and bottom in (1, 2, 4, 8, 16, 32):
                self.meter, self.score.meter_known = (top, bottom), True
        elif found := re.fullmatch(r"\*MM(\d{1,3}(?:\.\d{1,4})?)", cell):
            if 8 <= float(found[1]) <= 900:
                self.head.tempos.append((self.time - self.bar_start, float(found[1])))
        elif found := re.fullmatch(r"\*k\[((?:[a-gA-G](?:##?|--?|n)?)*)\]", cell):
            if self.tonic_at != self.time:
                fifths = found[1].count("#") - found[1].count("-")
                self.key = Key(fifths * 7 % 12)
        elif found := _KEY.fullmatch(cell):
            alter = {"#": 1, "-": -1, "": 0}[found[2]]
            minor = found[1].islower() or found[3][:3] in ("dor", "phr", "aeo", "loc")
            tonic = (LETTERS[found[1].upper()] + alter) % 12
            self.key, self.tonic_at = Key(tonic, "minor" if minor else "major"), self.time
        else:
            part.interpretation(cell)

    def bar_line(self, cells: list[str]) -> None:
        """The end of a bar; repeat signs in any of its cells count."""
        self.end_bar()
        closes = repeats = False
        for path, cell in zip(self.spines.paths, cells, strict=True):
            if path.kind == "kern":
                found = _SIGNS.search(cell.lstrip("=")[:40])
                sign = found[0] if found else ""
                closes = closes or cell.startswith("==") or "||" in sign or "!" in sign
                repeats = repeats or sign.startswith(":")
                self.head.opens = self.head.opens or sign.endswith(":")
        for part in self.parts.values():
            if part.bars:
                part.bars[-1].closes = part.bars[-1].closes or closes
                part.bars[-1].repeats = max(part.bars[-1].repeats, int(repeats))

    def end_bar(self) -> None:
        """End the bar where anything is in it."""
        if self.time <= self.bar_start:
            return
        length = self.time - self.bar_start
        for part in self.parts.values():
            bar = Bar(self.bar_meter, self.bar_key, part.notes, length=length)
            bar.words = part.words
            bar.sections, bar.opens = self.head.sections, self.head.opens
            bar.tempos = self.head.tempos
            part.bars.append(bar)
            part.notes, part.words = [], []
        self.head = _Head()
        self.bar_start = self.time
        self.bar_meter, self.bar_key = self.meter, self.key

    def data(self, cells: list[str]) -> None:
        """A line of notes, words and marks."""
        time, lasts = self.time, False
        words: dict[int, list[str]] = {}
        owner = -1
        for path, cell in zip(self.spines.paths, cells, strict=True):
            if path.kind == "kern":
                owner = path.spine
                lasts = (cell != "." and self.cell(path, cell)) or lasts
            elif path.kind in _TEXTS and owner >= 0:
                words.setdefault(owner, []).append(_syllable(cell))
            elif path.kind == "dynam" and cell != ".":
                self.dynamics(path.spine, cell)
        for spine, verses in words.items():
            if any(verses):
                self.parts[spine].words.append((time - self.bar_start, tuple(verses)))
        self.time = self.next_time(lasts)

    def cell(self, path: Path, text: str) -> bool:
        """The notes of a cell; whether they last any time."""
        token = self.known.get(text)
        if token is None:
            token = tokens.parse(text)
            if len(self.known) < _MOST_TOKENS:
                self.known[text] = token
        if token.slip:
            self.slips = True
        if not token.length:
            return False
        self.notes += max(len(token.heads), 1)
        if self.notes > MOST_NOTES:
            raise too_many(self.name)
        part, at = self.parts[path.spine], self.time - self.bar_start
        for head in token.heads:
            part.is_drum = part.is_drum or head.unpitched
            pitch = head.pitch if head.unpitched else head.pitch + part.shift
            part.notes.append(Note(at, head.length, pitch, head.tied, part.level))
        path.until = self.time + token.length
        return True

    def next_time(self, lasts: bool) -> int:
        """When the next line sounds: where the first of the notes that sound now ends."""
        ends: list[int] = []
        for path in self.spines.paths:
            if path.kind != "kern" or path.until is None:
                continue
            if path.until <= self.time and lasts:
                path.until = None  # nothing is written there for a while
            else:
                ends.append(path.until)
        return max(min(ends, default=self.time), self.time)

    def dynamics(self, spine: int, cell: str) -> None:
        """A mark is for all **kern spines between it and the **dynam spine to its left."""
        level = LOUD.get(cell.strip("[]()X"))
        for left in range(spine - 1, -1, -1) if level is not None else ():
            if self.spines.kinds[left] == "dynam":
                break
            if left in self.parts and level is not None:
                self.parts[left].level = level

    def finish(self) -> Score:
        self.end_bar()
        parts = list(self.parts.values())
        score = self.score
        if not any(part.bars for part in parts):
            return score
        if self.sections.has_endings or self.sections.has_lists:
            for bar in (bar for part in parts for bar in part.bars):
                bar.opens, bar.repeats, bar.closes = False, 0, False
        if not self.sections.has_endings:
            score.part_order = self.sections.order
        score.voices = joined(parts)
        if self.slips:
            score.warnings.append("Lengths that nobody can mean were left out.")
        return score


def _syllable(cell: str) -> str:
    """A cell of words; "" where nothing new is sung."""
    said = " ".join(html.unescape(cell).split()) if cell != "." else ""
    return "" if said in ("|", "_", "-", "%") else said.lstrip("-")
