"""What a new song takes from one that it goes on from: key, meter, tempo, and its first bars."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from restyle.composer.lead import events as e
from restyle.composer.lead.rules import Note
from restyle.errors import RestyleError
from restyle.music.transpose import home_shift, shifted

BARS = 2
"""Bars of a motif."""
UNIT = 3
"""Grid positions to which its rhythm is set: a sixteenth."""


@dataclass(frozen=True)
class Motif:
    """The first bars of a tune, at home."""

    key: str
    meter: str
    tempo: float
    bars: tuple[tuple[Note, ...], ...]
    chords: tuple[tuple[int, int], ...]
    """Of the same bars, two each."""


def motif_of(path: Path) -> Motif:
    """The motif of a song. Raises RestyleError where it has no tune, or a meter that is not
    learnt."""
    from restyle.reading import open_lead

    lead, _ = open_lead(path)
    meter = lead.meters[0].name
    if meter not in e.METERS:
        raise RestyleError(
            f"{path.name} is in {meter}, which the composer has not learnt: say a --meter."
        )
    home = shifted(lead, home_shift(lead.key))
    lines = home.bar_starts()
    length = e.BAR_LENGTH[meter]
    first = 1 if lead.pickup else 0
    starts = home.melody["start"]
    full = [i for i in range(first, home.bars) if np.any((starts >= lines[i])
            & (starts < lines[i] + length // 2))]  # fmt: skip
    if not full:
        raise RestyleError(f"{path.name} has no tune to go on from.")
    octaves = 12 * round((69 - float(np.median(home.melody["pitch"]))) / 12)
    bars, chords = [], []
    for number in range(min(BARS, home.bars - full[0])):
        begin = int(lines[full[0] + number])
        bars.append(_bar(home.melody, begin, length, number, octaves))
        pair = [e.chord_number(home.chord_at(begin + at)) for at in (0, e.MIDDLE[meter])]
        chords.append((pair[0], pair[1]))
    tonic = lead.key.spell(lead.key.tonic) + ("m" if lead.key.mode == "minor" else "")
    return Motif(tonic, meter, float(lead.tempos[0].bpm), tuple(bars), tuple(chords))


def _bar(
    melody: np.ndarray, begin: int, length: int, number: int, octaves: int
) -> tuple[Note, ...]:
    """The notes of a bar, one after another, on sixteenths."""
    out: dict[int, tuple[int, int]] = {}
    for start, lasting, pitch, _ in melody.tolist():
        place = round((start - begin) / UNIT) * UNIT
        if 0 <= start - begin < length and place < length:
            out[place] = (max(round(lasting / UNIT), 1) * UNIT, pitch + octaves)
    places = [*sorted(out), length]
    return tuple(
        Note(number, at, out[at][1], min(out[at][0], following - at))
        for at, following in itertools.pairwise(places)
    )
