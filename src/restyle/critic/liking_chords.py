"""What an arranger looks at in the parts with chords, beside the tune and all together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.critic.phrase import Phrase, alike, share, sounding
from restyle.music.song import GRID, Notes

Rolls = Sequence[NDArray[np.bool_]]
"""Of each part which pitches sound at which eighth, shape (eighths, 128)."""

CHORDS = (
    "chords, of five notes and more",
    "chords, onsets",
    "chords, uneven",
    "chords, notes at once",
    "chords, rhythm of the bar before",
    "chords, short",
    "chords, off the grid",
    "chords, silent",
    "chords, two below C3",
    "chords, notes in common",
    "chords, notes of the bass",
)
BESIDE_TUNE = (
    "chords, above the tune",
    "chords, half a step from the tune",
    "chords, notes of the tune",
)
TOGETHER = (
    "half steps",
    "outside the chord",
    "voices",
    "chord heard",
    "bars in sixteenths and triplets",
    "bars not divided as the tune",
)

BIG = 5
SHORT = GRID // 4
LOW = 48
"""C3."""
ON_THE_GRID = (0, 3, 4, 6, 8, 9)
"""Sixteenths and triplets of a beat."""
THIRDS, SIXTEENTHS = {4, 8}, {3, 9}
EVEN = {3, 6, 9}


def chords(phrase: Phrase) -> list[float]:
    parts = phrase.chords
    if not parts:
        return [0.0] * len(CHORDS)
    cells = [phrase.cells(notes) for notes in parts]
    struck = [np.array([len(bar) for bar in one]) for one in cells]
    sizes = np.concatenate([np.unique(n["start"], return_counts=True)[1] for n in parts])
    every = np.concatenate(parts)
    place = np.concatenate([np.unique(n["start"]) for n in parts]).astype(np.int64)
    rolls = [sounding(notes, phrase.eighths) for notes in parts]
    low = np.sum([roll[:, :LOW].sum(axis=1) for roll in rolls], axis=0)
    return [
        share(sizes >= BIG),
        share([float(np.log1p(one.mean())) for one in struck]),
        share([float(one.std() / (1 + one.mean())) for one in struck]),
        share(sizes),
        share([alike(one) for one in cells]),
        share(every["duration"] <= SHORT),
        share(~np.isin((place - phrase.lines[0]) % GRID, ON_THE_GRID)),
        share(~np.any([roll.any(axis=1) for roll in rolls], axis=0)),
        share(low >= 2),
        _in_common(rolls),
        _of_the_bass(every, phrase.bass),
    ]


def _in_common(rolls: Rolls) -> float:
    """Where two parts sound, the share of the smaller one's notes that the other has."""
    found = []
    for one, other in combinations(rolls, 2):
        fewer = np.minimum(one.sum(axis=1), other.sum(axis=1))
        both = (one & other).sum(axis=1)
        found += (both[fewer > 0] / fewer[fewer > 0]).tolist()
    return share(found)


def _of_the_bass(notes: Notes, bass: Notes | None) -> float:
    """Share of the notes that the bass strikes, too."""
    if bass is None:
        return 0.0
    names = (n["start"].astype(np.int64) * 128 + n["pitch"] for n in (notes, bass))
    return share(np.isin(*names))


def beside_tune(phrase: Phrase) -> list[float]:
    """Onsets over which the tune sounds, with a note above it and with one a half step from it;
    notes that are struck with a note of the tune, and are that note."""
    tune, begins = phrase.tune()
    above, rubs, copied = [], [], []
    for notes in phrase.chords:
        starts, pitches = notes["start"], notes["pitch"].astype(np.int64)
        apart = pitches - tune[starts]
        copied.append(share(begins[starts] & (apart == 0)))
        for at in np.unique(starts[tune[starts] > 0]).tolist():
            here = apart[starts == at]
            above.append(bool((here > 0).any()))
            rubs.append(bool((np.abs(here) % 12 == 1).any()))
    return [share(above), share(rubs), share(copied)]


def together(phrase: Phrase) -> list[float]:
    """What sounds at each eighth: half steps between two parts, notes that are not in the chord,
    how many voices; how much of each chord sounds while it lasts; and bars in which some play
    sixteenths and some triplets, or the band one of them and the tune the other."""
    times, parts = phrase.eighths, phrase.pitched
    if not parts:
        return [0.0] * 4 + _divided(phrase)
    rolls = [sounding(notes, times) for notes in parts]
    rubs = np.zeros(len(times), dtype=bool)
    for one, other in combinations(rolls, 2):
        for apart in range(1, 128, 12):  # half steps, and ninths of that kind
            rubs |= (one[:, apart:] & other[:, :-apart]).any(axis=1)
            rubs |= (other[:, apart:] & one[:, :-apart]).any(axis=1)
    heard = np.any(rolls, axis=0)
    strange = []
    for row, at in zip(heard, times.tolist(), strict=True):
        chord, pitches = phrase.lead.chord_at(at), np.flatnonzero(row)
        known = len(pitches) > 0 and chord is not None and chord.root >= 0
        tones = list(chord.pitch_classes) if known and chord is not None else []
        strange.append(share(~np.isin(pitches % 12, tones)) if known else 0.0)
    found = [share(rubs), share(strange), share(heard.sum(axis=1) / 8), _heard(phrase, heard)]
    return [*found, *_divided(phrase)]


def _heard(phrase: Phrase, heard: NDArray[np.bool_]) -> float:
    """The share of each chord's notes that sound while it lasts, a mean over the chords."""
    begin, end = int(phrase.lines[0]), int(phrase.lines[-1])
    found = []
    for chord, until in phrase.lead.chord_spans():
        if chord.root < 0 or until <= begin or chord.start >= end:
            continue
        first, last = np.searchsorted(phrase.eighths, (chord.start, until))
        classes = np.flatnonzero(heard[first : max(last, first + 1)].any(axis=0)) % 12
        found.append(share(np.isin(list(chord.pitch_classes), classes)))
    return share(found)


def _divided(phrase: Phrase) -> list[float]:
    """Shares of bars in which the band plays both sixteenths and triplets, and in which it plays
    those that the tune does not."""
    played = [notes["start"] for notes in phrase.parts.values()]
    band = np.concatenate([np.zeros(0, dtype=np.int64), *played])
    tune = phrase.lead.melody["start"]
    both, apart = [], []
    for begin, end in pairwise(phrase.lines.tolist()):
        here, sung = (
            set(((at[(at >= begin) & (at < end)] - begin) % GRID).tolist()) for at in (band, tune)
        )
        threes, fours = bool(here & THIRDS), bool(here & SIXTEENTHS)
        both.append(threes and fours)
        apart.append(
            (threes and bool(sung & EVEN) and not sung & THIRDS) or (fours and bool(sung & THIRDS))
        )
    return [share(both), share(apart)]
