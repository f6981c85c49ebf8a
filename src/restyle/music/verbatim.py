"""Verbatim: a track as its file has it, event by event, to be written again as it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

Event = tuple[int, bytes]
"""When, and a channel message (its channel is not looked at)."""


@dataclass(frozen=True)
class Verbatim:
    """Programs, controllers, bends, pressure and notes of one player, in the file's order."""

    events: tuple[Event, ...]
    """In ticks of `division`, from the beginning of the song that the track stands in."""
    division: int
    """Ticks a quarter note; a multiple of `music.song.TICKS`."""
    channel: int = -1
    """The channel that the file has it on; -1 where it has none."""

    def placed(self, place: Callable[[int], int]) -> Verbatim:
        """The same events elsewhere; the order of those that come together stays."""
        return replace(self, events=tuple((place(tick), data) for tick, data in self.events))

    def later(self, ticks: int) -> Verbatim:
        """The same, so many of its own ticks later; what would come before 0 comes at 0."""
        return self.placed(lambda tick: max(tick + ticks, 0))


def of_notes(rows: Iterable[tuple[int, int, int, int]], program: int, division: int) -> Verbatim:
    """What (start, duration, pitch, velocity) rows and a program come to as events."""
    ranked = [(0, 0, bytes([0xC0, program]))]
    for start, duration, pitch, velocity in rows:
        ranked.append((start, 2, bytes([0x90, pitch, velocity])))
        ranked.append((start + duration, 1, bytes([0x80, pitch, 0])))
    ranked.sort(key=lambda event: event[:2])
    return Verbatim(tuple((tick, data) for tick, _, data in ranked), division)
