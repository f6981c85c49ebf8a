"""Where the melody is handed over: who plays it while the leading track rests for long."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chroma import SLOT
from restyle.analysis.tracks import tops_of_chords
from restyle.music.song import Notes, Song

_LONG = 2
"""Bars that the leader must rest for another to take over."""
_PHRASE = 4
"""Bars of a phrase: where nobody takes over for the whole of a rest, each is looked at."""
_PRESENT = 0.6
"""Share of those bars in which the other must play."""
_ELSEWHERE = 0.35
"""Who plays in more than this share of the leader's bars accompanies, and goes on doing so unless
it plays something new above everyone else."""
_OLD = 0.25
"""Share of a passage's bars that its player may also play while the leader sings: figures do."""
_SINGLE = 0.9
"""Share of single notes: a soloist does not play chords."""
_PITCHES = 5
"""Different pitches that make a melody and not a figure."""
_LOWEST, _HIGHEST = 52, 92
"""Mean pitches between which melodies lie."""
_FLOOR = 45
"""Nobody sings lower (A2)."""


def soloists(song: Song, candidates: list[int], leader: int) -> list[tuple[int, int, int]]:
    """(track, first tick, last tick) of each stretch in which another track leads.

    A track that is silent most of the time while the leader plays takes over with any melodic
    line; one that accompanies the leader only with a line that is new and lies on top: an
    interlude of the accompaniment is not a melody.
    """
    stage = _Stage.of(song, candidates, leader)
    out = []
    for first, last in _rests(stage.leading) if stage.leading.any() else ():
        pieces = [(first, last)]
        if stage.taker(first, last) is None:
            pieces = [(at, min(at + _PHRASE, last)) for at in range(first, last, _PHRASE)]
        for begin, end in pieces:
            row = stage.taker(begin, end) if end - begin >= _LONG else None
            if row is not None:
                out.append((candidates[row], int(stage.lines[begin]), int(stage.lines[end])))
    return out


@dataclass(frozen=True)
class _Stage:
    """The candidates' notes, where each bar begins in them, and in which bars they play."""

    lines: NDArray[np.int64]
    notes: list[Notes]
    edges: list[NDArray[np.int64]]
    leading: NDArray[np.bool_]
    """The bars in which the leader plays."""
    active: NDArray[np.bool_]
    elsewhere: NDArray[np.float64]
    """Share of the leader's bars in which each candidate plays too."""
    contents: dict[int, list[bytes]] = field(default_factory=dict)
    """`_contents` of the candidates that were asked for so far."""

    @classmethod
    def of(cls, song: Song, candidates: list[int], leader: int) -> _Stage:
        lines = song.bar_starts()
        notes = [song.tracks[i].notes for i in candidates]
        edges = [np.searchsorted(part["start"], lines) for part in notes]
        active = np.array([np.diff(edge) > 0 for edge in edges])
        leading = active[candidates.index(leader)]
        elsewhere = active[:, leading].sum(axis=1) / max(int(leading.sum()), 1)
        return cls(lines, notes, edges, leading, active, elsewhere)

    def taker(self, first: int, last: int) -> int | None:
        """Which candidate takes over in these bars, if any: rather a soloist than an
        accompanist, then who has most notes."""
        inside = [
            part[edge[first] : edge[last]]
            for part, edge in zip(self.notes, self.edges, strict=True)
        ]
        present = self.active[:, first:last].mean(axis=1) >= _PRESENT
        top = max((float(part["pitch"].mean()) for part in inside if len(part)), default=0.0)
        able = [
            row
            for row in np.flatnonzero(present).tolist()
            if _melodic(inside[row], last - first)
            and (
                self.elsewhere[row] <= _ELSEWHERE
                or (inside[row]["pitch"].mean() >= top and self._is_new(row, first, last))
            )
        ]
        if not able:
            return None
        return int(max(able, key=lambda row: (self.elsewhere[row] <= _ELSEWHERE, len(inside[row]))))

    def _is_new(self, row: int, first: int, last: int) -> bool:
        """Whether a candidate plays something in these bars that it never plays to the leader."""
        if row not in self.contents:
            self.contents[row] = self._contents(row)
        bars = self.contents[row]
        known = {bars[bar] for bar in np.flatnonzero(self.leading).tolist()}
        return bool(np.mean([bar in known for bar in bars[first:last]]) <= _OLD)

    def _contents(self, row: int) -> list[bytes]:
        """What a candidate plays in each bar, to a sixteenth: equal for bars that are the same."""
        notes, edge = self.notes[row], self.edges[row]
        begins = np.repeat(self.lines[:-1], np.diff(edge))
        place = (notes["start"][: len(begins)] - begins + SLOT // 2) // SLOT
        what = (place * 128 + notes["pitch"][: len(begins)]).astype(np.int32)
        return [what[begin:end].tobytes() for begin, end in pairwise(edge.tolist())]


def _rests(leading: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of at least _LONG bars in which the leader is silent."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], leading, [True])).astype(np.int8)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(first, last) for first, last in runs if last - first >= _LONG]


def _melodic(notes: Notes, bars: int) -> bool:
    """Whether notes in so many bars are a line of their own, in a melody's register, and no mere
    figure."""
    pitch = notes["pitch"]
    return bool(
        len(tops_of_chords(notes)) >= _SINGLE * len(notes)
        and len(np.unique(pitch)) >= min(_PITCHES, bars + 2)
        and _LOWEST <= pitch.mean() <= _HIGHEST
        and pitch.min() >= _FLOOR
    )
