"""Songs as what a transfer needs: one as a lead sheet, one as an example of style."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from restyle.analysis import Heard, listen
from restyle.errors import RestyleError
from restyle.io import read, read_lead
from restyle.io.files import load
from restyle.io.midi.verbatim import verbatim_tracks
from restyle.music.lead import LeadSheet
from restyle.music.song import Song
from restyle.style.example import Example, example_of
from restyle.style.keep import Kept, kept_from

Music = Song | LeadSheet | str | os.PathLike[str]
"""A song in any form: a file, a Song, or a lead sheet."""


def open_lead(song: Music) -> tuple[LeadSheet, Heard | None]:
    """The lead sheet of a song or file: as it is where it is one, heard where it is not.

    Raises RestyleError for what is none of these, and where there is nothing to hear.
    """
    if isinstance(song, LeadSheet):
        return song, None
    named = (song.title or "The song") if isinstance(song, Song) else ""
    if not isinstance(song, Song):
        check_path(song, "A song")
        named = Path(song).name
        lead = read_lead(song)
        if lead is not None:
            return lead, None
        song = read(song)
    if not song.note_count and song.chords:  # a chord chart
        from restyle.io.leads.song import lead_of

        return lead_of(song.with_tracks(()), swing=song.swing), None
    if song.note_count and all(track.is_drum for track in song.tracks if len(track.notes)):
        raise RestyleError(f"{named} has only drums: there is no tune to arrange.")
    heard = listen(song)
    return heard.lead, heard


def open_kept(song: Music, heard: Heard | None, names: Sequence[str]) -> Kept:
    """The tracks of a song that are to stay, of those names; of a MIDI file with all that it says
    of them, of a Song or a score their notes and instruments.

    Raises RestyleError for what has no such tracks.
    """
    if isinstance(song, LeadSheet) or heard is None:
        raise RestyleError("A lead sheet has no tracks to keep: give the song itself.")
    if isinstance(song, Song):
        return kept_from(heard, song, names, None)
    data = load(song)
    midi = b"MThd" in data[:4096] or (data[:4] == b"RIFF" and data[8:12] == b"RMID")
    return kept_from(
        heard, read(song), names, verbatim_tracks(data, Path(song).name) if midi else None
    )


def open_example(song: Song | str | os.PathLike[str]) -> Example:
    """A song as an example of style. Raises RestyleError when it can be none."""
    if not isinstance(song, Song):
        check_path(song, "An example")
    name = (song.title or "example") if isinstance(song, Song) else Path(song).stem
    song = song if isinstance(song, Song) else read(song)
    if not song.note_count and song.chords:
        raise RestyleError(
            f"{name} is a chord chart: it can be arranged, but has no notes to take a style from."
        )
    return example_of(listen(song), name)


def check_path(path: object, what: str) -> None:
    """Raise RestyleError for what is no path of a file. `what` begins the sentence."""
    if not isinstance(path, str | os.PathLike):
        kind = "None" if path is None else f"of the type {type(path).__name__}"
        raise RestyleError(f"{what} is a file or a restyle.Song, not {kind}.")
