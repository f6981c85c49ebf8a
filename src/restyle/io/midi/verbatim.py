"""The tracks of a MIDI file as they stand there, event by event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import lcm

from restyle.errors import UnreadableSong
from restyle.io import timeline
from restyle.io.midi.channels import RawTrack, raw_tracks
from restyle.io.midi.chunks import read_number
from restyle.io.midi.events import FURTHEST, Chunk, MidiFile, parse
from restyle.io.midi.midi import _tracks, by_track
from restyle.music.song import TICKS
from restyle.music.verbatim import Event, Verbatim

FINEST = 32_767
"""Ticks a quarter note that a MIDI file can say."""
FINE = 64 * TICKS
"""Ticks a quarter note where no number suits both the file and us: 16 microseconds at 120."""


def verbatim_tracks(data: bytes, name: str) -> list[Verbatim]:
    """Of each track of `midi_song(data, name)` its events, in the time of that song.

    A track's events are those of its channel: its own chunk's notes and settings, and the settings
    that other chunks make for it. Where ticks of the file are no whole ticks of the division that
    both share, they are rounded to a 64th of ours. Raises UnreadableSong as `midi_song` does.
    """
    file = parse(data, name)
    raw = raw_tracks(file, [])
    tracks, _ = timeline.drop_far_notes(_tracks(file, raw))
    players = by_track(raw)
    if len(tracks) != len(players):
        raise UnreadableSong(f"{name} has tracks far behind its end: they cannot be kept.")
    shift = timeline.mend(file, tracks).shift
    common = lcm(file.division, TICKS)
    division = common if common <= FINEST else FINE

    def place(tick: int) -> int:
        return round(tick * division / file.division) + shift * (division // TICKS)

    return [
        Verbatim(tuple(_events(file, raw, some)), division, some[0].channel).placed(place)
        for some in players
    ]


def _events(file: MidiFile, raw: Sequence[RawTrack], players: Sequence[RawTrack]) -> list[Event]:
    """The events of some players, in file ticks."""
    ranked: list[tuple[int, int, int, bytes]] = []
    for number, player in enumerate(players):
        with_it = [r for r in raw if (r.chunk, r.channel) == (player.chunk, player.channel)]
        own = set(player.notes["start"].tolist()) if len(with_it) > 1 else None
        for chunk in _sources(file, player):
            mine = chunk.number == player.chunk
            events = _of_channel(file.bodies[chunk.number], player.channel)
            for tick, data in _notes_of(events, own) if mine else _settings(events):
                ranked.append((tick, int(mine), number, data))
    ranked.sort(key=lambda event: event[:3])
    return [(tick, data) for tick, _, _, data in ranked]


def _sources(file: MidiFile, player: RawTrack) -> list[Chunk]:
    """The chunks that set a player's channel, its own among them: where several play on it and it
    is set by its own, the others' settings are for themselves (see `channels`)."""
    own = file.chunks[player.chunk]
    sets = bool((own.settings[:, 1] & 15 == player.channel).any())
    playing = [c for c in file.chunks if bool((c.notes[:, 0] >> 7 == player.channel).any())]
    others = {c.number for c in playing if c is not own} if sets and len(playing) > 1 else set()
    return [c for c in file.chunks if c.number not in others]


def _settings(events: Iterator[Event]) -> Iterator[Event]:
    return (event for event in events if event[1][0] >> 4 not in (8, 9))


def _notes_of(events: Iterator[Event], starts: set[int] | None) -> Iterator[Event]:
    """The events with those notes alone that start at some ticks; with all where None."""
    if starts is None:
        yield from events
        return
    taken: dict[int, list[bool]] = {}
    for tick, data in events:
        kind, key = data[0] >> 4, data[1]
        if kind == 9 and data[2]:
            taken.setdefault(key, []).append(tick in starts)
            if tick in starts:
                yield tick, data
        elif kind in (8, 9):
            if taken.get(key) and taken[key].pop(0):
                yield tick, data
        else:
            yield tick, data


def _of_channel(body: bytes, channel: int) -> Iterator[Event]:
    """The messages of one channel of a chunk, running status written out, until its end or what
    cannot be read."""
    at = tick = status = 0
    try:
        while at < len(body):
            step, at = read_number(body, at)
            tick += step
            if tick > FURTHEST:
                return
            if body[at] >= 0x80:
                status, at = body[at], at + 1
            if status > 0xEF:
                if status == 0xFF and body[at] == 0x2F:
                    return
                at = _behind(body, at, status)
                continue
            count = 1 if status >> 4 in (0xC, 0xD) else 2
            data = bytes([status, *(byte & 0x7F for byte in body[at : at + count])])
            if status < 0x80 or len(data) <= count:
                return
            at += count
            if status & 15 == channel:
                yield tick, data
    except IndexError:
        return


def _behind(body: bytes, at: int, status: int) -> int:
    """Where a meta or system event ends whose status was read."""
    if status not in (0xF0, 0xF7, 0xFF):
        return at  # real-time bytes, which have no place in a file
    size, at = read_number(body, at + (status == 0xFF))
    return at + size
