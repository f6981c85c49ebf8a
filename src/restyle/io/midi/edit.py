"""Editing our own MIDI files: some notes out, others in, every other byte as it was.

The chunks are read as the events they are, not as music, so that whatever stands there (texts,
pedals, what a sequencer added) is written back as it stood.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from restyle.errors import UnreadableSong
from restyle.io.midi.chunks import read_number
from restyle.io.midi.write import Event, body
from restyle.music.song import TICKS, Notes, between


@dataclass(frozen=True)
class Chunk:
    """One track chunk: its events in order as (tick, bytes), running status written out."""

    name: str
    channel: int
    """Of its first channel event; -1 when there is none."""
    events: tuple[tuple[int, bytes], ...]


def texts(data: bytes) -> list[str]:
    """The text events of the first chunk."""
    first = _read(data)[1][0]
    return [_text(e) for _, e in first.events if e[:2] == b"\xff\x01"]


def replace_notes(
    data: bytes, parts: Mapping[str, Notes], begin: int, end: int, cut: int = 0
) -> bytes:
    """The file with the notes of some tracks between two ticks replaced.

    Args:
        data: a MIDI file in which every track has its name and one channel, as ours do.
        parts: for each track name the notes that are to start there; those outside of `begin` to
            `end` are left aside. Times in ticks of the song.
        cut: ticks that the file leaves out at its beginning (of a pickup bar).

    Notes that start between the two ticks go, with the events that end them; all other events
    stay, byte for byte, in their order. Raises UnreadableSong for a file that is no such MIDI.
    """
    head, chunks = _read(data)
    finer = max(struct.unpack(">H", head[12:14])[0] // TICKS, 1)
    out = [head]
    for chunk in chunks:
        if chunk.name in parts:
            new = parts[chunk.name]
            inside = between(new, begin, end)
            inside["start"] = np.maximum(inside["start"] - cut, 0) * finer
            inside["duration"] *= finer
            content = _edited(chunk, inside, (begin - cut) * finer, (end - cut) * finer)
        else:
            content = _kept(chunk)
        out.append(b"MTrk" + struct.pack(">I", len(content)) + content)
    return b"".join(out)


def _kept(chunk: Chunk) -> bytes:
    return body([(tick, 0, event) for tick, event in chunk.events if event[:2] != b"\xff\x2f"])


def _edited(chunk: Chunk, notes: Notes, begin: int, end: int) -> bytes:
    gone = _numbers_of_notes(chunk, begin, end)
    ranked: list[Event] = []
    last = (-1, 0)
    for number, (tick, event) in enumerate(chunk.events):
        if number not in gone and event[:2] != b"\xff\x2f":
            # never below the one before: what stays keeps its order, for the sort is stable
            last = max((tick, _rank(event)), last)
            ranked.append((*last, event))
    for start, duration, pitch, velocity in notes.tolist():
        ranked.append((start, 3, bytes([0x90 | chunk.channel, pitch, velocity])))
        ranked.append((start + duration, 2, bytes([0x80 | chunk.channel, pitch, 0])))
    return body(ranked)


def _rank(event: bytes) -> int:
    """As our writer ranks events of one tick: names, programs, notes that end, notes that begin."""
    kind = event[0] >> 4
    if kind == 0x9 and event[2]:
        return 3
    return 2 if kind in (0x8, 0x9) else 0 if event[0] == 0xFF else 1


def _numbers_of_notes(chunk: Chunk, begin: int, end: int) -> set[int]:
    """The events that begin and end the notes that start from `begin` up to `end`."""
    gone: set[int] = set()
    sounding: dict[int, list[bool]] = {}
    for number, (tick, event) in enumerate(chunk.events):
        kind = event[0] >> 4
        if kind == 0x9 and event[2]:
            inside = begin <= tick < end
            sounding.setdefault(event[1], []).append(inside)
            if inside:
                gone.add(number)
        elif kind in (0x8, 0x9) and sounding.get(event[1]) and sounding[event[1]].pop(0):
            gone.add(number)
    return gone


def _read(data: bytes) -> tuple[bytes, list[Chunk]]:
    """Header as it is, and the chunks. Raises UnreadableSong."""
    try:
        size = struct.unpack(">I", data[4:8])[0]
        if data[:4] != b"MThd":
            raise ValueError
        place, chunks = 8 + size, []
        while place < len(data):
            length = struct.unpack(">I", data[place + 4 : place + 8])[0]
            if data[place : place + 4] == b"MTrk":
                chunks.append(_chunk(data[place + 8 : place + 8 + length]))
            place += 8 + length
        if not chunks:
            raise ValueError
    except (ValueError, IndexError, struct.error):
        raise UnreadableSong("The earlier result is not a MIDI file that restyle wrote.") from None
    return data[: 8 + size], chunks


def _chunk(data: bytes) -> Chunk:
    events: list[tuple[int, bytes]] = []
    place = tick = status = 0
    name, channel = "", -1
    while place < len(data):
        step, place = read_number(data, place)
        tick += step
        begin = place
        if data[place] >= 0x80:
            status, place = data[place], place + 1
        if status in (0xF0, 0xF7, 0xFF):
            place += status == 0xFF
            length, place = read_number(data, place)
            place += length
            event = data[begin:place]
            if event[:2] == b"\xff\x03" and not name:
                name = _text(event)
        else:
            count = 1 if status >> 4 in (0xC, 0xD) else 2
            event = bytes([status]) + data[place : place + count]
            place += count
            channel = status & 15 if channel < 0 else channel
        if place > len(data):
            raise ValueError("an event is cut off")
        events.append((tick, event))
    return Chunk(name, channel, tuple(events))


def _text(event: bytes) -> str:
    _, place = read_number(event, 2)
    return event[place:].decode("utf-8", errors="replace")
