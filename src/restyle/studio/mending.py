"""What was heard, mended by hand: bar lines, melody, key and chords."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from restyle.analysis import Heard, listen
from restyle.analysis.tracks import tops_of_chords
from restyle.errors import RestyleError
from restyle.music.beat_chroma import MOST, sounding
from restyle.music.grid import quantise
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, STEP, TICKS, Chord, Key, Meter, Song, in_ticks
from restyle.studio.songs import chord_named


@dataclass(frozen=True)
class Mends:
    """What the user says is otherwise than it was heard."""

    key: tuple[int, str] | None = None
    """Tonic 0-11 and mode."""
    meter: tuple[int, int] | None = None
    """The meter of the whole song."""
    bar_at: int | None = None
    """A grid position, in the song as it was first heard, where a bar begins."""
    melody: int | None = None
    """The number of the track that has the tune."""
    tempo: float | None = None
    chords: tuple[tuple[int, str], ...] = field(default=())
    """Grid positions, in the song as it was first heard, and symbols; an empty symbol takes the
    chord away, so that the one before goes on."""

    @property
    def moves_bars(self) -> bool:
        return self.meter is not None or self.bar_at is not None


def mended(heard: Heard, mends: Mends) -> tuple[Heard, int]:
    """What was heard with all mends, and by how many grid positions the song lies later than it
    was first heard. Raises RestyleError for a mend that makes no sense."""
    before, shift = _first_note(heard.song), 0
    if mends.moves_bars:
        heard = _in_bars(heard, mends)
        shift = round((_first_note(heard.song) - before) / STEP)
    lead = heard.lead
    if mends.melody is not None:
        heard, lead = _sung_by(heard, mends.melody)
    chords = tuple((start + shift, symbol) for start, symbol in mends.chords)
    return replace(heard, lead=mended_lead(lead, replace(mends, chords=chords))), shift


def _first_note(song: Song) -> int:
    return min((int(t.notes["start"][0]) for t in song.tracks if len(t.notes)), default=0)


def mended_lead(lead: LeadSheet, mends: Mends) -> LeadSheet:
    """The lead sheet with the mends that need no song: key, tempo and chords."""
    if mends.key is not None:
        lead = replace(lead, key=Key(*mends.key))
    if mends.tempo is not None:
        ratio = mends.tempo / lead.tempos[0].bpm
        lead = replace(lead, tempos=tuple(replace(t, bpm=t.bpm * ratio) for t in lead.tempos))
    return _with_chords(lead, mends.chords)


def _in_bars(heard: Heard, mends: Mends) -> Heard:
    """The song heard again in the bars that the user says."""
    song, swing = heard.song, heard.lead.swing
    numerator, denominator = mends.meter or (song.meters[0].numerator, song.meters[0].denominator)
    meter = Meter(0, numerator, denominator)
    bar = meter.bar_length(TICKS)
    first = _first_note(song)
    line = (mends.bar_at or 0) * STEP
    shift = -line % bar
    while first + shift >= bar:
        shift -= bar
    tracks = []
    for track in song.tracks:
        notes = quantise(track.notes, TICKS) if heard.live or swing > 1 else track.notes.copy()
        if heard.live or swing > 1:  # so that the beats are not looked for once more
            notes = in_ticks(notes)
        notes["start"] = np.maximum(notes["start"] + shift, 0)
        tracks.append(replace(track, notes=notes))
    silent = (first + shift) // TICKS * TICKS
    moved = replace(
        song,
        tracks=tuple(tracks),
        meters=(meter,),
        meter_known=True,
        pickup=bar - silent if 0 < silent < bar else 0,
        tempos=tuple(replace(t, start=max(t.start + shift, 0)) for t in song.tempos),
        keys=tuple((max(start + shift, 0), key) for start, key in song.keys),
        chords=tuple(replace(c, start=max(c.start + shift, 0)) for c in song.chords),
        markers=tuple(replace(m, start=max(m.start + shift, 0)) for m in song.markers),
    )
    moved = replace(moved, tempos=(replace(moved.tempos[0], start=0), *moved.tempos[1:]))
    # hearing moves the bar lines of songs that say nothing of a pickup: this one has a whole bar
    again = listen(moved if moved.pickup else replace(moved, pickup=bar))
    lead = replace(again.lead, swing=swing, pickup=moved.pickup // STEP)
    return replace(again, song=replace(again.song, pickup=moved.pickup), lead=lead, live=heard.live)


def _sung_by(heard: Heard, number: int) -> tuple[Heard, LeadSheet]:
    """The tune is what that track plays, the highest note where it plays several."""
    song = heard.song
    if not 0 <= number < len(song.tracks):
        raise RestyleError(f"There is no track {number + 1}: the song has {len(song.tracks)}.")
    track = song.tracks[number]
    if track.is_drum or not len(track.notes):
        raise RestyleError(f"{track.name} has no tune: choose another track.")
    masks = [np.zeros(len(t.notes), dtype=bool) for t in song.tracks]
    masks[number][tops_of_chords(track.notes)] = True
    lead = replace(
        heard.lead,
        melody=quantise(track.notes[masks[number]], TICKS),
        melody_program=track.program,
        sounding=_accompaniment(song, masks, heard.lead.length),
    )
    return replace(heard, melody=tuple(masks)), lead


def _accompaniment(song: Song, masks: list[NDArray[np.bool_]], length: int) -> NDArray[np.uint8]:
    others = [
        quantise(track.notes[~mask], TICKS)
        for track, mask in zip(song.tracks, masks, strict=True)
        if not track.is_drum
    ]
    return sounding(others, length)


def _with_chords(lead: LeadSheet, edits: tuple[tuple[int, str], ...]) -> LeadSheet:
    """The chords with the user's; what sounds under those is what they say."""
    at = {chord.start: chord for chord in lead.chords}
    said: set[int] = set()
    for start, symbol in edits:
        if not 0 <= start < lead.length:
            raise RestyleError("That chord stands outside the song.")
        if not symbol.strip():
            at.pop(start, None)
            continue
        chord = chord_named(symbol, start)
        if chord is None:
            raise RestyleError(f"“{symbol}” is no chord: write it as Am, F#m7 or C/E.")
        at[start] = chord
        said.add(start)
    chords = tuple(at[start] for start in sorted(at))
    sounds = None if lead.sounding is None else lead.sounding.copy()
    edges = [*(c.start for c in chords), lead.length]
    for chord, end in zip(chords, edges[1:], strict=True):
        if chord.start in said and sounds is not None:
            sounds[chord.start // GRID : max(end // GRID, chord.start // GRID + 1)] = _tones(chord)
    return replace(lead, chords=chords, sounding=sounds)


def _tones(chord: Chord) -> NDArray[np.uint8]:
    row = np.zeros(12, dtype=np.uint8)
    row[sorted(chord.pitch_classes)] = MOST
    return row
