"""What is sung and said in a MIDI file: lyrics, title and composer.

Lyric events (FF 05) hold a syllable each; a space ends a word, or begins the next one (RP-017 says
the former), a hyphen says that the word goes on. Karaoke files keep them in text events (FF 01)
instead: `\\` begins a verse, `/` a line, and what begins with `@` is said about the file (@T its
title and who wrote or sings it, @L its language).
"""

from __future__ import annotations

import re
from collections import Counter

from restyle.io.midi.events import MidiFile
from restyle.io.midi.text import decode_raw, decode_text

_BY = re.compile(
    r"(?i)^(?:composer|composed|music|words (?:and|&) music|written|author|komponist|musik)"
    r"\s*(?:by|:|von)\s*:?\s*(.{2,80})$"
)
_NOBODY = re.compile(r"(?i)sequenc|karaoke|midi|http|www|@|copyright|\(c\)|©|converted|arranged")
_NO_TITLES = frozenset(
    (
        "untitled", "conductor", "tempo", "track", "meter", "master", "global", "control",
        "default", "soft", "sequence", "unnamed",
    )
)  # fmt: skip
_WORDS = ("words", "lyrics", "lyric", "karaoke")
_SPACED = 0.05
"""Share of syllables with a space at an end from which on spaces part the words."""

Words = list[tuple[int, str]]


def title(file: MidiFile, *, first_has_notes: bool) -> str:
    """The title: as a .kar file says, else the name of the first chunk if that has no notes."""
    stated = _stated(file)
    if stated:
        return stated[0]
    named = decode_text(file.info.get("INAM", b""), file.encoding)
    if named:
        return named
    first = file.chunks[0].title
    words = first.lower().split()
    if (first_has_notes and file.kind == 1) or not words or words[0] in _NO_TITLES:
        return ""
    return first


def composer(file: MidiFile) -> str:
    """Who wrote it: as a text says, or the second title line of a .kar file; "" where none does."""
    for _, tick, kind, raw in file.texts:
        if tick == 0 and kind in (1, 2):
            found = _BY.match(decode_text(raw, file.encoding))
            if found:
                return found[1].strip()
    artist = decode_text(file.info.get("IART", b""), file.encoding)
    if artist:
        return artist
    second = _stated(file)[1:2]
    return second[0] if second and not _NOBODY.search(second[0]) else ""


def _stated(file: MidiFile) -> list[str]:
    lines = (text[2:].strip() for text in file.comments() if text.startswith("@T"))
    return [line for line in lines if line]


def lyrics(file: MidiFile) -> Words:
    """(tick, syllable) in the file's ticks; a syllable whose word goes on ends with a hyphen."""
    best = max((_lyric_events(file), _karaoke(file)), key=len)
    return _syllables(best)


def _lyric_events(file: MidiFile) -> Words:
    """The lyric events of the chunk that has most of them."""
    counts = Counter(chunk for chunk, _, kind, raw in file.texts if kind == 5 and raw.strip())
    return _texts(file, counts.most_common(1)[0][0], 5) if counts else []


def _karaoke(file: MidiFile) -> Words:
    """The text events that are sung, of a file or a chunk that says that it has some."""
    said = any(text.startswith("@") for text in file.comments())
    named = {c.number for c in file.chunks if c.title.lower() in _WORDS}
    counts = Counter(
        chunk
        for chunk, _, kind, raw in file.texts
        if kind == 1 and not raw.startswith(b"@") and (said or chunk in named)
    )
    if not counts:
        return []
    chunk = max(counts, key=lambda number: (number in named, counts[number]))
    found = _texts(file, chunk, 1)
    return found if chunk in named or any(text[:1] in "\\/" for _, text in found) else []


def _texts(file: MidiFile, chunk: int, kind: int) -> Words:
    return [
        (tick, decode_raw(raw, file.encoding))
        for number, tick, of, raw in file.texts
        if number == chunk and of == kind and raw and not raw.startswith(b"@")
    ]


def _syllables(texts: Words) -> Words:
    """Syllables without spaces and line marks, with hyphens where words go on."""
    texts = [(tick, text) for tick, text in texts if text]
    edged = sum(text[0].isspace() or text[-1].isspace() for _, text in texts)
    spaced = edged > _SPACED * len(texts)
    out: Words = []
    goes_on = False
    for tick, text in texts:
        begins = text[0].isspace() or text[0] in "\\/"
        if goes_on and begins and out and out[-1][1].endswith("-"):
            out[-1] = (out[-1][0], out[-1][1][:-1])
        inner = re.sub(r"[\\/\r\n]+", " ", text)
        plain = " ".join("".join(c if c.isprintable() else " " for c in inner).split())
        if not plain:
            goes_on = goes_on and not begins
            continue
        goes_on = spaced and not text[-1].isspace() and not plain.endswith("-")
        out.append((tick, plain + "-" * goes_on))
    if goes_on and out:
        out[-1] = (out[-1][0], out[-1][1][:-1])
    return [(tick, text) for tick, text in out if text.strip("-") or len(text) > 1]
