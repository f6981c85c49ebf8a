"""Section attributes of phrases worked out by hand."""

import pytest

from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Chord, Key, Meter, Tempo, notes_array
from restyle.tokens import vocabulary as v
from restyle.tokens.attributes import attribute_tokens, figure, phrase_starts, timekeeper

BAR = 4 * GRID


def notes(*rows):
    return notes_array([(start, length, pitch, 80) for start, length, pitch in rows])


def lead(bars: int, pickup: int = 0) -> LeadSheet:
    return LeadSheet(
        melody=notes((0, GRID, 60)),
        chords=(Chord(0, 0),),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 100.0),),
        key=Key(0),
        length=bars * BAR,
        pickup=pickup,
    )


def test_phrases_are_four_bars_and_a_pickup_stands_alone():
    assert list(phrase_starts(lead(10))) == [0, 4, 8]
    assert list(phrase_starts(lead(10, pickup=GRID))) == [0, 1, 5, 9]


WALK = [(i * GRID, GRID, pitch) for i, pitch in enumerate((36, 38, 40, 41, 43, 41, 40, 38))]
PUMP = [(i * GRID // 2, GRID // 2, 36) for i in range(8)]
ARPEGGIO = [(i * GRID // 2, GRID // 2, pitch) for i, pitch in enumerate((48, 55, 60, 64) * 2)]
OCTAVES = [(i * GRID, GRID, 36 + 12 * (i % 2)) for i in range(4)]
PADS = [(i * BAR, BAR, pitch) for i in range(2) for pitch in (60, 64, 67)]
STABS = [(i * GRID, 3, pitch) for i in range(4) for pitch in (60, 64, 67)]


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (WALK, "line"),
        (PUMP, "pedal"),
        (ARPEGGIO, "broken"),
        (OCTAVES, "octaves"),
        (PADS, "held"),
        (STABS, "struck"),
        ([(0, BAR, 36)], "held"),
    ],
)
def test_figures(rows, name):
    assert figure(notes(*rows)) == name


def test_a_phrase_says_density_size_register_and_figure():
    said = attribute_tokens(notes(*STABS), "piano", BAR)
    assert said == [
        v.DENSITY[5],  # four onsets in four beats: above 3.5, up to 5
        v.SIZE_OF_CHORDS[3],  # three notes an onset: above 2.4, up to 3.3
        v.REGISTER[(64 - 24) // 5],
        v.FIGURE[v.FIGURES.index("struck")],
    ]


def test_the_register_is_that_of_the_home_key():
    there = attribute_tokens(notes(*STABS), "piano", BAR, shift=5)
    assert there[2] == v.REGISTER[(69 - 24) // 5]


def test_silence_says_nothing_more():
    assert attribute_tokens(notes(), "piano", BAR) == [v.DENSITY[0]]


def test_drums_say_what_keeps_time():
    ride = notes(*[(i * GRID, 1, 51) for i in range(4)], (GRID, 1, 38), (0, 1, 36))
    assert v.TIMEKEEPERS[timekeeper(ride)] == "ride"
    assert attribute_tokens(ride, "drums", BAR)[1] == v.FIGURE[4]
