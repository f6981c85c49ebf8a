"""The list of notes and chords that music21 makes of a MIDI file, a hundred times faster.

What `music21.converter.parse(path).flatten().notes` holds, in its order, as the classic experiment
writes it. music21's reader (10.5) works track by track: notes struck within a quarter of a
quarter, and let go as nearly together, are a chord; times are set to sixteenths or triplet eighths;
a bar with overlaps is dealt into voices; notes over a bar line are tied, and each tied note
comes in the list again. Drums are left out, since they have no pitch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import floor
from pathlib import Path

import numpy as np

from restyle.composer.notes import chord_symbol, note_symbol
from restyle.errors import UnreadableSong
from restyle.formats.files import load
from restyle.formats.midi_raw import RawMidi, chunks, fast
from restyle.song import Notes

_DIVISORS = (4, 3)
_METER = b"\xff\x58\x04"


@dataclass
class _Event:
    """A note or chord of one track; times in twelfths of a quarter once they are set."""

    symbol: str
    start: int
    length: int


@dataclass
class _Bar:
    start: int
    length: int
    events: list[_Event] = field(default_factory=list)
    """What stands in the bar itself."""
    voices: list[list[_Event]] = field(default_factory=list)
    """Empty where nothing overlaps."""


def classic_notes(path: str | Path) -> list[str]:
    """Notes and chords of a MIDI file in score order, equal to music21's.

    Raises UnreadableSong for what is no MIDI file.
    """
    data = load(path)
    parts = chunks(data)
    raw = fast(parts) if parts else None
    if parts and raw is not None:
        stated = [_METER in body for body in parts.bodies]
    else:
        from restyle.formats.midi_tolerant import parse

        raw, stated = parse(data, Path(path).name), []
    return list(_flat(raw, stated))


def _flat(raw: RawMidi, stated: Sequence[bool]) -> Iterator[str]:
    """All parts together, by onset; at one onset by part, then by voice."""
    meters = [(_set(t / raw.division), n, d) for t, n, d in sorted(raw.meters)]
    sounding = {track.chunk for track in raw.tracks if len(track.notes)}
    if not sounding:
        raise UnreadableSong("The file holds no notes.")
    conductor = not stated or any(s and i not in sounding for i, s in enumerate(stated))
    out: list[tuple[int, str]] = []
    for track in raw.tracks:
        if track.is_drum or not len(track.notes):
            continue
        own = bool(stated) and stated[track.chunk]
        events, voiced = _gather(track.notes, raw.division)
        bars = _bars(events, meters if conductor or own else [])
        if voiced:
            for bar in bars:
                _deal(bar)
        _tie(bars)
        for bar in bars:
            for voice in (*bar.voices, bar.events):
                out += [(bar.start + e.start, e.symbol) for e in voice]
    out.sort(key=lambda row: row[0])
    return (symbol for _, symbol in out)


def _gather(notes: Notes, division: int) -> tuple[list[_Event], bool]:
    """Chords and single notes of a track with times set, and whether they need voices."""
    on = notes["start"].tolist()
    pitch = notes["pitch"].tolist()
    off = _releases(on, (notes["start"] + notes["duration"]).tolist(), pitch)
    tolerance = division / max(_DIVISORS)
    taken = bytearray(len(on))
    rows: list[tuple[int, int, str]] = []
    voiced = False
    for i, begin in enumerate(on):
        if taken[i]:
            continue
        members = [pitch[i]]
        last = i
        for j in range(i + 1, len(on)):
            if on[j] - begin >= tolerance:
                break
            # like music21, a note that is in an earlier chord already may be taken again
            if abs(off[j] - off[i]) > tolerance:
                voiced = True
                continue
            members.append(pitch[j])
            taken[j] = True
            last = j
        symbol = note_symbol(members[0]) if len(members) == 1 else chord_symbol(members)
        rows.append((begin, off[last] - on[last], symbol))
    return _timed(rows, division), voiced


def _releases(on: list[int], off: list[int], pitch: list[int]) -> list[int]:
    """For each note the first release of its pitch after it was struck.

    symusic pairs every strike with a release of its own; music21 lets the first release end all
    notes of that pitch that sound.
    """
    ends: defaultdict[int, list[int]] = defaultdict(list)
    for p, end in zip(pitch, off, strict=True):
        ends[p].append(end)
    for times in ends.values():
        times.sort()
    out = []
    for start, end, p in zip(on, off, pitch, strict=True):
        times = ends[p]
        i = bisect_right(times, start)
        out.append(times[i] if end > start and i < len(times) else end)
    return out


def _timed(rows: list[tuple[int, int, str]], division: int) -> list[_Event]:
    """Onsets and lengths set to the grid; a length looks ahead to the next onset."""
    starts = [_set(begin / division) for begin, _, _ in rows]
    following = 0
    events = []
    for i, (_, ticks, symbol) in enumerate(rows):
        following = max(following, i + 1)
        while following < len(starts) and starts[following] <= starts[i]:
            following += 1
        gap = starts[following] - starts[i] if following < len(starts) else 0
        length = _best(ticks / division, gap, ticks == 0) if ticks > 0 else 0
        events.append(_Event(symbol, starts[i], length))
    return events


def _set(quarters: float) -> int:
    """A time on the grid, in twelfths."""
    return _best(quarters, 0, True)


@lru_cache(maxsize=100_000)
def _best(target: float, gap: int, zero: bool) -> int:
    """The nearest multiple of a fourth or a third of a quarter, in twelfths of one.

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
        if not zero and near == 0:
            near, match = 1, tick
            error = abs(round(target - tick, 7))
        left = 0.0 if space % tick == 0 else max(space - match, 0.0)
        found.append((left, error, tick, near * 12 // divisor))
    return min(found)[3]


def _bars(events: list[_Event], meters: list[tuple[int, int, int]]) -> list[_Bar]:
    """Bars up to the end of the last note, with the events that start in them."""
    if not meters or meters[0][0] > 0:
        meters = [(0, 4, 4), *meters]
    end = max(e.start + e.length for e in events)
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
    for event, i in sorted(zip(events, places.tolist(), strict=True), key=lambda x: x[0].start):
        event.start -= bars[i].start
        bars[i].events.append(event)
    return bars


def _deal(bar: _Bar) -> None:
    """Give each event of a bar to the first voice that is free, where any overlap."""
    voices: list[list[_Event]] = []
    ends: list[int] = []
    for event in bar.events:
        i = next((k for k, end in enumerate(ends) if end <= event.start), len(voices))
        if i == len(voices):
            voices.append([])
            ends.append(0)
        voices[i].append(event)
        ends[i] = max(ends[i], event.start + event.length)
    if len(voices) > 1:
        bar.voices, bar.events = voices, []


def _tie(bars: list[_Bar]) -> None:
    """Split what sounds over a bar line; the rest begins the next bar, after what else does.

    In a bar with voices music21 looks into the voices only, so that what it put into the bar itself
    is not split again.
    """
    i = 0
    while i < len(bars):
        bar = bars[i]
        for voice in bar.voices or [bar.events]:
            for event in list(voice):
                rest = event.start + event.length - bar.length
                if rest <= 0:
                    continue
                event.length -= rest
                if i + 1 == len(bars):
                    bars.append(_Bar(bar.start + bar.length, bar.length))
                _insert(bars[i + 1], _Event(event.symbol, 0, rest), bool(bar.voices))
        i += 1


def _insert(bar: _Bar, event: _Event, voiced: bool) -> None:
    """Put the rest of a note, which came out of a voice or not, where music21 does."""
    if voiced and not bar.voices:
        bar.voices, bar.events = [bar.events], []
        target = bar.voices[0]
    elif voiced:
        target = bar.events  # voices are looked for by a name that the next bar's never have
    else:
        target = bar.voices[0] if bar.voices else bar.events
    at = next((k for k, e in enumerate(target) if e.start > 0), len(target))
    target.insert(at, event)
