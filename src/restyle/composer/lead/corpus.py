"""The lead bars of a corpus, as events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.composer.lead import events as e
from restyle.data.shards import Corpus
from restyle.tokens import vocabulary as v

LEAST_BARS = 6
"""Bars of the shortest stretch that is learnt from."""
MIDDLE_PITCH = 69
"""Tunes are moved by octaves so that their middle lies near this pitch."""


@dataclass
class _Bar:
    meter: str
    chords: tuple[int, int]
    notes: list[tuple[int, int, int]]
    """Position, pitch, length, in grid positions."""


def stretches(corpus: Corpus, split: str, styles: list[str]) -> list[e.Stretch]:
    """All stretches of the songs of a split."""
    out: list[e.Stretch] = []
    for entry in corpus.select(split):
        if entry.style in styles:
            out += song_stretches(corpus.tokens(entry), styles.index(entry.style))
    return out


def lead_bars(tokens: NDArray[np.uint16]) -> tuple[list[_Bar], bool]:
    """The lead bars of a song at home, and whether it is in minor."""
    key = next((int(t) - v.KEY.first for t in tokens[:12] if int(t) in v.KEY), 0)
    minor = key >= 12
    shift = ((9 if minor else 0) - key % 12 + 5) % 12 - 5
    begins = np.flatnonzero((tokens >= v.BAR.first) & (tokens < v.BAR.end))
    ends = np.flatnonzero(
        ((tokens >= v.BAR.first) & (tokens < v.PART.end)) | (tokens == v.END) | (tokens == v.EOS)
    )
    bars = []
    for begin in begins:
        at = np.searchsorted(ends, begin + 1)
        end = ends[at] if at < len(ends) else len(tokens)
        bars.append(_bar(tokens[begin:end].tolist(), shift))
    return bars, minor


def _bar(tokens: list[int], shift: int) -> _Bar:
    numerator, denominator = v.METERS[v.BAR.value(tokens[0])]
    meter = f"{numerator}/{denominator}"
    middle = e.MIDDLE.get(meter, 24)
    position, pitch, chords = 0, 0, [e.NO_CHORD, e.NO_CHORD]
    notes: list[tuple[int, int, int]] = []
    for token in tokens[1:]:
        if token in v.POSITION:
            position = v.POSITION.value(token)
        elif token in v.CHORD:
            value = v.CHORD.value(token)
            number = e.NO_CHORD
            if value < e.NO_CHORD:
                number = value // 12 * 12 + (value % 12 + shift) % 12
            if position < middle - 3:
                chords[0] = number if position <= 3 or chords[0] == e.NO_CHORD else chords[0]
            chords[1] = number if position <= middle + 3 else chords[1]
        elif token in v.PITCH:
            pitch = v.PITCH.value(token) + shift
        elif token in v.DURATION:
            notes.append((position, pitch, v.DURATIONS[v.DURATION.value(token)]))
    return _Bar(meter, (chords[0], chords[1]), notes)


def song_stretches(tokens: NDArray[np.uint16], style: int) -> list[e.Stretch]:
    """The stretches of a song: bars of one meter with no two silent ones in a row."""
    bars, minor = lead_bars(tokens)
    pitches = [pitch for bar in bars for _, pitch, _ in bar.notes]
    if not pitches:
        return []
    octaves = round((MIDDLE_PITCH - float(np.median(pitches))) / 12) * 12
    out: list[e.Stretch] = []
    run: list[_Bar] = []
    silent = 0
    for bar in [*bars, _Bar("", (0, 0), [])]:
        silent = 0 if bar.notes else silent + 1
        if bar.meter not in e.METERS or (run and bar.meter != run[0].meter) or silent > 1:
            while run and not run[-1].notes:
                run.pop()
            if len(run) >= LEAST_BARS:
                out.append(_stretch(run, style, minor, octaves))
            run = []
        if bar.meter in e.METERS and (run or bar.notes):
            run.append(bar)
    return out


def _stretch(bars: list[_Bar], style: int, minor: bool, octaves: int) -> e.Stretch:
    meter = bars[0].meter
    length, middle = e.BAR_LENGTH[meter], e.MIDDLE[meter]
    upbeat = bars[0].notes[0][0] >= middle
    rhythms = [tuple(note[0] for note in bar.notes) for bar in bars]
    halves = [chord for bar in bars for chord in bar.chords]
    halves.append(halves[-1])
    rows = []
    for i, bar in enumerate(bars):
        lag = next((n for n, k in enumerate(e.LAGS) if k and i >= k
                    and rhythms[i] and rhythms[i - k] == rhythms[i]), 0)  # fmt: skip
        about = (e.phase_of(i, upbeat), min(len(bars) - i, e.LEFT - 1), lag)
        rows.append((e.BAR, 0, 0, halves[2 * i], halves[2 * i + 1], *about))
        for position, pitch, lasting in bar.notes:
            if position < length:
                half = 2 * i + (position >= middle)
                number = e.pitch_number(pitch + octaves)
                sound = (halves[half], halves[half + 1])
                rows.append((position, number, e.length_number(lasting), *sound, *about))
    return e.Stretch(
        style, e.METERS.index(meter), minor, np.array(rows, np.int16),
        np.array([bar.chords for bar in bars], np.int16),
    )  # fmt: skip
