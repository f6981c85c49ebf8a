"""A written score to a Song: repeats played out, ties joined, bars made whole."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from restyle.errors import UnreadableSong
from restyle.io import gm
from restyle.io.charts.chordnames import parse as parse_chord
from restyle.io.notation.bars import Bars, Measure, place
from restyle.io.notes import clean
from restyle.io.timeline import LONGEST
from restyle.io.written.order import TooLong, played
from restyle.io.written.score import PER_TICK, UNITS, Bar, Score, Voice, too_many
from restyle.music.song import Chord, Key, Lyric, Marker, Song, Tempo, Track, notes_array

_TOGETHER = 2
"""Ticks that may lie between two notes of one tie: roundings."""


def written_song(score: Score, name: str, *, unfold: bool = True) -> tuple[Song, int]:
    """The Song of a score, and the tick at which its last bar ends; `name` is the file's.

    Without `unfold` no repeat is played. A score of chord symbols alone gives a Song without
    tracks: a chord chart. Raises UnreadableSong for one that has neither notes nor chords.
    """
    warnings = list(score.warnings)
    voices = sorted(score.voices, key=lambda voice: voice.silent)  # the first that sounds leads
    written = [list(voice.bars) for voice in voices]
    lines = _lines(score, voices, warnings) if unfold else written
    measures = _measures(lines)
    if measures and measures[-1].start + measures[-1].length > LONGEST:
        raise too_many(name, "beats")
    bars = place(measures)
    tracks = []
    for voice, line in zip(voices, lines, strict=True):
        notes = clean(notes_array(_rows(line, bars)))
        if len(notes):
            program = voice.program or 0
            name = voice.name or gm.name(program, voice.is_drum)
            tracks.append(Track(name, program, notes, voice.is_drum))
    chords = _chords(lines, bars, warnings)
    if not tracks and not any(chord.root >= 0 for chord in chords):
        raise UnreadableSong(f"{name} holds no notes.")
    begin = min((int(track.notes["start"][0]) for track in tracks), default=0)
    song = Song(
        tracks=tuple(_drums_together(tracks)),
        meters=bars.meters,
        tempos=_tempos(lines[0], bars),
        keys=_keys(lines[0], bars),
        chords=chords,
        markers=_markers(lines[0], bars),
        title=score.title,
        composer=score.composer,
        lyrics=_lyrics(lines, bars),
        pickup=bars.pickup if begin < bars.meters[0].bar_length(480) else 0,
        meter_known=score.meter_known,
        warnings=tuple(warnings),
    )
    return song, bars.end


def _lines(score: Score, voices: Sequence[Voice], warnings: list[str]) -> list[list[Bar]]:
    """Every voice's bars as played; the first voice's repeats hold for all that match it."""
    first = voices[0]
    if len(first.bars) == 0:
        return [list(voice.bars) for voice in voices]
    try:
        order = played(first.bars, score.part_order)
        whole = [
            order if len(v.bars) == len(first.bars) else played(v.bars, score.part_order)
            for v in voices
        ]
        if first.silent or any(first.bars[i].notes for i in order):
            return [[v.bars[i] for i in own] for v, own in zip(voices, whole, strict=True)]
    except TooLong:
        pass
    warnings.append("The repeats do not add up; the music is read once, as it is written.")
    return [list(voice.bars) for voice in voices]


def _measures(lines: Sequence[Sequence[Bar]]) -> list[Measure]:
    """Measures of the longest voice, each as long as the longest voice is there."""
    longest = max(lines, key=len)
    lengths = [bar.length for bar in longest]
    for line in lines:
        for i, bar in enumerate(line):
            lengths[i] = max(lengths[i], bar.length)
    measures = []
    at = 0
    for bar, length in zip(longest, lengths, strict=True):
        measures.append(Measure(Fraction(at, UNITS), Fraction(length, UNITS), *bar.meter))
        at += length
    return measures


def _rows(line: Sequence[Bar], bars: Bars) -> list[tuple[int, int, int, int]]:
    """Note rows in ticks, tied notes joined."""
    rows: list[tuple[int, int, int, int]] = []
    tied: dict[int, int] = {}
    for bar, tick in zip(line, bars.placed, strict=False):
        for note in sorted(bar.notes, key=lambda note: note.start):
            start = tick + round(note.start / PER_TICK)
            end = tick + round((note.start + note.length) / PER_TICK)
            before = tied.pop(note.pitch, None)
            if before is not None and abs(rows[before][0] + rows[before][1] - start) <= _TOGETHER:
                index = before
                begin = rows[index][0]
                rows[index] = (begin, end - begin, note.pitch, rows[index][3])
            else:
                index = len(rows)
                rows.append((start, max(end - start, 1), note.pitch, note.velocity))
            if note.tied:
                tied[note.pitch] = index
    return [row for row in rows if 0 <= row[2] <= 127]


def _chords(lines: Sequence[Sequence[Bar]], bars: Bars, warnings: list[str]) -> tuple[Chord, ...]:
    found: dict[int, Chord] = {}
    unknown: list[str] = []
    for line in lines:
        for bar, tick in zip(line, bars.placed, strict=False):
            for offset, text, shift in bar.chords:
                chord = parse_chord(text, tick + round(offset / PER_TICK))
                if chord is None:
                    unknown.append(text)
                    continue
                found.setdefault(chord.start, chord.up(shift))
    if unknown:
        warnings.append(f"Chord symbols that are unknown were left out ({unknown[0][:20]}).")
    return tuple(found[start] for start in sorted(found))


def _tempos(line: Sequence[Bar], bars: Bars) -> tuple[Tempo, ...]:
    found = {0: Tempo(0, 120.0)}
    for bar, tick in zip(line, bars.placed, strict=False):
        for offset, bpm in bar.tempos:
            at = tick + round(offset / PER_TICK)
            at = 0 if not any(found) and at <= bars.placed[0] else at
            found[at] = Tempo(at, round(bpm, 3))
    tempos = [found[at] for at in sorted(found)]
    return tuple(t for i, t in enumerate(tempos) if not i or tempos[i - 1].bpm != t.bpm)


def _keys(line: Sequence[Bar], bars: Bars) -> tuple[tuple[int, Key], ...]:
    keys: list[tuple[int, Key]] = []
    for bar, tick in zip(line, bars.placed, strict=False):
        if not keys or keys[-1][1] != bar.key:
            keys.append((tick if keys else 0, bar.key))
    return tuple(keys)


def _markers(line: Sequence[Bar], bars: Bars) -> tuple[Marker, ...]:
    return tuple(
        Marker(tick, text)
        for bar, tick in zip(line, bars.placed, strict=False)
        for text in bar.sections
        if text
    )


def _lyrics(lines: Sequence[Sequence[Bar]], bars: Bars) -> tuple[Lyric, ...]:
    """The words of the first voice that has any: each time through, the next verse."""
    for line in lines:
        if not any(bar.words for bar in line):
            continue
        turns: dict[int, int] = {}
        out: dict[int, Lyric] = {}
        for bar, tick in zip(line, bars.placed, strict=False):
            turn = turns.get(id(bar), 0)
            turns[id(bar)] = turn + 1
            for offset, verses in bar.words:
                sung = verses[min(turn, len(verses) - 1)]
                at = tick + round(offset / PER_TICK)
                if sung:
                    out[at] = Lyric(at, sung)
        return tuple(out[at] for at in sorted(out))
    return ()


def _drums_together(tracks: list[Track]) -> list[Track]:
    """All percussion voices as one drum track, where the first of them stood."""
    import numpy as np

    drums = [track for track in tracks if track.is_drum]
    if len(drums) < 2:
        return tracks
    joined = Track("Drums", 0, clean(np.concatenate([track.notes for track in drums])), True)
    return [
        joined if track is drums[0] else track
        for track in tracks
        if not track.is_drum or track is drums[0]
    ]
