"""What kind of notation a file holds, and its text."""

from __future__ import annotations

import re


def kind_of(data: bytes) -> str | None:
    """ "musicxml", "humdrum" (kern) or "abc" by a file's content; None when it is no notation."""
    if data[:4] == b"PK\x03\x04":
        return "musicxml"
    text = decode(data[:65536])
    if re.search(r"<score-(partwise|timewise)\b", text):
        return "musicxml"
    if re.search(r"^\*\*kern\b|\t\*\*kern\b", text, re.MULTILINE):
        return "humdrum"
    if re.search(r"^K:", text, re.MULTILINE) and re.search(r"^[XTML]:", text, re.MULTILINE):
        return "abc"
    return None


def decode(data: bytes) -> str:
    """Text of a notation file: UTF-16 where a byte order mark says so, UTF-8, or Latin-1."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 3 and len(data) == 65536:  # a letter cut in two
            return data.decode("utf-8-sig", errors="ignore")
        return data.decode("latin-1")
