"""A written score to the song that it sounds: repeats played, ties joined, bars whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from restyle.errors import UnreadableSong
from restyle.io import gm
from restyle.io.musicxml import header, marks
from restyle.io.musicxml.lengths import written_bars
from restyle.io.musicxml.measures import PartReader
from restyle.io.musicxml.repeats import Played, playback
from restyle.io.musicxml.score import Part, Score
from restyle.io.musicxml.signs import Feel
from restyle.io.musicxml.source import score_tree
from restyle.io.musicxml.timeline import time_line
from restyle.io.musicxml.values import number
from restyle.io.notation.bars import Bars, place
from restyle.io.notes import clean
from restyle.music.song import TICKS, Lyric, Song, Track, notes_array

COARSEST, FINEST = TICKS, 2**24
"""Units to the quarter note in which a score is read."""
_JOINS = 4
"""Ticks that a tied note may come early or late."""


@dataclass(frozen=True)
class Reading:
    """What a MusicXML file holds."""

    song: Song
    end: int
    """Tick at which the last bar ends."""
    program: int | None
    """Program of the first part, where the file states it."""
    remarks: dict[str, str]


def musicxml_song(data: bytes, name: str) -> Song:
    """The Song of a MusicXML or mxl file; a chord chart gives one without tracks.

    Raises UnreadableSong, with `name` in the sentence.
    """
    return read_musicxml(data, name).song


def read_musicxml(data: bytes, name: str, *, unfold: bool = True) -> Reading:
    """What a MusicXML or mxl file holds; without `unfold` as written, every measure once.

    Raises UnreadableSong, with `name` in the sentence.
    """
    score = read_score(score_tree(data, name))
    if not any(part.measures for part in score.parts):
        raise UnreadableSong(f"{name} holds no notes.")
    reading = _reading(score, unfold=unfold)
    if not reading.song.tracks and not reading.song.chords:
        what = (
            "only slashes, without chord symbols"
            if any(p.slashes for p in score.parts)
            else "no notes"
        )
        raise UnreadableSong(f"{name} holds {what}.")
    return reading


def read_score(root: Element) -> Score:
    """The score as it is written."""
    unit = _unit(root)
    feel = Feel()
    listed = header.part_list(root)
    parts = [
        PartReader(listed.get(part.get("id", ""), header.Listed()), unit, feel).read(part)
        for part in root.iterfind("part")
    ]
    return Score(
        parts, unit, header.title(root), header.composer(root), feel.ratio,
        header.remarks(root),
    )  # fmt: skip


def _unit(root: Element) -> int:
    """Units to the quarter that hold all durations of a score exactly, or nearly."""
    unit = COARSEST
    for text in {element.text for element in root.iter("divisions")}:
        value = number(text)
        if value is not None and value >= 1 and value == int(value):
            finer = math.lcm(unit, int(value))
            unit = finer if finer <= FINEST else unit
    return unit


def _reading(score: Score, *, unfold: bool) -> Reading:
    written = marks.of_score(score.parts)
    once = [Played(i) for i in range(len(written))]
    order = playback(written, _sizes(score.parts, len(written))) if unfold else once
    warnings = []
    if order is None:
        order = once
        warnings.append("The repeats do not add up; the music is read once, as it is written.")
    measures, known = written_bars(score, order)
    bars = place(measures, starts_at_zero=_begins_short(score.parts))
    line = time_line(score, order, bars)
    tracks = _tracks(score, order, bars)
    begin = min((int(track.notes["start"][0]) for track in tracks), default=0)
    song = Song(
        tracks=tuple(tracks),
        meters=bars.meters,
        tempos=line.tempos,
        keys=line.keys,
        chords=line.chords,
        markers=line.markers,
        title=score.title,
        composer=score.composer,
        lyrics=_lyrics(score, order, bars),
        pickup=bars.pickup if begin < bars.meters[0].bar_length(TICKS) else 0,
        meter_known=known,
        swing=_swing(score),
        warnings=tuple(warnings),
    )
    program = None
    if len(score.parts) == 1 and score.parts[0].program_stated and tracks:
        program = tracks[0].program
    return Reading(song, bars.end, program, score.remarks)


def _sizes(parts: Sequence[Part], count: int) -> list[int]:
    sizes = [0] * count
    for part in parts:
        for i, measure in enumerate(part.measures):
            sizes[i] += len(measure.notes)
    return sizes


def _begins_short(parts: Sequence[Part]) -> bool:
    return any(part.measures and part.measures[0].is_partial for part in parts)


def _swing(score: Score) -> float:
    """The ratio that our own files state, else what the score's signs say."""
    stated = number(score.remarks.get("restyle-swing"))
    return stated if stated is not None and 0.2 <= stated <= 5 else score.swing


def _tracks(score: Score, order: Sequence[Played], bars: Bars) -> list[Track]:
    """A track for each instrument of each part, and one for all the drums."""
    loudest = max((part.volume for part in score.parts), default=0.0)
    tracks: list[Track] = []
    drums: list[tuple[int, int, int, int]] = []
    drum_place, kits = 0, 0
    drum_name, drum_program = "", 0
    for part in score.parts:
        share = part.volume / loudest if loudest else 1.0
        for n, ((program, is_drum), rows) in enumerate(_rows(part, order, bars, score.unit, share)):
            if is_drum:
                if not drums:
                    drum_place, drum_name, drum_program = len(tracks), part.name, program
                kits += 1
                drums += rows
                continue
            name = part.name if n == 0 or not part.name else part.names.get(program, part.name)
            notes = clean(notes_array(rows))
            if len(notes):
                tracks.append(Track(name or gm.name(program), program, notes))
    if drums:
        name = drum_name if kits == 1 and drum_name else gm.name(0, True)
        kit = Track(name, drum_program if kits == 1 else 0, clean(notes_array(drums)), True)
        tracks.insert(drum_place, kit)
    return tracks


_Rows = list[tuple[int, int, int, int]]


def _rows(
    part: Part, order: Sequence[Played], bars: Bars, unit: int, share: float
) -> list[tuple[tuple[int, bool], _Rows]]:
    """Note rows in ticks by (program, is drum), in the order in which these come in."""
    out: dict[tuple[int, bool], _Rows] = {}
    tied: dict[tuple[int, bool], list[tuple[int, _Rows, int]]] = {}  # pitch -> end, rows, index
    half = unit // 2
    for place_, played in zip(bars.placed, order, strict=True):
        if played.index >= len(part.measures):
            continue
        for note in part.measures[played.index].notes:
            if note.passes and played.turn not in note.passes:
                continue
            start = place_ + (note.start * TICKS + half) // unit
            end = place_ + ((note.start + note.length) * TICKS + half) // unit
            end = max(end, start + 1)
            rows = out.setdefault((note.program, note.is_drum), [])
            index = len(rows)
            before = _joined(tied, note.pitch, note.is_drum, start) if note.tie_in else None
            if before is not None:
                rows, index = before
                begin, _, pitch, velocity = rows[index]
                rows[index] = (begin, end - begin, pitch, velocity)
            else:
                velocity = max(round(note.velocity * share), 1)
                rows.append((start, end - start, note.pitch, velocity))
            if note.tie_out:
                tied.setdefault((note.pitch, note.is_drum), []).append((end, rows, index))
    return [(player, rows) for player, rows in out.items() if rows]


def _joined(
    tied: dict[tuple[int, bool], list[tuple[int, _Rows, int]]],
    pitch: int,
    is_drum: bool,
    start: int,
) -> tuple[_Rows, int] | None:
    """The row that a tied note goes on from; ties that lead nowhere are dropped."""
    waiting = tied.get((pitch, is_drum))
    if not waiting:
        return None
    for k, (end, rows, index) in enumerate(waiting):
        if abs(end - start) <= _JOINS:
            del waiting[k]
            return rows, index
    waiting[:] = [x for x in waiting if x[0] > start]
    return None


def _lyrics(score: Score, order: Sequence[Played], bars: Bars) -> tuple[Lyric, ...]:
    """The syllables of the first part that has any, each verse in its pass."""
    part = next((p for p in score.parts if any(m.lyrics for m in p.measures)), None)
    if part is None:
        return ()
    out: list[Lyric] = []
    for tick, played in zip(bars.placed, order, strict=True):
        if played.index >= len(part.measures):
            continue
        found = part.measures[played.index].lyrics
        verses = {syllable.verse for syllable in found}
        verse = played.turn if played.turn in verses else min(verses, default=1)
        out += [
            Lyric(tick + syllable.start * TICKS // score.unit, syllable.text)
            for syllable in found
            if syllable.verse == verse
        ]
    return tuple(sorted(out, key=lambda lyric: lyric.start))
