"""What may not be, case by case, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from cursors import (
    BASS,
    DRUMS,
    GUITAR,
    PIANO,
    WINDS,
    allowed,
    at,
    longest,
    pitches,
    sheet,
    tokens,
)
from fake import BAND

from restyle.decoding.band import Band, Player
from restyle.decoding.constraints import CONSTRAINTS, Constraints
from restyle.decoding.constraints.ending import Ending
from restyle.decoding.constraints.harmony import KeepChords
from restyle.decoding.cursor import Cursor
from restyle.decoding.figures import FIGURES
from restyle.music.song import GRID
from restyle.tokens import vocabulary as v


def test_an_instrument_has_its_compass():
    where = sheet()
    found = pitches(allowed("compass", where, at(where, BASS, "d3", "@0")))
    assert (min(found), max(found)) == (28, 52)
    moved = sheet(tonic=3)  # E flat: what sounds at 28 is written at 25 at home, in C
    found = pitches(allowed("compass", moved, at(moved, BASS, "d3", "@0")))
    assert (min(found), max(found)) == (25, 49)
    found = pitches(allowed("compass", where, at(where, GUITAR, "d3", "@0")))
    assert (min(found), max(found)) == (40, 84)  # two frets higher it is no comfort any more
    brass = Band((Player("brass", "brass-section", 61),))
    cursor = at(where, 0, "d3", "@0", band=brass)
    mask = Constraints(where, brass, ["compass"]).allowed(cursor)[0]
    assert max(pitches(mask)) == 84  # brass goes up to its last note, as in songs


def test_a_distorted_guitar_has_three_notes_and_a_saxophone_one():
    where = sheet()
    two = at(where, GUITAR, "d3", "@0", 45, "/12", 52, "/12")
    assert pitches(allowed("hands", where, two))
    three = at(where, GUITAR, "d3", "@0", 45, "/12", 52, "/12", 57, "/12")
    assert not pitches(allowed("hands", where, three))
    assert not pitches(allowed("hands", where, at(where, WINDS, "d3", "@0", 60, "/12")))


def test_hands_stretch_so_far():
    where = sheet()
    low = at(where, PIANO, "d3", "@0", 40, "/12")
    assert max(pitches(allowed("hands", where, low))) == 40 + 2 * 15 + FIGURES.between_hands


def test_drums_have_two_hands_and_two_feet():
    where = sheet()
    four = at(where, DRUMS, *("@0", "x36", "x38", "x42", "x49"))
    assert not allowed("hands", where, four)[v.DRUM.first : v.DRUM.end].any()


def test_a_drummer_has_two_sticks_and_one_helper():
    where = sheet()

    def after(*keys: str) -> np.ndarray:
        return allowed("hands", where, at(where, DRUMS, "@0", *keys))

    one, two, shaken = after("x36", "x38"), after("x38", "x42"), after("x38", "x54")
    assert one[v.DRUM[42 - v.FIRST_DRUM]]
    assert not two[v.DRUM[46 - v.FIRST_DRUM]]
    assert two[v.DRUM[44 - v.FIRST_DRUM]] and two[v.DRUM[54 - v.FIRST_DRUM]]
    assert not shaken[v.DRUM[70 - v.FIRST_DRUM]] and shaken[v.DRUM[59 - v.FIRST_DRUM]]


@pytest.mark.parametrize(("bpm", "soonest"), [(60.0, 1), (120.0, 2), (240.0, 3)])
def test_speed_counts_in_milliseconds(bpm, soonest):
    """A position lasts 83, 42 or 21 ms; a piano's run takes 60 at least: 1, 2 or 3 positions."""
    where = sheet(bpm=bpm)
    mask = allowed("speed", where, at(where, PIANO, "d3", "@12", 60, "/12"))
    assert [mask[v.POSITION[12 + n]] for n in range(1, 5)] == [n >= soonest for n in range(1, 5)]


def test_the_same_key_takes_longer_than_the_next_one():
    where = sheet()  # 42 ms a position: a piano repeats after 70, an electric bass after 95
    mask = allowed("speed", where, at(where, BASS, "d3", "@12", 40, "/2", "@14"))
    assert v.PITCH[40] not in np.flatnonzero(mask) and mask[v.PITCH[41]]
    assert allowed("speed", where, at(where, BASS, "d3", "@12", 40, "/2", "@15"))[v.PITCH[40]]


def test_speed_goes_over_the_bar_line():
    where = sheet(bpm=240.0)
    one = at(where, PIANO, "d3", "@47", 60, "/12")
    one.take(0, one.leaving(0))
    for _ in (GUITAR, WINDS):
        one.take(0, v.DENSITY[0])
        one.take(0, one.leaving(0))
    one.begin_bar(0, 1)
    for _ in (BASS, PIANO):
        one.take(0, one.leaving(0))
    mask = allowed("speed", where, one)
    assert [mask[v.POSITION[n]] for n in range(4)] == [False, False, True, True]


def test_no_note_is_too_short_to_be_heard():
    where = sheet(bpm=240.0)  # 21 ms a position
    mask = allowed("speed", where, at(where, PIANO, "d3", "@0", 60))
    assert [bool(mask[v.duration_token(n)]) for n in (1, 2, 3, 4)] == [False, False, True, True]


def test_close_intervals_lie_high_enough():
    """A major third goes down to B flat 2 (46), a fifth to B flat 1 (34), octaves anywhere."""
    where = sheet()
    found = pitches(allowed("low_intervals", where, at(where, PIANO, "d3", "@0", 43, "/12")))
    assert 47 not in found and {50, 55} <= found
    found = pitches(allowed("low_intervals", where, at(where, PIANO, "d3", "@0", 48, "/12")))
    assert {52, 55} <= found


def test_chords_keep_away_from_the_bass_note_that_sounds():
    where = sheet()
    before = {BASS: ("d3", "@0", 36, "/24")}
    close = pitches(allowed("low_intervals", where, at(where, PIANO, "d3", "@12", before=before)))
    assert not {37, 39, 40, 41} & close and {43, 48, 52} <= close
    after = pitches(allowed("low_intervals", where, at(where, PIANO, "d3", "@24", before=before)))
    assert {37, 39, 40} <= after


def test_nobody_stays_above_the_tune():
    where = sheet(tune=[(0, 96, 72, 80)])
    assert longest(allowed("tune", where, at(where, PIANO, "d3", "@0", 79))) == 12
    assert longest(allowed("tune", where, at(where, PIANO, "d3", "@0", 72))) == 144
    assert longest(allowed("tune", where, at(where, PIANO, "d3", "@0", "@6", 71))) == 144
    again = at(where, PIANO, "d3", "@0", 79, "/12", "@12")
    assert max(pitches(allowed("tune", where, again))) == 72
    under = at(where, PIANO, "d3", "@0", 79, "/6", "@6", 67, "/6", "@12")
    assert max(pitches(allowed("tune", where, under))) == 127
    silent = sheet()
    assert longest(allowed("tune", silent, at(silent, PIANO, "d3", "@0", 90))) == 144


def test_a_low_tune_has_its_band_above_it_too():
    def held(tune: int) -> int:
        where = sheet(tune=[(0, 96, tune, 80)])
        return longest(allowed("tune", where, at(where, PIANO, "d3", "@0", 90)))

    assert held(FIGURES.low_tune) == 12 and held(FIGURES.low_tune - 1) == 144


def test_a_low_tune_is_one_that_sounds_low_in_whatever_key():
    """The sheet stands in its home key; a tune that is a fourth lower there is as high as it is."""
    where = replace(sheet(tune=[(0, 96, FIGURES.low_tune - 5, 80)]), shift=-5)
    assert longest(allowed("tune", where, at(where, PIANO, "d3", "@0", 90))) == 12


def test_notes_are_not_held_into_a_chord_that_they_rub_against():
    """C for a bar, then G: an E may stay (the sixth), a C may not (it rubs against B)."""
    where = sheet()
    assert longest(allowed("holding", where, at(where, PIANO, "d3", "@24", 60))) == 24
    assert longest(allowed("holding", where, at(where, PIANO, "d3", "@24", 64))) == 144


def test_what_is_in_neither_chord_nor_scale_passes_within_a_beat():
    """A C sharp over C passes; over A major it is the third, and stays."""
    where = sheet()
    there = at(where, PIANO, "d3", "@24", 61)
    assert longest(allowed("holding", where, there)) == FIGURES.strange < GRID
    assert longest(Constraints(where, BAND, []).allowed(there)[0]) == 144
    where = sheet(chords=((0, 9, "maj"), (96, 0, "maj")))
    assert longest(allowed("holding", where, at(where, PIANO, "d3", "@24", 61))) == 72
    where = sheet(tune=((12, 30, 73, 80), (42, 6, 71, 80)))  # sung: it belongs to the chord
    assert longest(allowed("holding", where, at(where, PIANO, "d3", "@24", 61))) == 18


def test_without_a_chord_the_scale_holds():
    where = sheet(chords=((0, -1), (48, 4, "maj")))
    classes = {p % 12 for p in pitches(allowed("harmony", where, at(where, PIANO, "d3", "@0")))}
    assert classes == {0, 2, 4, 5, 7, 9, 11}
    there = at(where, PIANO, "@0", bar=1)
    assert len(pitches(allowed("harmony", where, there))) == 128


def test_chords_that_are_kept():
    where = sheet()
    keep = Constraints(where, BAND, [])
    keep.others.append(KeepChords(where, BAND))
    beat = keep.allowed(at(where, PIANO, "d3", "@12"))[0]
    assert {p % 12 for p in pitches(beat)} == {0, 4, 7}
    between = keep.allowed(at(where, PIANO, "d3", "@15"))[0]
    assert {p % 12 for p in pitches(between)} == {0, 2, 4, 5, 7, 9, 11}
    assert longest(keep.allowed(at(where, PIANO, "d3", "@15", 62))[0]) == FIGURES.passing
    assert longest(keep.allowed(at(where, PIANO, "d3", "@15", 64))[0]) == 144


def test_who_is_to_play_plays():
    """Density 5 is 3.5 to 5 onsets in four beats; half of it, 1.75, is one after a bar."""
    where = sheet()
    for words, may in (("d5",), False), (("d5", "@0", 40, "/6"), True):
        cursor = at(where, BASS, *words)
        assert allowed("silence", where, cursor)[cursor.leaving(0)] == may


def test_who_is_silent_stays_silent_through_the_phrase():
    where = sheet()
    cursor = at(where, BASS, bar=2)
    assert np.flatnonzero(allowed("silence", where, cursor)).tolist() == [cursor.leaving(0)]
    assert len(np.flatnonzero(allowed("grammar", where, cursor))) > 1


def test_over_chords_somebody_plays():
    """The last pitched part may be silent only where another one plays; drums are no harmony."""
    where = sheet()
    drums = {DRUMS: ("x36",)}
    for before, must in (drums, True), ({PIANO: ("d3", "@0", 60, "/12")}, False):
        cursor = at(where, WINDS, before=before)
        mask = allowed("playing", where, cursor)
        assert mask[v.DENSITY[0]] == (not must) and mask[v.DENSITY[4]]
    silent = sheet(chords=((0, -1),))
    assert allowed("playing", silent, at(silent, WINDS))[v.DENSITY[0]]


@pytest.mark.parametrize("silent", [1, 4])
def test_a_bass_is_not_silent_after_the_first_phrase(silent):
    """It may rest for the first phrase; whether it did or not, it plays in the second."""
    where = sheet(bars=8)
    words = () if silent == 4 else ("d1", "@0", 40, "/12")
    cursor = Cursor(where, BAND.parts, 1)
    for bar in range(5):
        cursor.begin_bar(0, bar)
        for place in range(len(BAND.parts) if bar < 4 else 1):
            if place == BASS and bar == 0 and words:
                cursor.replay(0, tokens(*words))
            elif cursor.begins_phrase(0):
                cursor.take(0, v.DENSITY[0])
            cursor.take(0, cursor.leaving(0))
    assert int(cursor.part[0]) == BASS
    mask = allowed("playing", where, cursor)
    assert not mask[v.DENSITY[0]] and not mask[v.DENSITY[1]] and mask[v.DENSITY[2]]


def test_a_part_that_has_taken_its_share_ends():
    where = sheet()
    cursor = at(where, PIANO, "d3", "@0", 60, "/12")
    cursor.room[:] = 30
    assert np.flatnonzero(allowed("budget", where, cursor)).tolist() == [cursor.leaving(0)]


def test_a_constraint_that_leaves_nothing_gives_way():
    """A part with a compass of no note at all still plays."""
    where = sheet(tune=[(0, 192, 20, 80)])
    cursor = at(where, WINDS, "d3", "@0", 60, "/12", "@12")
    mask = Constraints(where, BAND, ["compass", "tune"]).allowed(cursor)[0]
    assert min(pitches(mask)) > 20  # nobody comes below a tune so low: the compass holds


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_where_nobody_has_its_choice_a_constraint_takes_nothing_away(name):
    """So it need not be asked; and somewhere it is."""
    where = sheet(tune=[(0, 48, 50, 80)])
    constraint = CONSTRAINTS[name](where, BAND)
    words = ["d3", "@0", 40, "/12", 47, "/48", "@12", 52, "/6"]
    asked = 0
    for part in (DRUMS, BASS, PIANO):
        for count in range(len(words)):
            cursor = at(where, part, *(words[:count] if part else words[: min(count, 1)]))
            if cursor.choices().isdisjoint(constraint.of):
                every = np.ones((1, v.SIZE), dtype=bool)
                assert constraint.allow(every, cursor).all()
            else:
                asked += 1
    assert asked


def test_a_branch_is_a_copy_of_a_row():
    where = sheet()
    cursor = Cursor(where, BAND.parts, 3)
    for row in range(3):
        cursor.begin_bar(row, 0)
        cursor.replay(row, [v.DENSITY[0], cursor.leaving(row)])
        cursor.replay(row, tokens("d3", f"@{12 * row}", 40 + row, "/12"))
    cursor.copy_row(2)
    assert cursor.notes[0] == cursor.notes[1] == [(1, 24, 12, 42, 80)]
    assert (cursor.onset == 24).all() and (cursor.pitch == 42).all()
    cursor.take(0, cursor.leaving(0))
    assert cursor.part.tolist() == [PIANO, BASS, BASS]
    assert len({id(notes) for notes in cursor.notes}) == 3


def test_a_band_is_one_player_a_part_in_order():
    with pytest.raises(ValueError):
        Band((Player("bass", "electric-bass", 33), Player("drums", "standard-kit", 0)))
    assert replace(BAND, players=BAND.players[1:2]).parts == ("bass",)


def test_nothing_begins_under_the_tunes_last_held_note():
    """Four bars; the last note is held from the second beat of the last one."""
    where = sheet(tune=[(0, 12, 60, 80), (156, 36, 60, 80)])
    for bar, over in ((2, 48), (3, 13)):
        cursor = at(where, PIANO, bar=bar)
        mask = Ending(where, "position").allow(np.ones((1, v.SIZE), dtype=bool), cursor)[0]
        places = np.flatnonzero(mask[v.POSITION.first : v.POSITION.end])
        assert places[places < 48].max() + 1 == over
    short = sheet(tune=[(0, 12, 60, 80), (156, 12, 60, 80)])
    cursor = at(short, PIANO, bar=3)
    mask = Ending(short, "position").allow(np.ones((1, v.SIZE), dtype=bool), cursor)[0]
    assert mask[v.POSITION.first : v.POSITION.first + 48].all()


def test_the_last_chord_is_held_as_the_tune_is_and_struck_anew_where_it_changes():
    where = sheet(
        chords=((0, 0, "maj"), (168, 5, "maj")), tune=[(0, 12, 60, 80), (144, 48, 60, 80)]
    )
    ends = Ending(where, "duration")
    everything = np.ones((1, v.SIZE), dtype=bool)
    mask = Ending(where, "position").allow(everything.copy(), at(where, PIANO, bar=3))[0]
    places = np.flatnonzero(mask[v.POSITION.first : v.POSITION.end])
    assert places.tolist() == [0, 24]

    def shortest(*words) -> int:
        mask = ends.allow(everything.copy(), at(where, PIANO, *words, bar=3))[0]
        return min(n for i, n in enumerate(v.DURATIONS) if mask[v.DURATION[i]])

    assert shortest("@0", 60) >= FIGURES.held_end * 48  # a C stays, F has it, too
    assert FIGURES.held_end * 24 <= shortest("@0", 71) <= 24  # a B would rub against F's C
