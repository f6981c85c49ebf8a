"""Lead sheets as a musician writes them down: short values that nobody plays on paper left out.

What was heard has every note where and as long as it was played, so that it can be kept exactly.
On paper that is ties inside triplets. Written down, a beat is sixteenths or triplets, a note lasts
up to the next one where it nearly does, swing is straight eighths under the word "Swing", and a
tempo is a whole number that stands at a bar line.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.io.musicxml.write_signs import printed
from restyle.io.score.layout_build import bars_of_lead
from restyle.io.score.layout_reading import readable
from restyle.io.score.rhythm import UNITS
from restyle.music.grid import SWINGS
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Chord, Notes, Tempo, notes_array

Times = NDArray[np.int64]
_SCALE = UNITS // GRID
_SIXTEENTH = GRID // 4
PLAIN_VELOCITY = 80
"""What a note without a dynamic is read with."""


def as_written(lead: LeadSheet) -> LeadSheet:
    """The lead sheet as it is written down: one voice in plain note values, steady tempos."""
    melody, moved = _melody(lead)
    lyrics = {moved.get(w.start, w.start): w for w in reversed(lead.lyrics)}
    return replace(
        lead,
        melody=melody,
        tempos=_tempos(lead),
        chords=_chords(lead),
        lyrics=tuple(replace(lyrics[start], start=start) for start in sorted(lyrics)),
        pickup=_pickup(lead, melody),
    )


def _pickup(lead: LeadSheet, melody: Notes) -> int:
    """The pickup, whole sixteenths longer where its first note is written earlier than it was
    heard; 0 where that is a whole bar."""
    full = lead.meters[0].bar_length(GRID)
    if not lead.pickup or not len(melody):
        return lead.pickup
    sixteenths = -(-(full - int(melody["start"][0])) // _SIXTEENTH)
    return max(lead.pickup, sixteenths * _SIXTEENTH) % full


def as_held(lead: LeadSheet, ending: str) -> LeadSheet:
    """What of a lead sheet a file of that ending can hold, as it is read again.

    Nothing but JSON holds what was heard to sound, and a chord in the silence before a pickup
    moves to the pickup. Notation has no velocities and tempos in thousandths; ABC has one voice,
    tempos at bar lines, and no pickup of a single bar, since nobody could tell.
    """
    if ending == ".json":
        return lead
    lead = replace(lead, sounding=None, chords=after_silence(lead))
    if ending.startswith(".mid"):
        return lead
    melody = lead.melody.copy()
    melody["velocity"] = PLAIN_VELOCITY
    tempos = tuple(replace(tempo, bpm=round(tempo.bpm, 3)) for tempo in lead.tempos)
    if ending == ".abc":
        melody = in_one_voice(melody)
        tempos = _at_bar_lines(lead, tempos)
    pickup = 0 if ending == ".abc" and lead.bars == 1 else lead.pickup
    return replace(lead, melody=melody, tempos=_changes(tempos), pickup=pickup)


def after_silence(lead: LeadSheet) -> tuple[Chord, ...]:
    """The chords, those in the silence before a pickup moved to it: the last of them counts.

    Where there are none at all, that is said ("N.C."): by its chords a lead sheet is known as one.
    """
    silent = lead.meters[0].bar_length(GRID) - lead.pickup if lead.pickup else 0
    if not lead.chords:
        return (Chord(silent, -1),)
    found = {max(c.start, silent): replace(c, start=max(c.start, silent)) for c in lead.chords}
    return tuple(found[start] for start in sorted(found))


def in_one_voice(notes: Notes) -> Notes:
    """Notes that begin together end together, and none lasts longer than up to the next one."""
    starts, group = np.unique(notes["start"], return_inverse=True)
    ends = np.zeros(len(starts), dtype=np.int64)
    np.maximum.at(ends, group, notes["start"] + notes["duration"])
    ends[:-1] = np.minimum(ends[:-1], starts[1:])
    out = notes.copy()
    out["duration"] = ends[group] - notes["start"]
    same = [tuple(row) for row in out[["start", "pitch"]].tolist()]
    first = {place: i for i, place in reversed(list(enumerate(same)))}
    return out[sorted(first.values())]


def _melody(lead: LeadSheet) -> tuple[Notes, dict[int, int]]:
    """The melody in written values, and where each of its beginnings has gone."""
    notes = lead.melody
    if not len(notes):
        return notes, {}
    start = notes["start"].astype(np.float64) * _SCALE
    end = (notes["start"] + notes["duration"]).astype(np.float64) * _SCALE
    swings = lead.swing > SWINGS
    on, off = readable(
        start, end, bars_of_lead(lead), swings=swings, one_line=True, thirty_seconds=False
    )
    on, off = _apart(notes["start"], on, off)
    rows = zip(
        (on // _SCALE).tolist(),
        np.minimum(off // _SCALE, lead.length).tolist(),
        notes["pitch"].tolist(),
        strict=True,
    )
    written = [(a, b - a, pitch, PLAIN_VELOCITY) for a, b, pitch in rows if a < b]
    moved = dict(zip(notes["start"].tolist(), (on // _SCALE).tolist(), strict=True))
    return in_one_voice(notes_array(written)), moved


def _apart(start: Times, on: Times, off: Times) -> tuple[Times, Times]:
    """Written beginnings and ends, with notes that are sung one after the other, and would become
    one chord, a sixteenth (or third of a beat) apart; what follows gives way."""
    on, off = on.copy(), off.copy()
    for i in range(len(on) - 1):
        if start[i + 1] > start[i] and on[i + 1] <= on[i]:
            step = (3 if on[i] // _SCALE % 3 == 0 else 4) * _SCALE
            on[i + 1] = on[i] + step
            off[i] = min(off[i], on[i + 1])
            off[i + 1] = max(off[i + 1], on[i + 1] + step)
    return on, off


def _tempos(lead: LeadSheet) -> tuple[Tempo, ...]:
    """The tempos that a player is told: whole numbers, where it changes and stays so."""
    bars = bars_of_lead(lead)
    shown = printed([(tempo.start * _SCALE, tempo.bpm) for tempo in lead.tempos], bars)
    rounded = tuple(Tempo(start // _SCALE, float(round(bpm))) for start, bpm in shown)
    return _changes(_at_bar_lines(lead, rounded))


def _at_bar_lines(lead: LeadSheet, tempos: tuple[Tempo, ...]) -> tuple[Tempo, ...]:
    """Every tempo at the bar line that follows it; the last of several there."""
    lines = lead.bar_starts()
    places = np.searchsorted(lines, [tempo.start for tempo in tempos])
    found = {
        int(lines[place]): tempo
        for place, tempo in zip(places.tolist(), tempos, strict=True)
        if place < len(lines) - 1
    }
    return tuple(replace(found[start], start=start) for start in sorted(found))


def _changes(tempos: tuple[Tempo, ...]) -> tuple[Tempo, ...]:
    """The tempos that are others than the one before."""
    return tuple(t for i, t in enumerate(tempos) if not i or tempos[i - 1].bpm != t.bpm)


def _chords(lead: LeadSheet) -> tuple[Chord, ...]:
    """The chords on the eighths: nobody writes a change between them."""
    half = GRID // 2
    last = max(lead.length - half, 0) // half * half
    found: dict[int, Chord] = {}
    for chord in lead.chords:
        start = min(round(chord.start / half) * half, last)
        found[start] = replace(chord, start=start)
    kept = [found[start] for start in sorted(found)]
    return tuple(c for i, c in enumerate(kept) if not i or not c.sounds_as(kept[i - 1]))
