"""Bars of a printed score to the bars of a Song, which are always whole.

Printed measures may be short: a pickup, a measure cut in two by a repeat sign, a written-out
ending. Here the measures of a score get their place in a song: the pickup is padded in front,
halves are joined, and what is really short or long gets a meter of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from restyle.music.song import TICKS, Meter


@dataclass(frozen=True)
class Measure:
    """A measure as printed: where it begins, how long it lasts (quarters), its meter."""

    start: Fraction
    length: Fraction
    numerator: int
    denominator: int

    @property
    def nominal(self) -> Fraction:
        return Fraction(4 * self.numerator, self.denominator)


@dataclass(frozen=True)
class Bars:
    """Where the measures of a score lie in a song."""

    meters: tuple[Meter, ...]
    pickup: int
    """Ticks of the first bar that sound; 0 when it is whole."""
    printed: tuple[Fraction, ...]
    """Quarter at which each measure begins in the score."""
    placed: tuple[int, ...]
    """Tick at which each measure begins in the song."""
    end: int = 0
    """Tick at which the last bar ends; 0 where no bars are printed."""

    def tick(self, quarter: Fraction | float) -> int:
        """The song tick of a place in the score."""
        time = Fraction(quarter)
        i = max(bisect_right(self.printed, time) - 1, 0)
        return self.placed[i] + round((time - self.printed[i]) * TICKS)


def place(measures: Sequence[Measure], *, starts_at_zero: bool = False) -> Bars:
    """Give every measure its place; with none given, everything stands in 4/4.

    A short first measure is a pickup where others follow or it is numbered 0 (`starts_at_zero`).
    """
    if not measures:
        return Bars((Meter(0, 4, 4),), 0, (Fraction(0),), (0,))
    first = measures[0]
    pickup = 0
    if 0 < first.length < first.nominal and (len(measures) > 1 or starts_at_zero):
        pickup = round(first.length * TICKS)
    tick = 0
    placed: list[int] = []
    meters: list[Meter] = []
    i = 0
    while i < len(measures):
        measure = measures[i]
        nominal = round(measure.nominal * TICKS)
        if i == 0 and pickup:
            placed.append(nominal - pickup)
            _add(meters, Meter(0, measure.numerator, measure.denominator))
            tick, i = nominal, 1
            continue
        together = _halves(measures, i)
        length = round(sum(m.length for m in measures[i : i + together]) * TICKS)
        at = tick
        for part in measures[i : i + together]:
            placed.append(at)
            at += round(part.length * TICKS)
        i += together
        last = i >= len(measures)
        if length == nominal or (last and length < nominal):
            _add(meters, Meter(tick, measure.numerator, measure.denominator))
            tick += nominal
            continue
        own = meter_of(tick, length, measure.denominator)
        if own is None:
            continue  # a measure without any length
        _add(meters, own)
        tick += own.bar_length(TICKS)
    return Bars(tuple(meters), pickup, tuple(m.start for m in measures), tuple(placed), tick)


def _halves(measures: Sequence[Measure], i: int) -> int:
    """How many short measures from `i` on make one whole bar together; 1 when they do not."""
    whole = measures[i].nominal
    total = Fraction(0)
    for count, measure in enumerate(measures[i : i + 4], 1):
        if measure.nominal != whole or measure.length >= whole:
            return 1
        total += measure.length
        if total == whole:
            return count
        if total > whole:
            return 1
    return 1


def _add(meters: list[Meter], meter: Meter) -> None:
    if not meters or meters[-1].name != meter.name:
        meters.append(meter)


def meter_of(start: int, ticks: int, denominator: int = 4) -> Meter | None:
    """The meter of one bar of that many ticks, rounded up to a thirty-second at worst.

    None for a bar without length. `denominator` is preferred where it fits.
    """
    if ticks <= 0:
        return None
    for unit in (denominator, 4, 8, 16, 32):
        if unit <= 32 and ticks % (4 * TICKS // unit) == 0:
            return Meter(start, ticks * unit // (4 * TICKS), unit)
    return Meter(start, -(-ticks * 32 // (4 * TICKS)), 32)
