"""Titles, names and words as ABC writes them, accents and entities made letters."""

from __future__ import annotations

import html
import re
import unicodedata

_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", ",": "\u0327",
    "c": "\u0327", "=": "\u0304", "v": "\u030c", "u": "\u0306", "H": "\u030b", "r": "\u030a",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "/o": "ø", "/O": "Ø", "aa": "å",
    "AA": "Å", "th": "þ", "TH": "Þ", "dh": "ð", "DH": "Ð",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(?:(/[oO]|ss|ae|AE|oe|OE|aa|AA|th|TH|dh|DH)|(['`^\"~,=vuHrc])([A-Za-z]))")


def plain(text: str) -> str:
    r"""The text with its escapes resolved: "\'e" and "&eacute;" are é."""
    text = html.unescape(text)
    if "\\" in text:
        text = _ESCAPE.sub(
            lambda m: (
                _LETTERS[m[1]] if m[1] else unicodedata.normalize("NFC", m[3] + _ACCENTS[m[2]])
            ),
            text,
        )
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
