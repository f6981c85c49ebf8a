"""Songs in 6/8, 9/8 and 12/8 for bands that play in four."""

from dataclasses import replace

import numpy as np
import pytest
from fake import fake_arranger

from corpora import lead_sheet
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Chord, Key, Meter, Tempo, notes_array
from restyle.options import TransferOptions
from restyle.style.simple_meters import simplified
from restyle.style.style import Style

EIGHTH = GRID // 2
STYLE = Style("a", 0, {"compound": 0.01})


def song(bars: int, numerator: int = 6, pickup: int = 0) -> LeadSheet:
    """An eighth on each eighth, a chord a bar."""
    bar = numerator * EIGHTH
    count = bars * numerator
    melody = notes_array((i * EIGHTH, EIGHTH, 60 + i % 12, 80) for i in range(count))
    return LeadSheet(
        melody, tuple(Chord(bar * i, i % 12) for i in range(bars)), (Meter(0, numerator, 8),),
        (Tempo(0, 120.0),), Key(0), bars * bar, pickup=pickup,
    )  # fmt: skip


def test_a_dotted_quarter_becomes_a_quarter():
    simple = simplified(song(2, 12), STYLE).lead
    assert [(m.numerator, m.denominator) for m in simple.meters] == [(4, 4)]
    assert simple.tempos[0].bpm == 80.0 and simple.length == 2 * 4 * GRID
    assert simple.melody["start"][:7].tolist() == [0, 4, 8, 12, 16, 20, 24]
    assert set(simple.melody["duration"].tolist()) == {4}
    assert [chord.start for chord in simple.chords] == [0, 48]
    assert simplified(song(2, 9), STYLE).lead.meters[0].numerator == 3


@pytest.mark.parametrize(
    ("bars", "pickup", "meters", "over"),
    [
        (4, 0, [(0, 4)], [2, 4]),
        (5, 0, [(0, 4), (96, 2)], [2, 4, 5]),
        (6, EIGHTH, [(0, 2), (24, 4), (120, 2)], [1, 3, 5, 6]),
        (1, 0, [(0, 2)], [1]),
    ],
)
def test_two_bars_of_six_are_one_of_four(bars, pickup, meters, over):
    found = simplified(song(bars, 6, pickup), STYLE)
    assert [(m.start, m.numerator) for m in found.lead.meters] == meters
    assert found.bars.tolist() == over
    assert found.lead.bars == len(over) and found.lead.length == bars * 2 * GRID
    single = simplified(song(bars, 6, pickup), STYLE, in_pairs=False)
    assert single.lead.bars == bars and single.bars.tolist() == list(range(1, bars + 1))


def test_only_where_the_style_does_not_know_the_meter():
    assert simplified(song(2), Style("a", 0, {"compound": 0.1})) is None
    assert simplified(song(2), Style("a", 0, {})) is None
    assert simplified(song(2, 3), Style("a", 0, {"compound": 0.1})) is None
    assert simplified(lead_sheet(np.random.default_rng(1)), STYLE) is None


def test_swung_eighths_and_triplets_come_back_as_eighths_of_the_meter():
    found = simplified(song(1, 12), STYLE)
    played = zip([0, 6, 12, 16, 20, 27], [6, 6, 4, 4, 4, 3], strict=True)
    notes = notes_array((start, duration, 40, 80) for start, duration in played)
    back = found.back(Arrangement({"bass": notes})).parts["bass"]
    assert back["start"].tolist() == [0, 12, 18, 24, 30, 42]
    assert back["duration"].tolist() == [12, 6, 6, 6, 6, 6]
    there = found.there(Arrangement({"bass": back})).parts["bass"]
    assert there["start"].tolist() == [0, 8, 12, 16, 20, 28]


def test_nothing_moves_backwards_and_triplets_return_where_they_were():
    found = simplified(song(2, 12), STYLE)
    notes = notes_array((start, 1, 40, 80) for start in range(96))
    back = found.back(Arrangement({"drums": notes})).parts["drums"]
    assert (np.diff(back["start"]) >= 0).all() and back["start"].max() < 2 * 12 * EIGHTH
    eighths = back[np.arange(96) % 4 == 0]["start"]
    assert eighths.tolist() == (np.arange(24) * EIGHTH).tolist()


def test_the_tune_and_the_meter_of_a_result_are_the_songs():
    band = fake_arranger()
    style = band.styles["a"]
    rare = Style("a", 0, {**style.figures, "compound": 0.0})
    band.styles = {**band.styles, "a": rare}
    lead = song(7, 6)
    seen: list[tuple[int, int]] = []
    asked = TransferOptions("a", candidates=1, feel=0.0)
    made = band.transfer(lead, asked, on_bar=lambda done, bars: seen.append((done, bars)))
    assert made.song.meters == (Meter(0, 6, 8),)
    assert made.lead.melody.tobytes() == lead.melody.tobytes()
    assert seen[-1] == (7, 7) and [done for done, _ in seen] == sorted({d for d, _ in seen})
    played = made.takes[0].arrangement
    assert all(notes["start"].max() < lead.length for notes in played.parts.values() if len(notes))
    again = replace(asked, redo="3-4", earlier=made.song)
    bar = 1440
    assert band.transfer(lead, again).redone == (2 * bar, 4 * bar)


def test_two_bars_of_two_are_one_of_four_where_grooves_take_four_beats():
    eighths = notes_array((i * EIGHTH, EIGHTH, 60 + i % 12, 80) for i in range(20))
    chords = tuple(Chord(2 * GRID * i, i) for i in range(5))
    tempos = (Tempo(0, 100.0),)
    lead = LeadSheet(eighths, chords, (Meter(0, 2, 4),), tempos, Key(0), 10 * GRID)
    found = simplified(lead, Style("a", 0, {"duple": 0.01}))
    assert [(m.start, m.numerator, m.denominator) for m in found.lead.meters] == [
        (0, 4, 4),
        (8 * GRID, 2, 4),
    ]
    assert found.bars.tolist() == [2, 4, 5] and found.lead.bars == 3
    assert found.lead.melody is lead.melody and found.lead.chords == chords
    played = Arrangement({"bass": notes_array([(0, 96, 40, 80)])})
    assert found.back(played) is played and found.there(played) is played
    for known in ({"duple": 0.2}, {}):
        assert simplified(lead, Style("a", 0, known)) is None
    assert simplified(lead, Style("a", 0, {"duple": 0.01}), in_pairs=False) is None


def test_three_eight_is_a_waltz_in_quarters():
    lead = song(4, 3, pickup=EIGHTH)
    found = simplified(lead, STYLE)
    assert [(m.numerator, m.denominator) for m in found.lead.meters] == [(3, 4)]
    assert found.lead.bars == 4 and found.bars.tolist() == [1, 2, 3, 4]
    assert found.lead.tempos[0].bpm == 240.0 and found.lead.pickup == GRID
    assert found.lead.melody["start"][:4].tolist() == [0, 12, 24, 36]
    assert [chord.start for chord in found.lead.chords] == [0, 36, 72, 108]
    played = Arrangement({"bass": notes_array([(0, 12, 40, 80), (36, 5, 41, 80)])})
    back = found.back(played).parts["bass"]
    assert back["start"].tolist() == [0, 18] and back["duration"].tolist() == [6, 2]
    there = found.there(Arrangement({"bass": back})).parts["bass"]
    assert there["start"].tolist() == [0, 36]


def fast(bpm: float, bars: int = 5, pickup: int = 0) -> LeadSheet:
    """A quarter on each beat of 4/4, a chord a bar."""
    melody = notes_array((i * GRID, GRID, 60 + i % 12, 80) for i in range(4 * bars))
    chords = tuple(Chord(48 * i, i) for i in range(bars))
    meters, tempos = (Meter(0, 4, 4),), (Tempo(0, bpm),)
    return LeadSheet(melody, chords, meters, tempos, Key(0), 48 * bars, pickup=pickup)


STRAIGHT = Style("a", 0, {"tempos": [80.0, 164.0], "manners": [{"tempos": [62.0, 200.0]}]})


def test_a_song_that_is_too_fast_for_the_style_is_read_in_half_time():
    found = simplified(fast(240.0), STRAIGHT)
    assert found.lead.tempos[0].bpm == 120.0
    assert [(m.start, m.numerator, m.denominator) for m in found.lead.meters] == [
        (0, 4, 4),
        (96, 2, 4),
    ]
    assert found.bars.tolist() == [2, 4, 5] and found.lead.length == 120
    assert found.lead.melody["start"][:4].tolist() == [0, 6, 12, 18]
    assert set(found.lead.melody["duration"].tolist()) == {6}
    assert [chord.start for chord in found.lead.chords] == [0, 24, 48, 72, 96]
    walked = Arrangement({"bass": notes_array((12 * i, 12, 40 + i, 80) for i in range(8))})
    back = found.back(walked).parts["bass"]  # two notes in each bar of the song
    assert back["start"].tolist() == list(range(0, 192, 24))
    assert set(back["duration"].tolist()) == {24}
    there = found.there(Arrangement({"bass": back})).parts["bass"]
    assert there.tobytes() == walked.parts["bass"].tobytes()


def test_a_pickup_stays_before_the_first_pair_in_half_time():
    found = simplified(fast(240.0, 5, pickup=GRID), STRAIGHT)
    assert [(m.start, m.numerator) for m in found.lead.meters] == [(0, 2), (24, 4)]
    assert found.bars.tolist() == [1, 3, 5] and found.lead.pickup == GRID // 2


def test_half_time_only_where_the_style_does_not_know_the_tempo():
    assert simplified(fast(205.0), STRAIGHT) is None  # its quick songs are as fast
    assert simplified(fast(215.0), STRAIGHT) is not None
    assert simplified(fast(240.0), STRAIGHT, in_pairs=False) is None
    assert simplified(fast(240.0), Style("a", 0, {})) is None  # nobody counted
    swing = {"swing": {"share": 0.6, "ratio": 2.0}}
    swinging = Style("a", 0, {**STRAIGHT.figures, **swing})
    assert simplified(fast(240.0), swinging) is None  # its bass walks in four
    assert simplified(fast(260.0), swinging) is not None
    waltz = replace(fast(240.0, 6), meters=(Meter(0, 3, 4),))
    assert simplified(waltz, STRAIGHT) is None
    slows = replace(fast(240.0), tempos=(Tempo(0, 240.0), Tempo(48, 96.0)))
    assert simplified(slows, STRAIGHT) is None
    slow = Style("a", 0, {"tempos": [125.0, 164.0]})
    assert simplified(fast(240.0), slow) is None  # at half its tempo it knows it as little


def test_a_fast_result_has_the_tune_and_the_bars_of_the_song():
    band = fake_arranger()
    style = band.styles["a"]
    slow = replace(style, figures={**style.figures, "tempos": [80.0, 200.0]})
    band.styles = {**band.styles, "a": slow}
    lead = fast(240.0, 7)
    seen: list[tuple[int, int]] = []
    asked = TransferOptions("a", candidates=1, feel=0.0)
    made = band.transfer(lead, asked, on_bar=lambda done, bars: seen.append((done, bars)))
    assert made.song.meters == (Meter(0, 4, 4),) and made.song.tempos[0].bpm == 240.0
    assert made.lead.melody.tobytes() == lead.melody.tobytes() and seen[-1] == (7, 7)
    played = made.takes[0].arrangement.parts["bass"]
    assert len(played) and not (played["start"] % 2).any()  # in twice the values
