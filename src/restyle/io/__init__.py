"""Files in and out: MIDI, MusicXML, ABC, kern and lead sheets, to Song and LeadSheet and back.

Everything else in restyle sees only these four functions. File libraries are imported when a
file of their kind is first met, so that importing this costs nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.song import Song

__all__ = ["read", "read_lead", "write", "write_lead"]

WRITTEN = ".mid, .musicxml, .pdf, .mp3, .ogg, .flac, .wav or .png"
"""What `write` writes, in words."""


def read(path: str | os.PathLike[str]) -> Song:
    """A Song from a MIDI, MusicXML, mxl, ABC, kern, chord chart or lead JSON file.

    What the file holds counts, not its name. Raises UnreadableSong, with one sentence that says
    what is wrong.
    """
    from restyle.io.files import load

    data = load(path)
    name = Path(path).name
    if b"MThd" in data[:4096] or (data[:4] == b"RIFF" and data[8:12] == b"RMID"):
        from restyle.io.midi.midi import midi_song

        return midi_song(data, name)
    from restyle.io.leads.leads import is_json, json_song

    if is_json(data):
        return json_song(data, name)
    from restyle.io.notation.source import kind_of

    kind = kind_of(data)
    if kind == "musicxml":
        from restyle.io.musicxml.song import musicxml_song

        return musicxml_song(data, name)
    if kind == "abc":
        from restyle.io.abc.abc import abc_tune
        from restyle.io.written.song import written_song

        return written_song(abc_tune(data, name), name)[0]
    if kind == "humdrum":
        from restyle.io.kern.kern import kern_score
        from restyle.io.written.song import written_song

        return written_song(kern_score(data, name), name)[0]
    from restyle.io.charts.read import chart_score, is_chart

    if kind is None and is_chart(data):
        from restyle.io.written.song import written_song

        return written_song(chart_score(data, name), name)[0]
    from restyle.io.foreign import refusal

    raise refusal(name, data)


def read_lead(path: str | os.PathLike[str]) -> LeadSheet | None:
    """The lead sheet that a file already is, taken at its word; None for any other song.

    Raises UnreadableSong when the file cannot be read.
    """
    from restyle.io.leads import leads

    return leads.read_lead(path)


def write(song: Song, path: str | os.PathLike[str], swing: float = 1.0) -> None:
    """Write a song as the name's ending says, whole or not at all: `WRITTEN`.

    A score is written straight: `swing` is the ratio that the song is played with, which is taken
    out there, and MIDI keeps. Raises RestyleError when the ending is unknown or the file cannot
    be written.
    """
    ending = Path(path).suffix.lower()
    if ending in (".mid", ".midi", ".kar"):
        from restyle.io.midi.write import write_midi

        write_midi(song, path)
    elif ending in (".musicxml", ".xml"):
        from restyle.io.musicxml.write import write_musicxml

        write_musicxml(song, path, swing)
    elif ending in (".mp3", ".ogg", ".flac", ".wav"):
        from restyle.io.audio.audio import write_audio

        write_audio(song, path)
    elif ending == ".png":
        from restyle.io.pianoroll.picture import draw

        draw([(song.title, song)], path)
    elif ending == ".pdf":
        from restyle.io.score.engrave import write_pdf

        write_pdf(song, path, swing)
    else:
        raise RestyleError(f"{Path(path).name}: a song can be written as {WRITTEN}.")


def write_lead(lead: LeadSheet, path: str | os.PathLike[str], *, exact: bool = True) -> None:
    """Write a lead sheet as .musicxml, .abc, .json or .mid, whole or not at all.

    What is written is read again as it is, or it is not written. Notation that is not `exact` is
    first made what a musician would write. Raises RestyleError for another ending, for a lead
    sheet that the file would not hold, or when the file cannot be written.
    """
    from restyle.io.leads import leads

    leads.write_lead(lead, path, exact=exact)
