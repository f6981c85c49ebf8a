"""Broken and hostile files through the upload, with the real reader: each is heard, or refused with
a sentence; the studio goes on, and nothing is left of what was refused."""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from visitor import Visitor

NOTE = b"\x00\x90\x40\x40\x60\x80\x40\x40\x00\xff\x2f\x00"
"""A track with one note."""


def midi(*tracks: bytes, division: int = 480, form: int = 1) -> bytes:
    head = b"MThd" + struct.pack(">IHHH", 6, form, len(tracks), division)
    return head + b"".join(b"MTrk" + struct.pack(">I", len(t)) + t for t in tracks)


def hostile(examples: Path) -> dict[str, bytes]:
    """A hundred files that nobody means well with."""
    good = (examples / "auld-lang-syne.mid").read_bytes()
    xml = (examples / "when-the-saints.musicxml").read_bytes()
    abc = (examples / "greensleeves.abc").read_bytes()
    rng = np.random.default_rng(7)
    files = {
        "empty": b"",
        "nul": b"\x00" * 1000,
        "text": b"this is not a song",
        "html": b"<html><script>alert(1)</script></html>",
        "png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "head": good[:14],
        "no notes": midi(b"\x00\xff\x2f\x00"),
        "division 0": midi(NOTE, division=0),
        "smpte": midi(NOTE, division=0xE728),
        "form 9": midi(NOTE, form=9),
        "length lies": b"MThd" + struct.pack(">IHHH", 6, 1, 1, 480) + b"MTrk\xff\xff\xff\xff\x00",
        "many tracks": b"MThd" + struct.pack(">IHHH", 6, 1, 65535, 480),
        "a note for ever": midi(b"\x00\x90\x40\x40\xff\xff\xff\x7f\x80\x40\x40\x00\xff\x2f\x00"),
        "far away": midi(b"\xff\xff\xff\x7f\x90\x40\x40\x60\x80\x40\x40\x00\xff\x2f\x00"),
        "tempo 0": midi(b"\x00\xff\x51\x03\x00\x00\x00" + NOTE),
        "meter 0": midi(b"\x00\xff\x58\x04\x00\x00\x18\x08" + NOTE),
        "meter 255": midi(b"\x00\xff\x58\x04\xff\xff\x18\x08" + NOTE),
        "sysex": midi(b"\x00\xf0\xff\xff\xff\x7f\x01\x02"),
        "entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<score-partwise><work><work-title>&x;</work-title></work></score-partwise>",
        "laughs": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(12))
        + b"]><score-partwise><work><work-title>&m;</work-title></work></score-partwise>",
        "outside": b'<?xml version="1.0"?><!DOCTYPE s SYSTEM "http://127.0.0.1:1/x.dtd">'
        b"<score-partwise/>",
        "deep": b'<?xml version="1.0"?><score-partwise>' + b"<a>" * 50_000,
        "no parts": b'<?xml version="1.0"?><score-partwise></score-partwise>',
        "json": b'{"format": "restyle lead sheet", "melody": [{"start": -1}]}',
        "json far": b'{"format": "restyle lead sheet", "length": 99999999999999}',
        "json deep": b"[" * 100_000,
        "abc": b"X:1\nK:C\n" + b"(" * 10_000,
        "abc long": b"X:1\nM:4/4\nL:1/1\nK:C\n" + b"C99999999|" * 200,
        "abc repeats": b"X:1\nK:C\n" + b"|:" * 2000 + b"C" + b":|" * 2000,
        "kern": b"**kern\n" + b"4c\t4d\n" * 100,
        "zip bomb": _zip({"a.xml": bytes(30 * 2**20)}),
        "zip path": _zip({"../../../tmp/restyle-was-here.xml": xml}),
        "zip container": _zip({"META-INF/container.xml": b"<container/>"}),
        "zip nothing": b"PK\x05\x06" + bytes(18),
        "zip torn": _zip({"a.xml": xml})[:-30],
    }  # fmt: skip
    for i in range(25):  # torn off, somewhere
        source = (good, xml, abc)[i % 3]
        files[f"torn {i}"] = source[: int(rng.integers(10, len(source)))]
    for i in range(40):  # some bytes are others
        source = bytearray((good, xml, abc)[i % 3])
        for place in rng.integers(0, len(source), 12):
            source[place] = int(rng.integers(0, 256))
        files[f"bytes {i}"] = bytes(source)
    return files


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.slow
def test_a_hundred_hostile_files(real: TestClient, examples: Path) -> None:
    files = hostile(examples)
    assert len(files) >= 100
    refused = 0
    visitor = Visitor(real)
    for number, (name, data) in enumerate(files.items()):
        if number % 20 == 0:
            visitor = Visitor(real)
        answer = visitor.bring(data, f"{name}.mid")
        assert answer.status_code == 202, name
        end = visitor.end(answer.json()["job"])
        song = real.get(f"{visitor.at}/songs/{answer.json()['song']}")
        if end["state"] == "done":
            assert song.status_code == 200, name
            continue
        refused += 1
        assert end["state"] == "failed", name
        assert end["message"].endswith("."), (name, end["message"])
        for inside in ("Traceback", "Error", "/tmp", "source.song", "inside restyle", "ended"):
            assert inside not in end["message"], (name, end["message"])
        assert song.status_code == 404, name
        assert real.get("/api/about").status_code == 200
    assert refused >= 30
    assert not Path("/tmp/restyle-was-here.xml").exists()
    good = (examples / "greensleeves.abc").read_bytes()
    assert Visitor(real).heard(good)
