"""Files that are lead sheets already, taken at their word; and lead sheets written as files."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from restyle.errors import RestyleError, UnreadableSong
from restyle.io.files import load, save
from restyle.io.leads.json import lead_from_json, lead_to_json
from restyle.io.notes import clean
from restyle.music.lead import LeadSheet, lead_song, sung
from restyle.music.song import (
    GRID,
    NOTE,
    QUALITIES,
    STEP,
    TICKS,
    Chord,
    Key,
    Meter,
    Notes,
    Song,
    Track,
    bar_lines,
    notes_array,
)

MIDI_REMARK = "restyle: lead sheet"
"""Text event by which our own lead sheets in MIDI are known; the swing ratio may follow."""
CHORD_TRACK = "Chords"
ENDINGS = (".musicxml", ".abc", ".json", ".mid")


def read_lead(path: str | os.PathLike[str]) -> LeadSheet | None:
    """The lead sheet that a file already is, None when it is some other song.

    A lead sheet is one melody with chord symbols in MusicXML or ABC, our own JSON, or our own lead
    MIDI. Raises UnreadableSong when the file cannot be read at all.
    """
    data = load(path)
    name = Path(path).name
    if b"MThd" in data[:4096]:
        return _midi_lead(data, name) if MIDI_REMARK.encode() in data else None
    if is_json(data):
        return lead_from_json(data.decode("utf-8-sig", errors="replace"), name)
    from restyle.io.notation.source import kind_of

    kind = kind_of(data)
    if kind == "musicxml":
        from restyle.io.musicxml.song import read_musicxml

        held = read_musicxml(data, name)
        if held.song.tracks and not _is_lead(held.song):
            return None
        return lead_of(held.song, held.end, swing=held.song.swing, program=held.program)
    if kind == "abc":
        from restyle.io.abc.abc import abc_tune, says_swing
        from restyle.io.written.song import written_song

        tune = abc_tune(data, name)
        song, end = written_song(tune, name)
        swing = _swing(tune.remarks.get("restyle-swing", ""), says_swing(tune))
        if song.tracks and not _is_lead(song):
            return None
        return lead_of(song, end, swing=swing, program=tune.voices[0].program)
    if kind == "humdrum":
        return None  # it has no chord symbols
    raise UnreadableSong(f"{name} is not music that restyle can read.")


def write_lead(lead: LeadSheet, path: str | os.PathLike[str]) -> None:
    """Write a lead sheet as .musicxml, .abc, .json or .mid, whole or not at all.

    JSON comes back exactly. MusicXML and ABC keep melody, chords, key, meters, pickup, tempo and
    swing; velocities are lost, chords that stand before a pickup move to it, and ABC has one voice
    only. MIDI keeps what MIDI has, with the chords as a track and as markers.
    Raises RestyleError for another ending or when the file cannot be written.
    """
    file = Path(path)
    ending = file.suffix.lower()
    content: bytes | str
    if ending in (".musicxml", ".xml"):
        from restyle.io.musicxml.write import lead_musicxml

        content = lead_musicxml(lead)
    elif ending == ".abc":
        from restyle.io.leads.abc import lead_to_abc

        content = lead_to_abc(lead)
    elif ending == ".json":
        content = lead_to_json(lead)
    elif ending in (".mid", ".midi"):
        from restyle.io.midi.write import midi_bytes

        swing = f" swing {float(lead.swing)!r}" if lead.swing != 1.0 else ""
        content = midi_bytes(_with_chord_track(lead), (MIDI_REMARK + swing,))
    else:
        raise RestyleError(f"{file.name}: a lead sheet can be written as {', '.join(ENDINGS)}.")
    save(file, content)


def is_json(data: bytes) -> bool:
    """Whether the bytes begin like a JSON object."""
    return data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def json_song(data: bytes, name: str) -> Song:
    """The Song of a lead sheet in JSON: its melody and its chord symbols."""
    lead = lead_from_json(data.decode("utf-8-sig", errors="replace"), name)
    if not len(lead.melody):
        raise UnreadableSong(f"{name} holds no notes.")
    return lead_song(lead)


def _with_chord_track(lead: LeadSheet) -> Song:
    song = lead_song(lead)
    return song.with_tracks([*song.tracks, Track(CHORD_TRACK, 0, _block_chords(lead))])


def _block_chords(lead: LeadSheet) -> Notes:
    """Every chord from its start to the next: the bass below, the other tones around middle C."""
    rows = []
    silent = lead.meters[0].bar_length(GRID) - lead.pickup if lead.pickup else 0
    ends = [chord.start for chord in lead.chords[1:]] + [lead.length]
    for chord, end in zip(lead.chords, ends, strict=True):
        start = max(chord.start, silent)  # nothing sounds before a pickup
        if chord.root < 0 or end <= start:
            continue
        tones = {(chord.root + step) % 12 for step in QUALITIES[chord.quality]}
        pitches = [36 + chord.bass] + [55 + (tone - 55) % 12 for tone in sorted(tones)]
        rows += [(start * STEP, (end - start) * STEP, pitch, 64) for pitch in pitches]
    return notes_array(rows)


def lead_of(
    song: Song, end: int = 0, *, swing: float = 1.0, program: int | None = None
) -> LeadSheet:
    """The lead sheet that a song with one melody track and chord symbols is; `end` in ticks.

    A song without tracks, a chord chart, is one without a melody.
    """
    melody = _on_grid(song.tracks[0].notes) if song.tracks else notes_array()
    chords: dict[int, Chord] = {}
    for chord in song.chords:
        start = round(chord.start / STEP)
        chords[start] = Chord(start, chord.root, chord.quality, chord.bass)
    meters = tuple(Meter(round(m.start / STEP), m.numerator, m.denominator) for m in song.meters)
    last = max(
        int((melody["start"] + melody["duration"]).max(initial=0)),
        max(chords, default=0) + 1,
        round(end / STEP),
    )
    length = int(bar_lines(meters, last, GRID)[-1])
    return LeadSheet(
        melody=melody,
        chords=tuple(chords[start] for start in sorted(chords)),
        meters=tuple(m for m in meters if m.start < length),
        tempos=tuple(
            replace(tempo, start=round(tempo.start / STEP))
            for tempo in song.tempos
            if round(tempo.start / STEP) < length
        ),
        key=song.keys[0][1] if song.keys else Key(0),
        length=length,
        title=song.title,
        composer=song.composer,
        lyrics=sung(song.lyrics, melody, STEP),
        pickup=round(song.pickup / STEP),
        swing=swing,
        melody_program=program,
    )


def _on_grid(notes: Notes) -> Notes:
    """Notes in grid positions, each as long as a position at least."""
    start = np.round(notes["start"] / STEP).astype(np.int64)
    end = np.round((notes["start"] + notes["duration"]) / STEP).astype(np.int64)
    out = np.empty(len(notes), dtype=NOTE)
    out["start"], out["duration"] = start, np.maximum(end - start, 1)
    out["pitch"], out["velocity"] = notes["pitch"], notes["velocity"]
    return clean(out, TICKS)


def _is_lead(song: Song) -> bool:
    """One melody with chord symbols; a few notes may sound together."""
    if len(song.tracks) != 1 or not song.chords or song.tracks[0].is_drum:
        return False
    notes = song.tracks[0].notes
    over = np.maximum.accumulate(notes["start"] + notes["duration"])
    together = (notes["start"][1:] < over[:-1] - STEP // 2).sum()
    return bool(together <= 0.2 * len(notes))


def _swing(stated: str, says_swing: bool) -> float:
    """The swing ratio: as our own files state it, 2 where a score just says "Swing"."""
    if re.fullmatch(r"\d+(\.\d+)?", stated) and 0.2 <= float(stated) <= 5:
        return float(stated)
    return 2.0 if says_swing else 1.0


def _midi_lead(data: bytes, name: str) -> LeadSheet | None:
    from restyle.io.midi.midi import midi_song

    song = midi_song(data, name)
    melodies = [t for t in song.tracks if t.name != CHORD_TRACK and not t.is_drum]
    if len(melodies) != 1 or not song.chords:
        return None
    found = re.search(MIDI_REMARK.encode() + rb" swing (\d+\.\d+)", data)
    return lead_of(
        song.with_tracks(melodies),
        song.end,
        swing=_swing(found[1].decode() if found else "", False),
        program=melodies[0].program,
    )
