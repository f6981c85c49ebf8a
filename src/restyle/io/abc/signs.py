"""The signs in a line of music, each given to the voice that it stands in."""

from __future__ import annotations

import re
from collections.abc import Callable

from restyle.io.abc import fields
from restyle.io.abc.music import VoiceReader
from restyle.io.abc.tokens import DYNAMICS


def read_note(voice: VoiceReader, token: re.Match[str]) -> None:
    """A note or a rest."""
    letter = token["letter"]
    if letter in "zx":
        voice.rest(token["top"], token["slash"], token["bottom"])
    elif letter in "ZX":
        voice.rest_bars(token["top"])
    elif letter != "y":
        voice.note(token)


def _chord(voice: VoiceReader, token: re.Match[str]) -> None:
    times = fields.length(token["chord_top"], token["chord_slash"], token["chord_bottom"])
    voice.chord(token["chord"], times, token["chord_tie"] is not None)


def _old_chord(voice: VoiceReader, token: re.Match[str]) -> None:
    if _is_chord(token["old_chord"]):
        times = fields.length(token["old_top"], token["old_slash"], token["old_bottom"])
        voice.chord(token["old_chord"], times, token["old_tie"] is not None)


_SIGNS: tuple[tuple[str, Callable[[VoiceReader, re.Match[str]], None]], ...] = (
    ("bar", lambda voice, token: voice.end_bar(token["bar"], token["bar_ending"])),
    ("chord", _chord),
    ("old_chord", _old_chord),
    ("text", lambda voice, token: voice.text(token["text"])),
    ("broken", lambda voice, token: voice.broken(token["broken"])),
    ("tuplet", lambda voice, token: voice.tuplet(int(token["tuplet"]), token["q"], token["r"])),
    ("ending", lambda voice, token: voice.start_ending(token["ending"][1:])),
    ("mark", lambda voice, token: voice.mark(token["mark_name"])),
    ("plus_mark", lambda voice, token: voice.mark(token["plus_name"])),
    ("overlay", lambda voice, token: voice.overlay()),
    ("tie_later", lambda voice, token: voice.tie()),
    ("excess", lambda voice, token: voice.slip()),
)
"""What to do with each kind of sign."""


def read_sign(voice: VoiceReader, token: re.Match[str]) -> None:
    """Anything in a line of music that is no single note or rest."""
    for group, handler in _SIGNS:
        if token[group]:
            handler(voice, token)
            return
    if token["short"] in voice.context.symbols:
        voice.mark(voice.context.symbols[token["short"]])


def _is_chord(text: str) -> bool:
    """Whether what stands between two + is notes, as chords were written once; +f+ is loud."""
    return text.strip() not in DYNAMICS
