"""Chord charts, by hand."""

from itertools import product

import pytest

from restyle.io.charts.chart import chord_chart
from restyle.io.charts.chordnames import parse
from restyle.music.chord import QUALITIES
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Chord, Key, Meter, Tempo, bar_lines, notes_array


def sheet(bars: int, chords: list[Chord], meters=None, pickup: int = 0) -> LeadSheet:
    meters = meters or (Meter(0, 4, 4),)
    last = meters[-1]
    length = last.start + bars * last.bar_length(GRID)
    assert bar_lines(meters, length, GRID)[-1] == length
    return LeadSheet(
        notes_array(), tuple(chords), tuple(meters), (Tempo(0, 120.0),), Key(5), length,
        pickup=pickup,
    )  # fmt: skip


def test_a_slash_a_beat_and_a_sign_for_a_bar_like_the_one_before():
    bar = 4 * GRID
    chords = [Chord(0, 5), Chord(2 * bar, 10, "m6"), Chord(2 * bar + 2 * GRID, 5)]
    chords += [Chord(3 * bar, 0, "7"), Chord(3 * bar + 3 * GRID, 2, "7", 6), Chord(4 * bar, 7)]
    assert chord_chart(sheet(6, chords)) == [
        "   1 | F            | %            | Bbm6 / F /   | C7 / / D7/F# |",
        "   5 | G            | %            ||",
    ]


def test_a_pickup_stands_alone_and_a_new_meter_is_named():
    chords = [Chord(48, 5), Chord(96, 0, "7"), Chord(132, 5)]
    lead = sheet(2, chords, (Meter(0, 4, 4), Meter(96, 3, 4)), pickup=GRID)
    assert chord_chart(lead) == [
        "   1 | /        |",
        "   2 | F        | (3/4) C7 | F        ||",
    ]


def test_compound_and_odd_meters_count_their_own_beats():
    lead = sheet(1, [Chord(0, 5), Chord(18, 0)], (Meter(0, 6, 8),))
    assert chord_chart(lead) == ["   1 | F C ||"]
    lead = sheet(1, [Chord(0, 5), Chord(18, 0)], (Meter(0, 5, 8),))
    assert chord_chart(lead) == ["   1 | F / / C / ||"]


def test_two_chords_in_a_beat_share_its_place():
    lead = sheet(1, [Chord(0, 5), Chord(6, 0), Chord(24, 7)])
    assert chord_chart(lead) == ["   1 | F·C / G / ||"]


def test_without_chords_there_are_bars_to_fill_in():
    assert chord_chart(sheet(2, [])) == ["   1 | / | % ||"]


def test_a_bass_is_spelled_as_a_tone_of_its_chord():
    flats, sharps = Key(5), Key(4)
    assert Chord(0, 2, "7", 6).symbol(flats) == "D7/F#"
    assert Chord(0, 11, "7", 3).symbol(sharps) == "B7/D#"
    assert Chord(0, 10, "7", 8).symbol(flats) == "Bb7/Ab"
    assert Chord(0, 8, "min", 11).symbol(Key(8)) == "Abm/Cb"
    assert Chord(0, 0, "maj", 2).symbol(flats) == "C/D"


def test_roots_are_named_as_musicians_name_them():
    def names(key: Key, quality: str = "7") -> list[str]:
        roots = [(key.tonic + step) % 12 for step in (1, 3, 6, 8, 10)]
        return [Chord(0, root, quality).symbol(key).removesuffix(quality) for root in roots]

    assert names(Key(7)) == ["Ab", "Bb", "C#", "Eb", "F"]  # in G, Bb7 and Eb7, not A#7 and D#7
    assert names(Key(7), "dim") == ["G#", "A#", "C#", "D#", "F"]
    assert names(Key(9, "minor")) == ["Bb", "C", "Eb", "F", "G"]
    assert names(Key(1)) == ["D", "E", "G", "A", "Cb"]  # neither Bbb7 nor Fb7


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_name_is_read_back_as_its_chord(tonic, mode):
    key = Key(tonic, mode)
    for root, quality, bass in product(range(12), QUALITIES, (0, 3, 4, 7, 10)):
        chord = Chord(0, root, quality, (root + bass) % 12)
        back = parse(chord.symbol(key))
        assert back is not None and (back.root, back.bass) == (chord.root, chord.bass)
