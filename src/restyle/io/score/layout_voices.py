"""Notes of one staff dealt out to voices: one where it will do, two where a line is held."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.io.score.layout import Bar, Event, one_voice
from restyle.io.score.rhythm import UNITS, beat_of

FEET = frozenset((35, 36, 44))
"""Drums played with the feet, written with stems down."""
_Note = tuple[int, int, int]
"""(start, end, pitch) in units."""


def events_of(
    start: NDArray[np.integer], end: NDArray[np.integer], pitch: NDArray[np.integer]
) -> list[Event]:
    """Chords of notes that begin and end together, by start, highest first."""
    together: dict[tuple[int, int], set[int]] = {}
    for a, b, p in zip(start.tolist(), end.tolist(), pitch.tolist(), strict=True):
        together.setdefault((a, b), set()).add(p)
    events = [(a, b, tuple(sorted(pitches))) for (a, b), pitches in together.items()]
    return sorted(events, key=lambda event: (event[0], -event[2][-1]))


def exact_voices(events: Sequence[Event]) -> tuple[tuple[Event, ...], ...]:
    """Events dealt out to as many voices without overlaps as it takes."""
    voices: list[list[Event]] = [[]]
    for event in events:
        free = next((v for v in voices if not v or v[-1][1] <= event[0]), None)
        if free is None:
            free = []
            voices.append(free)
        free.append(event)
    return tuple(tuple(voice) for voice in voices)


def single_voice(
    on: NDArray[np.int64], off: NDArray[np.int64], pitch: NDArray[np.integer]
) -> tuple[tuple[Event, ...], ...]:
    """One voice, for instruments that play one line or chords."""
    return (one_voice([events_of(on, off, pitch)]),)


def staff_voices(
    on: NDArray[np.int64], off: NDArray[np.int64], pitch: NDArray[np.integer], bars: Sequence[Bar]
) -> tuple[tuple[Event, ...], ...]:
    """Upper and lower voice of a staff, as a player can read them; the lower one may be missing.

    A note that sounds on while others begin is held in a voice of its own where it is the lowest
    or the highest and long enough to matter, bar by bar; other notes give way to the next one.
    """
    notes: list[_Note] = sorted(zip(on.tolist(), off.tolist(), pitch.tolist(), strict=True))
    if not notes:
        return ((),)
    starts = sorted({note[0] for note in notes})
    lines = [bar.start for bar in bars]
    held = _held_by_bar(notes, starts, lines)
    upper: list[_Note] = []
    lower: list[_Note] = []
    for note in notes:
        bar = bisect_right(lines, note[0]) - 1
        side, own = held.get(bar, (0, frozenset()))
        if note in own:
            (upper if side > 0 else lower).append(note)
        else:
            (lower if side > 0 else upper).append(note)
    divided = frozenset(held)
    voices = [_line(upper, lines, divided), _line(lower, lines, divided)]
    return tuple(tuple(voice) for voice in voices if voice)


def _held_by_bar(
    notes: Sequence[_Note], starts: Sequence[int], lines: Sequence[int]
) -> dict[int, tuple[int, frozenset[_Note]]]:
    """Bars with a held line -> whether it lies above (1) or below (-1), and its notes."""
    candidates: dict[tuple[int, int], list[_Note]] = {}
    by_start: dict[int, list[_Note]] = {}
    for note in notes:
        by_start.setdefault(note[0], []).append(note)
    for note in notes:
        first = bisect_right(starts, note[0])
        last = bisect_right(starts, note[1] - 1)
        if last <= first or note[1] - starts[first] < UNITS:
            continue  # hardly reaches over the next beginning: it may as well end there
        moving = [other[2] for t in starts[first:last] for other in by_start[t]]
        bar = bisect_right(lines, note[0]) - 1
        if note[2] < min(moving):
            candidates.setdefault((bar, -1), []).append(note)
        elif note[2] > max(moving):
            candidates.setdefault((bar, 1), []).append(note)
    out: dict[int, tuple[int, frozenset[_Note]]] = {}
    count: dict[int, int] = {}
    for note in notes:
        bar = bisect_right(lines, note[0]) - 1
        count[bar] = count.get(bar, 0) + 1
    for (bar, side), found in candidates.items():
        if 2 * len(found) > count[bar]:
            continue  # everything rings on, as under a pedal: that is no second line
        before = out.get(bar)
        if before is None or _weight(found) > _weight(before[1]):
            out[bar] = (side, frozenset(found))
    return out


def _weight(notes: Sequence[_Note] | frozenset[_Note]) -> int:
    return sum(end - start for start, end, _ in notes)


def _line(notes: Sequence[_Note], lines: Sequence[int], divided: frozenset[int]) -> list[Event]:
    """Notes in one voice: chords end together, and where the next one begins."""
    events = one_voice([[(start, end, (pitch,)) for start, end, pitch in notes]])
    return [(a, _to_bar_line(a, b, lines, divided), pitches) for a, b, pitches in events]


def _to_bar_line(start: int, end: int, lines: Sequence[int], divided: frozenset[int]) -> int:
    """The end of a note, not carried a little way over a bar line by a tie.

    `divided` are the bars with two voices: into another one a second voice is carried only by the
    greater part of its note.
    """
    bar = bisect_right(lines, end - 1) - 1
    over = end - lines[bar]
    if lines[bar] <= start:
        return end
    little = over <= UNITS // 2 and 2 * over <= end - start
    alone = bar not in divided and 2 * over <= end - start and bar - 1 in divided
    return lines[bar] if little or alone else end


def drum_voices(
    on: NDArray[np.int64], pitch: NDArray[np.integer], bars: Sequence[Bar]
) -> tuple[tuple[Event, ...], ...]:
    """Hands and feet, each stroke as long as until the next one, to the end of its beat at most."""
    voices = []
    feet = np.isin(pitch, list(FEET))
    for mask in (~feet, feet):
        strokes: dict[int, set[int]] = {}
        for start, key in zip(on[mask].tolist(), pitch[mask].tolist(), strict=True):
            strokes.setdefault(start, set()).add(key)
        times = sorted(strokes)
        following = [*times[1:], 10**9]
        voices.append(
            tuple(
                (time, min(_beat_end(time, bars), after), tuple(sorted(strokes[time])))
                for time, after in zip(times, following, strict=False)  # no strokes, no voice
            )
        )
    return tuple(voice for voice in voices if voice) or ((),)


def _beat_end(time: int, bars: Sequence[Bar]) -> int:
    bar = bars[max(bisect_right(bars, time, key=lambda bar: bar.start) - 1, 0)]
    beat = beat_of(bar.meter.numerator, bar.meter.denominator)
    return min(bar.start + ((time - bar.start) // beat + 1) * beat, max(bar.end, time + 1))
