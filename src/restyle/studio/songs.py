"""Songs as JSON, for the page and for the disk: what is written is what is read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from restyle.io.charts.chordnames import parse
from restyle.music.parts import part_of
from restyle.music.song import (
    MELODY,
    TICKS,
    Chord,
    Key,
    Lyric,
    Marker,
    Meter,
    Notes,
    Song,
    Tempo,
    Touch,
    Track,
    notes_array,
)
from restyle.music.verbatim import Verbatim
from restyle.style.redo import tracks_by_part

Json = dict[str, Any]


def notes_json(notes: Notes) -> list[list[int]]:
    """Rows of start, duration, pitch, velocity."""
    return [list(row) for row in notes.tolist()]


def song_json(song: Song) -> Json:
    """A song as JSON, for the page. `bars` are the ticks of all bar lines, the end included; of
    each chord there is the symbol as the key spells it, and root, quality and bass."""
    key = song.keys[0][1] if song.keys else Key(0)
    return {
        "ticks": TICKS,
        "title": song.title,
        "composer": song.composer,
        "lyrics": [[int(word.start), word.text] for word in song.lyrics],
        "swing": song.swing,
        "touch": None if song.touch is None else asdict(song.touch),
        "end": song.end,
        "pickup": song.pickup,
        "made_with": song.made_with,
        "bars": song.bar_starts().tolist(),
        "meters": [[int(m.start), m.numerator, m.denominator] for m in song.meters],
        "tempos": [[int(t.start), round(float(t.bpm), 4)] for t in song.tempos],
        "keys": [[int(start), k.tonic, k.mode] for start, k in song.keys],
        "chords": [
            [int(c.start), c.symbol(key), c.root, c.quality, c.bass] for c in song.chords
        ],
        "markers": [[int(m.start), m.text] for m in song.markers],
        "tracks": [
            track_json(track, part)
            for track, part in zip(song.tracks, parts_of(song), strict=True)
        ],
    }  # fmt: skip


def whole_json(song: Song) -> Json:
    """A song as JSON, from which `song_of` gets it back whole: with all that files said of tracks
    that stay as they are."""
    data = song_json(song)
    for row, track in zip(data["tracks"], song.tracks, strict=True):
        if track.verbatim is not None:
            found = track.verbatim
            events = [[tick, message.hex()] for tick, message in found.events]
            row["verbatim"] = [found.division, found.channel, events]
    return data


def parts_of(song: Song) -> list[str]:
    """The part that each track plays, "melody" for the tune: as the song says it where restyle made
    it, else by its instrument."""
    told = {id(track): part for part, track in tracks_by_part(song).items()}
    return [
        told.get(id(t)) or (MELODY if t.is_melody else part_of(t.program, t.is_drum))
        for t in song.tracks
    ]


def track_json(track: Track, part: str, notes: Notes | None = None) -> Json:
    """A track as JSON, with all its notes or those given."""
    return {
        "name": track.instrument_name,
        "part": part,
        "track": track.name,
        "program": int(track.program),
        "drum": bool(track.is_drum),
        "notes": notes_json(track.notes if notes is None else notes),
    }


def song_of(data: Json) -> Song:
    """The song that `whole_json` wrote."""
    return Song(
        tracks=tuple(_track_of(row) for row in data["tracks"]),
        meters=tuple(Meter(*row) for row in data["meters"]),
        tempos=tuple(Tempo(*row) for row in data["tempos"]),
        keys=tuple((start, Key(tonic, mode)) for start, tonic, mode in data["keys"]),
        chords=tuple(Chord(start, *rest) for start, _, *rest in data["chords"]),
        markers=tuple(Marker(*row) for row in data["markers"]),
        title=data["title"],
        composer=data["composer"],
        lyrics=tuple(Lyric(*row) for row in data["lyrics"]),
        swing=data["swing"],
        touch=None if data["touch"] is None else Touch(**data["touch"]),
        pickup=data["pickup"],
        made_with=data["made_with"],
    )


def _track_of(row: Json) -> Track:
    found = None
    if "verbatim" in row:
        division, channel, events = row["verbatim"]
        found = Verbatim(
            tuple((tick, bytes.fromhex(message)) for tick, message in events), division, channel
        )
    notes = notes_array(map(tuple, row["notes"]))
    return Track(row["track"], row["program"], notes, row["drum"], verbatim=found)


def notes_between(song: Song, begin: int, end: int) -> list[Json]:
    """The tracks with the notes that begin between two ticks."""
    parts = []
    for track, part in zip(song.tracks, parts_of(song), strict=True):
        starts = track.notes["start"]
        inside = np.asarray((starts >= begin) & (starts < end))
        parts.append(track_json(track, part, track.notes[inside]))
    return parts


def dumps(data: Any) -> str:
    """JSON without spaces; songs have many numbers."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def chord_named(symbol: str, start: int) -> Chord | None:
    """The chord of a symbol; None where it names none."""
    return parse(symbol, start)


def names(tracks: Sequence[Track]) -> list[str]:
    """The tracks' names, each once: files and buttons need to tell them apart."""
    seen: dict[str, int] = {}
    out = []
    for track in tracks:
        name = track.name.strip() or ("Drums" if track.is_drum else "Track")
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return out
