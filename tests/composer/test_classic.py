"""The fast list of notes beside music21's own, element for element."""

import struct
from pathlib import Path

import numpy as np
import pytest

from restyle.composer.classic import classic_notes
from restyle.composer.reference import music21_notes
from restyle.errors import UnreadableSong

pytest.importorskip("music21")

DIVISION = 96
Row = tuple[int, int, int]


def _number(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def _chunk(events: list[tuple[int, bytes]]) -> bytes:
    body, now = b"", 0
    for at, event in sorted(events, key=lambda e: e[0]):
        body += _number(at - now) + event
        now = at
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def midi(tracks: list[list[Row]], meter: tuple[int, int] = (4, 4), channels: str = "") -> bytes:
    """A file of a conductor and tracks of (start, length, pitch), in ticks."""
    chunks = [_chunk([(0, bytes([0xFF, 0x58, 4, meter[0], meter[1].bit_length() - 1, 24, 8]))])]
    for i, rows in enumerate(tracks):
        channel = int(channels[i], 16) if channels else i
        events = []
        for start, length, pitch in rows:
            events.append((start + length, bytes([0x80 | channel, pitch, 0])))
        for start, _, pitch in rows:  # after the releases of the same moment
            events.append((start, bytes([0x90 | channel, pitch, 80])))
        chunks.append(_chunk(events))
    head = b"MThd" + struct.pack(">IHHH", 6, 1, len(chunks), DIVISION)
    return head + b"".join(chunks)


def both(path: Path, data: bytes) -> tuple[list[str], list[str]]:
    path.write_bytes(data)
    return classic_notes(path), music21_notes(path)


BEAT = DIVISION
CASES = {
    "a tune": ([[(i * 48, 48, 60 + i) for i in range(12)]], (4, 4)),
    "chords": ([[(i * 96, 96, p + i) for i in range(6) for p in (60, 64, 67)]], (3, 4)),
    "nearly together": ([[(i * 96 + k, 90 - k, 60 + 4 * k) for i in range(4) for k in range(3)]],
                        (4, 4)),
    "ties over bar lines": ([[(i * 240, 240, 60 + i) for i in range(8)]], (4, 4)),
    "a chord tied for bars": ([[(48, 1000, p) for p in (48, 55, 64)] + [(1048, 48, 50)]], (3, 4)),
    "two voices": ([[(0, 384, 48), (384, 384, 50)] + [(i * 48, 48, 70 + i) for i in range(16)]],
                   (4, 4)),
    "triplets": ([[(i * 32, 32, 60 + i % 5) for i in range(36)]], (2, 4)),
    "two hands": ([[(i * 48, 48, 72 + i % 7) for i in range(16)],
                   [(i * 192, 192, p) for i in range(4) for p in (48, 52)]], (4, 4)),
    "a note over a voice": ([[(0, 96, 60), (96, 96, 62), (192, 96, 64), (288, 192, 65),
                              (384, 96, 72), (336, 240, 48), (600, 48, 60)]], (4, 4)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_fast_list_is_music21s(name: str, tmp_path: Path) -> None:
    tracks, meter = CASES[name]
    ours, theirs = both(tmp_path / "song.mid", midi(tracks, meter))
    assert ours == theirs
    assert len(ours) > 3


@pytest.mark.parametrize("seed", range(12))
def test_random_songs_are_read_as_music21_reads_them(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    tracks = []
    for _ in range(int(rng.integers(1, 3))):
        starts = np.sort(rng.integers(0, 12 * BEAT, 24)) // 8 * 8
        rows = {}  # no pitch is struck again while it sounds
        for start in starts.tolist():
            rows[start, int(rng.integers(48, 84))] = int(rng.integers(1, 25)) * 8
        free: dict[int, int] = {}
        kept = []
        for (start, pitch), length in rows.items():
            if free.get(pitch, -1) <= start:
                kept.append((start, length, pitch))
                free[pitch] = start + length
        tracks.append(kept)
    meter = ((4, 4), (3, 4), (6, 8))[seed % 3]
    ours, theirs = both(tmp_path / "song.mid", midi(tracks, meter))
    assert ours == theirs


def test_drums_have_no_pitch(tmp_path: Path) -> None:
    tune = [(i * 96, 96, 60 + i) for i in range(4)]
    beat = [(i * 48, 48, 38) for i in range(8)]
    ours, theirs = both(tmp_path / "song.mid", midi([tune, beat], channels="09"))
    assert ours == theirs == ["C4", "C#4", "D4", "E-4"]


def test_what_is_no_midi_is_refused(tmp_path: Path) -> None:
    (tmp_path / "song.mid").write_bytes(b"dear diary")
    with pytest.raises(UnreadableSong):
        classic_notes(tmp_path / "song.mid")


@pytest.mark.parametrize("told", [True, False])
def test_a_first_bar_without_a_meter_of_its_own_is_read_as_music21_does(
    told: bool, tmp_path: Path
) -> None:
    """A chord over the bar line is remembered there at its whole length, which makes all that
    follows late; not where the meter is told to the part."""
    hand = [(0, 288, 49), (0, 288, 56), (288, 288, 43), (288, 288, 55), (192, 384, 53)]
    hand += [(576 + i * 96, 96, 60 + i) for i in range(8)]
    hand += [(1344, 96, 48), (1344, 192, 52)]  # not let go together: music21 asks for voices
    tune = [(i * 48, 48, 72 + i % 7) for i in range(28)]
    whole = midi([tune, hand])
    if told:
        data = whole
    else:  # the meter stands among the notes of the tune alone
        head, meter, first, second = whole[:14], *_chunks(whole[14:])
        body = first[8:].replace(b"\x00\x90", meter[8:-4] + b"\x00\x90", 1)
        data = head[:10] + struct.pack(">H", 2) + head[12:]
        data += b"MTrk" + struct.pack(">I", len(body)) + body + second
    ours, theirs = both(tmp_path / "song.mid", data)
    assert ours == theirs


def _chunks(data: bytes) -> list[bytes]:
    out = []
    while data:
        size = 8 + struct.unpack(">I", data[4:8])[0]
        out.append(data[:size])
        data = data[size:]
    return out
