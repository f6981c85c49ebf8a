"""Listening: from a song as its file has it to its lead sheet and to its straight bars."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.barring import put_in_bars
from restyle.analysis.chords import find_chords
from restyle.analysis.key import find_key
from restyle.analysis.melody import find_melody
from restyle.analysis.report import sentences
from restyle.analysis.swing import song_swing
from restyle.errors import RestyleError
from restyle.music.beat_chroma import sounding
from restyle.music.grid import from_swing, quantise, straighten
from restyle.music.lead import LeadSheet, sung
from restyle.music.song import STEP, TICKS, Chord, Key, Song, Tempo, bar_lines


@dataclass(frozen=True)
class Heard:
    """What `listen` made out of a song."""

    lead: LeadSheet
    song: Song
    """The song on its heard beats, swing taken out, otherwise not quantised."""
    melody: tuple[NDArray[np.bool_], ...]
    """For each track of `song` which of its notes are the melody."""
    live: bool = False
    """Whether the beats had to be estimated, because the song is not on the beat of its file."""
    report: tuple[str, ...] = ()
    """What was heard, a sentence each."""
    begin: float = 0.0
    """Where tick 0 of `song` lies, in seconds after tick 0 of the song that was listened to."""


def listen(song: Song) -> Heard:
    """Hear a song: its beats and bars, swing, key, chords and melody.

    Raises RestyleError for a song without notes.
    """
    if not song.note_count:
        raise RestyleError("The song has no notes to hear.")
    song = song.with_tracks(t for t in song.tracks if len(t.notes))
    states_meter = song.meter_known
    barred = put_in_bars(song)
    song = barred.song
    stated = song.swing > 1.0  # a score that asks for swing is written straight
    swing = song.swing if stated else song_swing(song)
    if swing > 1.0 and not stated:
        song = replace(
            song,
            tracks=tuple(replace(t, notes=straighten(t.notes, swing, TICKS)) for t in song.tracks),
            lyrics=tuple(
                replace(w, start=round(float(from_swing(np.array([w.start]), swing, TICKS)[0])))
                for w in song.lyrics
            ),
        )
    melody = find_melody(song)
    chords = find_chords(song, melody=melody)
    key = find_key(song, chords)
    lead = _lead_sheet(song, melody, swing, key, _on_grid(chords))
    report = sentences(lead, song, melody, barred, states_meter)
    return Heard(lead, song, melody, barred.live, report, barred.begin)


def hear(song: Song) -> LeadSheet:
    """The lead sheet of a song: `listen(song).lead`."""
    return listen(song).lead


def _lead_sheet(
    song: Song,
    melody: tuple[NDArray[np.bool_], ...],
    swing: float,
    key: Key,
    chords: tuple[Chord, ...],
) -> LeadSheet:
    """All of it on the grid."""
    lines = bar_lines(song.meters, max(song.end, 1), TICKS)
    parts = [t.notes[mask] for t, mask in zip(song.tracks, melody, strict=True)]
    counts = [len(p) for p in parts]
    leader = song.tracks[int(np.argmax(counts))]
    length = int(lines[-1]) // STEP
    others = [
        quantise(track.notes[~mask], TICKS)
        for track, mask in zip(song.tracks, melody, strict=True)
        if not track.is_drum
    ]
    tune = quantise(np.concatenate(parts), TICKS)
    return LeadSheet(
        melody=tune,
        chords=chords,
        meters=tuple(replace(m, start=m.start // STEP) for m in song.meters),
        tempos=_tempos_on_grid(song.tempos),
        key=key,
        length=length,
        title=song.title,
        composer=song.composer,
        lyrics=sung(song.lyrics, tune, STEP),
        pickup=song.pickup // STEP,
        swing=swing,
        melody_program=None if leader.is_drum or not max(counts) else leader.program,
        sounding=sounding(others, length),
    )


def _tempos_on_grid(tempos: tuple[Tempo, ...]) -> tuple[Tempo, ...]:
    """Tempos at grid positions, one a position (the last)."""
    at = {round(t.start / STEP): t.bpm for t in tempos}
    return tuple(Tempo(start, at[start]) for start in sorted(at))


def _on_grid(chords: tuple[Chord, ...]) -> tuple[Chord, ...]:
    at = {round(c.start / STEP): c for c in chords}
    return tuple(replace(at[start], start=start) for start in sorted(at))
