"""Two hands: the tune in the right hand of a piano, its accompaniment in the left.

How reductions for players are made: the tune stays, and what is left of the band is one hand's
width, below it. The accompaniment comes down by octaves until the tune has its room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, part_of
from restyle.music.playability import PIANO, Limits, hand_faults
from restyle.music.song import MELODY, Notes, Song, Track, between, notes_array, sort_notes
from restyle.style.level import Rows, at_level, struck_apart

PART = "piano"
RIGHT, LEFT = "Piano right hand", "Piano left hand"
"""Names of the tracks, by which a score has them on one pair of staves."""
ROOM = 2
"""Semitones that the left hand stays below the tune."""
HIGHEST, LOWEST = 59, 33
"""B3 and A1: where the left hand plays."""
FULL_FROM, FIFTH, THIRD = 48, 7, 3
"""C3: below it the left hand strikes nothing closer than a fifth to its lowest note, which would be
mud, and nowhere two notes of a step."""
LOW_TUNE, TUNE_AT = 53, 67
"""A tune that goes below F3 leaves no room: it goes up, to about G4."""


def asked_for(level: str, instruments: Mapping[str, int]) -> bool:
    """Whether a piano of a level is to have the tune in its right hand."""
    program = instruments.get(MELODY)
    return bool(level) and program is not None and part_of(program) == PART


def with_room(lead: LeadSheet) -> LeadSheet:
    """The lead sheet with its tune where a right hand plays, up by octaves if it lies too low."""
    if not len(lead.melody) or lead.melody["pitch"].min() >= LOW_TUNE:
        return lead
    octaves = max(round((TUNE_AT - float(np.median(lead.melody["pitch"]))) / 12), 1)
    tune = lead.melody.copy()
    tune["pitch"] = np.minimum(tune["pitch"] + 12 * octaves, 127)
    return replace(lead, melody=tune)


def in_two_hands(arrangement: Arrangement, lead: LeadSheet, level: str) -> Arrangement:
    """The arrangement at a level, its piano a left hand under the tune."""
    simple = at_level(arrangement, lead, level)
    played = arrangement.parts.get(PART)
    if played is None:
        return simple
    return replace(simple, parts={**simple.parts, PART: left_hand(played, lead, level)})


def left_hand(notes: Notes, lead: LeadSheet, level: str) -> Notes:
    """What a left hand plays of a piano's notes, within a level and below the tune."""
    limits, ceiling = PIANO[level], _ceiling(lead)
    rows: Rows = []
    last: int | None = None
    for begin, end in pairwise(lead.bar_starts().tolist()):
        bar = _on_strokes(between(notes, begin, end), begin, limits)
        starts = np.unique(bar["start"]).tolist()
        for at, until in pairwise([*starts, end]):
            struck = bar[bar["start"] == at]
            lasts = max(min(int(struck["duration"].max()), until - at), 1)
            pitches = _within(struck, int(ceiling[at : at + lasts].min()), limits, last)
            rows += [(at, lasts, pitch, int(struck["velocity"].max())) for pitch in pitches]
            last = pitches[0] if pitches else last
    return struck_apart(sort_notes(notes_array(rows)))


def _ceiling(lead: LeadSheet) -> NDArray[np.int64]:
    """Up to where the left hand may play at each grid position."""
    out = np.full(lead.length, HIGHEST)
    for start, duration, pitch, _ in lead.melody.tolist():
        sounding = slice(start, start + duration)
        out[sounding] = np.minimum(out[sounding], pitch - ROOM)
    return out


def _on_strokes(bar: Notes, begin: int, limits: Limits) -> Notes:
    """The notes that begin where a level has strokes; of a bar that has none such all, a little
    earlier."""
    off = (bar["start"] - begin) % limits.shortest
    on = off == 0
    out = bar[on] if on.any() else bar.copy()
    if on.any():
        return out
    out["start"] -= off
    return sort_notes(out)


def _within(struck: Notes, ceiling: int, limits: Limits, last: int | None) -> list[int]:
    """What the hand strikes of a chord: its lowest note, and from the top what it reaches."""
    low = (_folded(pitch, ceiling) for pitch in struck["pitch"].tolist())
    pitches = sorted({pitch for pitch in low if pitch >= LOWEST})
    if not pitches:
        return []
    outer = pitches[0]
    if last is not None and limits.leap is not None and abs(outer - last) > limits.leap:
        there = range(LOWEST + (outer - LOWEST) % 12, ceiling + 1, 12)
        near = [pitch for pitch in there if abs(pitch - last) <= limits.leap]
        if not near:
            return []
        by = min(near, key=lambda pitch: abs(pitch - outer)) - outer
        pitches = [pitch + by for pitch in pitches if pitch + by <= ceiling]
        outer += by
    least = FIFTH if outer < FULL_FROM else THIRD
    out = [outer]
    for pitch in pitches[:0:-1]:
        apart = all(abs(pitch - other) >= THIRD for other in out)
        if apart and least <= pitch - outer <= limits.span and len(out) < limits.notes:
            out.append(pitch)
    return sorted(out)


def _folded(pitch: int, ceiling: int) -> int:
    """A pitch brought below the ceiling by octaves."""
    return pitch if pitch <= ceiling else pitch - 12 * -(-(pitch - ceiling) // 12)


def hard_bars(lead: LeadSheet, level: str) -> int:
    """How many bars of the tune are beyond a level; it stays as it is."""
    tune, lines = lead.melody, lead.bar_starts().tolist()
    count = 0
    for begin, end in pairwise(lines):
        bar = between(tune, begin, end)
        bar["start"] -= begin
        count += bool(hand_faults(bar, "right", PIANO[level]))
    return count


def named_hands(song: Song, named: Mapping[str, str]) -> tuple[Song, dict[str, str]]:
    """The song with its tune and its piano as the two hands of one player, and the track names by
    part."""
    if MELODY not in named or PART not in named:
        return song, dict(named)
    new = {named[MELODY]: f"{RIGHT} ({MELODY})", named[PART]: LEFT}
    tracks = [replace(t, name=new.get(t.name, t.name)) for t in song.tracks]
    left = next(t for t in tracks if t.name == LEFT)
    ordered: list[Track] = []
    for track in tracks:
        if track is not left:
            ordered += [track, left] if track.is_melody else [track]
    return song.with_tracks(ordered), {p: new.get(name, name) for p, name in named.items()}
