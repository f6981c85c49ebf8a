"""MusicXML, mxl and kern to Song, by way of music21."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from restyle.errors import UnreadableSong
from restyle.io import gm
from restyle.io.charts.chordnames import from_music21
from restyle.io.notation.bars import Bars, Measure, place
from restyle.io.notation.source import Source, parse
from restyle.io.notes import clean
from restyle.music.song import Chord, Key, Marker, Meter, Song, Tempo, Track, notes_array

LOUD = {
    "pppp": 20, "ppp": 30, "pp": 40, "p": 52, "mp": 64, "mf": 76, "f": 90, "ff": 104, "fff": 116,
    "ffff": 124,
}  # fmt: skip
"""Velocity of a dynamic mark."""
PLAIN = 80
"""Velocity where the score states none."""
# Where percussion staves usually put the drums (General MIDI keys), for scores that do not say.
_DRUM_PLACES = {
    ("D", 4): 44, ("E", 4): 35, ("F", 4): 36, ("G", 4): 41, ("A", 4): 43, ("B", 4): 45,
    ("C", 5): 38, ("D", 5): 47, ("E", 5): 48, ("F", 5): 51, ("G", 5): 42, ("A", 5): 49,
    ("B", 5): 57, ("C", 6): 52,
}  # fmt: skip


@dataclass
class _Player:
    """One instrument's notes, from one staff or several."""

    name: str
    program: int
    is_drum: bool
    rows: list[tuple[int, int, int, int]] = field(default_factory=list)


def notation_song(data: bytes, name: str) -> Song:
    """A Song from the bytes of a notation file; `name` is what the messages call it."""
    return source_song(parse(data, name), name)[0]


def source_song(source: Source, name: str) -> tuple[Song, int]:
    """A Song from a parsed notation file, and the tick at which its last bar ends."""
    try:
        song, end = _song(source)
    except UnreadableSong:
        raise
    except Exception:  # a score that music21 parsed but cannot make sense of
        raise UnreadableSong(f"{name} is damaged: its notes cannot be made out.") from None
    if not song.tracks:
        raise UnreadableSong(f"{name} holds no notes.")
    return song, end


def _song(source: Source) -> tuple[Song, int]:
    parts = list(source.score.parts) if hasattr(source.score, "parts") else []
    parts = parts or [source.score]
    bars, meter_known = _bars(parts)
    players: list[_Player] = []
    keys: dict[int, Key] = {}
    tempos: dict[int, Tempo] = {}
    chords: dict[int, Chord] = {}
    markers: dict[tuple[int, str], Marker] = {}
    for i, part in enumerate(parts):
        flat = part.flatten()
        shift = _transposition(flat, source.extras.transpositions)
        own = bars.of_part([Fraction(m.offset) for m in part.getElementsByClass("Measure")])
        _read_time_line(flat, own, shift, keys, tempos, chords, markers, first=i == 0)
        player = _player(part, flat, source.extras.programs)
        if players and _is_same_player(parts[i - 1], part):
            player = players[-1]
        else:
            players.append(player)
        player.rows += _rows(flat, own, shift, source, player)
    tracks = []
    for player in players:
        notes = clean(notes_array(player.rows))
        if len(notes):
            tracks.append(Track(player.name, player.program, notes, player.is_drum))
    tracks = _drums_together(tracks)
    begin = min((int(track.notes["start"][0]) for track in tracks), default=0)
    full = bars.meters[0].bar_length(480)
    song = Song(
        tracks=tuple(tracks),
        meters=bars.meters,
        tempos=_from_zero(tempos),
        keys=_changes(keys, _final_chord(chords), source),
        chords=tuple(chords[tick] for tick in sorted(chords)),
        markers=tuple(sorted(markers.values(), key=lambda marker: (marker.start, marker.text))),
        title=_title(source.score),
        pickup=bars.pickup if begin < full else 0,
        meter_known=meter_known,
        warnings=source.warnings,
    )
    return song, bars.end


def _bars(parts: Sequence[Any]) -> tuple[Bars, bool]:
    """The measures of the part that has most of them, each as long as in any part."""
    lists = [list(part.getElementsByClass("Measure")) for part in parts]
    longest = max(lists, key=len)
    if not longest:
        stated = list(parts[0].flatten().getElementsByClass("TimeSignature"))
        if not stated:
            return place([]), False
        meter = stated[0]
        bars = Bars((Meter(0, meter.numerator, meter.denominator),), 0, (Fraction(0),), (0,))
        return bars, True
    measures: list[Measure] = []
    numerator, denominator, known = 4, 4, False
    for i, measure in enumerate(longest):
        for meter in measure.getElementsByClass("TimeSignature"):
            if meter.numerator > 0 and meter.denominator in (1, 2, 4, 8, 16, 32):
                numerator, denominator, known = meter.numerator, meter.denominator, True
        lengths = [_length(own, i) for own in lists if len(own) == len(longest)]
        content = max(_content(own[i]) for own in lists if len(own) == len(longest))
        # parts disagree where one has a whole rest in a short bar
        length = min((x for x in lengths if x >= content), default=max(lengths))
        length = length or Fraction(4 * numerator, denominator)
        measures.append(Measure(Fraction(measure.offset), length, numerator, denominator))
    return place(measures, starts_at_zero=longest[0].number == 0), known


def _length(measures: Sequence[Any], i: int) -> Fraction:
    """Quarters from a measure to the next one; of the last one, what it holds."""
    if i + 1 < len(measures):
        return Fraction(measures[i + 1].offset) - Fraction(measures[i].offset)
    return Fraction(measures[i].highestTime)


def _content(measure: Any) -> Fraction:
    """Quarters into a measure at which its last note ends."""
    ends = [
        Fraction(n.getOffsetInHierarchy(measure)) + n.quarterLength for n in measure.recurse().notes
    ]
    return Fraction(max(ends, default=0))


def _transposition(flat: Any, stated: dict[str, int]) -> int:
    """Semitones from written to sounding pitch, as the file states them."""
    idents = [str(i.partId) for i in flat.getElementsByClass("Instrument")]
    return next((stated[ident] for ident in idents if ident in stated), 0)


def _read_time_line(
    flat: Any,
    bars: Bars,
    shift: int,
    keys: dict[int, Key],
    tempos: dict[int, Tempo],
    chords: dict[int, Chord],
    markers: dict[tuple[int, str], Marker],
    *,
    first: bool,
) -> None:
    """Keys of the first part; tempos, chord symbols and rehearsal marks of all."""
    if first:
        for signature in flat.getElementsByClass("KeySignature"):
            keys[_bar_tick(bars, signature.offset)] = _key(signature, shift)
    for mark in flat.getElementsByClass("MetronomeMark"):
        bpm = mark.getQuarterBPM()
        if bpm and 8 <= bpm <= 900:
            tick = bars.tick(mark.offset) if mark.offset else 0
            tempos.setdefault(tick, Tempo(tick, round(float(bpm), 3)))
    for symbol in flat.getElementsByClass("Harmony"):
        if hasattr(symbol, "chordKind"):
            chord = from_music21(symbol, bars.tick(symbol.offset))
            if chord is not None and chord.root >= 0:
                root, bass = (chord.root + shift) % 12, (chord.bass + shift) % 12
                chord = Chord(chord.start, root, chord.quality, bass)
            if chord is not None:
                chords.setdefault(chord.start, chord)
    for mark in flat.getElementsByClass("RehearsalMark"):
        marker = Marker(bars.tick(mark.offset), str(mark.content))
        markers.setdefault((marker.start, marker.text), marker)


def _bar_tick(bars: Bars, quarter: Fraction | float) -> int:
    """Where a key change stands: at 0 with the pickup, since the padded bar has it too."""
    return bars.tick(quarter) if quarter > 0 else 0


def _key(signature: Any, shift: int) -> Key:
    fifths = signature.sharps
    mode = getattr(signature, "mode", None)
    if mode is None:
        return Key((fifths * 7 + shift) % 12, "major?")
    tonic = signature.tonic.pitchClass
    like_minor = mode in ("minor", "aeolian", "dorian", "phrygian", "locrian")
    return Key((tonic + shift) % 12, "minor" if like_minor else "major")


def _final_chord(chords: dict[int, Chord]) -> Chord | None:
    named = [chords[tick] for tick in sorted(chords) if chords[tick].root >= 0]
    return named[-1] if named else None


def _changes(
    keys: dict[int, Key], final: Chord | None, source: Source
) -> tuple[tuple[int, Key], ...]:
    """Key changes, with the mode settled where the file leaves it open.

    A signature without a mode is major, unless the last chord is the relative minor's tonic.
    """
    stated = source.extras.remarks.get("restyle-mode", "")
    minor = stated == "minor" or (not stated and final is not None and final.triad == "min")
    out: list[tuple[int, Key]] = []
    for tick in sorted(keys):
        key = keys[tick]
        if key.mode == "major?":
            relative = (key.tonic + 9) % 12
            is_minor = minor and (bool(stated) or (final is not None and final.root == relative))
            key = Key(relative, "minor") if is_minor else Key(key.tonic)
        if not out or out[-1][1] != key:
            out.append((tick, key))
    return tuple(out)


def _from_zero(tempos: dict[int, Tempo]) -> tuple[Tempo, ...]:
    found = [tempos[tick] for tick in sorted(tempos)]
    if not found:
        return (Tempo(0, 120.0),)
    if found[0].start > 0:
        found.insert(0, Tempo(0, found[0].bpm if found[0].start < 1920 else 120.0))
    kept = [t for i, t in enumerate(found) if i == 0 or found[i - 1].bpm != t.bpm]
    return tuple(kept)


def _player(part: Any, flat: Any, programs: dict[str, int]) -> _Player:
    """Who plays a part: its name, program, and whether it is the drum kit."""
    from music21 import instrument as instruments

    stated = list(flat.getElementsByClass("Instrument"))
    own = next((i for i in stated if i.midiProgram is not None), stated[0] if stated else None)
    name = " ".join(str(part.partName or (own and own.instrumentName) or "").split())
    is_drum = any(
        i.midiChannel == 9 or isinstance(i, instruments.UnpitchedPercussion) for i in stated
    ) or any(True for _ in flat.getElementsByClass(("Unpitched", "PercussionChord")))
    program = next((programs[str(i.partId)] for i in stated if str(i.partId) in programs), None)
    if program is None and own is not None:
        program = own.midiProgram
    if program is None and name and not is_drum:
        try:
            program = instruments.fromString(name).midiProgram
        except Exception:  # a name that is no instrument's
            program = None
    program = int(program or 0) & 0x7F
    return _Player(name or gm.name(program, is_drum), program, is_drum)


def _is_same_player(before: Any, part: Any) -> bool:
    """Two staves of one instrument: MusicXML says so, kern shows it by a keyboard's name twice."""
    kind = type(part).__name__
    if kind == "PartStaff" and type(before).__name__ == "PartStaff":
        return str(part.id).rsplit("-Staff", 1)[0] == str(before.id).rsplit("-Staff", 1)[0]
    names = [
        next(
            (str(i.instrumentName or "") for i in p.recurse().getElementsByClass("Instrument")), ""
        )
        for p in (before, part)
    ]
    keyboards = ("piano", "harpsichord", "organ", "celesta", "harp", "clavichord")
    return (
        names[0] == names[1]
        and str(part.id).startswith("spine_")
        and any(word in names[0].lower() for word in keyboards)
    )


def _rows(
    flat: Any, bars: Bars, shift: int, source: Source, player: _Player
) -> list[tuple[int, int, int, int]]:
    """Note rows in ticks: ties merged, grace notes left out, sounding pitches."""
    marks = sorted(
        (Fraction(mark.offset), LOUD[mark.value])
        for mark in flat.getElementsByClass("Dynamic")
        if mark.value in LOUD
    )
    rows: list[tuple[int, int, int, int]] = []
    tied: dict[int, int] = {}  # pitch -> index of the row that a tie goes on from
    level, next_mark = PLAIN, 0
    for element in flat.notes:
        if element.duration.isGrace or hasattr(element, "chordKind"):
            continue
        offset = Fraction(element.offset)
        while next_mark < len(marks) and marks[next_mark][0] <= offset:
            level = marks[next_mark][1]
            next_mark += 1
        start = bars.tick(offset)
        end = _end_tick(bars, offset, Fraction(element.quarterLength))
        for note in _heads(element):
            pitch = _midi_pitch(note, source, player)
            if pitch is None:
                continue
            pitch += 0 if player.is_drum else shift
            tie = note.tie.type if note.tie else None
            before = tied.pop(pitch, None) if tie in ("stop", "continue") else None
            if before is not None and abs(rows[before][0] + rows[before][1] - start) <= 2:
                index, begin = before, rows[before][0]
                rows[index] = (begin, end - begin, pitch, rows[index][3])
            else:
                index = len(rows)
                rows.append((start, max(end - start, 1), pitch, _velocity(note, element, level)))
            if tie in ("start", "continue"):
                tied[pitch] = index
    return [row for row in rows if 0 <= row[2] <= 127]


def _end_tick(bars: Bars, offset: Fraction, length: Fraction) -> int:
    """Where a note ends; a hair before the end counts, lest it lands past a padded bar line."""
    tiny = Fraction(1, 1000)
    end = offset + length
    return bars.tick(end - tiny) + round(tiny * 480) if length > tiny else bars.tick(end)


def _heads(element: Any) -> Sequence[Any]:
    """The note heads of a note or chord."""
    return tuple(element.notes) if hasattr(element, "notes") else (element,)


def _midi_pitch(note: Any, source: Source, player: _Player) -> int | None:
    if hasattr(note, "pitch"):
        return int(note.pitch.midi)
    if not hasattr(note, "displayStep"):
        return None
    place = (str(note.displayStep), str(note.displayOctave), str(note.notehead or "normal"))
    own = source.extras.drum_keys.get(place)
    return own if own is not None else _DRUM_PLACES.get((place[0], int(place[1])), 38)


def _velocity(note: Any, element: Any, level: int) -> int:
    for head in (note, element):
        if head.hasVolumeInformation() and head.volume.velocity:
            return int(head.volume.velocity)
    accent = any(
        type(mark).__name__ in ("Accent", "StrongAccent") for mark in element.articulations
    )
    return min(level + (12 if accent else 0), 127)


def _drums_together(tracks: list[Track]) -> list[Track]:
    """All percussion staves as one drum track, where the first of them stood."""
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


def _title(score: Any) -> str:
    data = getattr(score, "metadata", None)
    title = str((data and (data.title or data.movementName)) or "")
    return "" if title.lower() in ("music21 fragment", "untitled score", "title") else title.strip()
