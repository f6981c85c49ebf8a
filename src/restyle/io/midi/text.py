"""Text of MIDI events, which state no encoding."""

from __future__ import annotations


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
