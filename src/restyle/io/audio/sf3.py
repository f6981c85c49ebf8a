"""Compressed soundfonts (.sf3), unpacked for synthesisers that play plain ones (.sf2).

An .sf3 is an .sf2 (SoundFont Technical Specification 2.04) whose samples are Ogg Vorbis streams.
A sample's header says so by a bit in its type; its start and end then count bytes, not frames, and
its loop is counted from its own first frame.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

VORBIS = 0x10
"""The bit of a sample's type that says that it is compressed."""
_HEADER = struct.Struct("<20s5IBbHH")
_SPACE = np.zeros(46, np.int16)  # the specification wants as many frames of silence after each
_MOST = 2**29  # frames in all: a gigabyte


def unpacked(font: bytes) -> bytes:
    """The plain soundfont with the same sounds; raises ValueError for a damaged one."""
    parts: dict[bytes, list[tuple[bytes, bytes]]] = {}
    for kind, content in _chunks(font[12:]):
        if kind == b"LIST":
            parts[content[:4]] = list(_chunks(content[4:]))
    try:
        stored = dict(parts[b"sdta"])[b"smpl"]
        headers = dict(parts[b"pdta"])[b"shdr"]
    except KeyError as error:
        raise ValueError("it has no samples") from error
    samples, headers = _samples(stored, headers)
    information = [(k, b"\2\0\4\0" if k == b"ifil" else c) for k, c in parts.get(b"INFO", [])]
    tables = [(k, headers if k == b"shdr" else c) for k, c in parts[b"pdta"]]
    lists = ((b"INFO", information), (b"sdta", [(b"smpl", samples)]), (b"pdta", tables))
    body = b"".join(_chunk(b"LIST", name + b"".join(_chunk(*c) for c in cs)) for name, cs in lists)
    return _chunk(b"RIFF", b"sfbk" + body)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a RIFF list: their names and what is in them."""
    at = 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size
        if size % 2 and data[at : at + 1] == b"\0":  # some writers leave the padding out
            at += 1


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _samples(stored: bytes, headers: bytes) -> tuple[bytes, bytes]:
    """All samples as 16-bit frames, and the headers that point to them."""
    frames: list[NDArray[np.int16]] = []
    made: list[bytes] = []
    at = 0
    records = list(_HEADER.iter_unpack(headers[: len(headers) // _HEADER.size * _HEADER.size]))
    for name, start, end, begin, stop, rate, pitch, cents, link, kind in records[:-1]:
        if kind & VORBIS:
            sound, first = _decoded(stored[start:end]), 0
        else:
            sound, first = np.frombuffer(stored[2 * start : 2 * end], "<i2"), start
        loop = (at + begin - first, at + stop - first)
        place = (at, at + len(sound), *loop)
        made.append(_HEADER.pack(name, *place, rate, pitch, cents, link, kind & ~VORBIS))
        frames += [sound, _SPACE]
        at += len(sound) + len(_SPACE)
        if at > _MOST:
            raise ValueError("it is larger than a gigabyte when unpacked")
    made += [_HEADER.pack(*record) for record in records[-1:]]  # the last one only ends the table
    return np.concatenate(frames or [_SPACE]).tobytes(), b"".join(made)


def _decoded(stream: bytes) -> NDArray[np.int16]:
    import soundfile

    try:
        with soundfile.SoundFile(BytesIO(stream)) as file:
            if file.frames > _MOST:
                raise ValueError("it is larger than a gigabyte when unpacked")
            sound = file.read(dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"one of its samples is damaged ({error})") from error
    return np.ascontiguousarray(sound[:, 0])
