"""Tracks of a song by what people call them: a number, a part, an instrument, a name."""

from __future__ import annotations

from collections.abc import Sequence

from restyle.errors import RestyleError
from restyle.music.classes import CLASS_NAMES, PARTS, class_named, class_of
from restyle.music.instruments import instrument, named
from restyle.music.parts import part_of
from restyle.music.song import Song, Track


def chosen(song: Song, names: Sequence[str]) -> tuple[int, ...]:
    """The tracks that names mean, as places among those that have notes.

    A name is a number as `restyle lead` lists them, a part ("bass"), a class of instruments
    ("nylon-guitar"), a track's name or a piece of it, or a General MIDI instrument.

    Raises RestyleError, with what there is, for a name that is none.
    """
    tracks = [track for track in song.tracks if len(track.notes)]
    found: set[int] = set()
    for name in names:
        some = _named(tracks, name.strip().casefold())
        if not some:
            raise RestyleError(f"There is no track '{name}' to keep: {_listed(tracks)}.")
        found.update(some)
    return tuple(sorted(found))


def _named(tracks: Sequence[Track], name: str) -> list[int]:
    there = list(enumerate(tracks))
    if name.isdigit():
        return [i for i, _ in there if i + 1 == int(name)]
    exact = [i for i, t in there if t.name.strip().casefold() == name]
    if name in PARTS:
        return [i for i, t in there if part_of(t.program, t.is_drum) == name] or exact
    if name in CLASS_NAMES:
        wanted = class_named(name)
        return [i for i, t in there if class_of(t.program, t.is_drum) == wanted] or exact
    within = [i for i, t in there if name and name in t.name.casefold()]
    programs = named(name)
    return exact or within or [i for i, t in there if not t.is_drum and t.program in programs]


def _listed(tracks: Sequence[Track]) -> str:
    return ", ".join(f"{i} {line}" for i, line in enumerate(map(track_line, tracks), 1))


def track_line(track: Track) -> str:
    """A track in a few words: its name, its part or instrument."""
    part = part_of(track.program, track.is_drum)
    instr = "" if track.is_drum else instrument(track.program).name
    said = [w for w in (part, instr) if w and w.casefold() != track.name.strip().casefold()]
    return f"{track.name.strip() or 'no name'} ({', '.join(said)})" if said else track.name
