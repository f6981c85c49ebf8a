"""MIDI files to Song."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import numpy as np

from restyle.errors import UnreadableSong
from restyle.io import gm, timeline
from restyle.io.charts.chordnames import parse as parse_chord
from restyle.io.files import load
from restyle.io.midi import words
from restyle.io.midi.channels import RawTrack, raw_tracks
from restyle.io.midi.events import MidiFile, parse
from restyle.io.midi.write import MADE_WITH, SIGNATURE, write_midi
from restyle.io.notes import clean
from restyle.music.song import Chord, Marker, Song, Track

LIMIT = 5 * 2**20
"""Bytes above which a MIDI file is refused: symphonies and musicals stay under one megabyte."""

__all__ = ["midi_song", "read_midi", "write_midi"]


def read_midi(path: str | os.PathLike[str]) -> Song:
    """A Song from a MIDI file (type 0 or 1, also wrapped in RIFF).

    Raises UnreadableSong when the file is missing, not MIDI, or holds no notes.
    """
    return midi_song(load(path), Path(path).name)


def midi_song(data: bytes, name: str) -> Song:
    """A Song from the bytes of a MIDI file; `name` is what the messages call it."""
    if len(data) > LIMIT:
        raise UnreadableSong(
            f"{name} has {len(data) / 2**20:.1f} MB; no MIDI song needs more than {LIMIT >> 20}."
        )
    return _song(parse(data, name), name)


def _song(file: MidiFile, name: str) -> Song:
    left_out: list[str] = []
    raw = raw_tracks(file, left_out)
    tracks = _tracks(file, raw)
    if not tracks:
        raise UnreadableSong(f"{name} holds no notes.")
    tracks, warnings = timeline.drop_far_notes(tracks)
    if not tracks:
        raise UnreadableSong(f"{name} holds no notes but such as lie hours apart.")
    line = timeline.mend(file, tracks)
    if line.shift:
        tracks = [_shifted(track, line.shift) for track in tracks]
    comments = file.comments()
    chords, markers = _chord_names(line.markers) if SIGNATURE in comments else ((), line.markers)
    return Song(
        tracks=tuple(tracks),
        meters=line.meters,
        tempos=line.tempos,
        keys=line.keys,
        chords=chords,
        markers=markers,
        title=words.title(file, first_has_notes=any(track.chunk == 0 for track in raw)),
        composer=words.composer(file),
        lyrics=line.placed(words.lyrics(file)),
        pickup=line.pickup,
        meter_known=line.meter_known,
        made_with=next((t[len(MADE_WITH) :] for t in comments if t.startswith(MADE_WITH)), ""),
        warnings=tuple(dict.fromkeys((*file.warnings, *left_out, *warnings, *line.warnings))),
    )


def _tracks(file: MidiFile, raw: list[RawTrack]) -> list[Track]:
    """Tracks with notes, in file order; the drums of all tracks together in one."""
    # one chunk for many players is named after the song, not after any of them
    named = file.kind == 1 and (len(file.chunks) > 1 or len(raw) == 1)
    out: list[Track] = []
    for players in by_track(raw):
        track = players[0]
        if track.is_drum:
            out.append(_drums(players, file.division, named))
        else:
            notes = clean(track.notes, file.division)
            name = track.name if named else ""
            out.append(Track(name or gm.name(track.program), track.program, notes))
    return out


def by_track(raw: list[RawTrack]) -> list[list[RawTrack]]:
    """What makes up each track of the song: one player, or all drummers."""
    drums = [track for track in raw if track.is_drum]
    return [
        drums if track.is_drum else [track]
        for track in raw
        if not track.is_drum or track is drums[0]
    ]


def _drums(drums: list[RawTrack], division: int, named: bool) -> Track:
    notes = np.concatenate([track.notes for track in drums])
    kits = Counter({track.program: len(track.notes) for track in drums})
    name = drums[0].name if named and len({track.chunk for track in drums}) == 1 else ""
    return Track(name or "Drums", kits.most_common(1)[0][0], clean(notes, division), True)


def _chord_names(markers: tuple[Marker, ...]) -> tuple[tuple[Chord, ...], tuple[Marker, ...]]:
    """Our own files keep the chord names among the markers: the chords, and the other markers."""
    chords: dict[int, Chord] = {}
    others = []
    for marker in markers:
        chord = parse_chord(marker.text, marker.start)
        if chord is None:
            inner = re.fullmatch(r"\[(.*)\]", marker.text)
            own = inner is not None and parse_chord(inner[1]) is not None
            others.append(Marker(marker.start, inner[1]) if inner and own else marker)
        else:
            chords[marker.start] = chord
    return tuple(chords[start] for start in sorted(chords)), tuple(others)


def _shifted(track: Track, shift: int) -> Track:
    notes = track.notes.copy()
    notes["start"] += shift
    return Track(track.name, track.program, notes, track.is_drum)
