"""Files that are lead sheets already, taken at their word; and lead sheets written as files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from restyle.errors import RestyleError, UnreadableSong
from restyle.io.files import load, save
from restyle.io.foreign import refusal
from restyle.io.leads.json import lead_from_json, lead_to_json
from restyle.io.leads.song import differences, is_lead, lead_of, swing_of
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.song import Song

ENDINGS = (".musicxml", ".abc", ".json", ".mid")
NOTATION = (".musicxml", ".xml", ".abc")


def read_lead(path: str | os.PathLike[str]) -> LeadSheet | None:
    """The lead sheet that a file already is, None when it is some other song.

    A lead sheet is one melody with chord symbols in MusicXML or ABC, our own JSON, or our own lead
    MIDI. Raises UnreadableSong when the file cannot be read at all.
    """
    return lead_in(load(path), Path(path).name)


def lead_in(data: bytes, name: str) -> LeadSheet | None:
    """The lead sheet that the bytes of a file are, as `read_lead`."""
    if b"MThd" in data[:4096]:
        from restyle.io.leads.midi import lead_in_midi

        return lead_in_midi(data, name)
    if is_json(data):
        return lead_from_json(data.decode("utf-8-sig", errors="replace"), name)
    from restyle.io.notation.source import kind_of

    kind = kind_of(data)
    if kind == "musicxml":
        from restyle.io.musicxml.song import read_musicxml

        held = read_musicxml(data, name)
        if held.song.tracks and not is_lead(held.song):
            return None
        return lead_of(held.song, held.end, swing=held.song.swing, program=held.program)
    if kind == "abc":
        from restyle.io.abc.abc import abc_tune, says_swing
        from restyle.io.written.song import written_song

        tune = abc_tune(data, name)
        song, end = written_song(tune, name)
        swing = swing_of(tune.remarks.get("restyle-swing", ""), says_swing=says_swing(tune))
        if song.tracks and not is_lead(song):
            return None
        return lead_of(song, end, swing=swing, program=tune.voices[0].program)
    if kind == "humdrum":
        return None  # it has no chord symbols
    from restyle.io.charts.read import chart_score, is_chart

    if not is_chart(data):
        raise refusal(name, data)
    from restyle.io.written.song import written_song

    song, end = written_song(chart_score(data, name), name)
    return lead_of(song, end)


def write_lead(lead: LeadSheet, path: str | os.PathLike[str], *, exact: bool = True) -> None:
    """Write a lead sheet as .musicxml, .abc, .json or .mid, whole or not at all.

    What is written is read again as it is here, as far as the format goes (see `as_held`), or it
    is not written. Notation that is not `exact` is written as a musician would: see `as_written`.
    Raises RestyleError for another ending, for a lead sheet that the file would not hold, or when
    the file cannot be written.
    """
    file = Path(path)
    save(file, lead_bytes(lead, file.suffix.lower(), file.name, exact=exact))


def lead_bytes(lead: LeadSheet, ending: str, name: str, *, exact: bool = True) -> bytes:
    """The bytes that `write_lead` writes; `name` is what the messages call the file."""
    from restyle.io.leads.written import as_held, as_written

    ending = {".xml": ".musicxml", ".midi": ".mid"}.get(ending, ending)
    if ending not in ENDINGS:
        raise RestyleError(f"{name}: a lead sheet can be written as {', '.join(ENDINGS)}.")
    held = as_held(lead if exact or ending not in NOTATION else as_written(lead), ending)
    data = _rendered(held, ending)
    lost = _lost(held, data, name)
    if lost:
        raise RestyleError(
            f"{name} is not written: read again, it would differ in {lost}; "
            f"a lead sheet as .json keeps everything."
        )
    return data


def _rendered(lead: LeadSheet, ending: str) -> bytes:
    if ending == ".musicxml":
        from restyle.io.musicxml.write import lead_musicxml

        return lead_musicxml(lead).encode(errors="replace")
    if ending == ".abc":
        from restyle.io.leads.abc import lead_to_abc

        return lead_to_abc(lead).encode(errors="replace")
    if ending == ".json":
        return lead_to_json(lead).encode(errors="replace")
    from restyle.io.leads.midi import lead_to_midi

    return lead_to_midi(lead)


def _lost(lead: LeadSheet, data: bytes, name: str) -> str:
    """What of a lead sheet is another thing when a file is read again, in words."""
    try:
        again = lead_in(data, name)
    except UnreadableSong:
        return "everything" if len(lead.melody) else "being no song at all, without a melody"
    if again is None:
        return "what it is: a song, no lead sheet"
    if lead.melody_program is None:
        again = replace(again, melody_program=None)
    return ", ".join(differences(lead, again)).replace("melody_program", "instrument")


def is_json(data: bytes) -> bool:
    """Whether the bytes begin like a JSON object."""
    begin = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    return begin[:1] == b"{" and begin[1:].lstrip()[:1] in (b'"', b"}", b"")


def json_song(data: bytes, name: str) -> Song:
    """The Song of a lead sheet in JSON: its melody and its chord symbols."""
    lead = lead_from_json(data.decode("utf-8-sig", errors="replace"), name)
    if not len(lead.melody):
        raise UnreadableSong(f"{name} holds no notes.")
    return lead_song(lead)
