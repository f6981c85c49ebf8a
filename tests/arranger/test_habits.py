"""Habits: what samples lack beside songs, as nats."""

import numpy as np
import pytest

from restyle.decoding.habit_counts import (
    KEPT,
    TRUST,
    count_habits,
    describe_habits,
    describe_marks,
)
from restyle.decoding.habits import FOUR, MOST, Habits, added, mixed_habits, mixed_lengths
from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.style.strength import FARTHER, MARKS, held_to, pull, weighed_marks
from restyle.style.style import Style
from restyle.tokens import vocabulary as v

BASS = v.PART[1]


def sheet(bars: int) -> LeadSheet:
    return LeadSheet(
        melody=notes_array([(0, 12, 72, 90)]),
        chords=(Chord(0, 7, "maj"),),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * bars,
    )


def bar(*notes: tuple[int, int, int]) -> list[int]:
    """A bass bar of (place, pitch, length)."""
    out = [BASS]
    for place, pitch, length in notes:
        out += [v.POSITION[place], v.PITCH[pitch], v.duration_token(length)]
    return out


def test_counts_by_hand() -> None:
    counts = count_habits([(sheet(2), [bar((0, 43, 12), (24, 50, 12)), bar((0, 43, 48))])])
    assert set(counts) == {"bass"}
    bass = counts["bass"]
    assert bass.density == pytest.approx([1.5, 1.0]) and bass.bars == 2
    assert bass.tables["place"][0] == pytest.approx(2 / 3)
    assert bass.tables["step"][[0, 7]] == pytest.approx([2 / 3, 1 / 3])
    assert bass.tables["length"].sum() == pytest.approx(1.0)


def test_density_counts_beside_what_bands_of_that_size_play() -> None:
    """Alone a bass strikes four places, in a trio two: songs and samples with as much in their own
    bands lack nothing."""
    pace_in = {"1": {"bass": [4.0, 1.0]}, "2": {"bass": [2.0, 1.0]}}
    style = Style("walk", 0, {"pace": {"bass": [3.0, 1.0]}, "pace_in": pace_in})
    lead, piano = sheet(60), [v.PART[2], v.POSITION[0], v.PITCH[60], v.duration_token(12)]
    alone = bar((0, 43, 12), (12, 43, 12), (24, 43, 12), (36, 43, 12))
    trio = [*bar((0, 43, 12), (24, 43, 12)), *piano]
    songs, samples = [(lead, [alone] * 60)], [(lead, [trio] * 60)]
    beside = describe_habits(count_habits(songs, style), count_habits(samples, style))
    assert "more" not in beside["bass"]
    assert "more" in describe_habits(count_habits(songs), count_habits(samples))["bass"]


def test_what_samples_lack_is_added_and_what_they_overdo_taken() -> None:
    lead = sheet(60)
    songs = count_habits([(lead, [bar((0, 43, 12), (24, 50, 12))] * 60)])
    samples = count_habits([(lead, [bar((3, 43, 12))] * 60)])
    habits = Habits([(describe_habits(songs, samples), 1.0)])
    nats = habits.nats("bass", "part", 48, 7)
    assert nats is not None
    assert nats[v.POSITION[0]] > nats[v.POSITION[6]] > nats[v.POSITION[3]]
    assert nats[v.PITCH[50]] > 0 > nats[v.PITCH[43]]
    assert nats[v.PITCH[62]] > nats[v.PITCH[67]]  # a fifth above the root, an octave higher
    onset = habits.nats("bass", "onset", 48, 7, low=43)
    again = habits.nats("bass", "onset", 48, 7, low=-1)
    assert onset is not None and again is not None
    assert onset[v.PITCH[50]] > again[v.PITCH[50]]  # songs move by a fifth
    assert onset[v.PITCH[43]] < again[v.PITCH[43]]  # samples stay
    assert np.abs(nats).max() <= 3 * MOST + 1e-6
    assert habits.nats("piano", "part", 48, 7) is None


def test_equal_habits_add_nothing_and_rounds_add_up() -> None:
    lead = sheet(60)
    counts = count_habits([(lead, [bar((0, 43, 12), (24, 50, 12))] * 60)])
    same = describe_habits(counts, counts)
    nats = Habits([(same, 1.0)]).nats("bass", "note", 48, 7)
    assert nats is not None and not nats.any()
    other = describe_habits(counts, count_habits([(lead, [bar((3, 43, 12))] * 60)]))
    assert added(other, same) == other
    assert added({}, other) == other


def test_a_blend_has_a_share_of_each() -> None:
    one = {"bass": {"more": "10 20"}}
    other = {"bass": {"more": "30 0"}, "piano": {"more": "40 8"}}
    assert mixed_habits([(one, 0.5), (other, 0.5)]) == {
        "bass": {"more": "20 10"},
        "piano": {"more": "20 4"},
    }


def test_a_blend_of_lengths_is_of_those_that_have_the_part() -> None:
    mixed = mixed_lengths(
        [({"bass": "1000 0"}, 0.5), ({"bass": "0 1000", "piano": "200 800"}, 0.5)]
    )
    assert mixed == {"bass": "500 500", "piano": "200 800"}


def test_lengths_are_tied_to_their_place_in_the_beat() -> None:
    songs = [bar((0, 43, 9), (9, 45, 3), (24, 43, 9), (33, 45, 3))] * 60
    samples = [bar((0, 43, 9), (9, 45, 9), (24, 43, 3), (33, 45, 3))] * 60
    lead = sheet(60)
    described = describe_habits(count_habits([(lead, songs)]), count_habits([(lead, samples)]))
    habits = Habits([(described, 1.0)])
    long, short = (v.duration_token(length) for length in (9, 3))
    on, off = (habits.nats("bass", "pitch", 48, 7, place=place) for place in (24, 33))
    assert on is not None and off is not None
    assert on[long] > 0 > on[short] and off[short] > 0 > off[long]


def test_what_is_kept_for_a_song_is_made_up_for_little_by_little() -> None:
    def beat(*drums: int) -> list[int]:
        strokes = [(v.POSITION[12 * i], v.DRUM[d - v.FIRST_DRUM]) for i, d in enumerate(drums)]
        return [v.PART[PARTS.index("drums")], *(t for stroke in strokes for t in stroke)]

    closed, opened, bell = (v.DRUM[drum - v.FIRST_DRUM] for drum in (42, 46, 56))
    lead = sheet(60)
    songs = count_habits([(lead, [beat(42, 42, 42, 46)] * 60)])
    samples = count_habits([(lead, [beat(46, 46, 46, 42)] * 60)])
    nats = Habits([(describe_habits(songs, samples), 1.0)]).nats("drums", "onset", 48, -1)
    assert nats is not None
    assert nats[closed] == pytest.approx(TRUST * KEPT * 0.6 * np.log(0.77 / 0.27), abs=0.01)
    assert nats[opened] == pytest.approx(-nats[closed], abs=0.01)
    assert nats[bell] == 0, "nobody strikes it"


def test_few_bars_teach_little() -> None:
    few, many = sheet(2), sheet(60)

    def learnt(lead: LeadSheet) -> float:
        real = count_habits([(lead, [bar((0, 43, 12))] * lead.bars)])
        made = count_habits([(lead, [bar((3, 43, 12))] * lead.bars)])
        nats = Habits([(describe_habits(real, made), 1.0)]).nats("bass", "part", 48, -1)
        assert nats is not None
        return float(nats[v.POSITION[0]])

    assert 0 <= learnt(few) < 0.2 * learnt(many)


def test_strides_are_counted_from_place_to_place() -> None:
    walking = count_habits([(sheet(60), [bar((0, 43, 12), (12, 45, 12), (24, 47, 12))] * 60)])
    pumping = count_habits([(sheet(60), [bar((0, 43, 12), (9, 43, 12), (24, 43, 12))] * 60)])
    assert walking["bass"].tables["stride"][11] == 1.0
    strides = Habits([(describe_habits(walking, pumping), 1.0)]).strides("bass")
    assert strides is not None
    assert strides[11] > 0 > strides[8]


def test_marks_are_what_others_have_less_of() -> None:
    walking = count_habits([(sheet(60), [bar((0, 43, 12), (12, 45, 12))] * 60)])
    holding = count_habits([(sheet(60), [bar((0, 43, 48))] * 60)])
    marks = describe_marks(walking, [holding, {}])
    both = Habits([({}, 1.0), (marks, 0.5)])
    whole = Habits([(marks, 1.0)])
    nats, half = whole.nats("bass", "part", 48, 7), both.nats("bass", "part", 48, 7)
    assert nats is not None and half is not None
    assert nats[v.POSITION[12]] > 0
    assert half[v.POSITION[12]] == pytest.approx(nats[v.POSITION[12]] / 2)
    assert describe_marks(walking, [{}]) == {}


def test_strength_brings_the_style_in_and_then_goes_on() -> None:
    none, some, whole, more, most = (pull(s) for s in (0.0, 0.5, 1.0, 1.5, 2.0))
    assert (none.guidance, none.habits, none.marks, none.pace) == (0.0, 0.0, 0.0, 0.0)
    assert 0.5 < some.guidance < 1.0 and 0 < some.marks < MARKS
    assert (whole.guidance, whole.habits, whole.marks, whole.farther) == (1.0, 1.0, MARKS, 0.0)
    assert (most.guidance, most.habits, most.marks) == (1.0, 1.0, MARKS)
    assert 0 < more.farther < most.farther == FARTHER


def test_beyond_strength_1_parts_are_held_to_more_than_the_style_has() -> None:
    figures = {
        "pace": {"bass": [4.0, 1.0], "piano": [5.0, 2.0]},
        "lengths": {"bass": "500 500"},
        "marks": {"bass": {"more": "100 -50", "length": "69.3147 0"}},
    }
    assert held_to(figures, 0.0) == figures
    most = held_to(figures, 1.0)
    assert most["pace"]["bass"] == pytest.approx([4 * np.e, 1.0]), "a note at a place at least"
    assert most["pace"]["piano"] == [5.0, 2.0], "a part without marks stays"
    lengths = [float(x) for x in most["lengths"]["bass"].split()]
    assert lengths == pytest.approx([1000 * 2 / 3, 1000 / 3], abs=0.1)
    assert figures["lengths"] == {"bass": "500 500"}, "the style's own is left alone"
    denser = held_to({**figures, "beyond": ["pace"]}, 1.0)
    assert denser["pace"] == most["pace"] and denser["lengths"] == figures["lengths"]


def test_marks_of_rhythm_have_a_weight_of_their_own() -> None:
    marks = {"bass": {"more": "50 0", "stride": "100" + " 0" * (FOUR - 1)}}
    for figures, stride in (({}, 0.5), ({"rhythm": 0.2}, 0.1), ({"rhythm": 0.0}, 0.0)):
        habits = Habits(weighed_marks({"marks": marks, **figures}, 0.5))
        assert habits.density("bass", "part") == (0.25, 0.0)
        strides = habits.strides("bass")
        assert strides is not None and strides[0] == pytest.approx(stride)
    assert not Habits(weighed_marks({}, 0.5)).density("bass", "part")[0]
    late = {"marks": marks, "rhythm": 0.0, "beyond": ["rhythm"]}
    for farther, stride in ((0.0, 0.0), (FARTHER, 0.5)):
        strides = Habits(weighed_marks(late, 0.5, farther)).strides("bass")
        assert strides is not None and strides[0] == pytest.approx(stride)


def test_rows_that_are_no_more_are_left_out() -> None:
    habits = Habits([({"bass": {"more": "50 0", "kit": "1 2 3"}}, 1.0)])
    assert habits.density("bass", "part") == (0.5, 0.0)


def test_registers_of_basses_and_drums_of_kits_are_no_marks() -> None:
    lead = sheet(60)
    high = count_habits([(lead, [bar((0, 50, 12))] * 60)])
    low = count_habits([(lead, [bar((0, 38, 24))] * 60)])
    assert "height" in describe_habits(high, low)["bass"]
    marks = describe_marks(high, [low])["bass"]
    assert "height" not in marks and "length" in marks


def test_gaps_between_the_notes_of_a_chord() -> None:
    def chord(*pitches: int) -> list[int]:
        notes = [t for p in pitches for t in (v.PITCH[p], v.duration_token(12))]
        return [v.PART[2], v.POSITION[0], *notes]

    lead = sheet(60)
    wide = count_habits([(lead, [chord(43, 55, 62)] * 60)])
    close = count_habits([(lead, [chord(55, 59, 62)] * 60)])
    gaps = wide["piano"].tables["gap"]
    assert gaps[[11, 6]] == pytest.approx([0.5, 0.5]) and gaps.sum() == pytest.approx(1.0)
    assert wide["piano"].tables["move"][12] == pytest.approx(1.0), "the lowest voice stays"
    habits = Habits([(describe_habits(wide, close), 1.0)])
    nats = habits.nats("piano", "note", 48, 7, low=50)
    plain = habits.nats("piano", "note", 48, 7)
    assert nats is not None and plain is not None
    more = nats - plain
    assert more[v.PITCH[62]] > 0 > more[v.PITCH[54]]
    assert more[v.POSITION.first : v.POSITION.end].any() is np.False_
