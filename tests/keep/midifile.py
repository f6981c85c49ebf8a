"""A MIDI file with controllers, bends and odd ticks, and a reader of its own for what is in it."""

from __future__ import annotations

import struct
from pathlib import Path

from restyle.io.midi.write import body

Event = tuple[int, bytes]


def song_bytes(division: int = 384, bars: int = 8, live: int = 0) -> bytes:
    """A tune on a flute, a piano, a bass with bends and pedal, and drums; every note a few ticks
    off the beat, `live` at most."""
    beat = division
    tune, piano, bass, drums = [], [], [], []
    scale = [72, 74, 76, 77, 79, 81, 83, 84]
    roots = [36, 41, 43, 36]
    for bar in range(bars):
        root = roots[bar % 4]
        for b in range(4):
            at = (4 * bar + b) * beat
            off = (bar * 7 + b * 3) % (live + 1)
            tune += note(at, beat - 20, scale[(bar * 3 + b) % 8], 90 + b, 0)
            piano += [e for p in (24, 28, 31) for e in note(at + off, beat // 2, root + p, 60, 1)]
            bass += note(at + off, beat - 7, root + 7 * (b % 2), 80 + b, 2)
            bass += [
                (at + 11, bytes([0xE2, b * 9, 64])),
                (at + 5, bytes([0xB2, 64, 127 * (b % 2)])),
            ]
            drums += note(at + off, 30, 36 if b % 2 == 0 else 38, 100, 9)
            drums += note(at + beat // 2, 30, 42, 70 + b, 9)
    head = [(0, bytes([0xFF, 0x51, 3]) + (500_000).to_bytes(3, "big"))]
    chunks = [
        head,
        [named("Tune"), (0, bytes([0xC0, 73])), *tune],
        [named("Keys"), (0, bytes([0xC1, 0])), *piano],
        [named("Fretless"), (0, bytes([0xC2, 35])), (0, bytes([0xB2, 7, 99])), *bass],
        [named("Kit"), *drums],
    ]
    bodies = [body((t, 1 if d[0] >> 4 == 9 else 0, d) for t, d in chunk) for chunk in chunks]
    out = b"MThd" + struct.pack(">IHHH", 6, 1, len(bodies), division)
    return out + b"".join(b"MTrk" + struct.pack(">I", len(b)) + b for b in bodies)


def named(text: str) -> Event:
    return 0, bytes([0xFF, 3, len(text)]) + text.encode()


def note(at: int, length: int, pitch: int, velocity: int, channel: int) -> list[Event]:
    return [
        (at, bytes([0x90 | channel, pitch, velocity])),
        (at + length, bytes([0x80 | channel, pitch, 0])),
    ]


def channel_events(data: bytes) -> dict[str, list[tuple[float, bytes]]]:
    """Of each named track its channel messages, channels left out, by quarter notes."""
    division = struct.unpack(">H", data[12:14])[0]
    out: dict[str, list[tuple[float, bytes]]] = {}
    place = 14
    while place < len(data):
        size = struct.unpack(">I", data[place + 4 : place + 8])[0]
        chunk, place = data[place + 8 : place + 8 + size], place + 8 + size
        at = tick = status = 0
        name, events = "", []
        while at < len(chunk):
            delta = 0
            while True:
                delta = delta << 7 | chunk[at] & 127
                at += 1
                if chunk[at - 1] < 128:
                    break
            tick += delta
            if chunk[at] > 127:
                status, at = chunk[at], at + 1
            if status == 0xFF:
                kind, length, at = chunk[at], 0, at + 1
                while True:
                    length = length << 7 | chunk[at] & 127
                    at += 1
                    if chunk[at - 1] < 128:
                        break
                if kind == 3:
                    name = chunk[at : at + length].decode()
                at += length
                continue
            count = 1 if status >> 4 in (0xC, 0xD) else 2
            events.append((tick / division, bytes([status & 0xF0]) + chunk[at : at + count]))
            at += count
        out[name] = events
    return out


def written(path: Path, **how: int) -> Path:
    path.write_bytes(song_bytes(**how))
    return path
