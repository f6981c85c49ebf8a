"""What chord, bass line and tune call for, and how densely a part plays: worked out by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from restyle.data.measure import (
    depth_of,
    describe_depth,
    describe_pace,
    describe_pace_in,
    pace_of,
)
from restyle.decoding.pace import (
    BY_PLACE,
    DOUBT,
    DOUBT_A_PLACE,
    GAIN,
    KEPT_IN_MIND,
    LEAK,
    LENGTHS,
    MOST_BY_PLACE,
    MOST_LESS,
    Lengths,
    LengthsByPlace,
    Pace,
)
from restyle.decoding.voicing import EASY, NEAR, Register, Voicing, VoicingOptions
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.style.style import Style
from restyle.tokens import vocabulary as v

OPTIONS = VoicingOptions()
BAR = 48


def two_bars() -> LeadSheet:
    """C, then G, in C major; the tune is an E5 in the first bar's first half, then silent."""
    return LeadSheet(
        melody=notes_array([(0, 24, 76, 80)]),
        chords=(Chord(0, 0, "maj"), Chord(BAR, 7, "maj")),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=2 * BAR,
    )


def voicing_for(part: str, options: VoicingOptions = OPTIONS, **more: Any) -> Voicing:
    """The voicing of those bars while a part plays."""
    voicing = Voicing(two_bars(), options, **more)
    voicing.begin_bar()
    voicing.begin_part(part)
    return voicing


def at(nats: np.ndarray, pitch: int) -> float:
    return float(nats[v.PITCH[pitch]])


def test_notes_of_the_chord_come_first_then_the_scale_then_the_rest():
    nats = voicing_for("piano", replace(OPTIONS, full=0.0)).pitches(0, False)
    assert at(nats, 64) == 0.0
    assert at(nats, 65) == pytest.approx(-OPTIONS.chord)
    assert at(nats, 66) == pytest.approx(-OPTIONS.chord - OPTIONS.inside)


def test_what_nobody_has_struck_of_the_triad_is_asked_for_until_the_bar_ends():
    voicing = voicing_for("piano")
    voicing.begin_bar()
    voicing.struck(0, 36)
    nats = voicing.pitches(12, False)
    assert at(nats, 60) == 0.0, "the bass has the root"
    assert at(nats, 64) == at(nats, 67) == pytest.approx(OPTIONS.full)
    voicing.struck(12, 76)
    assert at(voicing.pitches(24, False), 64) == 0.0
    assert at(voicing.pitches(BAR, False), 71) == pytest.approx(OPTIONS.full), "of G"
    voicing.begin_bar()
    assert at(voicing.pitches(24, False), 64) == pytest.approx(OPTIONS.full)


def test_colours_are_free_in_a_style_that_is_rich_in_them():
    rich = voicing_for("piano", replace(OPTIONS, full=0.0), sevenths=1.0).pitches(0, False)
    assert at(rich, 71) == 0.0 and at(rich, 69) == 0.0
    assert at(rich, 70) < 0.0, "no seventh that the key does not have"


def test_the_bass_owes_the_root_until_it_has_struck_in_the_chord():
    voicing = voicing_for("bass")
    assert at(voicing.pitches(0, True), 36) == pytest.approx(OPTIONS.root)
    assert at(voicing.pitches(12, True), 36) == pytest.approx(OPTIONS.root)
    voicing.struck(12, 36)
    assert at(voicing.pitches(24, True), 36) == 0.0
    assert at(voicing.pitches(BAR, True), 43) == pytest.approx(OPTIONS.root)
    voicing.begin_part("bass")
    assert at(voicing.pitches(24, True), 36) == pytest.approx(OPTIONS.root)


def test_a_bass_that_lies_too_high_costs_by_the_semitone():
    voicing = voicing_for("piano", register=Register("piano", 40.0))
    nats = voicing.pitches(0, True)
    assert at(nats, 36) == pytest.approx(OPTIONS.root)
    assert at(nats, 48) == pytest.approx(OPTIONS.root - (48 - 40 - EASY) * OPTIONS.deep)
    assert at(voicing.pitches(0, False), 72) >= 0.0, "what lies above it may be high"


def test_the_tune_is_not_covered_and_half_as_much_where_it_rests():
    voicing = Voicing(two_bars(), OPTIONS)
    assert voicing.above_tune("piano", 12) == (v.PITCH[77], OPTIONS.tune)
    assert voicing.above_tune("piano", 24) == (v.PITCH[77], OPTIONS.tune / 2)
    assert voicing.above_tune("piano", 24 + NEAR + 1) == (v.PITCH.end, 0.0)
    assert voicing.above_tune("bass", 12) == (v.PITCH.end, 0.0)


def test_a_note_ends_with_the_chord_unless_the_next_one_has_it():
    voicing = Voicing(two_bars(), OPTIONS)
    lengths = voicing.lengths(36, 64)  # E: not in G
    assert lengths is not None
    assert lengths[v.duration_token(12)] == 0.0
    assert lengths[v.duration_token(13)] == pytest.approx(-OPTIONS.ring)
    assert voicing.lengths(36, 67) is None, "G is in both"


def test_places_where_a_chord_begins_draw_the_lowest_part_only():
    voicing = Voicing(two_bars(), OPTIONS)
    assert voicing.places("bass", BAR, BAR) == {v.POSITION[0]: OPTIONS.arrive}
    assert voicing.places("piano", BAR, BAR) == {}


def bar_of(places: int) -> list[int]:
    return [t for i in range(places) for t in (v.POSITION[i], v.PITCH[60], v.PITCH[64])]


def test_pace_draws_back_to_what_is_usual():
    pace = Pace({"piano": (4.0, 2.0)})
    pace.played("piano", bar_of(8))
    more, thicker = pace.nats("piano")
    assert more == pytest.approx(-GAIN * np.log(2)) and thicker == 0.0
    pace.played("piano", bar_of(4))
    assert pace.nats("piano")[0] == pytest.approx(more * (1 - LEAK))
    for _ in range(100):
        pace.played("piano", bar_of(48))
    assert pace.nats("piano")[0] == -MOST_LESS
    assert pace.nats("bass") == (0.0, 0.0)
    pace.played("piano", [])
    assert pace.nats("piano")[0] == -MOST_LESS, "a silent bar says nothing of the pace"


def test_pace_and_depth_are_measured_in_bars_that_sound():
    piano = notes_array([(0, 12, 48, 80), (0, 12, 64, 80), (24, 12, 52, 80), (96, 12, 40, 80)])
    drums = notes_array([(0, 1, 36, 80)])
    song, lines = Arrangement({"drums": drums, "piano": piano}), np.array([0, 48, 96, 144])
    assert pace_of(song, lines) == {"drums": (1.0, 1.0), "piano": (1.5, pytest.approx(4 / 3))}
    assert depth_of(song, lines) == 44.0
    assert depth_of(Arrangement({"drums": drums}), lines) == 0.0
    assert describe_depth([0.0, 40.0, 44.0]) == 42.0
    assert describe_pace([{"bass": (2.0, 1.0)}, {"bass": (4.0, 1.0)}]) == {"bass": [3.0, 1.0]}


def test_pace_by_the_size_of_the_band():
    """Ten pairs and ten quartets with strings; a single song with synth says nothing of synths."""
    pair = {"strings": (6.0, 2.0), "winds": (5.0, 1.0), "drums": (8.0, 1.5)}
    quartet = {**dict.fromkeys(("strings", "winds", "bass", "keys"), (3.0, 1.0))}
    pace_in = describe_pace_in([pair, quartet] * 10 + [{"synth": (9.0, 1.0)}])
    assert pace_in["2"]["strings"] == [6.0, 2.0] and pace_in["4"]["strings"] == [3.0, 1.0]
    assert "1" not in pace_in and "drums" not in pace_in["4"]
    pace = {"strings": [4.0, 1.5], "piano": [7.0, 2.0]}
    style = Style("b", 0, {"pace": pace, "pace_in": pace_in})
    small = style.in_band(("drums", "strings", "winds")).figures["pace"]
    assert small["strings"] == [6.0, 2.0] and small["piano"] == [7.0, 2.0]
    large = style.in_band(("bass", "piano", "keys", "strings", "winds")).figures["pace"]
    assert large["strings"] == [3.0, 1.0]
    assert style.in_band(("strings",)) == style, "no band of one is known"


def test_lengths_used_too_often_are_made_rarer():
    usual = [0] * v.DURATION.size
    usual[v.DURATIONS.index(6)] = usual[v.DURATIONS.index(12)] = 500
    lengths = Lengths({"guitar": " ".join(str(x) for x in usual)})
    quaver, crotchet = (v.DURATION.value(v.duration_token(n)) for n in (6, 12))
    before = lengths.nats("guitar")
    assert before is not None and before[quaver] == before[crotchet] == 0.0
    for _ in range(12):
        lengths.took("guitar", v.duration_token(6))
    after = lengths.nats("guitar")
    assert after is not None
    share = float(501 / (1000 + v.DURATION.size))
    used = sum((1 - 1 / 80) ** i for i in range(12))
    over = (used + DOUBT * share) / (used + DOUBT) / share
    assert after[quaver] == pytest.approx(-LENGTHS * np.log(over))
    assert after[crotchet] > 0 > after[quaver]
    assert lengths.nats("bass") is None


def test_lengths_are_held_to_what_the_style_has_at_that_place():
    """Quavers and crotchets are as usual as each other on one, and on two there are only quavers;
    the places are counted in sixths of a beat over four beats, and so are the lengths."""
    usual = np.zeros((24, 13))
    usual[0, [3, 6]] = 0.25
    usual[6, 3] = 0.5
    lengths = LengthsByPlace(usual)
    quaver, crotchet = (v.DURATION.value(v.duration_token(n)) for n in (6, 12))
    before = lengths.nats(0)
    assert before is not None and before.shape == (v.DURATION.size,) and not before.any()
    for bar in range(4):
        lengths.took(48 * bar, v.duration_token(12))
    used = sum((1 - 1 / KEPT_IN_MIND) ** i for i in range(4))
    over = (used + DOUBT_A_PLACE * 0.5) / (used + DOUBT_A_PLACE) / 0.5
    after = lengths.nats(96)
    assert after is not None
    assert after[crotchet] == pytest.approx(-BY_PLACE * np.log(over), rel=1e-2)
    assert after[quaver] > 0 > after[crotchet]
    elsewhere = lengths.nats(12)
    assert elsewhere is not None and not elsewhere.any(), "places are apart"
    for _ in range(50):
        lengths.took(12, v.duration_token(12))
    never = lengths.nats(60)
    assert never is not None and never[crotchet] == -MOST_BY_PLACE
    longest = v.DURATION.size - 1
    assert never[longest] == never[longest - 1], "all that are longer count as one length"
    assert LengthsByPlace(None).nats(0) is None and LengthsByPlace(usual, 0.0).nats(0) is None


def test_where_no_chord_is_heard_the_nearest_is_leant_on_less_firmly():
    lead = replace(two_bars(), chords=(Chord(0, -1, ""), Chord(BAR, 7, "maj"), Chord(72, -1, "")))
    voicing = Voicing(lead, replace(OPTIONS, full=0.0))
    voicing.begin_bar()
    voicing.begin_part("piano")
    for place in (0, 72):
        assert at(voicing.pitches(place, False), 67) == 0.0
        assert at(voicing.pitches(place, False), 60) == pytest.approx(-OPTIONS.chord / 2)
    silent = Voicing(replace(lead, chords=(Chord(0, -1, ""),)), replace(OPTIONS, full=0.0))
    silent.begin_bar()
    silent.begin_part("piano")
    assert at(silent.pitches(0, False), 60) == at(silent.pitches(0, False), 67) == 0.0
