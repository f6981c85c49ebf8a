"""Chord charts as plain text and as ChordPro, read as written scores without notes.

Plain text: bars between | signs, with one chord or several in each; "/" or "." for a beat that a
chord goes on, "%" for the bar before again. A line of chords without bar lines has a bar for each.
ChordPro: chords in [ ] within the words, a bar for each; bars of a grid as in plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from restyle.errors import UnreadableSong
from restyle.io.charts.chordnames import parse
from restyle.io.charts.keys import key_named, key_of_chords
from restyle.io.notation.source import decode
from restyle.io.written.score import UNITS, Bar, Score, Voice
from restyle.music.song import Chord, Key

MOST_BARS = 5000
_FIELD = re.compile(r"\s*(title|key|time|meter|tempo|composer|artist)\s*:\s*(.+)", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\{\s*([\w-]+)\s*(?::?\s*(.*?))?\s*\}")
_INLINE = re.compile(r"\[([^\[\]]{1,20})\]([^\[]*)")
_HOLDS = frozenset(("/", ".", "-", "*", "_"))
_SAME = frozenset(("%", "x", "ditto"))
_SHORT = {"t": "title", "su": "subtitle"}


def is_chart(data: bytes) -> bool:
    """Whether a text is a chord chart: every line that is not words about it is chords."""
    if b"\0" in data[:4096]:
        return False
    text = decode(data[:65536])
    if _is_chordpro(text):
        return True
    lines = [line for line in text.splitlines() if line.strip() and not _aside(line)]
    chords = sum(len(_chords_of(line) or ()) for line in lines)
    return chords >= 2 and all(_chords_of(line) is not None for line in lines)


def chart_score(data: bytes, name: str) -> Score:
    """A chart as a score of chord symbols. Raises UnreadableSong when it holds too much."""
    text = decode(data)
    reader = _Reader(name)
    chordpro = _is_chordpro(text[:65536])
    for line in text.splitlines():
        if chordpro:
            reader.chordpro(line)
        else:
            reader.plain(line)
    return reader.finish()


def _is_chordpro(text: str) -> bool:
    inline = [found[1] for found in _INLINE.finditer(text)]
    known = sum(parse(name) is not None for name in inline)
    told = bool(re.search(r"^\s*\{\s*(?:t|title|key|soc|sog|start_of_\w+)\b", text, re.MULTILINE))
    grid = bool(re.search(r"\{\s*(?:sog|start_of_grid)", text))
    if "{" not in text and "|" in text:
        return False
    return (known >= 2 and 2 * known >= len(inline)) or (told and grid)


def _aside(line: str) -> bool:
    """Whether a line of plain text says something about the chart, and holds no chords."""
    return bool(
        _FIELD.match(line)
        or line.lstrip().startswith(("#", "//"))
        or re.fullmatch(r"\s*\[?[A-Za-z][\w ]*\d*[\]:]+\s*", line)
    )


def _cells(line: str) -> list[str] | None:
    """The bars of a line; None where it has no bar lines."""
    if "|" not in line:
        return None
    line = re.sub(r"^\s*\d+\s*(?=\|)", "", line)
    line = re.sub(r"\(?x\s?\d+\)?\s*$", "", line)
    return [cell.strip(" :[]") for cell in re.split(r"\|+", line)]


def _chords_of(line: str) -> list[str] | None:
    """The chords of a line of plain text; None where anything else stands in it."""
    cells = _cells(line)
    words = [word for cell in cells if cell for word in cell.split()] if cells else line.split()
    words = [part for word in words for part in word.split("·")]
    words = [word for word in words if word not in _HOLDS and word not in _SAME]
    words = [word for word in words if not re.fullmatch(r"\(\d{1,2}/\d{1,2}\)", word)]
    return words if all(parse(word) is not None for word in words) else None


@dataclass
class _Reader:
    """Reads a chart line by line."""

    name: str
    score: Score = field(default_factory=lambda: Score(meter_known=True))
    meter: tuple[int, int] = (4, 4)
    tempo: float | None = None
    key: Key | None = None
    bars: list[Bar] = field(default_factory=list)
    opens: bool = False
    in_grid: bool = False
    skipping: bool = False

    def plain(self, line: str) -> None:
        """A line of plain text."""
        found = _FIELD.match(line)
        if found:
            self.say(found[1].lower(), found[2].strip())
        elif line.strip() and not _aside(line):
            self.chord_line(line)

    def chordpro(self, line: str) -> None:
        """A line of ChordPro."""
        if line.lstrip().startswith("#"):
            return
        if found := _DIRECTIVE.match(line.strip()):
            name = found[1].lower()
            self.in_grid = name in ("sog", "start_of_grid") or (
                self.in_grid and name not in ("eog", "end_of_grid")
            )
            self.skipping = name in ("sot", "start_of_tab") or (
                self.skipping and name not in ("eot", "end_of_tab")
            )
            self.say(_SHORT.get(name, name), found[2] or "")
        elif self.in_grid and _chords_of(line) is not None:
            self.chord_line(line)
        elif not self.skipping:
            for found in _INLINE.finditer(line):
                if parse(found[1]) is not None:
                    self.bar([found[1]], " ".join(found[2].split()))

    def say(self, name: str, text: str) -> None:
        """A field or directive about the whole chart, or from here on."""
        if name == "title":
            self.score.title = self.score.title or text[:200]
        elif name in ("composer", "artist"):
            self.score.composer = self.score.composer or text[:200]
        elif name == "key":
            self.key = self.key or key_named(text)
        elif name == "tempo" and (found := re.match(r"\d{2,3}(?:\.\d{1,3})?", text)):
            self.tempo = float(found[0])
        elif name in ("time", "meter") and (found := re.match(r"(\d{1,2})/(\d{1,2})\b", text)):
            top, bottom = int(found[1]), int(found[2])
            if 1 <= top <= 32 and bottom in (1, 2, 4, 8, 16, 32):
                self.meter = top, bottom

    def chord_line(self, line: str) -> None:
        """A line of chords, with bar lines or without."""
        cells = _cells(line)
        if cells is None:
            for word in line.split():
                self.bar([word])
            return
        signs = re.findall(r":?\|+:?", line)
        for i, cell in enumerate(cells):
            if i and signs[i - 1].endswith(":"):
                self.opens = True
            if i and signs[i - 1].startswith(":") and self.bars:
                self.bars[-1].repeats = 1
            if found := re.match(r"\((\d{1,2}/\d{1,2})\)\s*", cell):
                self.say("time", found[1])
                cell = cell[found.end() :]
            if cell:
                self.bar(cell.split())

    def bar(self, words: list[str], sung: str = "") -> None:
        """A bar with its chords, spread over it as they are written."""
        if len(self.bars) >= MOST_BARS:
            raise UnreadableSong(f"{self.name} holds more bars than any piece of music.")
        top, bottom = self.meter
        bar = Bar(self.meter, Key(0), length=4 * UNITS * top // bottom, opens=self.opens)
        self.opens = False
        if len(words) == 1 and words[0] in _SAME and self.bars:
            words, bar.chords = [], list(self.bars[-1].chords)
        for i, word in enumerate(words):
            begin, step = bar.length * i // len(words), bar.length // len(words)
            several = word.split("·")
            for j, text in enumerate(several):
                if text not in _HOLDS and text not in _SAME:
                    bar.chords.append((begin + step * j // len(several), text, 0))
        if sung:
            bar.words.append((0, (sung,)))
        self.bars.append(bar)

    def finish(self) -> Score:
        found = [parse(text) for bar in self.bars for _, text, _ in bar.chords]
        chords: list[Chord] = [chord for chord in found if chord is not None]
        key = self.key or key_of_chords(chords)
        for bar in self.bars:
            bar.key = key
        if self.bars and self.tempo is not None and 8 <= self.tempo <= 900:
            self.bars[0].tempos.append((0, self.tempo))
        self.score.voices = [Voice(bars=self.bars)] if self.bars else []
        if not self.bars:
            raise UnreadableSong(f"{self.name} holds no chords.")
        return self.score
