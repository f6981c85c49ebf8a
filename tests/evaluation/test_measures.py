"""Measures on cases worked out by hand."""

import numpy as np
import pytest

from restyle.metrics.content import melody_kept
from restyle.metrics.musicality import longest_one_note, share_outside, share_with_sevenths
from restyle.music.grid import swing
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.parts import Arrangement
from restyle.music.song import TICKS, Chord, Key, Meter, Tempo, notes_array

C_MAJOR = (Chord(0, 0),)


def sheet(melody=(), chords=C_MAJOR, bars=6) -> LeadSheet:
    return LeadSheet(
        melody=notes_array(melody),
        chords=tuple(chords),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * bars,
    )


def test_the_melody_of_the_song_itself_is_kept_also_when_it_swings():
    lead = sheet([(0, 6, 60, 80), (6, 6, 62, 80), (12, 24, 64, 80)])
    song = lead_song(lead)
    assert melody_kept(lead, song, 1.0) == 1.0
    swung = song.with_tracks(
        [type(t)(t.name, t.program, swing(t.notes, 2.0, TICKS)) for t in song.tracks]
    )
    assert melody_kept(lead, swung, 2.0) == 1.0
    assert melody_kept(lead, swung, 1.0) == pytest.approx(2 / 3)


def test_a_note_lost_and_a_note_added_cost_precision_and_recall():
    lead = sheet([(0, 12, 60, 80), (12, 12, 62, 80)])
    other = sheet([(0, 12, 60, 80), (12, 12, 63, 80)])
    assert melody_kept(lead, lead_song(other), 1.0) == 0.5
    assert melody_kept(sheet(), lead_song(sheet()), 1.0) == 1.0


def test_notes_outside_chord_and_scale():
    chords = (Chord(0, 0), Chord(48, 4, "maj"))  # E major in C: its G# is the chord's own
    band = Arrangement(
        {"piano": notes_array([(0, 12, 68, 80), (48, 12, 68, 80), (48, 12, 66, 80)])}
    )
    assert share_outside(band, sheet(chords=chords)) == pytest.approx(2 / 3)
    assert share_outside(Arrangement({"drums": notes_array([(0, 1, 38, 80)])}), sheet()) == 0.0


def test_the_longest_run_of_bars_on_one_note():
    pedal = [(48 * b + 12 * i, 12, 36, 80) for b in range(4) for i in range(4)]
    assert longest_one_note(notes_array(pedal), sheet()) == 4
    assert longest_one_note(notes_array([*pedal, (60, 12, 38, 80)]), sheet()) == 2
    assert longest_one_note(notes_array([*pedal[:4], *pedal[8:]]), sheet()) == 2
    assert longest_one_note(notes_array(), sheet()) == 0


def test_bars_with_sevenths():
    chords = (Chord(0, 0), Chord(48, 9, "min"))
    band = Arrangement(
        {"piano": notes_array([(0, 48, 71, 80), (48, 48, 66, 80), (48, 48, 69, 80)])}
    )
    lead = sheet(chords=chords, bars=2)
    assert share_with_sevenths(band, lead) == 0.5
    assert lead.share_of_sevenths() == 0.0
    assert sheet(chords=(Chord(0, 0), Chord(72, 0, "maj7")), bars=2).share_of_sevenths() == 0.25


def test_metrical_levels():
    levels = sheet().metrical_level(np.array([0, 24, 12, 36, 6, 3, 48], dtype=np.int32))
    assert levels.tolist() == [0, 1, 2, 2, 3, 4, 0]
