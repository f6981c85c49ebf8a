"""What makes a moment sound like a beat or a bar line: accents of a song over real time.

The measures are those that the literature on symbolic meter finds at work (Lerdahl & Jackendoff's
preference rules): where many notes start, long ones, loud ones, low ones, where the harmony and
the bass change, and what the drums play.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.align import seconds_at
from restyle.music.song import Song

FRAMES = 100
"""Frames a second."""
MEASURES = (
    "onsets", "bass", "bass change", "length", "loudness", "top length",
    "harmony .5 s", "harmony 1 s", "harmony 2 s", "harmony 4 s", "kick", "snare", "crash",
)  # fmt: skip
"""What the columns of `accents` measure."""

Frames = NDArray[np.float32]
Index = NDArray[np.int64]

_NEAR = 30  # frames either way within which a note counts as the lowest or the highest
_COARSE = 4  # frames between two looks at the harmony
_LOW = 64  # bass notes lie below this pitch
_LONG = 2.0  # seconds; longer notes accent no more than that
_WINDOWS = (0.5, 1.0, 2.0, 4.0)  # seconds of harmony compared before and after a moment
_DRUMS = ((35, 36), (37, 38, 39, 40), (49, 52, 55, 57))


def accents(song: Song) -> Frames:
    """Accents of a song: (frames, len(MEASURES)), each measure relative to its mean in the song.

    Frame i is the time i / FRAMES seconds after tick 0; two seconds of silence close the song.
    Impulses are spread over about 20 ms either way.
    """
    pitched = [t.notes for t in song.tracks if not t.is_drum and len(t.notes)]
    drums = [t.notes for t in song.tracks if t.is_drum and len(t.notes)]
    frames = int((seconds_at(song.tempos, np.array([song.end]))[0] + 2.0) * FRAMES) + 1
    out = np.zeros((frames, len(MEASURES)), dtype=np.float32)
    if pitched:
        notes = np.concatenate(pitched)
        start = seconds_at(song.tempos, notes["start"])
        length = seconds_at(song.tempos, notes["start"] + notes["duration"]) - start
        at = np.rint(start * FRAMES).astype(np.int64)
        out[:, :6] = _note_accents(at, length, notes["pitch"], notes["velocity"], frames)
        until = at + np.maximum(np.rint(length * FRAMES), 1).astype(np.int64)
        out[:, 6:10] = _harmony_changes(at, np.minimum(until, frames), notes["pitch"], frames)
    if drums:
        notes = np.concatenate(drums)
        at = np.rint(seconds_at(song.tempos, notes["start"]) * FRAMES).astype(np.int64)
        for column, pitches in enumerate(_DRUMS, 10):
            out[at[np.isin(notes["pitch"], pitches)], column] = 1
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 1.7) ** 2)
    for column in (0, 1, 2, 3, 4, 5, 10, 11, 12):
        if out[:, column].any():
            out[:, column] = np.convolve(out[:, column], kernel, "same")
    mean = out.mean(axis=0)
    impulses = np.array([6.0] * 6 + [1.0] * 4 + [6.0] * 3)  # keeps impulses of the same order
    return np.asarray(out / np.where(mean > 0, mean * impulses, 1.0), dtype=np.float32)


def extent(frames: Frames) -> tuple[float, float]:
    """Seconds of the first and of the last onset in `accents`; all of them where there is none."""
    begins = frames[:, [MEASURES.index(name) for name in ("onsets", "kick", "snare", "crash")]]
    at = np.flatnonzero(begins.any(axis=1))
    first, last = (at[0], at[-1]) if len(at) else (0, len(frames) - 1)
    return float(first / FRAMES), float(last / FRAMES)


def _note_accents(
    at: Index, length: NDArray[np.float64], pitch: Index, velocity: Index, frames: int
) -> Frames:
    """Onsets, bass, bass change, length, loudness and length of the top voice, by frame."""
    out = np.zeros((frames, 6), dtype=np.float32)
    out[:, 0] = np.log1p(np.bincount(at, minlength=frames))
    lowest = np.full(frames, 128)
    np.minimum.at(lowest, at, pitch)
    is_bass = (pitch <= _lowest_near(lowest)[at]) & (pitch < _LOW)
    out[at[is_bass], 1] = 1
    bass = np.flatnonzero(is_bass)
    bass = bass[np.argsort(at[bass], kind="stable")]
    changes = np.diff(pitch[bass] % 12) != 0
    out[at[bass][1:][changes], 2] = 1
    held = np.minimum(length, _LONG).astype(np.float32)
    np.maximum.at(out[:, 3], at, held)
    np.maximum.at(out[:, 4], at, velocity.astype(np.float32))
    highest = np.full(frames, -1)
    np.maximum.at(highest, at, pitch)
    is_top = pitch >= -_lowest_near(-highest)[at]
    np.maximum.at(out[:, 5], at[is_top], held[is_top])
    return out


def _lowest_near(values: Index) -> Index:
    """The least value within `_NEAR` frames of each frame."""
    padded = np.pad(values, _NEAR, constant_values=128)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEAR + 1).min(axis=1))


def _harmony_changes(at: Index, until: Index, pitch: Index, frames: int) -> Frames:
    """One minus the cosine between the chroma after and before each frame, a column a window.

    Worked out every `_COARSE` frames: it changes slowly.
    """
    cells = 12 * (frames + 1)
    edges = np.bincount(at * 12 + pitch % 12, minlength=cells)
    edges -= np.bincount(until * 12 + pitch % 12, minlength=cells)
    sounding = np.cumsum(edges.reshape(-1, 12), axis=0) > 0
    # Chroma summed from the beginning; float64 holds these whole numbers exactly.
    total = np.cumsum(sounding, axis=0, dtype=np.float64)[::_COARSE]
    here = np.arange(len(total))
    out = np.zeros((len(total), len(_WINDOWS)), dtype=np.float32)
    for column, seconds in enumerate(_WINDOWS):
        width = round(seconds * FRAMES / _COARSE)
        before = total - total[np.maximum(here - width, 0)]
        after = total[np.minimum(here + width, len(total) - 1)] - total
        norm = np.sqrt(np.einsum("ij,ij->i", before, before) * np.einsum("ij,ij->i", after, after))
        product = np.einsum("ij,ij->i", before, after)
        out[:, column] = 1 - np.divide(product, norm, out=np.ones(len(total)), where=norm > 0)
    nearest = np.minimum((np.arange(frames) + _COARSE // 2) // _COARSE, len(total) - 1)
    return out[nearest]


def at_times(frames: Frames, times: NDArray[np.float64]) -> Frames:
    """The rows of `frames` (silence beyond its ends) at times in seconds; any shape of times."""
    index = np.rint(times * FRAMES).astype(np.int64)
    inside = (index >= 0) & (index < len(frames))
    return np.asarray(frames[np.where(inside, index, 0)] * inside[..., None])
