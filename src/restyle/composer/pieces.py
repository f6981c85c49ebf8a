"""A song as the composer learns it: heard, reduced to what two hands play, in C or A minor."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import listen
from restyle.composer.notes import ELEMENT, Elements, chord_symbol, note_symbol, shifted, snap
from restyle.errors import RestyleError
from restyle.music.song import STEP, TICKS, Key, Notes, Song, Track, bar_lines

LEAST = 60
"""Notes and chords below which a song has nothing to learn from."""
MOST_TRACKS = 3


@dataclass(frozen=True)
class Piece:
    """Elements of one song on the grid, swing taken out, with its bars and key."""

    elements: Elements
    """Sorted by start, then low; as many semitones from the song as `shift` says."""
    bars: NDArray[np.int64]
    """Bar lines in twelfths of a quarter, from 0 past the last onset."""
    mode: str = "major"
    shift: int = 0
    """Semitones that brought the song to C major or A minor, -6..5."""
    swing: float = 1.0
    bpm: float = 120.0
    title: str = ""
    style: str = ""
    source: str = ""

    @property
    def symbols(self) -> list[str]:
        return [str(s) for s in self.elements["symbol"].tolist()]


def piece_of(song: Song, title: str = "", least: int = LEAST) -> Piece:
    """Hear and reduce a song of at least `least` notes and chords.

    Raises RestyleError where it has fewer.
    """
    heard = listen(song)
    tracks = _hands(heard.song.tracks, heard.melody)
    rows: set[tuple[int, int, str, int]] = set()
    for notes in tracks:
        rows |= _group(notes)
    if len(rows) < least:
        raise RestyleError(f"{title or song.title or 'The song'} has too few notes.")
    ordered = sorted((start, low, symbol, length) for start, length, symbol, low in rows)
    elements = np.array([(s, start, length, low) for start, low, s, length in ordered], ELEMENT)
    key = heard.lead.key
    shift = shift_to_c(key)
    end = int(elements["start"][-1]) + 1
    meters = tuple(replace(m, start=m.start // STEP) for m in heard.song.meters)
    return Piece(
        shifted(elements, shift), bar_lines(meters, end, 12), key.mode, shift, heard.lead.swing,
        heard.song.tempos[0].bpm, title,
    )  # fmt: skip


def shift_to_c(key: Key) -> int:
    """Semitones, -6..5, from a key to C major or A minor."""
    home = 0 if key.mode == "major" else 9
    return (home - key.tonic + 6) % 12 - 6


def _hands(tracks: tuple[Track, ...], melody: tuple[NDArray[np.bool_], ...]) -> list[Notes]:
    """Notes of at most three tracks: the tune, the bass, and the busiest of the others."""
    pitched = [(t.notes, m) for t, m in zip(tracks, melody, strict=True) if not t.is_drum]
    pitched = [(n, m) for n, m in pitched if len(n) >= 20] or pitched
    if len(pitched) <= MOST_TRACKS:
        return [notes for notes, _ in pitched]
    leader = max(range(len(pitched)), key=lambda i: int(pitched[i][1].sum()))
    rest = [i for i in range(len(pitched)) if i != leader]
    enough = max(len(n) for n, _ in pitched) // 5
    bass = min(rest, key=lambda i: (len(pitched[i][0]) < enough, _mean(pitched[i][0])))
    rest = [i for i in rest if i != bass]
    busiest = max(rest, key=lambda i: len(pitched[i][0]))
    return [pitched[i][0] for i in (leader, bass, busiest)]


def _mean(notes: Notes) -> float:
    return float(notes["pitch"].mean())


def _group(notes: Notes) -> set[tuple[int, int, str, int]]:
    """(start, duration, symbol, low) of the notes that a track strikes together."""
    scale = 12 / TICKS
    starts = snap(notes["start"] * scale)
    ends = (notes["start"] + notes["duration"]) * scale
    at: dict[int, list[int]] = {}
    for i, start in enumerate(starts.tolist()):
        at.setdefault(start, []).append(i)
    rows = set()
    for start, members in at.items():
        pitches = sorted({int(notes["pitch"][i]) for i in members})
        length = max(int(snap(np.array([float(np.median(ends[members])) - start]))[0]), 3)
        symbol = note_symbol(pitches[0]) if len(pitches) == 1 else chord_symbol(pitches)
        rows.add((start, length, symbol, pitches[0]))
    return rows
