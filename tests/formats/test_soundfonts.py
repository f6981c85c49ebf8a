"""Compressed soundfonts (.sf3) play as the plain ones that they were made of."""

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from restyle.errors import RestyleError
from restyle.io.audio.loudness import block_loudness, loudness
from restyle.io.audio.sf3 import unpacked
from restyle.io.audio.synth import RATE, Synth, _wheel_font, find_synth
from restyle.io.midi.write import midi_bytes
from restyle.music.song import TICKS, Song, Tempo, Track, notes_array

HEADER = struct.Struct("<20s5IBbHH")
PIANO = range(39, 48)
"""The piano's samples in the soundfont that comes along; the test compresses these alone."""


def tables(font: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Of a plain soundfont: information, samples, the tables before the headers, the headers."""
    smpl, pdta, shdr = font.index(b"smpl"), font.index(b"pdta"), font.index(b"shdr")
    size = struct.unpack_from("<I", font, smpl + 4)[0]
    return font[12 : smpl - 12], font[smpl + 8 :][:size], font[pdta + 4 : shdr], font[shdr + 8 :]


def chunk(name: bytes, content: bytes, padding: bytes = b"\0") -> bytes:
    return name + struct.pack("<I", len(content)) + content + padding * (len(content) % 2)


def vorbis(sound: np.ndarray) -> bytes:
    file = BytesIO()
    soundfile.write(file, sound, 22050, format="OGG", subtype="VORBIS")
    return file.getvalue()


def compressed(font: bytes, padding: bytes) -> bytes:
    """The soundfont with its piano as Vorbis streams and all else silent, as .sf3 has them."""
    information, samples, before, headers = tables(font)
    frames = np.frombuffer(samples, "<i2")
    stored, made, silence = b"", b"", vorbis(np.zeros(100, np.int16))
    records = list(HEADER.iter_unpack(headers))
    for number, (name, start, end, begin, stop, *rest, kind) in enumerate(records[:-1]):
        stream = vorbis(frames[start:end]) if number in PIANO else silence
        place = (len(stored), len(stored) + len(stream), begin - start, stop - start)
        made += HEADER.pack(name, *place, *rest, kind | 0x10)
        stored += stream
    stored += b"\0" * (1 - len(stored) % 2)  # an odd number, to be padded or not
    made += HEADER.pack(*records[-1])
    data = chunk(b"LIST", b"sdta" + chunk(b"smpl", stored, padding), padding)
    rest = chunk(b"LIST", b"pdta" + before + chunk(b"shdr", made))
    return chunk(b"RIFF", b"sfbk" + information + data + rest)


@pytest.fixture(scope="module")
def plain() -> Path:
    """The one that comes along, whatever else this machine has."""
    return _wheel_font()


def played(font: Path) -> np.ndarray:
    notes = notes_array((i * TICKS, TICKS, 60 + i, 90) for i in range(4))
    song = Song(tracks=(Track("Piano", 0, notes),), tempos=(Tempo(0, 120.0),))
    return Synth(font).play(midi_bytes(song))


@pytest.mark.parametrize("padding", [b"\0", b""])
def test_a_compressed_piano_sounds_as_the_plain_one(plain, padding, tmp_path):
    font = tmp_path / "piano.sf3"
    font.write_bytes(compressed(plain.read_bytes(), padding))
    assert find_synth(font).font == font
    one, other = played(plain), played(font)
    assert len(one) == len(other)
    level = [loudness(block_loudness(sound, RATE)) for sound in (one, other)]
    assert level[0] == pytest.approx(level[1], abs=0.2)
    assert np.corrcoef(one[:, 0], other[:, 0])[0, 1] > 0.98


def test_samples_and_their_loops_stand_where_the_headers_say(plain):
    font = plain.read_bytes()
    _, frames, _, headers = tables(unpacked(compressed(font, b"")))
    wanted, found = (list(HEADER.iter_unpack(h)) for h in (tables(font)[3], headers))
    sounds = np.frombuffer(frames, "<i2"), np.frombuffer(tables(font)[1], "<i2")
    for number in PIANO:
        (name, a, b, c, d, *rest), (same, e, f, g, h, *others) = found[number], wanted[number]
        assert (name, b - a, c - a, d - a, rest) == (same, f - e, g - e, h - e, others)
        assert np.corrcoef(sounds[0][a:b], sounds[1][e:f])[0, 1] > 0.98


def test_damaged_ones_are_refused(plain, tmp_path):
    whole = compressed(plain.read_bytes(), b"\0")
    broken = whole.replace(b"OggS", b"Oggs")
    for number, content in enumerate((whole[: len(whole) // 2], broken, whole[:30])):
        font = tmp_path / f"{number}.sf3"
        font.write_bytes(content)
        with pytest.raises(RestyleError, match=f"{number}.sf3 cannot be played"):
            Synth(font).play(b"")
