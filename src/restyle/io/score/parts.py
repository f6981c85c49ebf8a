"""Parts: each player's own page, in the key that the instrument is written in."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from restyle.io.files import check_output, save
from restyle.io.musicxml.write import render
from restyle.io.score.engrave import beside, readable_layout, staff_size, svg_pages
from restyle.io.score.layout import Layout
from restyle.io.score.layout_build import RIGHT, player_tracks
from restyle.music.instruments import instrument
from restyle.music.song import Song, Track


def engrave_parts(
    song: Song, stem: str | os.PathLike[str], swing: float = 1.0, title: str = ""
) -> list[Path]:
    """Write `stem`.INSTRUMENT.pdf for every player with notes; the files written.

    `swing` and `title` are as for `engrave`. Raises RestyleError when a file cannot be written.
    """
    from restyle.io.score.engrave_pdf import pdf_of

    parts = part_pages(song, swing, title)
    paths = [beside(stem, f".{name}.pdf") for name, _ in parts]
    for path in paths:
        check_output(path)
    for (_, score), path in zip(parts, paths, strict=True):
        save(path, pdf_of(svg_pages(render(score), staff_size(score)), score.title))
    return paths


def part_pages(song: Song, swing: float = 1.0, title: str = "") -> list[tuple[str, Layout]]:
    """Name for a file, and what stands on its page, for each player with notes."""
    return [
        (name, replace(readable_layout(part, swing, title), joins_rests=True))
        for name, part in part_songs(song)
    ]


def part_songs(song: Song) -> list[tuple[str, Song]]:
    """Name for a file, and song as its player reads it, for each player with notes: of one track,
    or of both hands of a piano.

    Clarinets, trumpets, saxophones and horns are written in their keys, with the signature and the
    chord symbols that go with it. What sounds an octave from what is written has a clef that says
    so, or is written there (piccolo, xylophone). Words are under the tune only.
    """
    out: list[tuple[str, Song]] = []
    for track, *left in player_tracks([track for track in song.tracks if len(track.notes)]):
        name = _slug(RIGHT.sub("", track.instrument_name) if left else track.instrument_name)
        alike = sum(other == name or other.startswith(f"{name}-") for other, _ in out)
        sung = track.is_melody or len(song.tracks) == 1
        alone = replace(song, tracks=(track, *left), lyrics=song.lyrics if sung else ())
        page = alone if left else as_written(alone)  # a piano is written as it sounds
        out.append((f"{name}-{alike + 1}" if alike else name, page))
    return out


def as_written(song: Song) -> Song:
    """A song of one track, moved from where it sounds to where its player reads it."""
    (track,) = song.tracks
    if track.is_drum:
        return song
    one = instrument(track.program)
    steps = one.transposition
    if steps > 0 and steps % 12 == 0:
        return song  # guitar and bass: their clef says it
    notes = track.notes.copy()
    notes["pitch"] += steps
    name = track.instrument_name if one.key == "C" else f"{track.instrument_name} in {one.key}"
    if track.is_melody:
        name = f"{name} (melody)"
    return replace(
        song,
        tracks=(Track(name, track.program, notes),),
        keys=tuple((start, key.up(steps)) for start, key in song.keys),
        chords=tuple(chord.up(steps) for chord in song.chords),
    )


def _slug(name: str) -> str:
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-") or "part"
