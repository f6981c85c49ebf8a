"""What `import restyle` offers: `hear` and `transfer`, with arguments checked before work."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.song import Song
from restyle.options import TransferOptions, again
from restyle.pipeline import arranger
from restyle.reading import open_example, open_lead
from restyle.style.instrumentation import asked_instruments


def hear(song: Song | str | os.PathLike[str]) -> LeadSheet:
    """The lead sheet of a song or a file; of a file that is a lead sheet, that one.

    Raises RestyleError when there is nothing to hear.
    """
    return open_lead(song)[0]


def transfer(
    song: Song | LeadSheet | str | os.PathLike[str],
    to: str = "",
    *,
    like: Song | str | os.PathLike[str] | None = None,
    seed: int = 0,
    strength: float = 1.0,
    parts: Sequence[str] | str = (),
    melody: bool | str = True,
    key: str = "",
    tempo: float | None = None,
    takes: int = 1,
    harmony: str = "enrich",
    instruments: Mapping[str, str] | None = None,
    feel: float | None = None,
    redo: str = "",
    earlier: Song | str | os.PathLike[str] | None = None,
    model: str | os.PathLike[str] | None = None,
) -> Song:
    """The same song in another style.

    Args:
        song: a file, a Song, or a LeadSheet, which is taken at its word.
        to: a style, or a blend such as "jazz:0.7,pop:0.3".
        like: an example (file or Song) to take the style from, in place of `to`.
        parts: exactly these, as a list or as "piano,bass,drums"; the style's band when empty.
        melody: whether the song's melody is in the result; "keep" and "drop" say the same.
        takes: how many to make, the best of which is returned.
        harmony: keep, enrich or reharmonise.
        instruments: what parts play on, such as {"melody": "trumpet", "drums": "brush"}.
        feel: 0 to play exactly on the grid, 1 as players do; as the style's songs when None.
        redo: bars such as "9-16" to make anew in `earlier`, a result of this song; give another
            `seed` for others. The style is the earlier one's where none is said.

    The same arguments give the same song. Raises RestyleError, with one sentence, when it cannot
    be done; what is wrong with the arguments is said before the song is heard.
    """
    asked = (f"{part}={name}" for part, name in (instruments or {}).items())
    options = TransferOptions(
        to=to,
        strength=strength,
        parts=parts_of(parts),
        melody=keeps_melody(melody),
        key=key,
        tempo=tempo,
        seed=seed,
        takes=takes,
        harmony=harmony,
        instruments=asked_instruments(asked),
        feel=feel,
    )
    options.check()
    band = arranger(Path(model) if model else None)
    band.check(options)
    if not to and like is None and not redo and earlier is None:
        raise RestyleError("No style was said: name one, or give an example.")
    if like is not None:
        options = replace(options, like=open_example(like))
    if redo or earlier is not None:
        options = again(options, redo, earlier)
    lead = song if isinstance(song, LeadSheet) else open_lead(song)[0]
    return band.transfer(lead, options).song


def parts_of(said: Sequence[str] | str) -> tuple[str, ...]:
    """Parts from a list of names, or from one text with commas between them."""
    named = said.split(",") if isinstance(said, str) else [str(part) for part in said]
    return tuple(part.strip().lower() for part in named if part.strip())


def keeps_melody(said: bool | str) -> bool:
    """Whether the melody is kept, of True, False, "keep" or "drop".

    Raises RestyleError for anything else.
    """
    if isinstance(said, bool):
        return said
    if said not in ("keep", "drop"):
        raise RestyleError(f"The melody can be kept or dropped: say keep or drop, not '{said}'.")
    return said == "keep"
