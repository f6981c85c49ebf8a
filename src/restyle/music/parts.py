"""Parts: the roles in a band, and Arrangement: what each of them plays for a lead sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.music.classes import PARTS, class_of
from restyle.music.drums import canonical_drums
from restyle.music.grid import quantise
from restyle.music.song import NOTE, TICKS, Notes, Song, sort_notes

MOST_NOTES_AT_ONCE = 6
"""Notes a part may start together; a dense chord keeps its outer notes."""


@dataclass(frozen=True, repr=False)
class Arrangement:
    """What the parts of a band play; note times are grid positions, drums have duration 1.

    A part that stands in `parts` with no notes is in the band and silent. `classes` names the
    instrument class of parts whose instrument is known (see `music.classes`).
    """

    parts: Mapping[str, Notes]
    classes: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """One line: each part and how many notes it plays."""
        return f"Arrangement({', '.join(f'{n} {len(self.parts[n])}' for n in self.names)} notes)"

    @property
    def names(self) -> tuple[str, ...]:
        """The parts in use, in the fixed order."""
        return tuple(name for name in PARTS if name in self.parts)


def part_of(program: int, is_drum: bool = False) -> str:
    """The part that a General MIDI program 0-127 plays; "" for effects that are no music."""
    found = class_of(program, is_drum)
    return "drums" if is_drum else found.part if found else ""


def arrangement_of(
    song: Song, melody: tuple[NDArray[np.bool_], ...], bars: int, least_share: float = 0.08
) -> Arrangement:
    """What everyone but the melody plays in a heard song, on the grid.

    `melody` has a mask for each track. Tracks of one part and one instrument class are merged; of
    several classes in a part the busiest stays, since a clean and a distorted guitar are not one
    instrument. A part that plays in fewer than `least_share` of the `bars` is an effect, not a
    member of the band, and is left out.
    """
    gathered: dict[str, dict[str, list[Notes]]] = {}
    for track, sung in zip(song.tracks, melody, strict=True):
        found = class_of(track.program, track.is_drum)
        rest = track.notes[~sung]
        if found and len(rest):
            gathered.setdefault(found.part, {}).setdefault(found.name, []).append(rest)
    line = song.bar_starts()

    def played(notes: Notes) -> int:
        return len(np.unique(np.searchsorted(line, notes["start"], side="right")))

    parts: dict[str, Notes] = {}
    classes: dict[str, str] = {}
    for part in PARTS:
        if part not in gathered:
            continue
        by_class = {name: np.concatenate(some) for name, some in gathered[part].items()}
        if part == "drums":  # one kit is played, whatever programs it was given
            by_class = {max(by_class, key=lambda n: len(by_class[n])): _all(by_class)}
        name = max(by_class, key=lambda n: (played(by_class[n]), len(by_class[n])))
        if played(by_class[name]) < max(2, least_share * bars):
            continue
        notes = sort_notes(by_class[name])
        notes = canonical_drums(notes) if part == "drums" else notes
        parts[part] = tidy(quantise(notes, TICKS), part)
        classes[part] = name
    return Arrangement(parts, classes)


def _all(by_class: Mapping[str, Notes]) -> Notes:
    return np.concatenate([*by_class.values()])


def tidy(notes: Notes, part: str) -> Notes:
    """A part as the tokens can hold it: no doubled notes, drums without lengths, chords bounded."""
    notes = sort_notes(notes.astype(NOTE))
    if part == "drums":
        notes["duration"] = 1
        notes = notes[(notes["pitch"] >= 27) & (notes["pitch"] <= 87)]
    else:
        # of two notes on one key the longer one stays: it is sorted last
        notes = notes[::-1]
    _, first = np.unique(notes["start"].astype(np.int64) * 128 + notes["pitch"], return_index=True)
    notes = sort_notes(notes[np.sort(first)])
    return _thin(notes)


def _thin(notes: Notes) -> Notes:
    """At most `MOST_NOTES_AT_ONCE` notes a position: the lowest ones and the top one."""
    if not len(notes):
        return notes
    new = np.r_[True, notes["start"][1:] != notes["start"][:-1]]
    first = np.flatnonzero(new)
    rank = np.arange(len(notes)) - first[np.cumsum(new) - 1]
    top = np.r_[new[1:], True]
    kept: Notes = notes[(rank < MOST_NOTES_AT_ONCE - 1) | top]
    return kept
