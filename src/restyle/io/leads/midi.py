"""Lead sheets as MIDI: the melody, the chords as a track to hear and as markers to read.

MIDI cannot say everything of a lead sheet (a pickup before a bar of another meter, a tempo between
two of its microseconds). Where a reader would hear something else, a text event says how it was;
it counts only while the meters and tempos in the file are still those that were written with it,
so that a file that somebody has mended is taken as it is.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from typing import Any

import numpy as np

from restyle.errors import UnreadableSong
from restyle.io.leads.song import CHORD_TRACK, differences, lead_of, swing_of, with_chord_track
from restyle.io.midi.midi import midi_song
from restyle.io.midi.write import midi_bytes
from restyle.music.lead import LeadSheet
from restyle.music.song import STEP, Meter, Song, Tempo

REMARK = "restyle: lead sheet"
"""Text event by which our own lead sheets in MIDI are known; the swing ratio may follow."""
EXACTLY = "restyle: exactly "
"""Text event with what MIDI cannot say of this lead sheet, as JSON."""


def lead_to_midi(lead: LeadSheet) -> bytes:
    """The bytes of a MIDI file that is read again as this lead sheet, as far as MIDI goes."""
    swing = f" swing {float(lead.swing)!r}" if lead.swing != 1.0 else ""
    texts = (REMARK + swing,)
    song = with_chord_track(lead)
    plain = midi_bytes(song, texts)
    try:
        read = midi_song(plain, "")
        again = _lead_in(read, plain)
    except UnreadableSong:
        return plain
    if not len(lead.melody) or (again is not None and not differences(lead, again)):
        return plain
    return midi_bytes(song, (*texts, EXACTLY + json.dumps(_said(lead, read))))


def lead_in_midi(data: bytes, name: str) -> LeadSheet | None:
    """The lead sheet that a MIDI file is; None where it is none of ours."""
    if REMARK.encode() not in data:
        return None
    return _lead_in(midi_song(data, name), data)


def _lead_in(song: Song, data: bytes) -> LeadSheet | None:
    melodies = [t for t in song.tracks if t.name != CHORD_TRACK and not t.is_drum]
    if len(melodies) != 1 or not song.chords:
        return None
    found = re.search(REMARK.encode() + rb" swing (\d+\.\d+)", data)
    swing = swing_of(found[1].decode() if found else "", says_swing=False)
    alone = song.with_tracks(melodies)
    program = melodies[0].program
    exactly = re.search(EXACTLY.encode() + rb"(\{[^{}]*\})", data)
    try:
        said = json.loads(exactly[1]) if exactly else {}
        if said and said["seen"] == _seen(song):
            return _as_said(alone, said, swing)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        pass  # a remark that somebody has mended is none
    return lead_of(alone, song.end, swing=swing, program=program)


def _seen(song: Song) -> int:
    """What tells that meters and tempos in a file are still those that were written."""
    line = [(m.start, m.name) for m in song.meters], [(t.start, t.bpm) for t in song.tempos]
    return zlib.crc32(repr((line, song.pickup)).encode())


def _said(lead: LeadSheet, read: Song) -> dict[str, Any]:
    return {
        "seen": _seen(read),
        "begin": int(lead.melody["start"].min()),
        "length": int(lead.length),
        "pickup": int(lead.pickup),
        "program": lead.melody_program,
        "meters": [[int(m.start), m.numerator, m.denominator] for m in lead.meters],
        "tempos": [[int(t.start), float(t.bpm)] for t in lead.tempos],
    }


def _as_said(song: Song, said: dict[str, Any], swing: float) -> LeadSheet:
    """The lead sheet of the notes and chords of a song, on the time line that a remark says."""
    notes = song.tracks[0].notes.copy()
    shift = int(said["begin"]) * STEP - int(notes["start"].min())
    notes["start"] += shift
    meters = tuple(Meter(int(at) * STEP, int(n), int(d)) for at, n, d in said["meters"])
    tempos = tuple(Tempo(int(at) * STEP, float(bpm)) for at, bpm in said["tempos"])
    length, program = int(said["length"]), said["program"]
    sound = np.concatenate([notes["start"], [c.start + shift for c in song.chords]])
    good = (
        sound.min() >= 0
        and notes["start"].max() < length * STEP <= 10**6 * STEP
        and meters[0].start == tempos[0].start == 0
        and all(1 <= m.numerator <= 64 and m.denominator in (1, 2, 4, 8, 16, 32) for m in meters)
        and all(8 <= t.bpm <= 900 for t in tempos)
        and (program is None or 0 <= int(program) <= 127)
        and 0 <= int(said["pickup"]) < meters[0].bar_length(12)
    )
    if not good:
        raise ValueError
    moved = replace(
        song,
        tracks=(replace(song.tracks[0], notes=notes),),
        meters=meters,
        tempos=tempos,
        chords=tuple(replace(c, start=c.start + shift) for c in song.chords),
        pickup=int(said["pickup"]) * STEP,
    )
    return lead_of(moved, length * STEP, swing=swing, program=program)
