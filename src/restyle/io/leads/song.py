"""Between lead sheets and songs: what of a song a lead sheet is, and the song of a lead sheet."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from restyle.io.notes import clean
from restyle.music.chord import QUALITIES
from restyle.music.lead import LeadSheet, lead_song, sung
from restyle.music.song import (
    GRID,
    NOTE,
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

CHORD_TRACK = "Chords"


COMPARED = (
    "melody", "chords", "meters", "tempos", "key", "length", "pickup", "swing", "melody_program",
)  # fmt: skip


def differences(a: LeadSheet, b: LeadSheet) -> list[str]:
    """The names of the fields of `COMPARED` in which two lead sheets differ."""
    return [
        name
        for name in COMPARED
        if not (
            np.array_equal(a.melody, b.melody)
            if name == "melody"
            else getattr(a, name) == getattr(b, name)
        )
    ]


def with_chord_track(lead: LeadSheet) -> Song:
    """The song of a lead sheet with its chords played on a track of their own."""
    song = lead_song(lead)
    return song.with_tracks([*song.tracks, Track(CHORD_TRACK, 0, _block_chords(lead))])


def _block_chords(lead: LeadSheet) -> Notes:
    """Every chord from its start to the next: the bass below, the other tones around middle C."""
    rows = []
    silent = lead.meters[0].bar_length(GRID) - lead.pickup if lead.pickup else 0
    for chord, end in lead.chord_spans():
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
        chords[start] = replace(chord, start=start)
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


def is_lead(song: Song) -> bool:
    """One melody with chord symbols; a few notes may sound together."""
    if len(song.tracks) != 1 or not song.chords or song.tracks[0].is_drum:
        return False
    notes = song.tracks[0].notes
    over = np.maximum.accumulate(notes["start"] + notes["duration"])
    together = (notes["start"][1:] < over[:-1] - STEP // 2).sum()
    return bool(together <= 0.2 * len(notes))


def swing_of(stated: str, *, says_swing: bool) -> float:
    """The swing ratio: as our own files state it, 2 where a score just says "Swing"."""
    if re.fullmatch(r"\d+(\.\d+)?", stated) and 0.2 <= float(stated) <= 5:
        return float(stated)
    return 2.0 if says_swing else 1.0
