"""The list of notes and chords that music21 makes of a MIDI file, a hundred times faster.

What `music21.converter.parse(path).flatten().notes` holds, in its order, as the classic experiment
writes it. music21's reader (10.5) works track by track: notes struck within a quarter of a
quarter, and let go as nearly together, are a chord; times are set to sixteenths or triplet eighths;
a bar with overlaps is dealt into voices; notes over a bar line are tied, and each tied note
comes in the list again. Drums are left out, since they have no pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import floor
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restyle.composer.notes import mask_symbol, note_symbol
from restyle.errors import UnreadableSong
from restyle.io.files import load
from restyle.io.midi.channels import RawTrack, as_written
from restyle.io.midi.events import MidiFile, parse
from restyle.music.song import Notes

_DIVISORS = (4, 3)
_NAMES = [note_symbol(pitch) for pitch in range(128)]
_KINDS = _METER, _TEMPO, _KEY = b"\xff\x58\x04", b"\xff\x51\x03", b"\xff\x59\x02"


@dataclass(slots=True)
class _Event:
    """A note or chord of one track; times in twelfths of a quarter once they are set."""

    symbol: str
    start: int
    length: int


@dataclass(slots=True)
class _Bar:
    start: int
    length: int
    marked: bool = False
    """Whether a clef, meter, key or tempo stands in it."""
    events: list[_Event] = field(default_factory=list)
    """What stands in the bar itself."""
    voices: list[list[_Event]] = field(default_factory=list)
    """Empty where nothing overlaps."""
    asked: list[int] = field(default_factory=list)
    """For each voice where it ended when music21 last looked, or 0 if that is forgotten.

    It looks while it deals notes into voices and when it puts a note into a bar. It remembers what
    it saw though ties shorten a chord since, until they shorten a single note, or a note or rest is
    put into the voice.
    """

    def look(self) -> None:
        self.asked = [old or _end(v) for old, v in zip(self.asked, self.voices, strict=True)]

    def highest(self) -> int:
        """Where the next bar begins: music21 lays bars end to end, by what stands in them."""
        best = self.length
        for event in self.events:
            if event.start + event.length > best:
                best = event.start + event.length
        for voice, asked in zip(self.voices, self.asked, strict=True):
            end = 0
            if len(self.voices) == 1:
                asked = 0  # a single voice is dissolved
            for event in voice:
                if event.start > end:
                    asked = 0  # a gap, which a rest fills
                if event.start + event.length > end:
                    end = event.start + event.length
            best = max(best, end, asked)
        return best


def _end(events: list[_Event]) -> int:
    return max([e.start + e.length for e in events], default=0)


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
    bars = _bars(events, meters, marks)
    if voiced:
        for bar in bars:
            _deal(bar)
    _tie(bars)
    start = 0
    out: list[tuple[int, bool, str]] = []
    for bar in bars:
        for voice in (*bar.voices, bar.events):
            out += [(start + e.start, e.length > 0, e.symbol) for e in voice if e.symbol]
        start += bar.highest()
    return out


def _places(ticks: Sequence[int], division: int) -> list[int]:
    """Where on the grid some ticks lie."""
    places: list[int] = _set(np.array(ticks, float) / division).tolist()
    return places


def _gather(players: Sequence[RawTrack], division: int) -> tuple[list[_Event], bool]:
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
        division / max(_DIVISORS),
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
) -> list[_Event]:
    """Onsets and lengths set to the grid; a length looks ahead to the next onset."""
    starts = _set(onsets / division)
    following = np.append(starts, 0)[np.searchsorted(starts, starts, side="right")]
    gaps = np.maximum(following - starts, 0)
    quarters = (np.array(ticks) / division).tolist()
    lengths = [
        _best(length, gap) if length > 0 else 0
        for length, gap in zip(quarters, gaps.tolist(), strict=True)
    ]
    return list(map(_Event, symbols, starts.tolist(), lengths))


def _set(quarters: NDArray[np.float64]) -> NDArray[np.int64]:
    """Times on the grid, in twelfths: the nearer of both grids, sixteenths where equal."""
    near = []
    for divisor in _DIVISORS:
        tick = 1 / divisor
        low = np.floor(quarters / tick)
        near.append(np.where(quarters <= tick * low + tick / 2, low, low + 1))
    fine, coarse = (
        np.round(np.abs(quarters - n * (1 / d)), 7) for n, d in zip(near, _DIVISORS, strict=True)
    )
    best = np.where(fine <= coarse, near[0] * 12 // _DIVISORS[0], near[1] * 12 // _DIVISORS[1])
    return np.asarray(best.astype(np.int64))


@lru_cache(maxsize=100_000)
def _best(target: float, gap: int) -> int:
    """A length: the nearest multiple of a fourth or a third of a quarter, in twelfths of one.

    Preferred is what leaves no gap before the next onset; then the nearer; then triplets. In
    binary fractions as music21 counts, so that ties fall as they do there.
    """
    found = []
    space = float(Fraction(gap, 12))
    for divisor in _DIVISORS:
        tick = 1 / divisor
        low = floor(target / tick)
        near = low if target <= tick * low + tick / 2 else low + 1
        match = tick * near
        error = round(abs(target - match), 7)
        if near == 0:
            near, match = 1, tick
            error = abs(round(target - tick, 7))
        left = 0.0 if space % tick == 0 else max(space - match, 0.0)
        found.append((left, error, tick, near * 12 // divisor))
    return min(found)[3]


def _bars(events: list[_Event], meters: list[tuple[int, int, int]], marks: list[int]) -> list[_Bar]:
    """Bars up to the end of the last note, with the events that start in them."""
    if not meters or meters[0][0] > 0:
        meters = [(0, 4, 4), *meters]
    end = _end(events)
    bars: list[_Bar] = []
    at = meter = 0
    while True:
        while meter + 1 < len(meters) and meters[meter + 1][0] <= at:
            meter += 1
        length = 48 * meters[meter][1] // meters[meter][2]
        bars.append(_Bar(at, max(length, 1)))
        at += max(length, 1)
        if at >= end:
            break
    starts = [bar.start for bar in bars]
    places = np.searchsorted(starts, [e.start for e in events], side="right") - 1
    for event, i in zip(events, places.tolist(), strict=True):
        bar = bars[i]
        event.start -= bar.start
        bar.events.append(event)
    for i in np.searchsorted(starts, [at for at in marks if at], side="right") - 1:
        bars[i].marked = True
    return bars


def _deal(bar: _Bar) -> None:
    """Give each event of a bar to the first voice that is free, where any overlap."""
    voices: list[list[_Event]] = []
    ends: list[int] = []
    asked: list[int] = []
    for event in bar.events:
        for i, end in enumerate(ends):
            if end <= event.start:
                break
            asked[i] = end
        else:
            i = len(voices)
            voices.append([])
            ends.append(0)
            asked.append(0)
        voices[i].append(event)
        ends[i] = event.start + event.length
        asked[i] = 0
    if len(voices) > 1:
        if not bar.marked:  # then music21 looks at the first voice before it adds the second
            asked[0] = ends[0]
        bar.voices, bar.events, bar.asked = voices, [], asked


def _tie(bars: list[_Bar]) -> None:
    """Split what sounds over a bar line; the rest begins the next bar, after what else does.

    In a bar with voices music21 looks into the voices only, so that what it put into the bar itself
    is not split again.
    """
    i = 0
    while i < len(bars):
        bar, length = bars[i], bars[i].length
        dealt = i + 1 < len(bars) and bool(bars[i + 1].voices)
        for k, voice in enumerate(bar.voices or [bar.events]):
            for event in list(voice):
                rest = event.start + event.length - length
                if rest <= 0:
                    continue
                event.length -= rest
                if bar.voices and not event.symbol[:1].isdigit():
                    bar.asked[k] = 0
                if i + 1 == len(bars):
                    bars.append(_Bar(bar.start + bar.length, bar.length))
                    bar.look()
                target = _place(bars[i + 1], bool(bar.voices), dealt)
                at = next((n for n, e in enumerate(target) if e.start > 0), len(target))
                target.insert(at, _Event(event.symbol, 0, rest))
        i += 1


def _place(bar: _Bar, voiced: bool, dealt: bool) -> list[_Event]:
    """Where music21 puts the rest of a note that came out of a voice or not.

    `dealt` says whether the bar had voices before the first such rest came.
    """
    if dealt == voiced:
        bar.look()
        return bar.events  # of two bars with voices none has a name that the other's has
    if not bar.voices:
        bar.voices, bar.events, bar.asked = [bar.events], [], [0]
    bar.asked[0] = 0
    return bar.voices[0]
