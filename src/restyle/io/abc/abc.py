"""ABC tunes to Song."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from restyle.errors import UnreadableSong
from restyle.io import gm
from restyle.io.abc.read import read_tune
from restyle.io.abc.tune import MOST_BARS, Bar, Tune, Voice, played
from restyle.io.charts.chordnames import parse as parse_chord
from restyle.io.notation.bars import Bars, Measure, place
from restyle.io.notation.source import decode
from restyle.io.notes import clean
from restyle.music.song import Chord, Key, Marker, Song, Tempo, Track, notes_array


def abc_tune(data: bytes, name: str) -> Tune:
    """The first tune of an ABC file.

    Raises UnreadableSong when there is none.
    """
    tune = read_tune(decode(data))
    if not any(bar.notes for voice in tune.voices.values() for bar in voice.bars):
        raise UnreadableSong(f"{name} holds no notes.")
    return tune


def abc_song(tune: Tune) -> tuple[Song, int]:
    """The Song of a tune, repeats played out, and the tick at which its last bar ends.

    Raises UnreadableSong when none of its notes can be played.
    """
    warnings: list[str] = []
    if tune.more:
        warnings.append(f"The file holds {tune.more + 1} tunes; the first one was read.")
    voices = sorted(tune.voices.values(), key=_is_silent)  # the first one leads
    order = played(voices[0].bars)
    if len(order) > MOST_BARS or not any(voices[0].bars[i].notes for i in order):
        order = list(range(len(voices[0].bars)))
        warnings.append("The repeats do not add up; the music is read once, as it is written.")
    lines = [_line(voice, voices[0], order) for voice in voices]
    bars = place(_measures(lines))
    tracks = []
    for voice, line in zip(voices, lines, strict=True):
        notes = clean(notes_array(_rows(line, bars)))
        if len(notes):
            program = voice.program or 0
            name = voice.name or gm.name(program, voice.is_drum)
            tracks.append(Track(name, program, notes, voice.is_drum))
    if not tracks:
        raise UnreadableSong("The tune holds no notes.")
    begin = min(int(track.notes["start"][0]) for track in tracks)
    chords = _chords(lines, bars, warnings)
    song = Song(
        tracks=tuple(tracks),
        meters=bars.meters,
        tempos=_tempos(lines[0], bars),
        keys=_keys(lines[0], bars),
        chords=chords,
        markers=_markers(lines[0], bars),
        title=tune.title,
        pickup=bars.pickup if begin < bars.meters[0].bar_length(480) else 0,
        meter_known=tune.meter_known,
        warnings=tuple(warnings),
    )
    return song, bars.end


def _is_silent(voice: Voice) -> bool:
    return not any(bar.notes for bar in voice.bars)


def says_swing(tune: Tune) -> bool:
    """Whether the word "swing" stands above the staff."""
    return any(re.search(r"(?i)\bswing\b", words) for words in tune.words)


def _line(voice: Voice, first: Voice, order: Sequence[int]) -> list[Bar]:
    """A voice's bars as played; the first voice's repeats hold for all that match it."""
    if len(voice.bars) == len(first.bars):
        return [voice.bars[i] for i in order]
    own = played(voice.bars)
    return [voice.bars[i] for i in own[: MOST_BARS + 1]]


def _measures(lines: Sequence[Sequence[Bar]]) -> list[Measure]:
    """Measures of the longest voice, each as long as the longest voice is there."""
    longest = max(lines, key=len)
    measures = []
    at = Fraction(0)
    for i, bar in enumerate(longest):
        length = max(line[i].length for line in lines if i < len(line))
        measures.append(Measure(at, length, *bar.meter))
        at += length
    return measures


def _rows(line: Sequence[Bar], bars: Bars) -> list[tuple[int, int, int, int]]:
    """Note rows in ticks, tied notes joined."""
    rows: list[tuple[int, int, int, int]] = []
    tied: dict[int, int] = {}
    for bar, tick in zip(line, bars.placed, strict=False):
        for note in sorted(bar.notes, key=lambda note: note.start):
            start = tick + round(note.start * 480)
            end = tick + round((note.start + note.length) * 480)
            before = tied.pop(note.pitch, None)
            if before is not None and abs(rows[before][0] + rows[before][1] - start) <= 2:
                index = before
                rows[index] = (rows[index][0], end - rows[index][0], note.pitch, 80)
            else:
                index = len(rows)
                rows.append((start, max(end - start, 1), note.pitch, 80))
            if note.tied:
                tied[note.pitch] = index
    return [row for row in rows if 0 <= row[2] <= 127]


def _chords(lines: Sequence[Sequence[Bar]], bars: Bars, warnings: list[str]) -> tuple[Chord, ...]:
    found: dict[int, Chord] = {}
    unknown: list[str] = []
    for line in lines:
        for bar, tick in zip(line, bars.placed, strict=False):
            for offset, text in bar.chords:
                chord = parse_chord(text, tick + round(offset * 480))
                if chord is None:
                    unknown.append(text)
                else:
                    found.setdefault(chord.start, chord)
    if unknown:
        warnings.append(f"Chord symbols that are unknown were left out ({unknown[0][:20]}).")
    return tuple(found[start] for start in sorted(found))


def _tempos(line: Sequence[Bar], bars: Bars) -> tuple[Tempo, ...]:
    found = {0: Tempo(0, 120.0)}
    for bar, tick in zip(line, bars.placed, strict=False):
        for offset, bpm in bar.tempos:
            at = tick + round(offset * 480)
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
