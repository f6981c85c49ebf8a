"""Files in and out: MIDI, MusicXML, ABC, kern and lead sheets, to Song and LeadSheet and back."""

from __future__ import annotations

import os
from pathlib import Path

from restyle.errors import RestyleError
from restyle.song import Song

__all__ = ["read", "write"]


def read(path: str | os.PathLike[str]) -> Song:
    """A Song from a file of any kind we know; what the file holds counts, not only its name.

    Raises UnreadableSong, with one sentence that says why.
    """
    from restyle.formats.files import load

    data = load(path)
    name = Path(path).name
    if b"MThd" in data[:4096]:
        from restyle.formats.midi import midi_song

        return midi_song(data, name)
    from restyle.formats.notation import notation_song

    return notation_song(data, name)


def write(song: Song, path: str | os.PathLike[str]) -> None:
    """Write a song in the format that the name's ending says.

    Raises RestyleError when the ending is unknown or the file cannot be written.
    """
    ending = Path(path).suffix.lower()
    if ending in (".mid", ".midi", ".kar"):
        from restyle.formats.midi_write import write_midi

        write_midi(song, path)
        return
    raise RestyleError(f"{Path(path).name}: a song can be written as .mid or .musicxml.")
