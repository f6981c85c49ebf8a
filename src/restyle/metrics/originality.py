"""Originality: is what a part plays copied from a song that the model was trained on?

A part is a row of moves, each an interval and an inter-onset time to the note before (the lowest
note first where several start together), so that a copy in another key is still a copy. The
measure is the longest run of moves that a part shares with any one part of a training song. Real
songs share runs too (a bass that stays on one note, a broken chord), so held-out human songs stand
beside it. The tune is the user's own and does not count, nor do drums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from restyle.music.parts import Arrangement
from restyle.music.song import Notes

Moves = NDArray[np.int64]
Hashes = NDArray[np.uint64]

LENGTHS = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
"""Run lengths that are looked for, in moves; a longest run is rounded down to one of them."""
SAMPLE_LENGTH = 16
"""Moves in the runs of which a sample ships with the package."""
_LONGEST_GAP = 96
_CHUNK = 500_000
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def moves(notes: Notes) -> Moves:
    """A part as moves, shape (notes - 1,): interval and time since the note before in one number.

    Times over 8 beats count as 8 beats.
    """
    step = np.diff(notes["pitch"].astype(np.int64))
    gap = np.minimum(np.diff(notes["start"].astype(np.int64)), _LONGEST_GAP)
    return np.asarray((step + 128) * (_LONGEST_GAP + 1) + gap)


def part_moves(arrangement: Arrangement) -> list[Moves]:
    """The moves of each pitched part."""
    return [
        moves(notes)
        for part, notes in arrangement.parts.items()
        if part != "drums" and len(notes) > 1
    ]


def longest_shared(
    songs: Sequence[Sequence[Moves]], training: Iterable[Sequence[Moves]]
) -> list[int]:
    """For each song the longest run of moves that one of its parts shares with a training part.

    Runs of the lengths in `LENGTHS` are looked for; 0 when not even the shortest is shared. The
    training songs go by in one pass, so that a corpus of any size fits.
    """
    wanted = {n: _runs_of(songs, n) for n in LENGTHS}
    met = {n: np.zeros(len(known), dtype=bool) for n, (known, _) in wanted.items()}
    for row, ends in _in_chunks(training):
        begin = np.arange(len(row))
        for length, (known, _) in wanted.items():
            begin, runs = _inside(row, ends, begin, length)
            if not len(known) or not len(runs):
                break
            at = np.minimum(np.searchsorted(known, runs), len(known) - 1)
            here = known[at] == runs
            met[length][at[here]] = True
            begin = begin[here]  # a longer run begins with a shorter one
    out = [0] * len(songs)
    for length in LENGTHS:
        known, owners = wanted[length]
        for number, runs in enumerate(owners):
            if len(runs) and met[length][np.searchsorted(known, runs)].any():
                out[number] = length
    return out


def _runs_of(songs: Sequence[Sequence[Moves]], length: int) -> tuple[Hashes, list[Hashes]]:
    """The runs of all songs, sorted, and those of each."""
    each = [_joined([hashes(part, length) for part in song]) for song in songs]
    return np.unique(_joined(each)), each


def _in_chunks(songs: Iterable[Sequence[Moves]]) -> Iterator[tuple[Moves, NDArray[np.int64]]]:
    """The parts of many songs in a row, and where each ends."""
    held: list[Moves] = []
    size = 0
    for song in songs:
        held += [part for part in song if len(part)]
        size += sum(len(part) for part in song)
        if size > _CHUNK:
            yield np.concatenate(held), np.cumsum([len(part) for part in held])
            held, size = [], 0
    if held:
        yield np.concatenate(held), np.cumsum([len(part) for part in held])


def _inside(
    row: Moves, ends: NDArray[np.int64], begin: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int64], Hashes]:
    """Of the runs that begin at some places of a chunk those that lie within one part: where they
    begin, and their hashes."""
    begin = begin[begin + length <= ends[np.searchsorted(ends, begin, side="right")]]
    return begin, hashes(row, length)[begin] if len(begin) else np.zeros(0, np.uint64)


def _joined(rows: Sequence[Hashes]) -> Hashes:
    return np.concatenate([np.zeros(0, np.uint64), *rows])


def hashes(row: Moves, length: int) -> Hashes:
    """A 64-bit hash of each run of `length` moves, shape (moves - length + 1,) or (0,)."""
    if len(row) < length:
        return np.zeros(0, dtype=np.uint64)
    with np.errstate(over="ignore"):
        symbol = _mixed(row.astype(np.uint64) + np.uint64(1))
        # windows by doubling: hash(2 n) = hash(n) * m^n + hash(n shifted by n)
        whole, done = np.zeros(len(row), np.uint64), 0
        block, size = symbol, 1
        while size <= length:
            if length & size:
                count = len(row) - done - size + 1
                whole = whole[:count] * _power(size) + block[done : done + count]
                done += size
            if 2 * size <= length:
                count = len(row) - 2 * size + 1
                block = block[:count] * _power(size) + block[size : size + count]
            size *= 2
        return _mixed(whole[: len(row) - length + 1])


def share_known(parts: Sequence[Moves], sample: NDArray[np.uint32], keep: int) -> float:
    """Share of the runs of 16 moves that are in training songs, by a sample of one in `keep`.

    `sample` are the lower halves of the kept hashes, sorted; both sides keep the same ones (those
    divisible by `keep`), so that the share is not biased. NaN when no run of the parts is kept.
    """
    here = _joined([hashes(part, SAMPLE_LENGTH) for part in parts])
    here = here[_kept(here, keep)]
    if not len(here):
        return float("nan")
    low = here.astype(np.uint32)
    at = np.minimum(np.searchsorted(sample, low), max(len(sample) - 1, 0))
    return float((sample[at] == low).mean()) if len(sample) else 0.0


def sample_runs(songs: Iterable[Sequence[Moves]], keep: int) -> NDArray[np.uint32]:
    """The sample that `share_known` takes: one in `keep` of the songs' runs of 16 moves."""
    rows = [hashes(row, SAMPLE_LENGTH) for song in songs for row in song]
    return np.unique(_joined([row[_kept(row, keep)] for row in rows]).astype(np.uint32))


def _kept(every: Hashes, keep: int) -> NDArray[np.bool_]:
    return np.asarray((every >> np.uint64(32)) % np.uint64(keep) == 0)


def _mixed(values: Hashes) -> Hashes:
    """Splitmix64's finaliser: neighbours get hashes that have nothing in common."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * _MIX[0]
        values = (values ^ (values >> np.uint64(27))) * _MIX[1]
        return values ^ (values >> np.uint64(31))


def _power(exponent: int) -> np.uint64:
    return np.uint64(pow(int(_MULTIPLIER), exponent, 2**64))
