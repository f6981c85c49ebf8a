"""Passing notes: when they may come, what follows them, and how they are counted; by hand."""

from dataclasses import replace

import pytest

from restyle.decoding.habit_counts import count_habits, describe_habits, marks_of
from restyle.decoding.habits import Habits
from restyle.decoding.passing import Line, by_step, may_pass
from restyle.decoding.voicing import Voicing, VoicingOptions
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.tokens import vocabulary as v

OPTIONS = VoicingOptions(full=0.0, root=0.0)
PIANO, BASS = v.PART[2], v.PART[1]


def sheet(bars: int = 1) -> LeadSheet:
    """C in C major."""
    return LeadSheet(
        melody=notes_array([(0, 12, 84, 90)]),
        chords=(Chord(0, 0, "maj"),),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * bars,
    )


def voicing(part: str, options: VoicingOptions = OPTIONS) -> Voicing:
    out = Voicing(sheet(), options)
    out.begin_bar()
    out.begin_part(part)
    return out


def test_a_line_knows_the_place_before():
    line = Line()
    assert line.before(0) == (-1, [])
    line.struck(0, 60)
    line.struck(0, 64)
    assert line.before(6) == (0, [60, 64])
    line.struck(6, 62)
    assert line.before(6) == (0, [60, 64]), "of the place that is being struck, the one before"
    assert line.before(12) == (6, [62])
    assert line.before(24) == (-1, []), "too long ago to be a step"


def test_where_it_may_pass():
    assert may_pass("piano", 6, 0) and not may_pass("piano", 12, 0)
    assert may_pass("bass", 12, 0) and not may_pass("bass", 12, 12)
    assert by_step(60) == (58, 59, 61, 62)


def test_off_the_beat_and_by_step_it_costs_little():
    playing = voicing("piano")
    playing.struck(0, 64)  # E, on the beat
    nats = playing.pitches(6, False)
    assert nats[v.PITCH[65]] == nats[v.PITCH[62]] == pytest.approx(-OPTIONS.step)
    assert nats[v.PITCH[63]] == pytest.approx(-OPTIONS.step - OPTIONS.inside), "not of the scale"
    assert nats[v.PITCH[69]] == pytest.approx(-OPTIONS.chord), "a leap"
    assert playing.pitches(12, False)[v.PITCH[65]] == pytest.approx(-OPTIONS.chord), "on the beat"
    assert playing.pitches(6, False, 0.5)[v.PITCH[65]] == pytest.approx(0.5 - OPTIONS.step)
    assert playing.pitches(6, False, -9.0)[v.PITCH[65]] == pytest.approx(-OPTIONS.chord)


def test_it_goes_on_by_step_and_soon():
    playing = voicing("piano")
    playing.struck(6, 65)  # F: not in C
    nats = playing.pitches(12, False)
    assert nats[v.PITCH[64]] == nats[v.PITCH[67]] == pytest.approx(OPTIONS.resolve)
    assert nats[v.PITCH[60]] == 0.0
    lengths = playing.lengths(6, 65)
    assert lengths is not None and lengths[v.duration_token(12)] == 0.0
    assert lengths[v.duration_token(13)] == pytest.approx(-OPTIONS.ring)
    assert playing.lengths(6, 64) is None


def test_a_firm_chord_lets_nothing_pass():
    playing = voicing("piano", replace(OPTIONS, step=OPTIONS.chord))
    playing.struck(0, 64)
    assert playing.pitches(6, False)[v.PITCH[65]] == pytest.approx(-OPTIONS.chord)


def played(part: int, *notes: tuple[int, int]) -> list[int]:
    out = [part]
    for place, pitch in notes:
        out += [v.POSITION[place], v.PITCH[pitch], v.duration_token(6)]
    return out


def test_what_passes_is_counted():
    lead = sheet(60)
    # E, F passing, G; then F on a beat, D by a leap and E
    piano = played(PIANO, (0, 64), (6, 65), (12, 67), (24, 65), (30, 74), (36, 76))
    bass = played(BASS, (0, 48), (12, 50), (24, 52))  # the bass may pass on the second beat
    songs = count_habits([(lead, [piano] * 60)])
    assert songs["piano"].passing == pytest.approx(1 / 6)
    assert count_habits([(lead, [bass] * 60)])["bass"].passing == pytest.approx(1 / 3)
    plain = played(PIANO, (0, 64), (6, 67), (12, 67), (24, 64), (30, 72), (36, 76))
    samples = count_habits([(lead, [plain] * 60)])
    described = describe_habits(songs, samples)
    assert samples["piano"].passing == 0.0
    assert Habits([(described, 1.0)]).passing("piano") > 1.0
    assert Habits([(described, 1.0)]).passing("bass") == 0.0
    assert "pass" not in marks_of(songs, samples)["piano"]
