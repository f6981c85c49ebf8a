"""MIDI as the file states it, before anything is put right: the reader's halfway house.

Two readers fill a RawMidi: `fast` (symusic) for files that are in order, and
`midi_tolerant.parse` for all the others. Times are in the file's own ticks.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

import numpy as np

from restyle.music.song import Notes, notes_array


@dataclass(frozen=True)
class RawTrack:
    """The notes of one program on one channel of one track chunk, in file ticks."""

    chunk: int
    name: str
    program: int
    is_drum: bool
    notes: Notes


@dataclass(frozen=True)
class RawMidi:
    """What a MIDI file states; lists are in file order, nothing is checked yet."""

    division: int
    """Ticks a quarter note."""
    kind: int
    """0: everything in one chunk; 1: a chunk per track."""
    tracks: tuple[RawTrack, ...]
    names: tuple[str, ...]
    """Name of every chunk, "" where it has none."""
    meters: tuple[tuple[int, int, int], ...] = ()
    """(tick, numerator, denominator)."""
    tempos: tuple[tuple[int, float], ...] = ()
    """(tick, quarter notes a minute); infinite where the file states no duration."""
    keys: tuple[tuple[int, int, int], ...] = ()
    """(tick, sharps or -flats, 1 for minor)."""
    markers: tuple[tuple[int, str], ...] = ()
    texts: tuple[str, ...] = ()
    """Text events of type 1, which .kar files keep their titles in."""
    warnings: tuple[str, ...] = field(default=())


def decode_text(raw: bytes) -> str:
    """Text of a MIDI event, which states no encoding: UTF-8, Shift-JIS or Windows Latin-1.

    Shift-JIS is believed only where Japanese letters outnumber the others, since accented
    letters of Western names happen to look like Shift-JIS too.
    """
    raw = raw.split(b"\0", 1)[0]
    text = ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace").replace("\ufffd", "")
        try:
            japanese = raw.decode("shift_jis")
        except UnicodeDecodeError:
            japanese = ""
        foreign = sum(ord(letter) > 0x7F for letter in japanese)
        if foreign > sum(letter.isascii() and letter.isalpha() for letter in japanese):
            text = japanese
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@dataclass(frozen=True)
class Chunks:
    """The track chunks of a file whose structure is in order."""

    kind: int
    division: int
    bodies: tuple[bytes, ...]


END = b"\xff\x2f\x00"
# Long after the end of the track every key of every channel is let go: a note that lasts until
# then was left hanging, which symusic would have dropped without a word.
FAR = 0x07FFFFFF
_RELEASE = b"\xbf\xff\xff\x7f" + b"".join(
    bytes([0x80 | channel, 0, 0]) + b"".join(bytes([0, key, 0]) for key in range(1, 128)) + b"\0"
    for channel in range(16)
)


def chunks(data: bytes) -> Chunks | None:
    """Header and track chunks of a file that is in order; None for any other."""
    if data[:8] != b"MThd\0\0\0\x06" or len(data) < 14:
        return None
    kind, count, division = struct.unpack(">HHH", data[8:14])
    if kind > 1 or not 0 < division < 0x8000:
        return None
    bodies, at = [], 14
    while at < len(data):
        if data[at : at + 4] != b"MTrk":
            return None
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        body = data[at + 8 : at + 8 + size]
        if len(body) != size or not body.endswith(END):
            return None
        bodies.append(body)
        at += 8 + size
    return Chunks(kind, division, tuple(bodies)) if len(bodies) == count else None


def fast(parts: Chunks) -> RawMidi | None:
    """Read with symusic; None when something in the file calls for the tolerant reader.

    symusic drops hanging notes, forgets channels and takes text for UTF-8. So every chunk gets
    its number as its name (the last name wins) and a release of all keys long after its end.
    """
    from symusic import Score

    out = [b"MThd\0\0\0\x06" + struct.pack(">HHH", parts.kind, len(parts.bodies), parts.division)]
    for number, body in enumerate(parts.bodies):
        label = b"%d" % number
        tail = b"\xff\x03" + bytes([len(label)]) + label + _RELEASE + END
        out += [b"MTrk", struct.pack(">I", len(body) - 3 + len(tail)), body[:-3], tail]
    try:
        score = Score.from_midi(b"".join(out))
        tracks = [_track(track, parts) for track in score.tracks if len(track.notes)]
        markers = tuple((m.time, m.text) for m in score.markers)
    except (RuntimeError, ValueError, UnicodeDecodeError, MemoryError):
        return None
    doubtful = (
        not tracks
        or _may_change_program(tracks)
        or any(_is_doubtful(track.notes) for track in tracks)
        or any("\ufffd" in text for _, text in markers)
    )
    if doubtful:
        return None
    return RawMidi(
        division=parts.division,
        kind=parts.kind,
        tracks=tuple(tracks),
        names=tuple(_chunk_name(body) for body in parts.bodies),
        meters=tuple((m.time, m.numerator, m.denominator) for m in score.time_signatures),
        tempos=tuple((t.time, 6e7 / t.mspq if t.mspq else float("inf")) for t in score.tempos),
        keys=tuple((k.time, k.key, k.tonality) for k in score.key_signatures),
        markers=tuple((time, decode_text(text.encode())) for time, text in markers),
        texts=tuple(decode_text(raw) for raw in _TEXT.findall(parts.bodies[0])[:8])
        + tuple(t for body in parts.bodies[1:3] for t in map(decode_text, _TEXT.findall(body)[:8])),
    )


def _track(track: object, parts: Chunks) -> RawTrack:
    columns = track.notes.numpy()  # type: ignore[attr-defined]
    notes = np.empty(len(columns["time"]), dtype=notes_array().dtype)
    notes["start"] = columns["time"]
    for name in ("duration", "pitch", "velocity"):
        notes[name] = columns[name]
    chunk = int(track.name)  # type: ignore[attr-defined]
    return RawTrack(
        chunk,
        _chunk_name(parts.bodies[chunk]),
        track.program & 0x7F,  # type: ignore[attr-defined]
        bool(track.is_drum),  # type: ignore[attr-defined]
        notes,
    )


def _may_change_program(tracks: list[RawTrack]) -> bool:
    """Whether two tracks may be one player who changed between instruments of one family.

    symusic does not tell that from two players on two channels of the chunk.
    """
    programs: dict[tuple[int, int], set[int]] = {}
    for track in tracks:
        if not track.is_drum:
            programs.setdefault((track.chunk, track.program // 8), set()).add(track.program)
    return any(len(own) > 1 for own in programs.values())


def _is_doubtful(notes: Notes) -> bool:
    """Hanging notes, times past what 32 bits hold, data bytes that are not data."""
    return bool(
        (notes["duration"] >= FAR // 2).any()
        or (notes["start"] < 0).any()
        or (notes["start"] >= FAR).any()
        or (notes["duration"] < 0).any()
        or (notes["velocity"] <= 0).any()
        or (notes["pitch"] < 0).any()
    )


_NAME = re.compile(rb"\xff\x03([\x01-\x7f])", re.DOTALL)
_INSTRUMENT = re.compile(rb"\xff\x04([\x01-\x7f])", re.DOTALL)
_TEXT = re.compile(
    rb"\xff\x01.{1,2}?(@T[^\xff\x00]{1,80}|restyle: [a-z ]+(?:\{[^\xff\x00]*\})?)", re.DOTALL
)


def _chunk_name(body: bytes) -> str:
    """The first track name event of a chunk, or its instrument name where it has no other."""
    found = _NAME.search(body) or _INSTRUMENT.search(body)
    if not found:
        return ""
    return decode_text(body[found.end() : found.end() + found[1][0]])
