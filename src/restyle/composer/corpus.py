"""Songs as rows of numbers for training: what each step knows and what it has to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.composer.notes import is_note
from restyle.composer.pieces import Piece
from restyle.composer.vocabulary import (
    LENGTHS,
    LONGEST_STEP,
    METERS,
    PHASES,
    NoteSet,
    nearest_length,
)

Rows = NDArray[np.int64]
KIND = 6
"""The column of `known` that holds twice the style's number, and one more in minor."""


@dataclass(frozen=True)
class Numbered:
    """One song: `known` (steps, 7) as in `model.COLUMNS`, `aims` (steps, 4) for the step after."""

    known: Rows
    aims: Rows


def number(piece: Piece, notes: NoteSet, style: int = 0) -> Numbered:
    """The numbers of a piece; a chord or note outside the set is replaced by the nearest."""
    e = piece.elements
    symbol = notes.encode(piece.symbols)
    length = nearest_length(e["duration"])
    step = np.minimum(np.diff(e["start"], append=e["start"][-1:] + LONGEST_STEP), LONGEST_STEP)
    following = np.append(e["start"][1:], e["start"][-1] + LONGEST_STEP)
    phase, meter = places(following, piece.bars)
    kind = np.full(len(e), 2 * style + (piece.mode == "minor"))
    low = np.clip(e["low"], 0, 127)
    chord = np.array([not is_note(notes.symbols[i]) for i in symbol])
    known = np.stack([symbol, length, step, low, phase, meter, kind], -1).astype(np.int64)
    aims = np.stack([symbol, length, step, np.where(chord, low, -1)], -1).astype(np.int64)
    return Numbered(known[:-1], aims[1:])


def places(onsets: NDArray[np.integer], bars: Rows) -> tuple[Rows, Rows]:
    """For each onset its place in the bar, and the number of its meter (a bar's length / 3)."""
    lengths = np.append(np.diff(bars), 48)
    i = np.clip(np.searchsorted(bars, onsets, side="right") - 1, 0, len(bars) - 1)
    phase = np.minimum(onsets - bars[i], PHASES - 1) if len(bars) > 1 else onsets % 48
    past = onsets >= bars[-1]
    if past.any() and len(bars) > 1:
        last = int(bars[-1] - bars[-2])
        phase = np.where(past, (onsets - bars[-1]) % max(last, 1), phase)
        lengths[-1] = last
    return phase.astype(np.int64), np.minimum(lengths[i] // 3, METERS - 1).astype(np.int64)


def batch(
    songs: Sequence[Numbered], length: int, size: int, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """`size` windows from random places: (known, aims).

    Styles are as likely as each other, and within one songs by their length.
    """
    counts = np.array([max(len(s.known) - length + 1, 0) for s in songs], dtype=np.int64)
    styles = np.array([s.known[0, KIND] // 2 for s in songs])
    share = counts / np.bincount(styles, counts)[styles]
    chosen = rng.choice(len(songs), size, p=share / share.sum())
    known, aims = [], []
    for i in chosen:
        at = int(rng.integers(int(counts[i])))
        known.append(songs[i].known[at : at + length])
        aims.append(songs[i].aims[at : at + length])
    return np.stack(known), np.stack(aims)


def every_window(songs: Sequence[Numbered], length: int, most: int) -> tuple[Rows, Rows]:
    """Windows side by side over all songs, evenly thinned to at most `most`."""
    known, aims = [], []
    for song in songs:
        for at in range(0, len(song.known) - length + 1, length):
            known.append(song.known[at : at + length])
            aims.append(song.aims[at : at + length])
    keep = np.unique(np.linspace(0, len(known) - 1, min(most, len(known))).astype(int))
    return np.stack([known[i] for i in keep]), np.stack([aims[i] for i in keep])


assert tuple(sorted(LENGTHS)) == LENGTHS
