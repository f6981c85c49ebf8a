"""Structureness: does a song come back to what it has played, over bars, phrases and sections?

SI of MusDr (Wu & Yang, "The Jazz Transformer on the Front Line", ISMIR 2020), used again in Compose
& Embellish (Wu & Yang, ICASSP 2023): the largest fitness of the segments of some length, fitness
being that of Müller, Jiang & Grosche ("A robust fitness measure for capturing repetitions in music
recordings", IEEE TASLP 2013). Theirs is taken from sound; here the same is done with the notes, so
that figures of theirs and of ours are alike in kind and not to be compared digit by digit.

What differs, beside the notes: frames are beats instead of half seconds, so that tempo does not
matter; segments begin at bar lines and are one to sixteen bars long (from eight on even numbers of
them), up to half the song; and a passage in another key is another passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from restyle.music.beat_chroma import chroma
from restyle.music.song import GRID, Notes

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SCALES = {"short": (6, 16), "mid": (16, 32), "long": (32, 10_000)}
"""Beats of a segment, from and below: motifs, phrases, sections. At 120 beats a minute 3 to 8, 8 to
16, and over 16 seconds, about those of the Jazz Transformer."""
BARS = (*range(1, 8), *range(8, 17, 2))
"""Bars of the segments that are looked at: sections of nine or eleven are rare and cost time."""
MOST_STARTS = 40
"""Longer songs are looked at from every second, third, ... bar line only."""
KEPT = 0.25
"""Share of the similarities that count as such; the others cost PENALTY (as in MusDr)."""
PENALTY = -2.0
_NEVER = np.float32(-1e9)


@dataclass(frozen=True)
class Fitness:
    """How well a segment stands for the song (Müller et al. 2013)."""

    value: float
    """Harmonic mean of the other two, 0..1."""
    score: float
    """How like the segment the passages are that repeat it, a step of the paths, less itself."""
    coverage: float
    """Share of the song that those passages take up, the segment itself not counted."""


def structureness(notes: Notes, lines: Ints) -> dict[str, float]:
    """SI of the notes between bar lines: {"short", "mid", "long"}, 0..1.

    The largest fitness of the segments of each of `SCALES`; NaN where the song is too short to have
    a segment twice, or silent. n equal passages and nothing else have (n - 1) / n.
    """
    edges, bars = frames(lines)
    out = dict.fromkeys(SCALES, float("nan"))
    if not len(notes):
        return out
    matrix = similarity_matrix(frame_features(notes, edges))
    for name, (least, below) in SCALES.items():
        found = [f.value for f in fitness(matrix, _segments(bars, least, below))]
        if found:
            out[name] = max(found)
    return out


def frames(lines: Ints) -> tuple[Ints, Ints]:
    """Edges of the beats of a song, grid positions, and the frame that each bar line is.

    A bar has as many frames of equal length as it has quarters, rounded, so that bars begin with a
    frame in every meter.
    """
    lengths = np.diff(lines)
    counts = np.maximum(np.rint(lengths / GRID).astype(np.int64), 1)
    edges = [
        begin + np.arange(count) * length // count
        for begin, length, count in zip(lines[:-1], lengths, counts, strict=True)
    ]
    return np.concatenate([*edges, lines[-1:]]), np.r_[0, np.cumsum(counts)]


def frame_features(notes: Notes, edges: Ints) -> Array:
    """What sounds and what is struck in each frame, shape (frames, 26), rows of length 1.

    12 pitch classes by how long they sound and 1 for silence, then 12 places in the frame by how
    many notes start there and 1 for none; each half of length √½, so that the product of two rows
    is the mean of the cosines of sound and of rhythm.
    """
    sounding = np.add.reduceat(chroma(notes, int(edges[-1])), edges[:-1], axis=1).T
    frame = np.searchsorted(edges, notes["start"], side="right") - 1
    inside = (frame >= 0) & (frame < len(edges) - 1)
    frame, start = frame[inside], notes["start"][inside]
    place = (start - edges[frame]) * GRID // (edges[frame + 1] - edges[frame])
    struck = np.bincount(frame * GRID + place, minlength=(len(edges) - 1) * GRID)
    halves = [_unit(half) for half in (sounding, struck.reshape(-1, GRID).astype(np.float64))]
    return np.asarray(np.concatenate(halves, axis=1) * np.sqrt(0.5))


def _unit(rows: Array) -> Array:
    """Rows of length 1, with a column more that says that nothing is there."""
    rows = np.column_stack([rows, ~rows.any(axis=1)])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def similarity_matrix(rows: Array) -> Array:
    """Which frames are alike, shape (frames, frames): the KEPT most alike pairs 0..1, the rest
    PENALTY, 1 on the diagonal."""
    near = np.minimum(rows @ rows.T, 1.0)
    least = float(np.quantile(near, 1 - KEPT))
    # equal frames are 1 but for rounding; where they are more than KEPT, they alone count
    reach = 1.0 - least
    scaled = (near - least) / reach if reach > 1e-9 else np.ones_like(near)
    out = np.where(near >= least - 1e-9, np.maximum(scaled, 0.0), PENALTY)
    np.fill_diagonal(out, 1.0)
    return np.asarray(out)


def _segments(bars: Ints, least: int, below: int) -> list[tuple[int, int]]:
    """(first frame, frames) of the segments of a time scale, from bar line to bar line."""
    count = len(bars) - 1
    step = -(-count // MOST_STARTS)
    out = []
    for length in (n for n in BARS if n <= count // 2):
        for first in range(0, count - length + 1, step):
            size = int(bars[first + length] - bars[first])
            if least <= size < below:
                out.append((int(bars[first]), size))
    return out


def fitness(matrix: Array, segments: Sequence[tuple[int, int]]) -> list[Fitness]:
    """Fitness of segments (first frame, frames) of a song with that similarity matrix.

    For a segment of M of the N frames, paths through the matrix (steps (1,1), (1,2), (2,1)) that
    lead from its first to its last frame and do not overlap in time are chosen so that the sum s of
    the similarities on them is the largest. With L steps in all, covering C frames: score
    (s - M) / L, coverage (C - M) / N, value their harmonic mean. The segment itself is one of the
    paths, with s = L = C = M. Raises ValueError for a segment that is not within the song.
    """
    if any(first < 0 or size < 1 or first + size > len(matrix) for first, size in segments):
        raise ValueError("A segment lies outside the song.")
    if not segments:
        return []
    total, steps, covered = _best_families(matrix, np.array(segments))
    out = []
    for (_, size), sigma, length, gamma in zip(
        segments, total.tolist(), steps.tolist(), covered.tolist(), strict=True
    ):
        score = max((sigma - size) / length, 0.0)
        coverage = max((gamma - size) / len(matrix), 0.0)
        both = score + coverage
        out.append(Fitness(2 * score * coverage / both if both else 0.0, score, coverage))
    return out


def _best_families(matrix: Array, segments: Ints) -> tuple[Floats, Ints, Ints]:
    """For each segment the sum, the steps and the frames covered of its best family of paths.

    Goes through the song frame by frame, all segments at once. State 0 is between two paths
    (`rest`), state m on frame m of the segment. The tallies count steps and covered frames of the
    best way to a state in one number, steps * unit + frames.
    """
    count, size = len(segments), segments[:, 1]
    widest, unit = int(size.max()), np.int32(4 * len(matrix))
    padded = np.pad(matrix.astype(np.float32), ((0, 0), (0, widest)), constant_values=_NEVER)
    windows = sliding_window_view(padded, widest, axis=1)
    # state m stands in column m + 1, so that two states back is there for the first one, too
    sums = [np.full((count, widest + 2), _NEVER) for _ in range(3)]
    tallies = [np.zeros((count, widest + 2), np.int32) for _ in range(3)]
    rest, rest_tally = np.zeros(count, np.float32), np.zeros(count, np.int32)
    better = np.zeros((count, widest), dtype=bool)
    end = np.arange(count), size + 1
    for row in windows:
        (before, last, now), (tally_before, tally_last, tally) = sums, tallies
        inner, inner_tally = now[:, 2:], tally[:, 2:]
        np.copyto(inner, last[:, 1:-1])  # a frame for a frame of the segment
        np.copyto(inner_tally, tally_last[:, 1:-1])
        np.greater(last[:, :-2], inner, out=better)  # a frame for two of the segment
        np.copyto(inner, last[:, :-2], where=better)
        np.copyto(inner_tally, tally_last[:, :-2], where=better)
        np.greater(before[:, 1:-1], inner, out=better)  # two frames for one
        np.copyto(inner, before[:, 1:-1], where=better)
        np.copyto(inner_tally, tally_before[:, 1:-1] + 1, where=better)
        inner[:, 0], inner_tally[:, 0] = rest, rest_tally  # a path begins
        inner += row[segments[:, 0]]
        inner_tally += unit + 1
        ended = now[end] > rest
        rest = np.where(ended, now[end], rest)
        rest_tally = np.where(ended, tally[end], rest_tally)
        sums, tallies = [last, now, before], [tally_last, tally, tally_before]
    return rest, rest_tally // unit, rest_tally % unit
