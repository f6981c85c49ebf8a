"""What the judge of style looks at: histograms of pitch and rhythm, the same in every key.

Nothing here knows an instrument, a part or a velocity. What belongs to the tune and its chords and
would be the same in every style (the key, the meter, which chords follow which) is left out too, so
that what is judged is how the song is played. Every group is a histogram of sum 1, taken to its
square root (the Hellinger distance between histograms is then the plain one between features).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.critic.played import Played
from restyle.critic.profile import onset_duration, time_pitch
from restyle.music.chord import QUALITIES
from restyle.music.song import GRID, Notes

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

_LENGTHS = np.array([1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 18, 24, 36, 48, 60])
_IOIS = np.array([1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 18, 24, 25, 36, 48, 49])
_REGISTERS = ((0, 128), (0, 52), (52, 67), (67, 128))
"""All notes, and the low, middle and high ones: what a left hand, a right hand and a tune do."""
_KINDS = ("maj", "min", "dim", "aug", "sus")


def _as_major() -> Ints:
    """For each triad and step above its root the step that it counts as: third and fifth change
    places with those of the major triad."""
    out = np.tile(np.arange(12), (len(_KINDS), 1))
    for row, kind in zip(out, _KINDS, strict=True):
        for its, major in zip(QUALITIES[kind], (0, 4, 7), strict=True):
            row[its], row[major] = row[major], row[its]
    return out


_AS_MAJOR = _as_major()


def features(song: Played, drums: bool = False, swing: bool = True) -> Array:
    """The features of a song, shape (features,), dtype float64, each about 0..1.

    `drums` adds the rhythm of the drums (for comparison only), `swing` whether eighths swing.
    """
    notes = song.notes
    groups = [
        *_rhythm(notes),
        *_texture(notes),
        *_harmony(song),
        *_line(_edge(notes, low=True)),
        *_line(_edge(notes, low=False)),
        time_pitch(notes).ravel(),
        onset_duration(notes).ravel(),
        *_form(song),
    ]
    flat = [np.sqrt(normalised(group)) for group in groups]
    flat.append(_levels(song))
    if swing:
        flat.append(np.array([float(song.swings)]))
    if drums:
        flat += [np.sqrt(normalised(g)) for g in _drums(song.drums)]
        flat.append(np.array([float(len(song.drums) > 0)]))
    return np.concatenate(flat)


def normalised(histogram: Array | Ints) -> Array:
    """The histogram with sum 1; zeros when it is empty."""
    flat = np.asarray(histogram, dtype=np.float64)
    total = flat.sum()
    return flat / total if total else flat


def _rhythm(notes: Notes) -> list[Array | Ints]:
    """Where in the beat notes start, with what lengths, in what patterns of a beat."""
    out: list[Array | Ints] = []
    for low, high in _REGISTERS:
        some = notes[(notes["pitch"] >= low) & (notes["pitch"] < high)]
        within = some["start"] % GRID
        lengths = np.searchsorted(_LENGTHS, some["duration"], side="right")
        out.append(_count(within * (len(_LENGTHS) + 1) + lengths, GRID * (len(_LENGTHS) + 1)))
        patterns = beat_patterns(some)
        out.append(_count(patterns, 33))
        if len(patterns) > 1:
            coarse = np.minimum(patterns, 16)
            out.append(_count(coarse[:-1] * 17 + coarse[1:], 289))
        else:
            out.append(np.zeros(289))
        gaps = np.diff(np.unique(some["start"]))
        out.append(_count(np.searchsorted(_IOIS, gaps, side="right"), len(_IOIS) + 1))
    return out


def beat_patterns(notes: Notes) -> Ints:
    """For each beat up to the last note which sixteenths are struck, as a number 0..15 (the first
    is bit 0), or 16 and above where a triplet is: 16 plus the bits of positions 2, 4, 8, 10."""
    if not len(notes):
        return np.zeros(0, dtype=np.int64)
    beats = int(notes["start"].max()) // GRID + 1
    struck = np.zeros((beats, GRID), dtype=bool)
    struck[notes["start"] // GRID, notes["start"] % GRID] = True
    binary = struck[:, [0, 3, 6, 9]] @ np.array([1, 2, 4, 8])
    ternary = struck[:, [2, 4, 8, 10]] @ np.array([1, 2, 4, 8])
    return np.asarray(np.where(ternary > 0, 16 + ternary, binary))


def _texture(notes: Notes) -> list[Array | Ints]:
    """How many notes start and sound together, how far apart, and where on the keyboard."""
    if not len(notes):
        return [np.zeros(n) for n in (12, 12, 49, 12, 12, 30, 30)]
    _, first, size = np.unique(notes["start"], return_index=True, return_counts=True)
    lowest = np.repeat(notes["pitch"][first], size)
    above = notes["pitch"] - lowest
    steps = np.diff(notes["pitch"])[np.diff(notes["start"]) == 0]
    sounding = _sounding(notes)
    return [
        _count(np.minimum(size, 11), 12),
        _count(np.minimum(sounding, 11), 12),
        _count(np.minimum(above[above > 0], 48), 49),
        _count(above[above > 0] % 12, 12),
        _count(np.minimum(steps, 11), 12),
        _count(np.clip((notes["pitch"] - 21) // 3, 0, 29), 30),
        _count(np.clip((notes["pitch"][first] - 21) // 3, 0, 29), 30),
    ]


def _sounding(notes: Notes) -> Ints:
    """How many notes sound in each eighth."""
    half = GRID // 2
    end = int((notes["start"] + notes["duration"]).max()) // half + 2
    change = np.zeros(end, dtype=np.int64)
    begins = -(-notes["start"] // half)
    ends = np.maximum(-(-(notes["start"] + notes["duration"]) // half), begins)
    np.add.at(change, begins, 1)
    np.add.at(change, np.minimum(ends, end - 1), -1)
    return np.asarray(np.cumsum(change)[:-1])


def _harmony(song: Played) -> list[Array | Ints]:
    """Notes by the step above the root of their chord, in all registers and in the low, middle and
    high one, on and off the beat; and which steps sound together in each chord.

    Every chord counts as if it were a major one (`_AS_MAJOR`): whether a song is in minor is its
    own, not its style's, and a judge that hears it takes songs in minor for game music.
    """
    notes = song.notes
    chords = song.lead.chords
    if not chords or not len(notes):
        return [np.zeros(size) for size in (24, 24, 24, 24, 8, 12, 8)]
    starts = np.array([c.start for c in chords])
    under = np.maximum(np.searchsorted(starts, notes["start"], side="right") - 1, 0)
    root = np.array([c.root for c in chords])[under]
    kind = np.array([_KINDS.index(c.triad) for c in chords])[under]
    known = root >= 0
    step = _AS_MAJOR[kind, (notes["pitch"] - root) % 12]
    off = (notes["start"] % GRID != 0).astype(np.int64)
    place = step * 2 + off
    out: list[Array | Ints] = []
    for low, high in _REGISTERS:
        some = known & (notes["pitch"] >= low) & (notes["pitch"] < high)
        weight = np.minimum(notes["duration"][some], 48).astype(np.float64)
        out.append(np.bincount(place[some], weight, 24))
    masks = np.zeros((len(chords), 12), dtype=bool)
    masks[under[known], step[known]] = True
    masks = masks[masks.any(axis=1)]
    richness = np.clip(masks.sum(axis=1), 0, 7)
    third = masks[:, 4]
    seventh = masks[:, 10] | masks[:, 11]
    ninth = masks[:, 1] | masks[:, 2]
    flags = third + 2 * seventh + 4 * ninth
    return [*out, _count(richness, 8), masks.sum(axis=0), _count(flags, 8)]


def _edge(notes: Notes, low: bool) -> Notes:
    """The lowest (or highest) note of those that start together, where it lies well away from the
    middle of what sounds: the bass line and the top line."""
    if not len(notes):
        return notes
    new = np.diff(notes["start"]) != 0
    line = notes[np.r_[True, new]] if low else notes[np.r_[new, True]]
    middle = float(np.median(line["pitch"]))
    return line[line["pitch"] <= middle + 3] if low else line[line["pitch"] >= middle - 3]


def _line(line: Notes) -> list[Array | Ints]:
    """A line's steps, its pace, and steps by pace."""
    if len(line) < 2:
        return [np.zeros(31), np.zeros(len(_IOIS) + 1), np.zeros(9 * 4)]
    steps = np.clip(np.diff(line["pitch"]), -15, 15) + 15
    gaps = np.diff(line["start"])
    pace = np.searchsorted([6, 12, 24], gaps, side="right")
    sizes = np.searchsorted([-11, -4, -2, 0, 1, 3, 5, 12], steps - 15, side="right")
    return [
        _count(steps, 31),
        _count(np.searchsorted(_IOIS, gaps, side="right"), len(_IOIS) + 1),
        _count(sizes * 4 + pace, 36),
    ]


def _form(song: Played) -> list[Array | Ints]:
    """How alike neighbouring bars are: rhythm of the low and of the other notes, and pitches."""
    lines = song.lines
    out: list[Array | Ints] = []
    for low, high in ((0, 52), (52, 128)):
        some = song.notes[(song.notes["pitch"] >= low) & (song.notes["pitch"] < high)]
        edges = np.searchsorted(some["start"], lines)
        rhythm: list[frozenset[int]] = []
        pitches: list[frozenset[int]] = []
        for i, (a, b) in enumerate(pairwise(edges.tolist())):
            rhythm.append(frozenset((some["start"][a:b] - lines[i]).tolist()))
            pitches.append(frozenset(some["pitch"][a:b].tolist()))
        for sets in (rhythm, pitches):
            alike = [_jaccard(x, y) for x, y in pairwise(sets) if x or y]
            out.append(_count(np.floor(np.array(alike) * 5).astype(np.int64), 6))
    return out


def _jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b)


def _levels(song: Played) -> Array:
    """Single figures, each brought to about 0..1: density, onsets, range, held share."""
    notes = song.notes
    beats = max(song.lead.length / GRID, 1.0)
    if not len(notes):
        return np.zeros(8)
    low, high = np.percentile(notes["pitch"], (5, 95))
    onsets = len(np.unique(notes["start"]))
    return np.array(
        [
            np.log1p(len(notes) / beats) / 3,
            np.log1p(onsets / beats) / 2,
            np.log1p(len(notes) / onsets) / 2,
            (high - low) / 60,
            low / 60,
            high / 100,
            np.log(np.mean(notes["duration"])) / 4,
            float(np.mean(notes["start"] % GRID != 0)),
        ]
    )


def _drums(drums: Notes) -> list[Array | Ints]:
    """The rhythm of the drums: where in two beats what is struck, and the patterns of a beat."""
    kind = np.searchsorted([35.5, 38.5, 41.5, 46.5, 50.5, 53.5, 59.5], drums["pitch"])
    place = drums["start"] % (2 * GRID)
    return [_count(place * 8 + kind, 2 * GRID * 8), _count(beat_patterns(drums), 33)]


def _count(values: Array | Ints, size: int) -> Ints:
    return np.bincount(np.asarray(values, dtype=np.int64), minlength=size)
