"""Layouts of songs and lead sheets: what an editor does before the notes are written down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.io.score.dynamics import dynamics
from restyle.io.score.layout import Bar, Layout, Part, Staff, is_tune
from restyle.io.score.layout_hands import KEYBOARDS, clefs, left_hand, steady_clef, tune_clef
from restyle.io.score.layout_reading import readable
from restyle.io.score.layout_voices import (
    drum_voices,
    events_of,
    exact_voices,
    single_voice,
    staff_voices,
)
from restyle.io.score.ottava import with_octave_signs
from restyle.io.score.rhythm import UNITS
from restyle.io.score.spelling import Names, spelled
from restyle.music.chord import MAJOR
from restyle.music.grid import SWINGS, from_swing, straighten
from restyle.music.instruments import instrument
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, TICKS, Chord, Key, Meter, Notes, Song, Track

FOUR_BELOW_TREBLE = 50
"""D3, which has four ledger lines: down to it who reads a treble clef has one without an 8."""
CHORDAL_TUNE = 0.5
"""Share of a tune's notes that overlap from which on it is piano music."""
_BASSES = frozenset((*range(32, 40), 43))
_GUITARS = frozenset(range(24, 32))
_LOW = frozenset((42, 57, 58, 70))
"""Cello, trombone, tuba, bassoon: read in the bass clef where it fits."""
_VIOLA = 41
_ONE_LINE = frozenset((*_BASSES, *range(56, 80), 40, 41, 42))
"""Instruments that play one line: basses, winds, single strings."""
RIGHT = re.compile(r"(?i)\b(right( hand)?|r\.?h\.?|rechts|droite)\b|\|1$")
_LEFT = re.compile(r"(?i)\b(left|l\.?h\.?|links|gauche)\b|\|2$")


def bars_of_lead(lead: LeadSheet) -> tuple[Bar, ...]:
    """The bars of a lead sheet, in units."""
    scale = UNITS // GRID
    first = int(lead.melody["start"][0]) * scale if len(lead.melody) else 0
    return _bars(lead.bar_starts() * scale, lead.meters, scale, lead.pickup * scale, first)


def of_lead(lead: LeadSheet, *, tidy: bool = False) -> Layout:
    """A lead sheet: one staff, chord symbols above it; every time exactly as it is.

    With `tidy` the note ends are written as an editor would, for reading rather than keeping.
    """
    scale = UNITS // GRID
    rows = lead.melody
    start, end = rows["start"] * scale, (rows["start"] + rows["duration"]) * scale
    bars = bars_of_lead(lead)
    if tidy and len(rows):
        swings = lead.swing > SWINGS
        times = start.astype(np.float64), end.astype(np.float64)
        on, off = readable(*times, bars, swings=swings, one_line=True)
        voices = single_voice(on, off, rows["pitch"])
    else:
        on = start.astype(np.int64)
        voices = exact_voices(events_of(start, end, rows["pitch"]))
    remarks = {"restyle-mode": lead.key.mode}
    if lead.swing != 1.0:
        remarks["restyle-swing"] = repr(float(lead.swing))
    chords = tuple(replace(c, start=c.start * scale) for c in lead.chords)
    keys = ((0, lead.key),)
    clef, octave = tune_clef(on, rows["pitch"], bars)
    return Layout(
        title=lead.title,
        bars=bars,
        parts=(Part("Melody", lead.melody_program, False, (Staff(clef, voices, octave),)),),
        keys=keys,
        tempos=tuple((tempo.start * scale, tempo.bpm) for tempo in lead.tempos),
        chords=chords,
        words="Swing" if lead.swing > SWINGS else "",
        remarks=remarks,
        names=spelled(start, rows["pitch"], keys, chords),
        composer=lead.composer,
        lyrics=tuple((word.start * scale, word.text) for word in lead.lyrics),
        exact=not tidy,
        is_lead=True,
    )


def of_song(song: Song, swing: float = 1.0) -> Layout:
    """A score of a song; swing is written straight, so the ratio `swing` is taken out first."""

    def units(ticks: float) -> int:
        return round(ticks * UNITS / TICKS)

    tracks = [
        replace(t, notes=straighten(t.notes, swing, TICKS)) if swing > 1.0 else t
        for t in song.tracks
        if len(t.notes)
    ]
    first = min((int(t.notes["start"].min()) for t in tracks), default=0)
    lines = song.bar_starts() * UNITS // TICKS
    bars = _bars(lines, song.meters, UNITS / TICKS, units(song.pickup), units(first))
    keys = tuple((units(start), key) for start, key in song.keys) or ((0, _signature(tracks)),)
    chords = tuple(replace(c, start=units(c.start)) for c in song.chords)
    players = sorted(_players(tracks), key=_place) if song.made_with else _players(tracks)
    marks = [(units(marker.start), marker.text) for marker in song.markers]
    style = [text for at, text in marks if not at and text.endswith(" style")]
    return Layout(
        title=song.title,
        bars=bars,
        parts=tuple(
            _signed(_part(player, bars, swings=swing > SWINGS), bars) for player in players
        ),
        keys=keys,
        tempos=tuple((units(tempo.start), tempo.bpm) for tempo in song.tempos),
        chords=chords,
        marks=tuple(mark for mark in marks if mark[1] not in style),
        words="Swing" if swing > SWINGS else "",
        names=_names(tracks, keys, chords),
        composer=song.composer,
        lyrics=tuple(
            (units(float(from_swing(np.array([word.start]), max(swing, 1.0), TICKS)[0])), word.text)
            for word in song.lyrics
        ),
        subtitle=style[0] if style else "",
    )


def _signature(tracks: Sequence[Track]) -> Key:
    """The signature with the fewest accidentals, for a song that states none."""
    pitches = [t.notes["pitch"] % 12 for t in tracks if not t.is_drum]
    count = np.bincount(np.concatenate(pitches), minlength=12) if pitches else np.zeros(12)
    scale = np.array(MAJOR)
    keys = sorted((Key(tonic) for tonic in range(12)), key=lambda key: abs(key.fifths))
    return max(keys, key=lambda key: int(count[(scale + key.tonic) % 12].sum()))


def _names(
    tracks: Sequence[Track], keys: Sequence[tuple[int, Key]], chords: Sequence[Chord]
) -> Names:
    pitched = [t.notes for t in tracks if not t.is_drum]
    start = np.concatenate([n["start"] for n in pitched]) if pitched else np.zeros(0)
    pitch = np.concatenate([n["pitch"] for n in pitched]) if pitched else np.zeros(0, dtype=int)
    return spelled(start * UNITS / TICKS, pitch, keys, chords)


def _bars(
    lines: NDArray[np.int64], meters: Sequence[Meter], scale: float, pickup: int, first: int
) -> tuple[Bar, ...]:
    """Bars between the lines; the first one without the silence before its pickup."""
    bars: list[Bar] = []
    at = {round(meter.start * scale): meter for meter in meters}
    meter = meters[0]
    for start, end in zip(lines[:-1].tolist(), lines[1:].tolist(), strict=True):
        changed = start in at or not bars
        meter = at.get(start, meter)
        skip = 0
        if not bars and pickup:
            whole = UNITS // 8  # a thirty-second: finer pickups begin with a rest
            sounding = -(-max(pickup, end - first) // whole) * whole
            skip = max(end - sounding, 0)
        bars.append(Bar(start, end - start, meter, skip, changed))
    return tuple(bars)


def player_tracks(tracks: Sequence[Track]) -> list[tuple[Track, ...]]:
    """The tracks of each player: one, or of a pianist's two the right hand's and the left's."""
    players: list[tuple[Track, ...]] = []
    for track in tracks:
        if players and len(players[-1]) == 1 and _are_hands(players[-1][0], track):
            players[-1] = (players[-1][0], track)
        else:
            players.append((track,))
    return players


def _players(tracks: Sequence[Track]) -> list[tuple[Track, Track | None]]:
    """Tracks, each with the one of its player's left hand where the file has two."""
    out: list[tuple[Track, Track | None]] = []
    for track, *left in player_tracks(tracks):
        name = RIGHT.sub("", track.name).strip(" ,:-|") or track.name
        out.append((replace(track, name=name), left[0]) if left else (track, None))
    return out


def _place(player: tuple[Track, Track | None]) -> int:
    """Where a player stands in the score of a band: bass below the others, drums last."""
    track = player[0]
    return 2 if track.is_drum else 1 if track.program in _BASSES and not is_tune(track) else 0


def _are_hands(right: Track, left: Track) -> bool:
    return (
        right.program == left.program
        and right.program in KEYBOARDS
        and not right.is_drum
        and not left.is_drum
        and bool(RIGHT.search(right.name) and _LEFT.search(left.name))
    )


def _signed(part: Part, bars: Sequence[Bar]) -> Part:
    return replace(part, staves=tuple(with_octave_signs(staff, bars) for staff in part.staves))


def _part(player: tuple[Track, Track | None], bars: Sequence[Bar], *, swings: bool) -> Part:
    track, other = player
    if other is not None:
        hands = [_snapped(each.notes, bars, swings=swings) for each in player if each]
        on = np.concatenate([hand[0] for hand in hands])
        loud = np.concatenate([each.notes["velocity"] for each in player if each])
        marks = dynamics(on, loud, bars)
        staves = _two_staves(hands, bars)
        name = track.instrument_name
        return Part(name, track.program, False, staves, marks, is_tune(track))
    on, off, pitch = _snapped(track.notes, bars, swings=swings)
    marks = dynamics(on, track.notes["velocity"], bars)
    if track.is_drum:
        staff = Staff("percussion", drum_voices(on, pitch, bars))
        return Part(track.instrument_name, track.program, True, (staff,))
    if track.program in KEYBOARDS and _needs_two(on, off, pitch, is_tune(track)):
        low = left_hand(on, pitch)
        hands = [(on[mask], off[mask], pitch[mask]) for mask in (~low, low)]
        return Part(track.instrument_name, track.program, False, _two_staves(hands, bars), marks)
    staves = (_one_staff(track, on, off, pitch, bars),)
    return Part(track.instrument_name, track.program, False, staves, marks, is_tune(track))


_Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.integer]]


def _snapped(notes: Notes, bars: Sequence[Bar], *, swings: bool) -> _Columns:
    start = notes["start"] * (UNITS / TICKS)
    end = (notes["start"] + notes["duration"]) * (UNITS / TICKS)
    over = end[:-1] - start[1:] > UNITS / 8
    one_line = len(notes) < 2 or (
        float(over.mean()) < 0.1 and bool((np.diff(start) > 0).mean() > 0.9)
    )
    on, off = readable(start, end, bars, swings=swings, one_line=one_line)
    return on, off, notes["pitch"]


def _needs_two(
    on: NDArray[np.int64], off: NDArray[np.int64], pitch: NDArray[np.integer], tune: bool
) -> bool:
    """Whether a keyboard part is more than a tune: chords, or a range of more than one staff, which
    a part that says it is a tune has one staff for all the same."""
    order = np.argsort(on, kind="stable")
    together = float((on[order][1:] < off[order][:-1]).mean()) if len(on) > 1 else 0.0
    if tune:
        return together > CHORDAL_TUNE
    return together > 0.2 or int(pitch.max()) - int(pitch.min()) > 30


def _two_staves(hands: Sequence[_Columns], bars: Sequence[Bar]) -> tuple[Staff, ...]:
    staves = []
    for (on, off, pitch), allowed in zip(hands, (("G", "F"), ("F", "G")), strict=True):
        clef, changes = clefs(on, pitch, bars, allowed)
        staves.append(Staff(clef, staff_voices(on, off, pitch, bars), changes=changes))
    return tuple(staves)


def _one_staff(
    track: Track,
    on: NDArray[np.int64],
    off: NDArray[np.int64],
    pitch: NDArray[np.integer],
    bars: Sequence[Bar],
) -> Staff:
    program = track.program
    if program in _ONE_LINE:
        voices = single_voice(on, off, pitch)
    else:
        voices = staff_voices(on, off, pitch, bars)
    if program in _BASSES:
        return Staff("F", voices, -1)
    if program in _GUITARS:
        return Staff("G", voices, -1)
    if program == _VIOLA:
        return Staff("C", voices)
    if program in _LOW:
        clef, changes = clefs(on, pitch, bars, ("F", "G"))
        return Staff(clef, voices, changes=changes)
    if is_tune(track):
        if instrument(program).clefs == ("G",) and pitch.min() >= FOUR_BELOW_TREBLE:
            return Staff("G", voices)
        clef, octave = tune_clef(on, pitch, bars)
        return Staff(clef, voices, octave)
    return Staff(steady_clef(on, pitch, bars, ("G", "F")), voices)
