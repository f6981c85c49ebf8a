"""The melody of a song: the track that sings it or, where one player plays all, the top voice."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from restyle.song import TICKS, Notes, Song, Track

Mask = NDArray[np.bool_]

_NAMED = re.compile(
    r"melod|vocal|\bvox\b|voice|\blead\b|gesang|\bchant\b|singstimme|\bcanto\b|\bsing|\bvoix\b"
    r"|\bstimme\b|\bsolo\b|\bsoprano?\b",
    re.IGNORECASE,
)
_NOT_NAMED = re.compile(r"back|bg|harm|choir|bass|guitar|2|practice|second", re.IGNORECASE)
_TOGETHER = TICKS // 12
"""Notes that start within this many ticks are one chord."""


def find_melody(song: Song) -> tuple[Mask, ...]:
    """Which notes are the melody: one mask a track, as long as its notes.

    A track whose name says so wins; else the track that looks most like a melody; else, where no
    single track carries it, the top voice of all of them. Drums never count.
    """
    masks = [np.zeros(len(t.notes), dtype=bool) for t in song.tracks]
    candidates = [i for i, t in enumerate(song.tracks) if not t.is_drum and len(t.notes)]
    if not candidates:
        return tuple(masks)
    chosen = _by_name(song, candidates)
    if chosen is None and not _one_player(song, candidates):
        chosen = _by_looks(song, candidates)
    if chosen is not None:
        masks[chosen] = top_notes(song.tracks[chosen].notes)
        return tuple(masks)
    notes = np.concatenate([song.tracks[i].notes for i in candidates])
    order = np.lexsort((notes["pitch"], notes["start"]))
    mask = np.zeros(len(notes), dtype=bool)
    mask[order] = skyline(notes[order])
    ends = np.cumsum([len(song.tracks[i].notes) for i in candidates])
    for i, part in zip(candidates, np.split(mask, ends[:-1]), strict=True):
        masks[i] = part
    return tuple(masks)


def top_notes(notes: Notes) -> Mask:
    """The top note of every chord of a track."""
    mask = np.zeros(len(notes), dtype=bool)
    if len(notes):
        mask[_top_of_groups(notes)] = True
    return mask


def _top_of_groups(notes: Notes) -> NDArray[np.int64]:
    """Index of the highest note of each group of notes that start together (sorted notes)."""
    group = np.concatenate(([0], np.cumsum(np.diff(notes["start"]) > _TOGETHER)))
    order = np.lexsort((notes["pitch"], group))
    last = np.append(np.flatnonzero(np.diff(group[order])), len(order) - 1)
    return np.asarray(order[last])


def skyline(notes: Notes) -> Mask:
    """The top voice of sorted notes: tops of chords that do not lie under a note still held."""
    mask = np.zeros(len(notes), dtype=bool)
    tops = _top_of_groups(notes)
    held_until, held = -1, -1
    recent = float(np.percentile(notes["pitch"][tops], 75))
    for i in tops:
        start, pitch = int(notes["start"][i]), int(notes["pitch"][i])
        under = start < held_until - _TOGETHER and pitch < held
        if under or pitch < recent - 14:
            continue
        mask[i] = True
        held, held_until = pitch, start + int(notes["duration"][i])
        recent += 0.1 * (pitch - recent)
    return mask


def _by_name(song: Song, candidates: list[int]) -> int | None:
    named = [
        i
        for i in candidates
        if _NAMED.search(song.tracks[i].name) and not _NOT_NAMED.search(song.tracks[i].name)
    ]
    return max(named, key=lambda i: len(song.tracks[i].notes)) if named else None


def _one_player(song: Song, candidates: list[int]) -> bool:
    """Whether all tracks are hands of one keyboard or the strings of one guitar."""
    programs = {song.tracks[i].program for i in candidates}
    return len(candidates) <= 2 and len(programs) == 1 and max(programs) < 8


def _by_looks(song: Song, candidates: list[int]) -> int | None:
    scores = [_looks(song.tracks[i], song.end) for i in candidates]
    return candidates[int(np.argmax(scores))] if scores else None


def _looks(track: Track, end: int) -> float:
    """How much a track looks like a melody: alone, sung register, covering much of the song."""
    notes = track.notes
    tops = _top_of_groups(notes)
    alone = len(tops) / len(notes)
    pitch = notes["pitch"][tops]
    register = 1.0 - abs(float(pitch.mean()) - 70.0) / 20.0
    covered = len(np.unique(notes["start"] // (4 * TICKS))) / max(end / (4 * TICKS), 1.0)
    steps = np.abs(np.diff(pitch))
    smooth = float(np.mean((steps > 0) & (steps < 5))) if len(steps) else 0.0
    variety = min(len(np.unique(pitch)) / 12.0, 1.0)
    rate = min(len(tops) / max(end / TICKS, 1.0), 1.0)
    return 2.0 * alone + 1.5 * register + 1.5 * min(covered, 0.8) + smooth + variety + 0.5 * rate
