"""What a caller from Python may say, in one form; each fault has a sentence of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.song import Song
from restyle.reading import Music, check_path
from restyle.style.instrumentation import asked_instruments

MELODIES = ("keep", "drop", "ornament")
"""What may be done with the tune."""


def mechanisms(names: str | Sequence[str], only: bool) -> tuple[str, ...]:
    """Names of mechanisms of the decoder. Raises RestyleError for one that is none."""
    from restyle.decoding.job import DecodeOptions

    asked = parts_of(names)
    try:
        DecodeOptions(without=() if only else asked, only=asked if only else ())
    except ValueError as error:
        raise RestyleError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    return asked


def check_text(what: str, said: object) -> None:
    """Raise RestyleError for what is no text; `what` begins the sentence."""
    if not isinstance(said, str):
        raise RestyleError(f"{what} is a text, not {said!r}.")


def songs_of(said: Music | Sequence[Music]) -> tuple[Music, ...]:
    """One song or several. Raises RestyleError for what is none."""
    songs: tuple[Music, ...]
    songs = tuple(said) if isinstance(said, Sequence) and not isinstance(said, str) else (said,)
    for song in songs:
        if not isinstance(song, Song | LeadSheet):
            check_path(song, "A song")
    return songs


def folder_of(model: str | os.PathLike[str] | None) -> Path | None:
    """A model's folder. Raises RestyleError for what is none."""
    if model is None or model == "":
        return None
    if not isinstance(model, str | os.PathLike):
        raise RestyleError(f"A model is a folder, not {model!r}.")
    return Path(model)


def parts_of(said: Sequence[str] | str) -> tuple[str, ...]:
    """Names from a list, or from one text with commas between them.

    Raises RestyleError for what is neither.
    """
    if not isinstance(said, Sequence):
        raise RestyleError(f'Names are a list, or a text such as "piano,bass", not {said!r}.')
    named = said.split(",") if isinstance(said, str) else [str(part) for part in said]
    return tuple(part.strip().lower() for part in named if part.strip())


def instruments_of(said: Mapping[str, str] | None) -> dict[str, int]:
    """Programs by part. Raises RestyleError for what is no mapping, and for unknown names."""
    if said is not None and not isinstance(said, Mapping):
        raise RestyleError('Instruments are said by part, as in {"melody": "trumpet"}.')
    return asked_instruments(f"{part}={name}" for part, name in (said or {}).items())


def by_section(said: str | Mapping[str, object]) -> str:
    """What is said by section, as one text. Raises RestyleError for what is neither."""
    if isinstance(said, Mapping):
        return ",".join(f"{name}:{value}" for name, value in said.items())
    if not isinstance(said, str):
        raise RestyleError(f'Sections are said as in {{"A": 0.4}}, not {said!r}.')
    return said


def by_name(what: str, said: Mapping[str, str] | None) -> dict[str, str]:
    """What is said by part. Raises RestyleError for what is no mapping."""
    if said is not None and not isinstance(said, Mapping):
        raise RestyleError(f'A {what} is said by part, as in {{"piano": "..."}}, not {said!r}.')
    return {str(part).lower(): str(value).lower() for part, value in (said or {}).items()}


def keeps_melody(said: bool | str) -> bool:
    """Whether the melody is kept, of True, False, "keep" or "drop".

    Raises RestyleError for anything else.
    """
    if isinstance(said, bool):
        return said
    if said not in MELODIES:
        raise RestyleError(f"Of the melody say keep, drop or ornament, not '{said}'.")
    return said != "drop"
