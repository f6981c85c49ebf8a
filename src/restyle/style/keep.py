"""Keep: tracks of the song itself that stay as they are, for the band to be played around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import Heard
from restyle.analysis.align import seconds_at, ticks_at
from restyle.decoding.band import Band, Player
from restyle.errors import RestyleError
from restyle.music.classes import PARTS, class_named
from restyle.music.grid import quantise, swing
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of, part_of
from restyle.music.song import GRID, MELODY, STEP, TICKS, Notes, Song, Tempo, Track, notes_array
from restyle.music.verbatim import Event, Verbatim, of_notes
from restyle.style.named_tracks import chosen

MOST_TOKENS = 90
"""Tokens of a kept part in a bar that the band hears; of a denser one the outer voices, then the
stronger positions: what is written is whole."""
Place = Callable[[float, int], int]
NEAR = 2
"""Grid positions within which a note of a kept track is the lead sheet's."""


@dataclass(frozen=True)
class Kept:
    """What stays of a song, in the time of its lead sheet."""

    tracks: tuple[Track, ...]
    """As they are written: all have `Track.verbatim`."""
    arrangement: Arrangement
    """What their parts play on the grid, the tune apart: what the band hears."""
    tune: NDArray[np.bool_]
    """Which melody notes of the lead sheet they play."""
    tempos: tuple[Tempo, ...]
    """The song's, in ticks."""
    swing: float = 1.0
    """The ratio that they swing at, which the band takes over."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that they take from the style's band."""
        found = {part_of(t.program, t.is_drum) for t in self.tracks}
        return tuple(part for part in PARTS if part in found)

    @property
    def pitched(self) -> bool:
        """Whether there is anything but drums among them."""
        return not all(track.is_drum for track in self.tracks)

    def lead(self, lead: LeadSheet) -> LeadSheet:
        """The lead sheet with the tune that is left to be played."""
        return replace(lead, melody=lead.melody[~self.tune]) if self.tune.any() else lead


def later(kept: Kept, positions: int) -> Kept:
    """What is kept, so many grid positions later: behind an introduction."""
    if not positions:
        return kept
    tracks = []
    for track in kept.tracks:
        notes = track.notes.copy()
        notes["start"] += positions * STEP
        assert track.verbatim is not None
        ticks = positions * STEP * (track.verbatim.division // TICKS)
        tracks.append(replace(track, notes=notes, verbatim=track.verbatim.later(ticks)))
    parts = {}
    for part, played in kept.arrangement.parts.items():
        parts[part] = played.copy()
        parts[part]["start"] += positions
    tempos = [replace(t, start=t.start + positions * STEP) for t in kept.tempos]
    tempos[0] = replace(tempos[0], start=0)
    return replace(
        kept,
        tracks=tuple(tracks),
        arrangement=replace(kept.arrangement, parts=parts),
        tempos=tuple(tempos),
    )


def kept_from(
    heard: Heard, song: Song, names: Sequence[str], verbatim: Sequence[Verbatim] | None
) -> Kept:
    """What is to stay of a heard song.

    Args:
        song: the song as it was read, before it was heard.
        names: parts, instruments, track names or numbers (see `chosen`).
        verbatim: what its file has of each track of `song`; None where it is no MIDI file: its
            notes then stay as they are written.

    Raises RestyleError for a name that is no track's.
    """
    playing = [i for i, track in enumerate(song.tracks) if len(track.notes)]
    numbers = chosen(song, names)
    place = _place(heard, song)
    tracks = []
    for number in numbers:
        there, listened = song.tracks[playing[number]], heard.song.tracks[number]
        if verbatim is not None:
            found = verbatim[playing[number]]
            finer = found.division // TICKS
            found = replace(found, events=_moved(found, place, finer))
            notes = _of(found)
        else:
            notes = swing(listened.notes, heard.lead.swing, TICKS)
            found = of_notes(notes.tolist(), there.program, TICKS)
        tracks.append(replace(there, notes=notes, verbatim=found))
    masks = tuple(mask for i, mask in enumerate(heard.melody) if i in numbers)
    straight = [heard.song.tracks[i] for i in numbers]
    played = arrangement_of(heard.song.with_tracks(straight), masks, heard.lead.bars, 0.0)
    return Kept(
        tuple(tracks),
        _hearable(played, heard.lead),
        _tune_of(heard.lead, [t.notes[m] for t, m in zip(straight, masks, strict=True)]),
        heard.song.tempos,
        heard.lead.swing,
    )


def _moved(found: Verbatim, place: Place, finer: int) -> tuple[Event, ...]:
    return tuple((max(place(tick / finer, finer), 0), data) for tick, data in found.events)


def _place(heard: Heard, song: Song) -> Place:
    """Where a tick of the song that was read lies in the heard one: place(tick, finer), in units
    of a `finer`-th of a tick."""
    if not heard.live:
        shift = round(float(ticks_at(heard.song.tempos, np.array([-heard.begin]))[0]))
        return lambda tick, finer: round(tick * finer) + shift * finer

    def mapped(tick: float, finer: int) -> int:
        seconds = seconds_at(song.tempos, np.array([tick])) - heard.begin
        return round(float(ticks_at(heard.song.tempos, seconds)[0]) * finer)

    return mapped


def _of(verbatim: Verbatim) -> Notes:
    """The notes of events, in ticks: of one key the first release ends the first stroke."""
    finer = verbatim.division / TICKS
    sounding: dict[int, list[tuple[int, int]]] = {}
    rows = []
    last = 0
    for tick, data in verbatim.events:
        kind, key = data[0] >> 4, data[1]
        last = max(last, tick)
        if kind == 9 and data[2]:
            sounding.setdefault(key, []).append((tick, data[2]))
        elif kind in (8, 9) and sounding.get(key):
            start, velocity = sounding[key].pop(0)
            rows.append((start, tick, key, velocity))
    rows += [(a, max(last, a + 1), key, v) for key, some in sounding.items() for a, v in some]
    return notes_array(
        (round(a / finer), max(round(b / finer) - round(a / finer), 1), key, v)
        for a, b, key, v in rows
    )


def _tune_of(lead: LeadSheet, sung: Sequence[Notes]) -> NDArray[np.bool_]:
    """Which notes of the melody some tracks play."""
    out = np.zeros(len(lead.melody), dtype=bool)
    for notes in sung:
        on_grid = quantise(notes, TICKS)
        for i in np.flatnonzero(~out).tolist():
            same = on_grid["pitch"] == lead.melody["pitch"][i]
            near = np.abs(on_grid["start"] - lead.melody["start"][i]) <= NEAR
            out[i] = bool((same & near).any())
    return out


def _hearable(played: Arrangement, lead: LeadSheet) -> Arrangement:
    """What is played, no bar with more than the model can hear of a part."""
    lines = lead.bar_starts()
    parts = {}
    for part, notes in played.parts.items():
        inside = notes[notes["start"] < lead.length]
        bars = np.split(inside, np.searchsorted(inside["start"], lines[1:-1]))
        parts[part] = np.concatenate([_thinner(bar, part == "drums") for bar in bars])
    return replace(played, parts=parts)


def _thinner(bar: Notes, drums: bool) -> Notes:
    """The notes of a bar, or what the model can hear of them."""

    def size(notes: Notes) -> int:
        return len(np.unique(notes["start"])) + len(notes) * (1 if drums else 2)

    if size(bar) <= MOST_TOKENS:
        return bar
    first = np.r_[True, np.diff(bar["start"]) > 0]
    last = np.r_[first[1:], True]
    outer: Notes = bar[first | last]
    if size(outer) <= MOST_TOKENS:
        return outer
    thin: Notes = bar[last]
    for step in (1, 3, 6, GRID):
        thin = thin[thin["start"] % step == 0]
        if size(thin) <= MOST_TOKENS:
            break
    return thin


def with_kept(band: Band, kept: Kept) -> Band:
    """The band with the kept parts in it as they are; what it has beside of those parts is left
    out.

    Raises RestyleError where nobody is left to play.
    """
    own = [player for player in band.players if player.part not in kept.parts]
    if not own:
        raise RestyleError(
            "Nothing is left for the band to play: keep fewer tracks, or name more parts."
        )
    played = kept.arrangement
    heard = [_player(part, played.classes[part], kept) for part in played.names]
    players = sorted([*own, *heard], key=lambda player: PARTS.index(player.part))
    return replace(band, players=tuple(players))


def _player(part: str, instrument_class: str, kept: Kept) -> Player:
    programs = class_named(instrument_class).programs
    track = next(t for t in kept.tracks if part_of(t.program, t.is_drum) == part)
    return Player(
        part, instrument_class, track.program if track.program in programs else programs[0]
    )


def without(arrangement: Arrangement, kept: Kept) -> Arrangement:
    """What the band plays itself."""
    parts = {p: notes for p, notes in arrangement.parts.items() if p not in kept.parts}
    return replace(arrangement, parts=parts)


def joined(song: Song, kept: Kept, faster: float = 1.0) -> Song:
    """What the band plays with the kept tracks behind it, at their tempos (`faster` times)."""
    taken = {track.name for track in kept.tracks}
    tracks = []
    for track in song.tracks:
        name, number = track.name, 2
        while name in taken:
            name = _numbered(track, number)
            number += 1
        taken.add(name)
        tracks.append(replace(track, name=name))
    tempos = tuple(replace(t, bpm=t.bpm * faster) for t in kept.tempos)
    return replace(song, tracks=(*tracks, *kept.tracks), tempos=tempos)


def _numbered(track: Track, number: int) -> str:
    """Another name of the same kind: "Piano 2", "Flute 2 (melody)"."""
    if track.is_melody:
        return f"{track.instrument_name} {number} ({MELODY})"
    return f"{track.name} {number}"


def names_by_part(kept: Kept) -> Mapping[str, str]:
    """The track of each kept part that the band hears, by name."""
    out: dict[str, str] = {}
    for track in kept.tracks:
        out.setdefault(part_of(track.program, track.is_drum), track.name)
    return {part: name for part, name in out.items() if part in kept.arrangement.parts}
