"""Bars, voices and ties as music21 makes them: what a note list has twice, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Event:
    """A note or chord of one track; times in twelfths of a quarter once they are set."""

    symbol: str
    start: int
    length: int


@dataclass(slots=True)
class Bar:
    start: int
    length: int
    marked: bool = False
    """Whether a clef, meter, key or tempo stands in it."""
    events: list[Event] = field(default_factory=list)
    """What stands in the bar itself."""
    voices: list[list[Event]] = field(default_factory=list)
    """Empty where nothing overlaps."""
    asked: list[int] = field(default_factory=list)
    """For each voice where it ended when music21 last looked, or 0 if that is forgotten.

    It looks while it deals notes into voices and when it puts a note into a bar. It remembers what
    it saw though ties shorten a chord since, until they shorten a single note, or a note or rest is
    put into the voice.
    """

    def look(self) -> None:
        self.asked = [old or end_of(v) for old, v in zip(self.asked, self.voices, strict=True)]

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


def end_of(events: list[Event]) -> int:
    return max([e.start + e.length for e in events], default=0)


def in_bars(events: list[Event], meters: list[tuple[int, int, int]], marks: list[int]) -> list[Bar]:
    """Bars up to the end of the last note, with the events that start in them."""
    if not meters or meters[0][0] > 0:
        meters = [(0, 4, 4), *meters]
    end = end_of(events)
    bars: list[Bar] = []
    at = meter = 0
    while True:
        while meter + 1 < len(meters) and meters[meter + 1][0] <= at:
            meter += 1
        length = 48 * meters[meter][1] // meters[meter][2]
        bars.append(Bar(at, max(length, 1)))
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


def deal(bar: Bar) -> None:
    """Give each event of a bar to the first voice that is free, where any overlap."""
    voices: list[list[Event]] = []
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


def tie(bars: list[Bar]) -> None:
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
                    bars.append(Bar(bar.start + bar.length, bar.length))
                    bar.look()
                target = _place(bars[i + 1], bool(bar.voices), dealt)
                at = next((n for n, e in enumerate(target) if e.start > 0), len(target))
                target.insert(at, Event(event.symbol, 0, rest))
        i += 1


def _place(bar: Bar, voiced: bool, dealt: bool) -> list[Event]:
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
