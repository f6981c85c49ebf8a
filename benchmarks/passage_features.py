"""What the critic of realism looks at in a passage: who strikes what when, part by part.

A passage is a phrase of an arrangement, with the phrase before it. All features are plain numbers
of about 0..1, most of them rates a bar or shares; positions are sixteenths of the bar. Nothing here
depends on the key. What belongs to the tune and its chords alone is left out: it is the same for
all candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from passage_frame import PLACES, SIXTEENTH, Array, Frame, Ints
from restyle.music.classes import PARTS
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Notes

PITCHED = PARTS[1:]
DRUM_KINDS = ("kick", "snare", "closed", "open", "ride", "crash", "tom", "other")
_DRUMS = {
    35: 0, 36: 0, 37: 1, 38: 1, 39: 1, 40: 1, 42: 2, 44: 2, 46: 3, 51: 4, 53: 4, 59: 4,
    49: 5, 52: 5, 55: 5, 57: 5, 41: 6, 43: 6, 45: 6, 47: 6, 48: 6, 50: 6,
}  # fmt: skip
_KIND = np.array([_DRUMS.get(key, 7) for key in range(128)])
_PAIRS = tuple(combinations(range(len(DRUM_KINDS)), 2))
_LENGTHS = np.array([3, 5, 8, 12, 20, 36, 48])
_STEPS = np.array([1, 3, 5, 8, 12, 13])


def passage_features(frame: Frame, arrangement: Arrangement) -> Array:
    """The features of a passage, shape (features,)."""
    here, before = {}, {}
    for part, notes in arrangement.parts.items():
        a, b, c = np.searchsorted(notes["start"], (frame.before, frame.begin, frame.end))
        before[part], here[part] = notes[a:b], notes[b:c]
    out = [_drums(frame, here.get("drums"), before.get("drums"))]
    out += [_part(frame, here.get(part), before.get(part)) for part in PITCHED]
    out += [_band(frame, here), _kick_and_bass(here)]
    return np.concatenate(out)


def _mean(of: Ints | NDArray[np.bool_] | Sequence[float]) -> float:
    return float(np.mean(of)) if len(of) else 0.0


def _cells(
    frame: Frame, notes: Notes, pitches: bool, first: int, bars: int
) -> list[frozenset[int]]:
    """Of each bar from `first` on what is struck where."""
    starts = notes["start"].astype(np.int64)
    bar = frame.bar(starts)
    what = (starts - frame.lines[bar]) * 128 + (notes["pitch"] if pitches else 0)
    return [frozenset(what[bar == number].tolist()) for number in range(first, first + bars)]


def _alike(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def _repeats(frame: Frame, notes: Notes, before: Notes, pitches: bool) -> list[float]:
    """How bars are like the ones before them, and like those of the phrase before."""
    cells = _cells(frame, notes, pitches, frame.first, frame.bars)
    past = _cells(frame, before, pitches, frame.first - frame.bars_before, frame.bars_before)
    next_to = [(x, y) for x, y in pairwise(cells) if x or y]
    over = [(x, y) for x, y in zip(cells, past, strict=False) if x or y]
    same = [x == y for x, y in next_to]
    alike = [_alike(x, y) for x, y in next_to]
    return [
        _mean(same),
        _mean(alike),
        _mean([x == y for x, y in over]),
        _mean([_alike(x, y) for x, y in over]),
        float(bool(same) and all(same)),
        alike[-1] if alike else 0.0,
        sum(not cell for cell in cells) / max(frame.bars, 1),
    ]


_DRUM_SIZE = 1 + len(DRUM_KINDS) * PLACES + 2 * len(_PAIRS) + 3 * len(DRUM_KINDS) + 7 + 8


def _drums(frame: Frame, notes: Notes | None, before: Notes | None) -> Array:
    if notes is None or before is None or not len(notes):
        out = np.zeros(_DRUM_SIZE)
        out[0] = float(notes is not None)
        return out
    starts = notes["start"].astype(np.int64)
    kind, place = _KIND[notes["pitch"]], frame.place(starts)
    grid = np.bincount(kind * PLACES + place, minlength=len(DRUM_KINDS) * PLACES) / frame.bars
    onsets, index = np.unique(starts, return_inverse=True)
    struck = np.zeros((len(onsets), len(DRUM_KINDS)), dtype=bool)
    struck[index, kind] = True
    pairs = np.array([(struck[:, a] & struck[:, b]).sum() for a, b in _PAIRS])
    rate = np.bincount(kind, minlength=len(DRUM_KINDS)) / frame.bars
    ends = frame.bar(starts) == frame.last - 1
    last = np.bincount(kind[ends], minlength=len(DRUM_KINDS))
    first = np.zeros(len(DRUM_KINDS))
    first[kind[starts == frame.begin]] = 1
    off = starts % SIXTEENTH != 0
    gaps = np.diff(onsets)
    figures = [
        len(onsets) / frame.bars / 12,
        len(notes) / len(onsets) / 4,
        (rate > 0).sum() / 8,
        _mean(off),
        _mean(gaps == SIXTEENTH),
        _mean(gaps == 2 * SIXTEENTH),
        _mean(gaps == 4 * SIXTEENTH),
        len(np.unique(notes["pitch"])) / 10,
    ]
    return np.concatenate(
        [
            [1.0],
            np.minimum(grid, 2),
            pairs / frame.bars / 4,
            pairs / len(onsets),
            rate / 8,
            last / 8,
            first,
            _repeats(frame, notes, before, True),
            figures,
        ]
    )


_PART_SIZE = 2 + PLACES + 8 + 8 + 14 + 8 + 7 + 7 + 10


def _part(frame: Frame, notes: Notes | None, before: Notes | None) -> Array:
    if notes is None or before is None or not len(notes):
        out = np.zeros(_PART_SIZE)
        out[0] = float(notes is not None)
        return out
    starts, pitch = notes["start"].astype(np.int64), notes["pitch"].astype(np.int64)
    length = notes["duration"].astype(np.int64)
    onsets, first, count = np.unique(starts, return_index=True, return_counts=True)
    lowest, top = pitch[first], pitch[first + count - 1]
    places = np.bincount(frame.place(onsets), minlength=PLACES) / frame.bars
    time = frame.end - frame.begin
    together = starts[1:] == starts[:-1]
    inside = np.diff(pitch)[together]
    low = np.repeat(lowest, count)
    above = (pitch - low)[pitch > low]
    intervals = np.bincount(above % 12, minlength=12) / len(notes)
    lengths = np.bincount(np.searchsorted(_LENGTHS, length), minlength=8) / len(notes)
    figures = [
        len(onsets) / frame.bars / 8,
        len(notes) / len(onsets) / 4,
        (np.median(pitch) - 24) / 60,
        (np.percentile(pitch, 10) - 24) / 60,
        (np.percentile(pitch, 90) - 24) / 60,
        min(length.sum() / time / 4, 2.0),
        _mean(onsets % SIXTEENTH != 0),
        _mean(count == 1),
    ]
    chords = [_mean(inside <= 2), float(inside.max() / 12) if len(inside) else 0.0]
    return np.concatenate(
        [
            [1.0, 1.0],
            np.minimum(places, 2),
            figures,
            lengths,
            intervals,
            chords,
            _line(lowest, top),
            _repeats(frame, notes, before, False),
            _repeats(frame, notes, before, True),
            _harmony(frame, starts, pitch, length, (onsets, lowest, top)),
        ]
    )


def _line(lowest: Ints, top: Ints) -> Array:
    steps = np.abs(np.diff(top))
    counted = np.bincount(np.searchsorted(_STEPS, steps, side="right"), minlength=7)
    return np.append(counted / max(len(steps), 1), _mean(np.diff(lowest) == 0))


def _harmony(
    frame: Frame, starts: Ints, pitch: Ints, length: Ints, edges: tuple[Ints, Ints, Ints]
) -> list[float]:
    onsets, lowest, top = edges
    tones = frame.tones[frame.chord[starts], pitch % 12]
    strong = (starts - frame.lines[frame.bar(starts)]) % (2 * GRID) == 0
    weak = starts % GRID != 0
    root = frame.roots[frame.chord[onsets]]
    on_bar = np.isin(onsets, frame.lines)
    ends = np.minimum(starts + length, frame.end)
    crosses = np.searchsorted(frame.changes, ends, side="left") > np.searchsorted(
        frame.changes, starts, side="right"
    )
    later = frame.tones[frame.chord[ends - 1], pitch % 12]
    sung = frame.tune[onsets]
    both = frame.begins[onsets]
    doubles = both & (top % 12 == sung % 12)
    return [
        _mean(tones[strong]),
        _mean(tones[weak]),
        _mean(tones),
        _mean(~frame.scale[pitch % 12] & ~tones),
        _mean(lowest % 12 == root),
        _mean((lowest % 12 == root)[on_bar]),
        _mean(crosses & ~later),
        _mean(both),
        _mean(doubles[both]) if both.sum() > 2 else 0.4,
        _mean((sung > 0) & (top > sung)),
    ]


def _band(frame: Frame, here: dict[str, Notes]) -> Array:
    """How parts lie and play together."""
    some = [n for part, n in here.items() if part != "drums" and len(n)]
    silent = sum(part != "drums" and not len(n) for part, n in here.items())
    out = np.zeros(14)
    out[0], out[1] = len(some) / 6, silent / 6
    if not some:
        return out
    middles = np.sort([float(np.median(n["pitch"])) for n in some])
    gaps = np.diff(middles)
    sets = [frozenset(n["start"].tolist()) for n in some]
    alike = [_alike(a, b) for a, b in combinations(sets, 2)]
    every = np.concatenate(some)
    onsets = np.unique(every["start"])
    beats = np.zeros((frame.end - frame.begin) // GRID + 1, dtype=bool)
    beats[(onsets.astype(np.int64) - frame.begin) // GRID] = True
    sounding = _sounding(frame, some)
    classes = np.stack([sounding[:, k::12].any(axis=1) for k in range(12)], axis=1)
    rubs = (classes & np.roll(classes, 1, axis=1)).sum(axis=1)
    voices = sounding.sum(axis=1)
    keys = sounding[:, :-1] & sounding[:, 1:]
    out[2:] = [
        *((gaps.mean() / 24, gaps.min() / 24, gaps.max() / 24) if len(gaps) else (0, 0, 0)),
        _mean(alike),
        max(alike, default=0.0),
        len(onsets) / frame.bars / 16,
        len(every) / frame.bars / 32,
        1 - float(beats[: (frame.end - frame.begin) // GRID].mean()),
        float(rubs.mean()),
        float(voices.mean()) / 10,
        float(classes.sum(axis=1).mean()) / 6,
        float(keys.sum(axis=1).mean()),
    ]
    return out


def _sounding(frame: Frame, parts: list[Notes]) -> NDArray[np.bool_]:
    """What keys sound in each eighth, shape (eighths, 132)."""
    half = GRID // 2
    out = np.zeros(((frame.end - frame.begin) // half + 1, 132), dtype=bool)
    for notes in parts:
        for start, duration, pitch, _ in notes.tolist():
            at = start - frame.begin
            out[at // half : max(at // half + 1, (at + duration + half // 2) // half), pitch] = True
    return out[:-1]


def _kick_and_bass(here: dict[str, Notes]) -> Array:
    drums, bass = here.get("drums"), here.get("bass")
    if drums is None or bass is None or not len(drums) or not len(bass):
        return np.zeros(4)
    kick = np.unique(drums["start"][_KIND[drums["pitch"]] == 0])
    snare = np.unique(drums["start"][_KIND[drums["pitch"]] == 1])
    low = np.unique(bass["start"])
    together = (np.isin(low, kick), np.isin(kick, low), np.isin(low, snare))
    return np.array([1.0, *(_mean(each) for each in together)])
