"""The tolerant MIDI reader: takes what can be read from a file that is not in order.

Plain Python, ten times slower than symusic, so it is asked only for files that need it: damaged
or wrapped ones, hanging notes, players who change between like instruments.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.errors import UnreadableSong
from restyle.io.midi.raw import RawMidi, RawTrack, decode_text
from restyle.music.song import NOTE

HANGING = 4
"""Quarter notes that a note is given which is never let go."""
MOST_CHUNKS = 1000
FURTHEST = 2**29
"""Ticks after which a track is not read on."""
MOST_NOTES = 400_000
"""Notes beyond which a file is noise or a joke; the densest real songs have a tenth."""


@dataclass
class _Chunk:
    """What one track chunk holds, as it is being read."""

    number: int
    name: bytes = b""
    instrument: bytes = b""
    notes: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 5), dtype=np.int64))
    """Rows of channel * 128 + pitch, start, end, velocity, program."""
    hanging: int = 0
    damaged: bool = False


@dataclass
class _File:
    """What all chunks say together."""

    meters: list[tuple[int, int, int]] = field(default_factory=list)
    tempos: list[tuple[int, float]] = field(default_factory=list)
    keys: list[tuple[int, int, int]] = field(default_factory=list)
    markers: list[tuple[int, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    notes: int = 0


def parse(data: bytes, name: str) -> RawMidi:
    """Read MIDI bytes, damaged or not; `name` is what the messages call the file.

    Raises UnreadableSong when there is no MIDI in it, or of a kind that holds no song.
    """
    warnings: list[str] = []
    at = data.find(b"MThd")
    if at < 0 or len(data) < at + 14:
        raise UnreadableSong(f"{name} is not a MIDI file.")
    if at and data[:4] != b"RIFF":
        warnings.append("Bytes before the MIDI header were skipped.")
    size, kind, _, division = struct.unpack(">IHHH", data[at + 4 : at + 14])
    if kind == 2:
        raise UnreadableSong(
            f"{name} is a MIDI file of type 2, a collection of patterns and not one song."
        )
    division = _division(division, warnings)
    found, whole = _chunks(data, at + 8 + (size if 6 <= size <= 64 else 6))
    if len(found) > MOST_CHUNKS:
        raise UnreadableSong(f"{name} has more tracks than any song.")
    whole_file = _File()
    chunks = []
    for number, body in enumerate(found):
        chunk = _Chunk(number)
        loose = _read_chunk(body, chunk, whole_file, division)
        if loose:
            chunk = _Chunk(number)
            _read_chunk(body, chunk, _File(), division, loose)
        whole_file.notes += len(chunk.notes)
        chunks.append(chunk)
    if not whole or any(chunk.damaged for chunk in chunks):
        warnings.append("The file is damaged; what could be read of it was.")
    hanging = sum(chunk.hanging for chunk in chunks)
    if hanging:
        notes = "a note that was" if hanging == 1 else f"{hanging} notes that were"
        warnings.append(f"The file has {notes} never let go; an end was set.")
    if whole_file.notes > MOST_NOTES:
        raise UnreadableSong(f"{name} has more notes than any song ({whole_file.notes}).")
    return RawMidi(
        division=division,
        kind=min(kind, 1),
        tracks=tuple(track for chunk in chunks for track in _tracks(chunk, warnings)),
        names=tuple(_chunk_name(chunk) for chunk in chunks),
        meters=tuple(whole_file.meters),
        tempos=tuple(whole_file.tempos),
        keys=tuple(whole_file.keys),
        markers=tuple(whole_file.markers),
        texts=tuple(whole_file.texts),
        warnings=tuple(warnings),
    )


def _division(division: int, warnings: list[str]) -> int:
    """Ticks a quarter; SMPTE time (frames a second) is read at 120 quarter notes a minute."""
    if division & 0x8000:
        frames, subframes = 256 - (division >> 8), division & 0xFF
        warnings.append("The file counts seconds instead of beats; 120 beats a minute are assumed.")
        return max(frames * subframes // 2, 1)
    if division == 0:
        warnings.append("The file does not say how long a beat is; 480 ticks are assumed.")
        return 480
    return division


def _chunks(data: bytes, at: int) -> tuple[list[bytes], bool]:
    """Bodies of the track chunks, and whether all of them were where their lengths said."""
    bodies: list[bytes] = []
    whole = True
    while True:
        if data[at : at + 4] != b"MTrk":
            foreign = int.from_bytes(data[at + 4 : at + 8], "big")
            if data[at : at + 4].isalnum() and at + 8 + foreign <= len(data):
                at += 8 + foreign  # a chunk of some other kind, which the standard says to skip
                continue
            found = data.find(b"MTrk", at)
            if found < 0:
                return bodies, whole
            whole, at = False, found
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        begin, end = at + 8, at + 8 + size
        if end > len(data) or (end < len(data) and data[end : end + 4] != b"MTrk"):
            # a wrong length: the chunk goes on until the next one, or ends earlier than it says
            found = data.find(b"MTrk", begin)
            if end > len(data) or 0 <= found < end:
                end, whole = (found if found >= 0 else len(data)), False
        bodies.append(data[begin:end])
        if len(bodies) > MOST_CHUNKS:
            return bodies, False
        at = end


def _read_chunk(  # noqa: C901
    body: bytes, chunk: _Chunk, whole: _File, division: int, loose: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Read the events of one chunk into `chunk` and `whole`, until its end or past reading.

    A key struck again while it sounds is let go in that order, as symusic has it. Where that
    leaves notes hanging, their keys (channel * 128 + pitch) are returned, and belong into `loose`
    for another reading: there the new stroke ends the old one.
    One long function, since a call per event would double the time that reading takes.
    """
    programs = [0] * 16
    sounding: list[tuple[int, int, int] | None] = [None] * 2048
    queue: dict[int, list[tuple[int, int, int]]] = {}
    rows: list[int] = []
    add = rows.extend
    time = status = at = 0
    try:
        size = len(body)
        while at < size:
            delta = body[at]
            at += 1
            if delta > 0x7F:
                delta &= 0x7F
                while body[at] > 0x7F:
                    delta = (delta << 7 | body[at] & 0x7F) & 0xFFFFFFF
                    at += 1
                delta = delta << 7 | body[at]
                at += 1
            time += delta
            if time > FURTHEST:
                raise IndexError  # a delta time that is damage, not music
            if body[at] > 0xEF:
                at, over = _system(body, at, time, chunk, whole)
                if over:
                    break
                continue
            if body[at] > 0x7F:
                status = body[at]
                at += 1
            if status < 0xA0:
                if not status:
                    raise IndexError  # data without an event that it belongs to
                pitch, velocity = body[at], body[at + 1]
                at += 2
                key = (status & 0x0F) << 7 | pitch & 0x7F
                note = sounding[key]
                if status >= 0x90 and velocity:
                    new = (time, velocity, programs[status & 0x0F])
                    if pitch > 0x7F:
                        chunk.damaged = True
                    elif note is None:
                        sounding[key] = new
                    elif key not in loose:
                        queue.setdefault(key, []).append(new)
                    elif note[0] < time:
                        add((key, note[0], time, note[1], note[2]))
                        sounding[key] = new
                elif note is not None:
                    add((key, note[0], time, note[1], note[2]))
                    sounding[key] = None
                    if key in queue:
                        sounding[key] = queue[key].pop(0)
                        if not queue[key]:
                            del queue[key]
            elif 0xC0 <= status < 0xE0:
                if status < 0xD0:
                    programs[status & 0x0F] = body[at] & 0x7F
                at += 1
            else:
                at += 2
    except IndexError:
        chunk.damaged = True
    hanging = [(key, note) for key, note in enumerate(sounding) if note is not None]
    for key, (start, velocity, program) in hanging:
        add((key, start, min(time, start + HANGING * division), velocity, program))
    chunk.notes = np.array(rows, dtype=np.int64).reshape(-1, 5)
    chunk.hanging = len(hanging)
    return frozenset(key for key, _ in hanging)


def _system(body: bytes, at: int, time: int, chunk: _Chunk, whole: _File) -> tuple[int, bool]:
    """Read a meta or system event; where it ends, and whether the track is over."""
    status = body[at]
    at += 1
    if status not in (0xF0, 0xF7, 0xFF):
        return at, False  # real-time bytes, which have no place in a file
    kind = -1
    if status == 0xFF:
        kind = body[at]
        at += 1
    size = body[at] & 0x7F
    while body[at] > 0x7F:
        at += 1
        size = (size << 7 | body[at] & 0x7F) & 0xFFFFFFF
    at += 1
    content = body[at : at + size]
    if len(content) < size:
        raise IndexError
    if kind == 0x2F:
        return at + size, True
    _meta(kind, content, time, chunk, whole)
    return at + size, False


def _meta(kind: int, content: bytes, time: int, chunk: _Chunk, whole: _File) -> None:
    if kind == 0x58 and len(content) >= 2:
        whole.meters.append((time, content[0], 1 << min(content[1], 15)))
    elif kind == 0x51 and len(content) >= 3:
        micros = int.from_bytes(content[:3], "big")
        whole.tempos.append((time, 6e7 / micros if micros else float("inf")))
    elif kind == 0x59 and len(content) >= 2:
        whole.keys.append((time, struct.unpack("b", content[:1])[0], content[1]))
    elif kind == 0x03 and not chunk.name:
        chunk.name = content
    elif kind == 0x04 and not chunk.instrument:
        chunk.instrument = content
    elif kind == 0x06:
        whole.markers.append((time, decode_text(content)))
    elif kind == 0x01 and len(whole.texts) < 64:
        whole.texts.append(decode_text(content))


def _chunk_name(chunk: _Chunk) -> str:
    return decode_text(chunk.name or chunk.instrument)


def _tracks(chunk: _Chunk, warnings: list[str]) -> list[RawTrack]:
    """A track per channel; and per program where a channel changes to another kind of instrument.

    Programs of one family (the eight guitars, say) are one player: the one that plays most.
    """
    key, start, end, velocity, program = chunk.notes.T
    channel = key >> 7
    family = np.where(channel == 9, 0, program >> 3)
    players = channel << 4 | family
    tracks = []
    for player in sorted(set(players.tolist())):
        own = np.flatnonzero(players == player)
        programs = Counter(program[own].tolist())
        if len(programs) > 1:
            warnings.append("A track changes between like instruments; the most used one stays.")
        notes = np.empty(len(own), dtype=NOTE)
        notes["start"] = start[own]
        notes["duration"] = end[own] - start[own]
        notes["pitch"] = key[own] & 0x7F
        notes["velocity"] = np.minimum(velocity[own], 127)
        if len(own):
            most_used = programs.most_common(1)[0][0]
            name = _chunk_name(chunk)
            tracks.append(RawTrack(chunk.number, name, most_used, player >> 4 == 9, notes))
    return tracks
