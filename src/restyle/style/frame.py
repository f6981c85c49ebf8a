"""Beginning and end: bars before the song, a count-in, and how the last bars go.

An introduction is played over the song's last bars, as bands have it, its last bar turned to the
dominant so that the song is waited for. A tag plays the last bars once more. The last chord is held
by all (the band strikes it with the tune's last note, or with the last chord where that comes
later); a ritardando slows the last two bars down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.errors import RestyleError, choices
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import (
    GRID,
    TICKS,
    Chord,
    Notes,
    Song,
    Tempo,
    Track,
    notes_array,
    sort_notes,
)  # fmt: skip

ENDINGS = ("ritardando", "fade", "tag")
MOST_INTRO = 16
"""Bars of an introduction."""
TAG = 4
"""Bars that a tag plays again."""
SLOWEST = 0.6
"""Of the tempo, at the end of a ritardando: singers and bands slow to about half (Friberg &
Sundberg 1999, Does music performance allude to locomotion?: a ritardando is a runner's stop, its
tempo the square root of a line over the distance)."""
FADE = 8
"""Bars in which a fade goes down."""
SOFTEST = 0.15
"""Of the loudness at the end of a fade."""
STICK, CRASH, KICK = 37, 49, 36


@dataclass(frozen=True)
class Frame:
    """What is put before a song and how it ends."""

    count_in: bool = False
    intro: int = 0
    """Bars."""
    ending: str = ""
    """One of `ENDINGS`, or "" as it comes."""

    def check(self) -> None:
        """Raise RestyleError for what cannot be."""
        whole = isinstance(self.intro, int) and not isinstance(self.intro, bool)
        if not whole or not 0 <= self.intro <= MOST_INTRO:
            raise RestyleError(f"An intro of {self.intro} bars cannot be: say 0 to {MOST_INTRO}.")
        if self.ending and self.ending not in ENDINGS:
            raise RestyleError(f"'{self.ending}' is no ending: {choices(self.ending, ENDINGS)}")


def framed(lead: LeadSheet, frame: Frame) -> tuple[LeadSheet, int]:
    """The lead sheet with introduction and tag, and how many grid positions later the song begins.

    A pickup stays in the last bar of the introduction.
    """
    if frame.ending == "tag":
        lead = lead.followed_by(lead.part(max(lead.bars - TAG, 0), lead.bars))
    if not frame.intro:
        return lead, 0
    first = 1 if lead.pickup and lead.bars > 1 else 0
    count = frame.intro - first  # the pickup's bar is one of them
    if count <= 0:
        return lead, 0
    source = lead.part(max(lead.bars - frame.intro, 0), lead.bars)
    while source.bars < frame.intro:
        source = source.followed_by(source)
    before = _to_the_dominant(replace(source.part(0, frame.intro), melody=notes_array(), lyrics=()))
    lines = before.bar_starts()
    length = int(lines[count])
    if first:  # the harmony of the bar in which the pickup is sung
        turned = [replace(c, start=c.start) for c in before.chords if c.start >= length]
        sung = lead.bar_starts()[1]
        rest = [c for c in lead.chords if c.start >= sung]
        chords = [replace(c, start=c.start - length) for c in turned if c.start - length < sung]
        lead = replace(lead, chords=(*chords, *rest), sounding=None)
    before = replace(before.part(0, count), pickup=0)
    both = before.followed_by(lead)
    return replace(
        both,
        pickup=0,
        melody_program=lead.melody_program,
        title=lead.title,
        composer=lead.composer,
        swing=lead.swing,
        key=lead.key,
    ), length


def _to_the_dominant(before: LeadSheet) -> LeadSheet:
    """Its last bar, or the last half of it, on the dominant."""
    lines = before.bar_starts()
    begin, end = int(lines[-2]), int(lines[-1])
    beats = (end - begin) // GRID
    at = begin + (beats // 2) * GRID if beats >= 4 else begin
    dominant = Chord(at, (before.key.tonic + 7) % 12, "maj")
    return replace(before, chords=(*(c for c in before.chords if c.start < at), dominant))


def held_from(lead: LeadSheet) -> int:
    """Where the last chord is struck: with the tune's last note, or the last chord if that comes
    later; in the last bar, or the one before it."""
    lines = lead.bar_starts()
    earliest = int(lines[-3]) if len(lines) > 2 else 0
    at = int(lines[-2])
    if len(lead.melody):
        last = int(lead.melody["start"][-1])
        at = last if last >= earliest else at
    return max(at, min(lead.chords[-1].start if lead.chords else 0, lead.length - GRID))


def with_last_chord(arrangement: Arrangement, lead: LeadSheet) -> Arrangement:
    """The arrangement with its last chord held to the end by all who played in the last bars: each
    pitched part goes to the nearest notes of the chord, the bass to its root; drums strike once."""
    at = held_from(lead)
    chord = lead.chord_at(at)
    parts = {}
    for part, notes in arrangement.parts.items():
        recent = notes[(notes["start"] < at) & (notes["start"] >= at - 8 * GRID * 4)]
        stays = notes[notes["start"] < at].copy()
        if not len(recent) and not (notes["start"] >= at).any():
            parts[part] = notes
            continue
        stays["duration"] = np.minimum(stays["duration"], at - stays["start"])
        if part == "drums":
            rows = [(at, 1, KICK, 80), (at, 1, CRASH, 80)]
        else:
            own = notes[notes["start"] >= at]
            last = own[own["start"] == own["start"][0]] if len(own) else recent
            last = last[last["start"] == last["start"].max()]
            pitches = _voiced(last["pitch"].tolist(), chord, part == "bass")
            rows = [(at, max(lead.length - at, 1), pitch, 80) for pitch in pitches]
        parts[part] = sort_notes(np.concatenate([stays, notes_array(rows)]))
    return replace(arrangement, parts=parts)


def _voiced(pitches: list[int], chord: Chord | None, low: bool) -> list[int]:
    """Each pitch moved to the nearest note of the chord; the lowest of a bass to its root."""
    if chord is None or chord.root < 0:
        return sorted(set(pitches))
    tones = [chord.bass] if low else sorted(chord.pitch_classes)
    near = [min((t + 12 * o for t in tones for o in range(11)), key=lambda x: abs(x - p))
            for p in pitches]  # fmt: skip
    return sorted(set(near[:1] if low else near))


def slowing(tempos: tuple[Tempo, ...], lines: NDArray[np.int64]) -> tuple[Tempo, ...]:
    """The tempos with a ritardando over the last two bars, a step a half beat; times and bar lines
    in ticks."""
    begin, end = int(lines[max(len(lines) - 3, 0)]), int(lines[-1])
    out = [t for t in tempos if t.start < begin]
    step = TICKS // 2
    for at in range(begin, end, step):
        base = [t.bpm for t in tempos if t.start <= at][-1]
        done = (at - begin) / (end - begin)
        out.append(Tempo(at, round(base * float(np.sqrt(1 - (1 - SLOWEST**2) * done)), 3)))
    return tuple(out)


def faded(song: Song, lines: NDArray[np.int64]) -> Song:
    """The song softer and softer in its last bars; bar lines in ticks."""
    begin, end = int(lines[max(len(lines) - 1 - FADE, 0)]), int(lines[-1])

    def softer(notes: Notes) -> Notes:
        out = notes.copy()
        done = np.clip((notes["start"] - begin) / (end - begin), 0, 1)
        out["velocity"] = np.maximum(notes["velocity"] * (1 - (1 - SOFTEST) * done), 1)
        return out

    return song.with_tracks(replace(t, notes=softer(t.notes)) for t in song.tracks)


def count_in_ticks(song: Song) -> int:
    """Ticks of the bar that a count-in puts before a song."""
    return song.meters[0].bar_length(TICKS)


def with_count_in(song: Song) -> Song:
    """The song with a bar of stick strokes before it; a pickup's silent beats are counted, too."""
    bar = count_in_ticks(song)
    silent = bar - song.pickup if song.pickup else 0
    meter = song.meters[0]
    beat = TICKS * 3 // 2 if meter.denominator == 8 and meter.numerator % 3 == 0 else (
        4 * TICKS // meter.denominator)  # fmt: skip
    strokes = [
        (at, TICKS // 4, STICK, 100 if at == 0 else 84) for at in range(0, bar + silent, beat)
    ]
    later = _later(song, bar)
    drums = [t for t in later.tracks if t.is_drum and t.verbatim is None]
    count = notes_array(strokes)
    if drums:
        tracks = [
            replace(t, notes=sort_notes(np.concatenate([count, t.notes]))) if t is drums[0] else t
            for t in later.tracks
        ]
    else:
        tracks = [*later.tracks, Track("Count-in", 0, count, True)]
    return replace(later, tracks=tuple(tracks), pickup=0)


def _later(song: Song, ticks: int) -> Song:
    """The song so many ticks later; its first meter, tempo and key hold from the beginning."""

    def moved(track: Track) -> Track:
        notes = track.notes.copy()
        notes["start"] += ticks
        found = track.verbatim
        finer = found.division // TICKS if found else 1
        return replace(track, notes=notes, verbatim=found.later(ticks * finer) if found else None)

    def placed(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(x, start=x.start + ticks) for x in things)

    def from_zero(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(x, start=x.start + ticks if i else 0) for i, x in enumerate(things))

    return replace(
        song,
        tracks=tuple(moved(track) for track in song.tracks),
        meters=from_zero(song.meters),
        tempos=from_zero(song.tempos),
        keys=tuple((start + ticks if start else 0, key) for start, key in song.keys),
        chords=placed(song.chords),
        markers=placed(song.markers),
        lyrics=placed(song.lyrics),
    )
