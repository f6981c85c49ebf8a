"""Given chords: a chart as text, or the chords of a song or lead sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from restyle.composer.lead import events as e
from restyle.errors import RestyleError
from restyle.io.charts.chordnames import parse
from restyle.music.song import Chord, Key

MOST = 256
"""Bars of the longest chart."""


@dataclass(frozen=True)
class Chart:
    """Chords of each bar, two a bar, as they were written (not at home)."""

    bars: tuple[tuple[Chord, Chord], ...]
    key: Key
    meter: str = ""

    def home(self) -> tuple[tuple[int, int], ...]:
        """The chords' numbers at home."""
        shift = (9 if self.key.mode == "minor" else 0) - self.key.tonic
        return tuple((_moved(a, shift), _moved(b, shift)) for a, b in self.bars)


def _moved(chord: Chord, shift: int) -> int:
    number = e.chord_number(chord)
    return number if number >= e.NO_CHORD else number // 12 * 12 + (number + shift) % 12


def read_chart(path: Path, key: str = "") -> Chart:
    """The chords of a text chart ("| C Am | F / G / | % |"), or of a song's file.

    Raises RestyleError for what is no chord.
    """
    if path.suffix.lower() not in (".txt", ".chart", ""):
        return _of_song(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise RestyleError(f"{path.name} cannot be read as a text of chords.") from None
    bars: list[tuple[Chord, Chord]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.replace("||", "|").split("|")]
        bars += [_cell(cell, bars, path.name) for cell in cells if cell and not cell.isdigit()]
    if not 4 <= len(bars) <= MOST:
        raise RestyleError(f"{path.name} has {len(bars)} bars of chords: 4 to {MOST} can be.")
    return Chart(tuple(bars), _key(bars, key))


def _cell(cell: str, before: list[tuple[Chord, Chord]], name: str) -> tuple[Chord, Chord]:
    """The two chords of a bar's text."""
    if cell in ("%", "/") and before:
        return before[-1][1], before[-1][1]
    chords: list[Chord] = []
    for word in cell.split():
        chord = chords[-1] if word == "/" and chords else parse(word)
        if chord is None:
            raise RestyleError(f"{name}: '{word}' is no chord; bars are parted by | signs.")
        chords.append(chord)
    return chords[0], chords[len(chords) // 2]


def _key(bars: list[tuple[Chord, Chord]], said: str) -> Key:
    """The key that is said, or that of the last chord."""
    from restyle.music.transpose import parse_key

    if said:
        return Key(parse_key(said), "minor" if said.strip().endswith("m") else "major")
    last = bars[-1][1] if bars[-1][1].root >= 0 else bars[0][0]
    return Key(max(last.root, 0), "minor" if last.triad == "min" else "major")


def _of_song(path: Path) -> Chart:
    from restyle.reading import open_lead

    lead, _ = open_lead(path)
    meter = lead.meters[0].name
    if meter not in e.METERS or not lead.chords:
        raise RestyleError(f"{path.name} has no chords in a meter that the composer has learnt.")
    lines = lead.bar_starts().tolist()[1 if lead.pickup else 0 : -1]
    silent = Chord(0, -1)
    bars = [
        (lead.chord_at(a) or silent, lead.chord_at(a + e.MIDDLE[meter]) or silent) for a in lines
    ]
    if not 4 <= len(bars) <= MOST:
        raise RestyleError(f"{path.name} has {len(bars)} bars of chords: 4 to {MOST} can be.")
    return Chart(tuple(bars), lead.key, meter)
