"""Broken and extreme files: small songs of our own in every format, and what may befall them."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from samples import ABC, KERN, band
from tinymidi import chunk, midi, off, on

from restyle.io.leads.leads import lead_bytes
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array

Rng = np.random.Generator
_LARGE = 2**21
"""Bytes from which on a file is not made larger."""
NUMBERS = (
    "0", "-1", "1", "127", "128", "65536", "99999999", "-2147483649", "9" * 30, "1e308", "nan",
    "0.0000001", "1/0", "",
)  # fmt: skip


def songs() -> dict[str, bytes]:
    """Twelve small songs: name with ending -> bytes."""
    out = {
        "abc.abc": ABC.encode(),
        "kern.krn": KERN.encode(),
        "band.musicxml": band().encode(),
        "small.mid": _small_midi(),
    }
    for number, (meter, swing, pickup) in enumerate((((4, 4), 1.0, 12), ((6, 8), 1.0, 0))):
        lead = _lead(number, meter, swing, pickup)
        for ending in (".mid", ".musicxml", ".abc", ".json"):
            out[f"lead{number}{ending}"] = lead_bytes(lead, ending, "lead")
    return out


def _small_midi() -> bytes:
    """Two tracks and drums, with nothing stated."""
    tune = [(120 * (i % 2), on(60 + i // 2) if i % 2 == 0 else off(60 + i // 2)) for i in range(16)]
    drums = [(60, on(36, channel=9)) if i % 2 == 0 else (60, off(36, channel=9)) for i in range(16)]
    return midi(chunk(*tune), chunk(*drums), division=96)


def _lead(seed: int, meter: tuple[int, int], swing: float, pickup: int) -> LeadSheet:
    rng = np.random.default_rng(seed)
    bar = 48 if meter == (4, 4) else 36
    begin = bar - pickup if pickup else 0
    rows, at = [], begin
    while at < 8 * bar:
        length = min(int(rng.choice([6, 12, 4, 8, 24])), 8 * bar - at)
        rows.append((at, length, int(rng.integers(55, 80)), 80))
        at += length
    chords = tuple(Chord(max(i * bar, begin), int(rng.integers(12)), "min") for i in range(8))
    return LeadSheet(
        notes_array(rows), chords, (Meter(0, *meter),), (Tempo(0, 100.0),), Key(2, "minor"),
        8 * bar, title="Small", pickup=pickup, swing=swing, melody_program=0,
    )  # fmt: skip


def mutated(data: bytes, rng: Rng, most: int = 2000) -> bytes:
    """The bytes with one to three faults; `most` is how often something is repeated."""
    for _ in range(int(rng.integers(1, 4))):
        if len(data) > _LARGE:
            break
        ways = list(_BYTES)
        if b"MThd" in data[:200]:
            ways += 3 * list(_MIDI)
        elif _is_text(data):
            ways += 3 * list(_TEXT)
        data = ways[int(rng.integers(len(ways)))](data, rng, most)
    return data


def _is_text(data: bytes) -> bool:
    return b"\0" not in data[:2000]


def _span(data: bytes, rng: Rng, longest: int = 60) -> tuple[int, int]:
    at = int(rng.integers(len(data) + 1))
    return at, min(at + int(rng.integers(1, longest)), len(data))


def _flip(data: bytes, rng: Rng, most: int) -> bytes:
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 12))):
        if out:
            out[int(rng.integers(len(out)))] = int(rng.integers(256))
    return bytes(out)


def _cut(data: bytes, rng: Rng, most: int) -> bytes:
    a, b = _span(data, rng, 400)
    return data[:a] + data[b:]


def _end(data: bytes, rng: Rng, most: int) -> bytes:
    return data[: int(rng.integers(len(data) + 1))]


def _noise(data: bytes, rng: Rng, most: int) -> bytes:
    a, _ = _span(data, rng)
    return data[:a] + rng.bytes(int(rng.integers(1, 200))) + data[a:]


def _again(data: bytes, rng: Rng, most: int) -> bytes:
    a, b = _span(data, rng)
    return data[:a] + data[a:b] * int(rng.integers(2, most)) + data[b:]


def _swap(data: bytes, rng: Rng, most: int) -> bytes:
    (a, b), (c, d) = sorted((_span(data, rng), _span(data, rng)))
    return data if b > c else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _number(data: bytes, rng: Rng, most: int) -> bytes:
    """A number that is another one: huge, negative, none."""
    found = list(re.finditer(rb"-?\d+(\.\d+)?", data))
    if not found:
        return data
    one = found[int(rng.integers(len(found)))]
    new = NUMBERS[int(rng.integers(len(NUMBERS)))].encode()
    return data[: one.start()] + new + data[one.end() :]


def _lines(data: bytes, rng: Rng, most: int) -> bytes:
    """A line many times."""
    lines = data.split(b"\n")
    i = int(rng.integers(len(lines)))
    times = min(int(rng.integers(2, most)), _LARGE // (len(lines[i]) + 1) + 1)
    return b"\n".join([*lines[:i], *([lines[i]] * times), *lines[i + 1 :]])


def _long_line(data: bytes, rng: Rng, most: int) -> bytes:
    a, b = _span(data, rng, 20)
    return data[:a] + data[a:b].replace(b"\n", b" ") * (10 * most) + data[a:]


def _element(data: bytes, rng: Rng, most: int) -> bytes:
    """An XML element (or what is between two signs) many times, or nested many times."""
    found = list(re.finditer(rb"<(\w[\w-]*)(?: [^<>]*)?>[^<>]*</\1>|\|[^|\n]*\|", data))
    if not found:
        return data
    one = found[int(rng.integers(len(found)))]
    times = min(int(rng.integers(2, most)), _LARGE // len(one[0]) + 1)
    if rng.integers(2) or not one[1]:
        new = one[0] * times
    else:
        new = (b"<" + one[1] + b">") * times + one[0] + (b"</" + one[1] + b">") * times
    return data[: one.start()] + new + data[one.end() :]


def _brackets(data: bytes, rng: Rng, most: int) -> bytes:
    a, _ = _span(data, rng)
    sign = (b"[", b"(", b"{", b"|:", b":|", b'"', b"<a>", b"(3", b"(9:1:9", b"*^\n", b"-")
    return data[:a] + sign[int(rng.integers(len(sign)))] * int(rng.integers(1, most)) + data[a:]


def _repeats(data: bytes, rng: Rng, most: int) -> bytes:
    """Repeat signs in many places."""
    bars = b"</measure>" if b"</measure>" in data else b"|"
    sign = (
        b'<barline><repeat direction="%s" times="%d"/></barline></measure>'
        % ((b"backward", b"forward")[int(rng.integers(2))], int(rng.integers(1, 10**6)))
        if bars == b"</measure>"
        else (b":|:", b":|", b"|:", b"|1", b":|2")[int(rng.integers(5))]
    )
    pieces = data.split(bars)
    out = pieces[0]
    for piece in pieces[1:]:
        out += (sign if rng.integers(2) else bars) + piece
    return out


def _field(data: bytes, rng: Rng, most: int) -> bytes:
    """Four bytes (a length, a time) that say something else."""
    a, _ = _span(data, rng)
    new = (b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\1\0\0")
    return data[:a] + new[int(rng.integers(len(new)))] + data[a + 4 :]


def _head(data: bytes, rng: Rng, most: int) -> bytes:
    """Kind, number of chunks or division that say something else."""
    at = data.find(b"MThd") + 8 + 2 * int(rng.integers(3))
    return data[:at] + rng.bytes(2) + data[at + 2 :]


def _event(data: bytes, rng: Rng, most: int) -> bytes:
    """Events that are valid and extreme: far times, no tempo, odd meters, held notes."""
    new = (
        b"\xff\xff\xff\x7f\x90\x40\x40", b"\0\xff\x51\x03\0\0\0", b"\0\xff\x51\x03\0\0\1",
        b"\0\xff\x58\x04\x01\x07\x18\x08", b"\0\xff\x58\x04\xff\xff\x18\x08",
        b"\0\xff\x59\x02\x7f\x7f", b"\x81\x00\x90\x00\x7f", b"\x81\x00\x90\x7f\x01",
        b"\0\xe0\x7f\x7f",
        b"\0\xb0\x65\0\0\xb0\x06\x7f",
    )  # fmt: skip
    at = data.find(b"MTrk", int(rng.integers(max(len(data) - 30, 1)))) + 8
    if at < 8:
        return data
    return data[:at] + new[int(rng.integers(len(new)))] * int(rng.integers(1, most)) + data[at:]


_Way = Callable[[bytes, Rng, int], bytes]
_BYTES: tuple[_Way, ...] = (_flip, _cut, _end, _noise, _again, _swap)
_TEXT: tuple[_Way, ...] = (_number, _number, _lines, _long_line, _element, _brackets, _repeats)
_MIDI: tuple[_Way, ...] = (_field, _head, _event, _event)
