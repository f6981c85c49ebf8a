"""The meter as a file states it, mended into meters that the rest of restyle knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from restyle.music.song import TICKS, Meter, Song

VOCABULARY = frozenset(
    ["1/4", "2/4", "3/4", "4/4", "5/4", "6/4", "7/4", "3/8", "5/8", "6/8", "7/8", "9/8", "12/8"]
)  # fmt: skip
"""The meters that the model knows."""

_LONGEST = 6 * TICKS  # no bar is longer, but for 7/4
_SLACK = TICKS // 24  # writers put meter changes a tick or two beside their bar line


def usual_meter(start: int, numerator: int, denominator: int) -> Meter:
    """The meter of the vocabulary that counts the same bar, or the meter itself.

    2/2 is counted 4/4 and 3/2 6/4; bars that are too long fall into equal ones (4/2 into two of
    4/4, 9/4 into three of 3/4), or 15/8 into bars of 3/8.
    """
    while denominator < 4 or (denominator > 8 and numerator % 2 == 0):
        up = denominator < 4
        numerator, denominator = (
            (numerator * 2, denominator * 2) if up else (numerator // 2, denominator // 2)
        )
    if denominator == 8 and f"{numerator}/8" not in VOCABULARY and numerator % 2 == 0:
        numerator, denominator = numerator // 2, 4
    meter = Meter(start, numerator, denominator)
    if meter.name in VOCABULARY or meter.bar_length(TICKS) <= _LONGEST:
        return meter
    for part in (4, 5, 3, 2, 6, 9, 7):
        if numerator % part == 0 and f"{part}/{denominator}" in VOCABULARY:
            return Meter(start, part, denominator)
    return Meter(start, 1, 4) if denominator == 4 else Meter(start, 3, 8)


def stated_meters(song: Song) -> tuple[Meter, ...] | None:
    """The song's own meters, mended; None where it states none or nonsense.

    Nonsense is what no player counts: no beats in a bar at all, or bars of a single beat for most
    of the song (some programs write 1/4 for "no idea").
    """
    if not song.meter_known:
        return None
    valid = [
        usual_meter(round(m.start), m.numerator, m.denominator)
        for m in song.meters
        if m.numerator > 0 and m.denominator in (1, 2, 4, 8, 16, 32)
    ]
    if not valid or any(m.numerator <= 0 for m in song.meters):
        return None
    meters = _mend(valid)
    ends = [m.start for m in meters[1:]] + [max(song.end, meters[-1].start + 1)]
    lasts = np.array([end - m.start for m, end in zip(meters, ends, strict=True)])
    tiny = np.array([m.bar_length(TICKS) < 1.5 * TICKS for m in meters])
    return None if lasts[tiny].sum() > 0.5 * lasts.sum() else tuple(meters)


def _mend(meters: list[Meter]) -> list[Meter]:
    """Meters in order, the first at 0, without repeats, their starts set on bar lines if near."""
    meters = sorted(meters, key=lambda m: m.start)
    out = [replace(meters[0], start=0)]
    for meter in meters[1:]:
        length = out[-1].bar_length(TICKS)
        since = meter.start - out[-1].start
        nearest = round(since / length) * length
        if abs(nearest - since) <= _SLACK:
            meter = replace(meter, start=out[-1].start + nearest)
        else:
            meter = replace(meter, start=round(meter.start / (TICKS // 4)) * (TICKS // 4))
        if meter.start <= out[-1].start:
            out[-1] = replace(meter, start=out[-1].start)
        else:
            out.append(meter)
        if (
            len(out) > 1
            and out[-1].name == out[-2].name
            and ((out[-1].start - out[-2].start) % out[-2].bar_length(TICKS) == 0)
        ):
            out.pop()
    return out
