"""The list of notes and chords that music21 makes of a MIDI file, a hundred times faster.

What `music21.converter.parse(path).flatten().notes` holds, in its order, as the classic experiment
writes it. music21's reader (10.5) works track by track: notes struck within a quarter of a
quarter, and let go as nearly together, are a chord; times are set to sixteenths or triplet eighths;
a bar with overlaps is dealt into voices; notes over a bar line are tied, and each tied note
comes in the list again. Drums are left out, since they have no pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.composer.classic_bars import Event, deal, in_bars, tie
from restyle.composer.classic_grid import DIVISORS, nearest_length, on_grid
from restyle.composer.notes import mask_symbol, note_symbol
from restyle.errors import UnreadableSong
from restyle.io.files import load
from restyle.io.midi.channels import RawTrack, as_written
from restyle.io.midi.events import MidiFile, parse
from restyle.music.song import Notes

_NAMES = [note_symbol(pitch) for pitch in range(128)]
_KINDS = _METER, _TEMPO, _KEY = b"\xff\x58\x04", b"\xff\x51\x03", b"\xff\x59\x02"


def classic_notes(path: str | Path) -> list[str]:
    """Notes and chords of a MIDI file in score order, equal to music21's.

    Raises UnreadableSong for what is no MIDI file.
    """
    return _flat(parse(load(path), Path(path).name))


def _flat(file: MidiFile) -> list[str]:
    """All parts together, by onset; at one onset by part, then by voice."""
    tracks, bodies = as_written(file), file.bodies
    sounding = {track.chunk for track in tracks}
    if not sounding:
        raise UnreadableSong("The file holds no notes.")

    def holds(kind: bytes, chunk: int) -> bool:
        """Whether such events are told to a chunk: by itself, or by a chunk without notes."""
        if kind in bodies[chunk]:
            return True
        return any(kind in body for i, body in enumerate(bodies) if i not in sounding)

    by_time = sorted(file.meters, key=lambda row: row[0])
    rows = [[t for t, *_ in some] for some in (by_time, file.tempos, file.keys)]
    places = iter(_places([tick for some in rows for tick in some], file.division))
    marks = {k: [next(places) for _ in some] for k, some in zip(_KINDS, rows, strict=True)}
    meters = [(at, n, d) for at, (_, n, d) in zip(marks[_METER], by_time, strict=True)]
    out: list[tuple[int, bool, str]] = []
    for chunk in sorted(sounding):
        players = [t for t in tracks if t.chunk == chunk]
        told = [at for kind, times in marks.items() if holds(kind, chunk) for at in times]
        out += _part(players, file.division, meters if holds(_METER, chunk) else [], told)
    out.sort(key=itemgetter(0, 1))
    return [symbol for *_, symbol in out]


def _part(
    players: Sequence[RawTrack], division: int, meters: list[tuple[int, int, int]], marks: list[int]
) -> list[tuple[int, bool, str]]:
    """Onset, whether it lasts, and symbol of all that a part plays; tied notes come again."""
    events, voiced = _gather(players, division)
    bars = in_bars(events, meters, marks)
    if voiced:
        for bar in bars:
            deal(bar)
    tie(bars)
    start = 0
    out: list[tuple[int, bool, str]] = []
    for bar in bars:
        for voice in (*bar.voices, bar.events):
            out += [(start + e.start, e.length > 0, e.symbol) for e in voice if e.symbol]
        start += bar.highest()
    return out


def _places(ticks: Sequence[int], division: int) -> list[int]:
    """Where on the grid some ticks lie."""
    places: list[int] = on_grid(np.array(ticks, float) / division).tolist()
    return places


def _gather(players: Sequence[RawTrack], division: int) -> tuple[list[Event], bool]:
    """Chords and single notes of a chunk with times set, and whether they need voices.

    What has a drum in it is an event without a symbol.
    """
    notes, off = players[0].notes, _releases(players[0].notes)
    if len(players) > 1:
        notes = np.concatenate([p.notes for p in players])
        off = np.concatenate([_releases(p.notes) for p in players])
    drum = np.repeat([p.is_drum for p in players], [len(p.notes) for p in players])
    start = notes["start"]
    if (start[1:] < start[:-1]).any():
        order = np.argsort(start, kind="stable")
        notes, off, drum = notes[order], off[order], drum[order]
        start = notes["start"]
    first, ticks, symbols, voiced = _chords(
        start.tolist(), off.tolist(), notes["pitch"].tolist(), drum.tolist(),
        division / max(DIVISORS),
    )  # fmt: skip
    return _timed(start[first], ticks, symbols, division), voiced


def _chords(
    on: list[int], off: list[int], pitch: list[int], drum: list[bool], tolerance: float
) -> tuple[list[int], list[int], list[str], bool]:
    """For each chord or note its first note, length in ticks and symbol; and if voices are needed.

    Like in music21, a note that is in an earlier chord already may be taken again.
    """
    taken = bytearray(len(on))
    first, ticks, symbols = [], [], []
    voiced = False
    following = [*on[1:], on[-1] + tolerance]
    for i, (begin, after) in enumerate(zip(on, following, strict=True)):
        if taken[i]:
            continue
        first.append(i)
        if after - begin >= tolerance:  # nothing else is struck with it
            ticks.append(off[i] - begin)
            symbols.append("" if drum[i] else _NAMES[pitch[i]])
            continue
        mask = 1 << pitch[i] % 12
        drums, last = drum[i], i
        for j in range(i + 1, len(on)):
            if on[j] - begin >= tolerance:
                break
            if abs(off[j] - off[i]) > tolerance:
                voiced = True
                continue
            mask |= 1 << pitch[j] % 12
            drums |= drum[j]
            taken[j] = 1
            last = j
        ticks.append(off[last] - on[last])
        name = _NAMES[pitch[i]] if last == i else mask_symbol(mask)
        symbols.append("" if drums else name)
    return first, ticks, symbols, voiced


def _releases(notes: Notes) -> NDArray[np.int64]:
    """For each note of a player the first release of its pitch after it was struck.

    symusic pairs every strike with a release of its own; music21 lets the first release end all
    notes of that pitch that sound.
    """
    start = notes["start"].astype(np.int64)
    off = start + notes["duration"]
    # One search for all pitches: each has a stretch of numbers of its own.
    own = notes["pitch"].astype(np.int64) * (int(off.max()) + 1)
    ends = np.sort(own + off)
    found = np.searchsorted(ends, own + start, side="right")
    # what has no length lets go when it is struck, and may be the last of all
    return np.asarray(np.where(off > start, ends[np.minimum(found, len(ends) - 1)] - own, off))


def _timed(
    onsets: NDArray[np.int64], ticks: list[int], symbols: list[str], division: int
) -> list[Event]:
    """Onsets and lengths set to the grid; a length looks ahead to the next onset."""
    starts = on_grid(onsets / division)
    following = np.append(starts, 0)[np.searchsorted(starts, starts, side="right")]
    gaps = np.maximum(following - starts, 0)
    quarters = (np.array(ticks) / division).tolist()
    lengths = [
        nearest_length(length, gap) if length > 0 else 0
        for length, gap in zip(quarters, gaps.tolist(), strict=True)
    ]
    return list(map(Event, symbols, starts.tolist(), lengths))
