"""Habits: what samples lack beside songs, as nats."""

import numpy as np
import pytest

from restyle.arranger.habits import MOST, Habits, added, count_habits, describe_habits, mixed_habits
from restyle.lead import LeadSheet
from restyle.song import Chord, Key, Meter, Tempo, notes_array
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
    assert bass.places == 1.5 and bass.notes == 1.0 and bass.bars == 2
    assert bass.tables["place"][0] == pytest.approx(2 / 3)
    assert bass.tables["step"][[0, 7]] == pytest.approx([2 / 3, 1 / 3])
    assert bass.tables["length"].sum() == pytest.approx(1.0)


def test_what_samples_lack_is_added_and_what_they_overdo_taken() -> None:
    lead = sheet(60)
    songs = count_habits([(lead, [bar((0, 43, 12), (24, 50, 12))] * 60)])
    samples = count_habits([(lead, [bar((3, 43, 12))] * 60)])
    habits = Habits(describe_habits(songs, samples))
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
    nats = Habits(same).nats("bass", "note", 48, 7)
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


def test_few_bars_teach_little() -> None:
    few, many = sheet(2), sheet(60)

    def learnt(lead: LeadSheet) -> float:
        real = count_habits([(lead, [bar((0, 43, 12))] * lead.bars)])
        made = count_habits([(lead, [bar((3, 43, 12))] * lead.bars)])
        nats = Habits(describe_habits(real, made)).nats("bass", "part", 48, -1)
        assert nats is not None
        return float(nats[v.POSITION[0]])

    assert 0 <= learnt(few) < 0.2 * learnt(many)
