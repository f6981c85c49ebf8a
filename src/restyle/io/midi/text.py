"""Text of MIDI events, which state no encoding: the code page is chosen by what it makes of it."""

from __future__ import annotations

from collections.abc import Iterable

_CODE_PAGES = {
    "cp1252": (1.0, "äöüßéèêëàáâãåæçíïîñóôõøúûùœ’“”–…©®¿¡´°"),  # noqa: RUF001
    "cp1250": (0.95, "ąćęłńóśźżřěščžýáíéůúőűäöü"),
    "cp850": (0.9, "äöüéèêëàáâåæçíïîñóôúûù"),
    "cp1251": (1.0, "оеаинтсрвлкмдпуяыьгзбчйхжшю"),
    "koi8_r": (0.9, "оеаинтсрвлкмдпуяыьгзбчйхжшю"),
    "cp866": (0.9, "оеаинтсрвлкмдпуяыьгзбчйхжшю"),
    "cp1253": (1.0, "αοιετσνηυρπκμλςάίόέήύώ"),
    "shift_jis": (1.0, ""),
    "euc_jp": (0.95, ""),
    "euc_kr": (0.95, ""),
    "gb18030": (0.85, "的一是不我了在人有他这个你心爱月天情"),
    "big5": (0.85, "的一是不我了在人有他這個你心愛月天情"),
}
"""Code pages of old files: how much each is believed beforehand, and its commonest letters."""
_WIDE = frozenset(("shift_jis", "euc_jp", "euc_kr", "gb18030", "big5"))
_FOREIGN = frozenset(("cp1251", "koi8_r", "cp866", "cp1253"))
_SIGNS = "\u3000\u3001\u3002\u30fb\u300c\u300d\uff01\uff1f\u30fc\uff5e\u266a"
_APOSTROPHES = "\u2019\u2018\u00b4"
DEFAULT = "cp1252"
_SAMPLE = 4000
"""Bytes that are looked at; more say no more."""


def code_page(texts: Iterable[bytes]) -> str:
    """The encoding in which the texts of one file read best, of those that are not UTF-8."""
    sample = b"\n".join(
        dict.fromkeys(text for text in texts if not text.isascii() and not _is_utf8(text))
    )[:_SAMPLE]
    if not sample:
        return DEFAULT
    best = max(_CODE_PAGES, key=lambda page: _plausible(sample, page))
    return best if _plausible(sample, best) > 0 else DEFAULT


def decode_text(raw: bytes, page: str = DEFAULT) -> str:
    """A text in one line: UTF-8 where it is that, else in the file's code page."""
    text = decode_raw(raw, page)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def decode_raw(raw: bytes, page: str = DEFAULT) -> str:
    """A text with its line marks and spaces."""
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode(page, errors="replace").replace("\ufffd", "")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _plausible(sample: bytes, page: str) -> float:
    """How much like words the sample reads in a code page: at most its belief, below 0 for none."""
    text = sample.decode(page, errors="replace")
    belief, common = _CODE_PAGES[page]
    marks = [
        _mark(before, letter, after, page, common)
        for before, letter, after in zip("\n" + text, text, text[1:] + "\n", strict=False)
        if not letter.isascii()
    ]
    if not marks:
        return -1.0
    return belief * sum(marks) / len(marks)


def _mark(before: str, letter: str, after: str, page: str, common: str) -> float:
    """How well one letter stands where it stands: 1 at best, -1 for what is no word."""
    if letter == "\ufffd" or not letter.isprintable():
        return -2.0
    if page in _WIDE:
        return _wide_mark(before, letter, after, page, common)
    mark = 1.0 if letter.lower() in common else 0.2 if letter.isalpha() else -0.5
    if letter.isupper() and before.islower():
        return mark - 1.0  # case changes within a word
    if not letter.isalpha() and letter not in _APOSTROPHES and before.isalpha() and after.isalpha():
        return -0.7  # a sign within a word
    beside = [c for c in (before, after) if c.isalpha()]
    if page in _FOREIGN:
        return mark - 1.0 if any(c.isascii() for c in beside) else mark
    if letter.isalpha() and beside and not any(c.isascii() for c in beside):
        return mark - 0.7  # a Latin word of nothing but accented letters
    return mark


def _wide_mark(before: str, letter: str, after: str, page: str, common: str) -> float:
    """The same for the code pages of East Asia."""
    if "\u3040" <= letter <= "\u30ff" and page in ("shift_jis", "euc_jp"):
        return 1.0
    if "\uac00" <= letter <= "\ud7a3":
        return 0.9
    # a lone ideograph between Latin letters is an accented letter read wrong
    if "\u4e00" <= letter <= "\u9fff":
        alone = any(c.isascii() and c.isalpha() for c in (before, after))
        if alone or page == "euc_kr":
            return -0.5
        return 1.0 if letter in common else 0.6
    return 0.3 if letter in _SIGNS else -0.3
