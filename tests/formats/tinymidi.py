"""Writes small MIDI files byte by byte, good and bad ones, for the tests to read."""

from __future__ import annotations

import struct

END = (0, b"\xff\x2f\x00")


def varlen(number: int) -> bytes:
    out = [number & 0x7F]
    while number := number >> 7:
        out.insert(0, number & 0x7F | 0x80)
    return bytes(out)


def chunk(*events: tuple[int, bytes], end: bool = True) -> bytes:
    """A track chunk of (delta, event) pairs."""
    body = b"".join(varlen(delta) + data for delta, data in (*events, *([END] if end else [])))
    return b"MTrk" + struct.pack(">I", len(body)) + body


def midi(*chunks: bytes, kind: int = 1, division: int = 480) -> bytes:
    return b"MThd" + struct.pack(">IHHH", 6, kind, len(chunks), division) + b"".join(chunks)


def on(pitch: int, velocity: int = 64, channel: int = 0) -> bytes:
    return bytes([0x90 | channel, pitch, velocity])


def off(pitch: int, channel: int = 0) -> bytes:
    return bytes([0x80 | channel, pitch, 0])


def program(number: int, channel: int = 0) -> bytes:
    return bytes([0xC0 | channel, number])


def meta(kind: int, content: bytes) -> bytes:
    return b"\xff" + bytes([kind]) + varlen(len(content)) + content


def name(text: str, encoding: str = "utf-8") -> tuple[int, bytes]:
    return 0, meta(3, text.encode(encoding))


def meter(numerator: int, power: int) -> bytes:
    """A time signature; the denominator is 2 to the `power`."""
    return meta(0x58, bytes([numerator, power, 24, 8]))


def tempo(micros: int) -> bytes:
    return meta(0x51, micros.to_bytes(3, "big"))


def note(pitch: int, length: int = 480, wait: int = 0, channel: int = 0) -> list[tuple[int, bytes]]:
    """A note after `wait` ticks, `length` ticks long."""
    return [(wait, on(pitch, channel=channel)), (length, off(pitch, channel))]


def four_notes(channel: int = 0) -> list[tuple[int, bytes]]:
    """C D E F in quarters."""
    return [event for pitch in (60, 62, 64, 65) for event in note(pitch, channel=channel)]
