"""The tolerant MIDI reader: takes what can be read from a file that is not in order.

Plain Python, ten times slower than symusic, so it is asked only for files that need it: damaged
or wrapped ones, type 0, several channels in one track, program changes, hanging notes.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field

from restyle.errors import UnreadableSong
from restyle.formats.midi_raw import RawMidi, RawTrack, decode_text
from restyle.song import notes_array

HANGING = 4
"""Quarter notes that a note is given which is never let go."""
MOST_NOTES = 400_000
"""Notes beyond which a file is noise or a joke; the densest real songs have a tenth."""

Row = tuple[int, int, int, int]


@dataclass
class _Chunk:
    """What one track chunk holds, as it is being read."""

    number: int
    name: bytes = b""
    end: int = 0
    notes: dict[tuple[int, int], list[Row]] = field(default_factory=dict)
    """(channel, program) -> note rows."""
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
    whole_file = _File()
    chunks = []
    for number, body in enumerate(found):
        chunk = _Chunk(number)
        _read_chunk(body, chunk, whole_file, division)
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
        kind=0 if len(chunks) == 1 or kind == 0 else 1,
        tracks=tuple(track for chunk in chunks for track in _tracks(chunk, warnings)),
        names=tuple(decode_text(chunk.name) for chunk in chunks),
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
        at = end


def _read_chunk(body: bytes, chunk: _Chunk, whole: _File, division: int) -> None:
    """Read the events of one chunk into `chunk` and `whole`, until its end or past reading."""
    programs = [0] * 16
    sounding: dict[tuple[int, int], list[tuple[int, int, int]]] = {}  # key: starts, velocity, program
    last_off: dict[tuple[int, int], int] = {}
    time = status = at = 0
    try:
        while at < len(body):
            delta = body[at] & 0x7F
            while body[at] > 0x7F:
                at += 1
                delta = delta << 7 | body[at] & 0x7F
            at += 1
            time += delta
            if body[at] > 0x7F:
                status = body[at]
                at += 1
            if status < 0x80:
                raise IndexError  # data without an event that it belongs to
            kind, channel = status & 0xF0, status & 0x0F
            if kind == 0x80 or kind == 0x90:
                pitch, velocity = body[at], body[at + 1]
                at += 2
                key = (channel, pitch)
                if kind == 0x90 and velocity:
                    sounding.setdefault(key, []).append((time, min(velocity, 127), programs[channel]))
                else:
                    last_off[key] = time
                    if open_notes := sounding.get(key):
                        _end_note(chunk, key, open_notes.pop(0), time)
            elif kind == 0xC0:
                programs[channel] = body[at] & 0x7F
                at += 1
            elif kind == 0xD0:
                at += 1
            elif kind < 0xF0:
                at += 2
            elif status in (0xF0, 0xF7, 0xFF):
                at, over = _system(body, at, status, time, chunk, whole)
                status = 0 if status != 0xFF else status
                if over:
                    break
    except IndexError:
        chunk.damaged = True
    chunk.end = time
    for key, open_notes in sounding.items():
        for note in open_notes:
            chunk.hanging += 1
            end = min(time, note[0] + HANGING * division)
            off = last_off.get(key, 0)
            _end_note(chunk, key, note, off if off > note[0] else end)
    whole.notes += sum(len(rows) for rows in chunk.notes.values())


def _end_note(
    chunk: _Chunk, key: tuple[int, int], note: tuple[int, int, int], end: int
) -> None:
    channel, pitch = key
    start, velocity, program = note
    if pitch <= 127 and start < 2**31 // 2:
        row = (start, min(end - start, 2**31 // 2), pitch, velocity)
        chunk.notes.setdefault((channel, program), []).append(row)


def _system(
    body: bytes, at: int, status: int, time: int, chunk: _Chunk, whole: _File
) -> tuple[int, bool]:
    """Read a meta or system-exclusive event; where it ends, and whether the track is over."""
    kind = -1
    if status == 0xFF:
        kind = body[at]
        at += 1
    size = body[at] & 0x7F
    while body[at] > 0x7F:
        at += 1
        size = size << 7 | body[at] & 0x7F
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
    elif kind == 0x06:
        whole.markers.append((time, decode_text(content)))
    elif kind == 0x01 and len(whole.texts) < 64:
        whole.texts.append(decode_text(content))


def _tracks(chunk: _Chunk, warnings: list[str]) -> list[RawTrack]:
    """A track per channel; and per program where a channel changes to another kind of instrument.

    Programs of one family (the eight guitars, say) are one player: the one that plays most.
    """
    counts = Counter({key: len(rows) for key, rows in chunk.notes.items()})
    chosen: dict[tuple[int, int], int] = {}
    for (channel, program), _ in counts.most_common():
        family = 0 if channel == 9 else program // 8
        chosen.setdefault((channel, family), program)
    rows: dict[tuple[int, int], list[Row]] = {}
    for (channel, program), notes in chunk.notes.items():
        family = 0 if channel == 9 else program // 8
        rows.setdefault((channel, chosen[channel, family]), []).extend(notes)
    if len(rows) < len(chunk.notes):
        warnings.append("Where a track changes between like instruments, the most used one stays.")
    return [
        RawTrack(chunk.number, decode_text(chunk.name), program, channel == 9, notes_array(notes))
        for (channel, program), notes in rows.items()
    ]
