"""What a score shows: bars, parts, staves and voices, on the units of `rhythm`.

A LeadSheet is laid out exactly. A Song is made readable first, as an editor would: each beat is
read in sixteenths or in triplets, whichever lies nearer, small gaps are closed, and a staff has
two voices at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.formats.rhythm import UNITS, Segment
from restyle.lead import LeadSheet
from restyle.song import GRID, TICKS, Chord, Key, Meter, Notes, Song, Track
from restyle.timing import from_swing

Event = tuple[int, int, tuple[int, ...]]
"""(start, end, pitches) in units."""
KEYBOARDS = frozenset((*range(8), *range(16, 21), 46))
"""Programs written on two staves: pianos, organs, harp."""
FEET = frozenset((35, 36, 44))
"""Drums played with the feet, written with stems down."""


@dataclass(frozen=True)
class Bar:
    """A bar as printed; `skip` units at its beginning are left out (before a pickup)."""

    start: int
    length: int
    meter: Meter
    skip: int = 0
    new_meter: bool = False


@dataclass(frozen=True)
class Staff:
    """Voices of one staff, each without overlaps, and its clef: G, F or percussion."""

    clef: str
    voices: tuple[tuple[Event, ...], ...]
    octave: int = 0
    """-1 for instruments that sound an octave below what their players read."""


@dataclass(frozen=True)
class Part:
    name: str
    program: int | None
    is_drum: bool
    staves: tuple[Staff, ...]


@dataclass(frozen=True)
class Layout:
    """A whole score; all times in units."""

    title: str
    bars: tuple[Bar, ...]
    parts: tuple[Part, ...]
    keys: tuple[tuple[int, Key], ...]
    tempos: tuple[tuple[int, float], ...]
    chords: tuple[Chord, ...] = ()
    marks: tuple[tuple[int, str], ...] = ()
    words: str = ""
    remarks: dict[str, str] = field(default_factory=dict)


def of_lead(lead: LeadSheet) -> Layout:
    """A lead sheet: one staff, chord symbols above it; every time exactly as it is."""
    scale = UNITS // GRID
    rows = lead.melody
    events = _events(rows["start"] * scale, (rows["start"] + rows["duration"]) * scale, rows)
    first = int(rows["start"][0]) if len(rows) else 0
    bars = _bars(lead.bar_starts() * scale, lead.meters, scale, lead.pickup * scale, first * scale)
    remarks = {"restyle-mode": lead.key.mode}
    if lead.swing != 1.0:
        remarks["restyle-swing"] = repr(float(lead.swing))
    return Layout(
        title=lead.title,
        bars=bars,
        parts=(Part("Melody", lead.melody_program, False, (_melody_staff(rows, events),)),),
        keys=((0, lead.key),),
        tempos=tuple((tempo.start * scale, tempo.bpm) for tempo in lead.tempos),
        chords=tuple(Chord(c.start * scale, c.root, c.quality, c.bass) for c in lead.chords),
        words="Swing" if lead.swing > 1.2 else "",
        remarks=remarks,
    )


def of_song(song: Song, swing: float = 1.0) -> Layout:
    """A score of a song; swing is written straight, so the ratio `swing` is taken out first."""

    def units(ticks: int) -> int:
        return round(float(_straight(np.array([ticks]), swing)[0]))

    starts = song.bar_starts()
    first = min((int(t.notes["start"][0]) for t in song.tracks if len(t.notes)), default=0)
    bars = _bars(
        starts * UNITS // TICKS, song.meters, UNITS / TICKS, units(song.pickup), units(first)
    )
    return Layout(
        title=song.title,
        bars=bars,
        parts=tuple(_part(track, swing, bars) for track in song.tracks if len(track.notes)),
        keys=tuple((units(start), key) for start, key in song.keys) or ((0, Key(0)),),
        tempos=tuple((units(tempo.start), tempo.bpm) for tempo in song.tempos),
        chords=tuple(Chord(units(c.start), c.root, c.quality, c.bass) for c in song.chords),
        marks=tuple((units(marker.start), marker.text) for marker in song.markers),
        words="Swing" if swing > 1.2 else "",
    )


def _bars(
    lines: NDArray[np.int64], meters: Sequence[Meter], scale: float, pickup: int, first: int
) -> tuple[Bar, ...]:
    """Bars between the lines; the first one without the silence before its pickup."""
    bars: list[Bar] = []
    at = {round(meter.start * scale): meter for meter in meters}
    meter = meters[0]
    for start, end in zip(lines[:-1].tolist(), lines[1:].tolist(), strict=True):
        changed = start in at or not bars
        meter = at.get(start, meter)
        skip = 0
        if not bars and pickup:
            whole = UNITS // 8  # a thirty-second: finer pickups begin with a rest
            sounding = -(-max(pickup, end - first) // whole) * whole
            skip = max(end - sounding, 0)
        bars.append(Bar(start, end - start, meter, skip, changed))
    return tuple(bars)


def segments(voice: Sequence[Event], bar: Bar) -> list[Segment]:
    """What of a voice lies in a bar, silences filled in; units from the bar's start."""
    end = bar.start + bar.length
    out: list[Segment] = []
    at = bar.skip
    for start, stop, pitches in voice:
        if stop <= bar.start + bar.skip or start >= end:
            continue
        a, b = max(start - bar.start, bar.skip), min(stop, end) - bar.start
        if a > at:
            out.append(Segment(at, a))
        out.append(Segment(a, b, pitches, start < bar.start + a, stop > bar.start + b))
        at = b
    if at < bar.length:
        out.append(Segment(at, bar.length))
    return out


def _straight(ticks: NDArray[np.integer], swing: float) -> NDArray[np.float64]:
    """Ticks in units, with the swing taken out."""
    if swing <= 1.0:
        return np.asarray(ticks, dtype=np.float64) * UNITS / TICKS
    return from_swing(ticks, swing, TICKS) * UNITS / TICKS


def _part(track: Track, swing: float, bars: Sequence[Bar]) -> Part:
    start = _straight(track.notes["start"], swing)
    end = _straight(track.notes["start"] + track.notes["duration"], swing)
    on, off = readable(start, end, bars)
    if track.is_drum:
        staff = Staff("percussion", _drum_voices(on, track.notes))
        return Part(track.name, track.program, True, (staff,))
    low = left_hand(on, track.notes["pitch"])
    if track.program in KEYBOARDS and 0.1 < low.mean() < 0.9:
        hands = []
        for clef, mask in (("G", ~low), ("F", low)):
            hands.append(Staff(clef, _voices(_events(on[mask], off[mask], track.notes[mask]))))
        return Part(track.name, track.program, False, tuple(hands))
    voices = _voices(_events(on, off, track.notes))
    mean = float(track.notes["pitch"].mean())
    if 32 <= track.program < 40 or track.program == 43:
        staff = Staff("F", voices, -1)
    elif 24 <= track.program < 32:
        staff = Staff("G", voices, -1)
    else:
        staff = Staff("F" if mean < 57 else "G", voices)
    return Part(track.name, track.program, False, (staff,))


def left_hand(on: NDArray[np.int64], pitch: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which notes of a keyboard the left hand plays.

    What one hand can hold (a tenth) goes to the staff it lies nearer to; wider chords are parted
    at their widest gap.
    """
    left = np.zeros(len(on), dtype=bool)
    order = np.lexsort((pitch, on))
    for chord in np.split(order, np.flatnonzero(np.diff(on[order])) + 1):
        pitches = pitch[chord]
        if pitches[-1] - pitches[0] <= 16:
            left[chord] = pitches.mean() < 57
        else:
            left[chord[: int(np.diff(pitches).argmax()) + 1]] = True
    return left


def _melody_staff(notes: Notes, events: list[Event]) -> Staff:
    low = len(notes) > 0 and float(notes["pitch"].mean()) < 55
    return Staff("F" if low else "G", _voices(events, exact=True))


def readable(
    start: NDArray[np.float64], end: NDArray[np.float64], bars: Sequence[Bar]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and ends (units) on sixteenths or triplets, beat by beat, and gaps closed.

    A beat is read in the coarsest of sixteenths, triplets, triplet sixteenths and thirty-seconds
    that its notes lie near; finer ones have to lie much nearer to be preferred.
    """
    lines = np.array([bar.start for bar in bars])
    lengths = np.array([bar.length for bar in bars])
    compound = np.array(
        [bar.meter.denominator >= 8 and not bar.meter.numerator % 3 for bar in bars]
    )
    beat_length = np.where(compound, UNITS // 2, UNITS)
    first_beat = np.concatenate([[0], np.cumsum(-(-lengths // beat_length))])

    def place(times: NDArray[np.float64], hair: float) -> tuple[NDArray[np.int64], ...]:
        """Bar and beat of each time; `hair` units early still count as on it."""
        bar = np.clip(np.searchsorted(lines, times + hair, "right") - 1, 0, len(bars) - 1)
        beat = np.maximum(np.floor((times - lines[bar] + hair) / beat_length[bar]), 0)
        return bar, np.minimum(first_beat[bar] + beat.astype(np.int64), first_beat[bar + 1] - 1)

    bar, beat = place(start, 1.0)
    count = np.bincount(beat, minlength=first_beat[-1])
    steps = np.array((6, 8, 4, 3))
    cost = np.empty((len(steps), first_beat[-1]))
    for i, extra in enumerate((0.0, 0.3, 1.0, 1.5)):
        inside = start - lines[bar]
        error = np.abs(inside - np.round(inside / steps[i]) * steps[i])
        cost[i] = np.bincount(beat, error, minlength=first_beat[-1]) + extra * np.maximum(count, 1)
    cost[1, np.repeat(compound, np.diff(first_beat))] = (
        np.inf
    )  # an eighth has no triplet of eighths
    grid = steps[cost.argmin(axis=0)]

    def snapped(
        times: NDArray[np.float64], bar: NDArray[np.int64], step: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        inside = np.maximum(np.round((times - lines[bar]) / step) * step, 0)
        return np.asarray(lines[bar] + np.minimum(inside, lengths[bar]), dtype=np.int64)

    on = snapped(start, bar, grid[beat])
    end_bar, end_beat = place(end, -0.5)
    off = np.maximum(snapped(end, end_bar, grid[end_beat]), on + grid[beat])
    return on, np.maximum(_closed_up(on, off), on + 2)


def _closed_up(on: NDArray[np.int64], off: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ends moved to where an editor would write them, when nothing begins before that.

    A note that stops a sixteenth or less before the next one is written up to it, and one that
    leaves but a sixteenth of its eighth or its beat fills that.
    """
    following = np.unique(on)
    if not len(following):
        return off
    place = np.searchsorted(following, off)
    ahead = np.where(
        place < len(following), following[np.minimum(place, len(following) - 1)], np.iinfo(int).max
    )
    off = np.where(ahead - off <= UNITS // 4, ahead, off)
    for value in (UNITS // 2, UNITS):
        filled = -(-off // value) * value
        fits = (filled - off <= UNITS // 4) & (filled <= ahead) & (on % (UNITS // 2) == 0)
        off = np.where(fits, filled, off)
    return off


def _events(start: NDArray[np.integer], end: NDArray[np.integer], notes: Notes) -> list[Event]:
    """Chords of notes that begin and end together, by start, highest first."""
    together: dict[tuple[int, int], set[int]] = {}
    for a, b, pitch in zip(start.tolist(), end.tolist(), notes["pitch"].tolist(), strict=True):
        together.setdefault((a, b), set()).add(pitch)
    events = [(a, b, tuple(sorted(pitches))) for (a, b), pitches in together.items()]
    return sorted(events, key=lambda event: (event[0], -event[2][-1]))


def _voices(events: Sequence[Event], *, exact: bool = False) -> tuple[tuple[Event, ...], ...]:
    """Events dealt out to voices without overlaps: two at most, or as many as `exact` needs.

    Where two voices do not suffice a note gives way to the next one.
    """
    voices: list[list[Event]] = [[]]
    for start, end, pitches in events:
        free = next((v for v in voices if not v or v[-1][1] <= start), None)
        if free is None and (exact or len(voices) < 2):
            free = []
            voices.append(free)
        if free is not None:
            free.append((start, end, pitches))
            continue
        earlier = [v for v in voices if v[-1][0] < start]
        if earlier:
            voice = min(earlier, key=lambda v: v[-1][1])
            before = voice[-1]
            voice[-1] = (before[0], start, before[2])
            voice.append((start, end, pitches))
        else:
            voice = min(voices, key=lambda v: abs(v[-1][1] - end))
            before = voice[-1]
            voice[-1] = (start, before[1], tuple(sorted({*before[2], *pitches})))
    return tuple(tuple(voice) for voice in voices)


def one_voice(voices: Sequence[Sequence[Event]]) -> tuple[Event, ...]:
    """All voices in one: notes that begin together become a chord, others give way to the next."""
    events = sorted((event for voice in voices for event in voice), key=lambda event: event[0])
    out: list[Event] = []
    for start, end, pitches in events:
        if out and out[-1][0] == start:
            out[-1] = (start, max(out[-1][1], end), tuple(sorted({*out[-1][2], *pitches})))
            continue
        if out and out[-1][1] > start:
            out[-1] = (out[-1][0], start, out[-1][2])
        out.append((start, end, pitches))
    return tuple(out)


def _drum_voices(on: NDArray[np.int64], notes: Notes) -> tuple[tuple[Event, ...], ...]:
    """Hands and feet, each stroke as long as until the next one, a beat at most."""
    voices = []
    feet = np.isin(notes["pitch"], list(FEET))
    for mask in (~feet, feet):
        strokes: dict[int, set[int]] = {}
        for start, pitch in zip(on[mask].tolist(), notes["pitch"][mask].tolist(), strict=True):
            strokes.setdefault(start, set()).add(pitch)
        times = sorted(strokes)
        beat_ends = [(time // UNITS + 1) * UNITS for time in times]
        ends = [min(a, b) for a, b in zip(beat_ends, [*times[1:], 10**9], strict=True)]
        voices.append(
            tuple((t, e, tuple(sorted(strokes[t]))) for t, e in zip(times, ends, strict=True))
        )
    return tuple(voice for voice in voices if voice) or ((),)
