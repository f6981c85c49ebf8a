"""The time line of a MIDI file put right: meters on bar lines, tempos and keys that make sense.

Bars are where the file's time signatures put them; what no sequencer could mean is left out and
said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from restyle.io.midi.events import MidiFile
from restyle.music.song import TICKS, Key, Lyric, Marker, Meter, Tempo, Track

SLOWEST, FASTEST = 8.0, 900.0
"""Quarter notes a minute beyond which a tempo event is taken for a slip."""
LONGEST = 60_000
"""Quarter notes after which nothing is read: eight hours of music."""


@dataclass(frozen=True)
class Line:
    """Meters, tempos, keys and markers in song ticks, `shift` ticks later than in the file."""

    meters: tuple[Meter, ...]
    tempos: tuple[Tempo, ...]
    keys: tuple[tuple[int, Key], ...]
    markers: tuple[Marker, ...]
    pickup: int = 0
    shift: int = 0
    meter_known: bool = True
    warnings: tuple[str, ...] = ()
    division: int = TICKS

    def placed(self, words: Iterable[tuple[int, str]]) -> tuple[Lyric, ...]:
        """Syllables at file ticks, where they are in the song."""
        return tuple(
            Lyric((max(tick, 0) * TICKS + self.division // 2) // self.division + self.shift, text)
            for tick, text in sorted(words, key=lambda word: word[0])
        )


def mend(file: MidiFile, tracks: Sequence[Track]) -> Line:
    """The time line of a file whose tracks were read already (unshifted)."""
    warnings: list[str] = []
    begin = min(int(track.notes["start"][0]) for track in tracks)
    end = max(track.end for track in tracks)
    stated = _meters(file, end, warnings)
    first_stated = min((time * TICKS // file.division for time, *_ in file.meters), default=0)
    meters = on_bar_lines(stated or [Meter(0, 4, 4)])
    meters, shift, pickup = whole_first_bar(meters, begin)

    def ticks(time: int) -> int:
        return (time * TICKS + file.division // 2) // file.division

    def moved(time: int) -> int:
        return 0 if time <= 0 else ticks(time) + shift

    markers = {
        (max(ticks(time), 0) + shift, text): None
        for time, text in file.markers()
        if text and 0 <= ticks(time) <= end + 16 * TICKS
    }
    return Line(
        meters=tuple(meters),
        tempos=_tempos(
            [(moved(t), bpm) for t, bpm in file.tempos], begin + shift, end + shift, warnings
        ),
        keys=_keys([(moved(t), f, m) for t, f, m in file.keys], warnings),
        markers=tuple(Marker(*marker) for marker in sorted(markers)),
        pickup=pickup,
        shift=shift,
        meter_known=bool(stated) and first_stated <= begin + 4 * TICKS,
        warnings=tuple(warnings),
        division=file.division,
    )


def _meters(file: MidiFile, end: int, warnings: list[str]) -> list[Meter]:
    """The time signatures that make sense, one a tick (the last wins); [] when there are none."""
    by_tick: dict[int, Meter] = {}
    odd = 0
    for time, numerator, denominator in file.meters:
        if not (1 <= numerator <= 32 and denominator in (1, 2, 4, 8, 16, 32)):
            odd += 1
            continue
        tick = max(0, (time * TICKS + file.division // 2) // file.division)
        if tick < max(end, 1):
            by_tick.pop(tick, None)
            by_tick[tick] = Meter(tick, numerator, denominator)
    if odd:
        warnings.append("Time signatures that make no sense were left out.")
    meters = _without_repeats([by_tick[tick] for tick in sorted(by_tick)])
    if meters and all(meter.numerator == 1 for meter in meters):
        # one beat a bar all through is what some sequencers write when no meter was set
        warnings.append(f"The file only states {meters[0].name} bars, which says nothing.")
        return []
    if meters and meters[0].start:
        first = meters[0]
        if first.start < TICKS // 4:  # a hair late, meant for the beginning
            meters[0] = Meter(0, first.numerator, first.denominator)
        else:
            meters.insert(0, Meter(0, 4, 4))  # what MIDI says holds until the first one
    return _without_repeats(meters)


def _without_repeats(meters: Sequence[Meter]) -> list[Meter]:
    kept: list[Meter] = []
    for meter in meters:
        if not kept or kept[-1].name != meter.name:
            kept.append(meter)
    return kept


def on_bar_lines(meters: Sequence[Meter]) -> list[Meter]:
    """The same meters with every change on a bar line.

    Where a change cuts a bar short, that bar gets the meter it really has (a 2/4 bar before the
    change, say); a change off the bar line by less than a thirty-second only missed it.
    """
    out: list[Meter] = [Meter(0, meters[0].numerator, meters[0].denominator)]
    for meter in meters[1:]:
        last = out[-1]
        length = last.bar_length(TICKS)
        bars, rest = divmod(meter.start - last.start, length)
        line = last.start + bars * length
        if rest > length - TICKS // 8:
            line, rest = line + length, 0
        short = _meter_of(line, rest)
        if short is not None:
            if short.start == last.start:
                out.pop()
            out.append(short)
            line += short.bar_length(TICKS)
        if out[-1].start == line:
            out.pop()
        out.append(Meter(line, meter.numerator, meter.denominator))
    return _without_repeats(out)


def _meter_of(start: int, ticks: int) -> Meter | None:
    """The meter of one bar of about that many ticks; None when less than a thirty-second."""
    for denominator in (4, 8, 16, 32):
        unit = 4 * TICKS // denominator
        count = round(ticks / unit)
        if count and (abs(ticks - count * unit) < TICKS // 32 or denominator == 32):
            return Meter(start, count, denominator)
    return None


def whole_first_bar(meters: Sequence[Meter], begin: int) -> tuple[list[Meter], int, int]:
    """Meters with a whole first bar, ticks to shift all else by, and the ticks of the pickup.

    A file with a pickup begins with a short bar that has a time signature of its own; its notes
    (the first begins at `begin`) then belong to the end of a whole bar. A music of changing meters
    may begin with a shorter bar too: there the first meter comes back.
    """
    if len(meters) < 2:
        return list(meters), 0, 0
    short, full = meters[1].start, meters[1].bar_length(TICKS)
    own = meters[0].bar_length(TICKS)
    one_bar = short == own or own <= TICKS
    comes_back = any(meter.name == meters[0].name for meter in meters[2:])
    if not (one_bar and begin < short < full) or (comes_back and 2 * short > full):
        return list(meters), 0, 0
    shift = full - short
    rest = [Meter(m.start + shift, m.numerator, m.denominator) for m in meters[2:]]
    return [Meter(0, meters[1].numerator, meters[1].denominator), *rest], shift, short


def _tempos(
    stated: Sequence[tuple[int, float]], begin: int, end: int, warnings: list[str]
) -> tuple[Tempo, ...]:
    by_tick: dict[int, Tempo] = {}
    odd = 0
    for tick, bpm in stated:
        if not (isfinite(bpm) and SLOWEST <= bpm <= FASTEST):
            odd += 1
        elif tick <= end:
            by_tick[tick] = Tempo(tick, round(bpm, 3))
    if odd:
        warnings.append("Tempo changes that nobody could play were left out.")
    tempos: list[Tempo] = []
    for tick in sorted(by_tick):
        if not tempos or tempos[-1].bpm != by_tick[tick].bpm:
            tempos.append(by_tick[tick])
    if tempos and tempos[0].start:
        # nothing sounds before it: the first tempo may as well hold from the beginning
        early = Tempo(0, tempos[0].bpm if tempos[0].start <= begin else 120.0)
        tempos = [early, *(t for t in tempos if t.start > begin or t.bpm != early.bpm)]
    return tuple(tempos) or (Tempo(0, 120.0),)


def _keys(
    stated: Sequence[tuple[int, int, int]], warnings: list[str]
) -> tuple[tuple[int, Key], ...]:
    by_tick: dict[int, Key] = {}
    for tick, fifths, minor in stated:
        if abs(fifths) > 7 or minor not in (0, 1):
            warnings.append("Key signatures that make no sense were left out.")
            continue
        if (fifths, minor) == (0, 0) and tick in by_tick:
            continue  # another track repeats the default
        by_tick[tick] = Key((fifths * 7 + 9 * minor) % 12, "minor" if minor else "major")
    keys: list[tuple[int, Key]] = []
    for tick in sorted(by_tick):
        if not keys or keys[-1][1] != by_tick[tick]:
            keys.append((tick, by_tick[tick]))
    return tuple(keys)


def drop_far_notes(tracks: Sequence[Track]) -> tuple[list[Track], list[str]]:
    """Tracks without the few notes that lie absurdly far behind all others, and what was dropped.

    Absurd is a silence longer than 100 quarter notes and than three times all music before it,
    or a place after LONGEST quarter notes.
    """
    starts = np.sort(np.concatenate([track.notes["start"] for track in tracks]).astype(np.int64))
    limit = LONGEST * TICKS
    few = max(2, len(starts) // 100)
    tail = starts[-few - 1 :]
    gaps = np.diff(tail)
    for i, gap in enumerate(gaps):
        if gap > max(100 * TICKS, 3 * (int(tail[i]) - int(starts[0]))) and len(starts) > few:
            limit = min(limit, int(tail[i]) + 1)
            break
    longest = int(np.searchsorted(starts, limit))
    if longest == len(starts) and not any(track.end > limit for track in tracks):
        return list(tracks), []
    kept = []
    for track in tracks:
        notes = track.notes[track.notes["start"] < limit].copy()
        if len(notes):
            notes["duration"] = np.minimum(notes["duration"], limit + 16 * TICKS - notes["start"])
            kept.append(Track(track.name, track.program, notes, track.is_drum))
    return kept, ["A note far behind the end of the music was left out."]
