"""MIDI bytes to events: takes what can be read, also from a file that is not in order.

Nothing is interpreted here but what a file's bytes mean one by one: which notes begin and end
where, what is set on which channel, what the texts say. `channels` makes instruments of it.
"""

from __future__ import annotations

import struct
from array import array
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from restyle.errors import UnreadableSong
from restyle.io.midi.chunks import MOST_CHUNKS, riff_info, ticks_a_quarter, track_chunks
from restyle.io.midi.text import DEFAULT, code_page, decode_text

HANGING = 4
"""Quarter notes that a note is given which is never let go."""
FURTHEST = 2**29
"""Ticks after which a track is not read on."""
MOST_NOTES = 400_000
"""Notes beyond which a file is noise or a joke; the densest real songs have a tenth."""
MOST_SETTINGS = 200_000
"""Controllers and bends of a chunk that are looked at; the most expressive songs have a tenth."""
MOST_TEXTS = 20_000
"""Text events that are kept; the longest lyrics have a tenth of that."""
_DAMAGED = "The file is damaged; what could be read of it was."
BANK, DATA, VOLUME, EXPRESSION, FINE, NRPN, RPN, RESET = 0, 6, 7, 11, 38, (98, 99), (100, 101), 121
"""Controllers that say what a channel's notes are, by number."""
_KEPT = frozenset((BANK, DATA, VOLUME, EXPRESSION, FINE, *NRPN, *RPN, RESET))


@dataclass
class Chunk:
    """What one track chunk holds."""

    number: int
    name: bytes = b""
    instrument: bytes = b""
    notes: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 5), dtype=np.int64))
    """Rows of channel * 128 + pitch, start, end, velocity (which may be over 127), and a number
    that is higher for what is struck later in the file."""
    settings: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 4), dtype=np.int64))
    """Rows of tick, status byte, two data bytes: programs, pitch bends and some controllers."""
    struck: int = 0
    """How many notes begin."""
    hanging: int = 0
    damaged: bool = False
    encoding: str = DEFAULT

    @property
    def title(self) -> str:
        """The track's name, or the instrument's where it has no other."""
        return decode_text(self.name or self.instrument, self.encoding)


@dataclass
class MidiFile:
    """What all chunks of a file say; times are in its own ticks, lists in file order."""

    division: int = 480
    """Ticks a quarter note."""
    kind: int = 1
    """0: everything in one chunk; 1: a chunk per track."""
    chunks: list[Chunk] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    """The bytes of each chunk."""
    meters: list[tuple[int, int, int]] = field(default_factory=list)
    """(tick, numerator, denominator)."""
    tempos: list[tuple[int, float]] = field(default_factory=list)
    """(tick, quarter notes a minute); infinite where the file states no duration."""
    keys: list[tuple[int, int, int]] = field(default_factory=list)
    """(tick, sharps or -flats, 1 for minor)."""
    texts: list[tuple[int, int, int, bytes]] = field(default_factory=list)
    """(chunk, tick, kind of meta event, text): all but the names of tracks and instruments."""
    info: dict[str, bytes] = field(default_factory=dict)
    """Of a RIFF file what its INFO list says, by four letters."""
    exclusive: list[tuple[int, bytes]] = field(default_factory=list)
    """(tick, content) of system exclusive messages."""
    encoding: str = DEFAULT
    """The code page that the texts are in, where they are not UTF-8."""
    warnings: list[str] = field(default_factory=list)

    def markers(self) -> tuple[tuple[int, str], ...]:
        """(tick, text) of the markers."""
        return tuple(
            (tick, decode_text(text, self.encoding))
            for _, tick, kind, text in self.texts
            if kind == 6
        )

    def comments(self) -> tuple[str, ...]:
        """The text events of type 1, which .kar files keep their titles in."""
        return tuple(decode_text(text, self.encoding) for *_, kind, text in self.texts if kind == 1)


def parse(data: bytes, name: str) -> MidiFile:
    """Read MIDI bytes, damaged or not; `name` is what the messages call the file.

    Raises UnreadableSong when there is no MIDI in it, or of a kind that holds no song.
    """
    at = data.find(b"MThd")
    if at < 0 or len(data) < at + 14:
        raise UnreadableSong(f"{name} is not a MIDI file.")
    out = MidiFile()
    if at and data[:4] != b"RIFF":
        out.warnings.append("Bytes before the MIDI header were skipped.")
    size, kind, _, division = struct.unpack(">IHHH", data[at + 4 : at + 14])
    out.division, said = ticks_a_quarter(division)
    out.warnings += said
    out.bodies, whole = track_chunks(data, at + 8 + (size if 6 <= size <= 64 else 6))
    if len(out.bodies) > MOST_CHUNKS:
        raise UnreadableSong(f"{name} has more tracks than any song.")
    if data[:4] == b"RIFF":
        out.info = riff_info(data)
    _read_chunks(out, name)
    names = [text for chunk in out.chunks for text in (chunk.name, chunk.instrument)]
    texts = [text for *_, text in out.texts]
    out.encoding = code_page([*names, *out.info.values(), *texts])
    for chunk in out.chunks:
        chunk.encoding = out.encoding
    if kind == 2 and sum(len(chunk.notes) > 0 for chunk in out.chunks) > 1:
        raise UnreadableSong(
            f"{name} is a MIDI file of type 2, a collection of patterns and not one song."
        )
    out.kind = 0 if kind == 0 or (kind == 2 and len(out.chunks) == 1) else 1
    if division & 0x8000:
        out.tempos.clear()  # seconds are stated already: Set Tempo changes nothing then
    if not whole and _DAMAGED not in out.warnings:
        out.warnings.append(_DAMAGED)
    return out


def _read_chunks(out: MidiFile, name: str) -> None:
    """Read the bodies of all chunks. Raises UnreadableSong for more notes than a song has."""
    count = 0
    for number, body in enumerate(out.bodies):
        chunk = Chunk(number)
        loose = _read_chunk(body, chunk, out)
        if loose:
            chunk = Chunk(number)
            _read_chunk(body, chunk, MidiFile(out.division), loose)
        count += chunk.struck
        out.chunks.append(chunk)
        if count > MOST_NOTES:
            raise UnreadableSong(f"{name} has more notes than any song (over {MOST_NOTES:,}).")
    if any(chunk.damaged for chunk in out.chunks):
        out.warnings.append(_DAMAGED)
    hanging = sum(chunk.hanging for chunk in out.chunks)
    if hanging:
        notes = "a note that was" if hanging == 1 else f"{hanging} notes that were"
        out.warnings.append(f"The file has {notes} never let go; an end was set.")


def _read_chunk(  # noqa: C901
    body: bytes, chunk: Chunk, out: MidiFile, loose: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Read the events of one chunk into `chunk` and `out`, until its end or past reading.

    A key struck again while it sounds is let go in that order: the first release ends the first
    stroke. Where that leaves notes hanging, their keys (channel * 128 + pitch) are returned, and
    belong into `loose` for another reading: there the new stroke ends the old one.
    One long function, since a call per event would double the time that reading takes.
    """
    sounding: list[tuple[int, int, int] | None] = [None] * 2048
    queue: dict[int, deque[tuple[int, int, int]]] = {}
    rows, settings = array("q"), array("q")
    add, setting = rows.extend, settings.extend
    time = status = at = struck = 0
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
                at, over = _system(body, at, time, chunk, out)
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
                    new = (time, velocity, at)
                    struck += 1
                    if struck > MOST_NOTES:
                        break
                    if pitch > 0x7F:
                        chunk.damaged = True
                    elif note is None:
                        sounding[key] = new
                    elif key not in loose:
                        queue.setdefault(key, deque()).append(new)
                    elif note[0] < time:
                        add((key, note[0], time, note[1], note[2]))
                        sounding[key] = new
                elif note is not None:
                    add((key, note[0], time, note[1], note[2]))
                    sounding[key] = None
                    if key in queue:
                        sounding[key] = queue[key].popleft()
                        if not queue[key]:
                            del queue[key]
            elif status < 0xB0:
                at += 2
            elif status < 0xC0:
                if body[at] in _KEPT:
                    setting((time, status, body[at], body[at + 1] & 0x7F))
                at += 2
            elif status < 0xD0:
                setting((time, status, body[at] & 0x7F, 0))
                at += 1
            elif status < 0xE0:
                at += 1
            else:
                setting((time, status, body[at] & 0x7F, body[at + 1] & 0x7F))
                at += 2
    except IndexError:
        chunk.damaged = True
    hanging = [(key, note) for key, note in enumerate(sounding) if note is not None]
    for key, (start, velocity, place) in hanging:
        add((key, start, min(time, start + HANGING * out.division), velocity, place))
    chunk.notes = np.array(rows, dtype=np.int64).reshape(-1, 5)
    chunk.settings = np.array(settings, dtype=np.int64).reshape(-1, 4)[:MOST_SETTINGS]
    chunk.hanging, chunk.struck = len(hanging), struck
    return frozenset(key for key, _ in hanging)


def _system(body: bytes, at: int, time: int, chunk: Chunk, out: MidiFile) -> tuple[int, bool]:
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
    if status == 0xFF:
        _meta(kind, content, time, chunk, out)
    elif len(out.exclusive) < MOST_TEXTS:
        out.exclusive.append((time, content))
    return at + size, False


def _meta(kind: int, content: bytes, time: int, chunk: Chunk, out: MidiFile) -> None:
    if kind == 0x58 and len(content) >= 2:
        out.meters.append((time, content[0], 1 << min(content[1], 15)))
    elif kind == 0x51 and len(content) >= 3:
        micros = int.from_bytes(content[:3], "big")
        out.tempos.append((time, 6e7 / micros if micros else float("inf")))
    elif kind == 0x59 and len(content) >= 2:
        out.keys.append((time, struct.unpack("b", content[:1])[0], content[1]))
    elif kind == 0x03 and not chunk.name:
        chunk.name = content
    elif kind == 0x04 and not chunk.instrument:
        chunk.instrument = content
    elif kind in (1, 2, 5, 6) and len(out.texts) < MOST_TEXTS:
        out.texts.append((chunk.number, time, kind, content))
