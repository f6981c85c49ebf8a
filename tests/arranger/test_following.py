"""What the song's own accompaniment sounds is followed."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.decoding.following import MOST_BALANCE, Following, FollowOptions
from restyle.decoding.voicing import Voicing, VoicingOptions
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.tokens import vocabulary as v

C = Chord(0, 0, "maj")
IN_C = np.array([k in (0, 4, 7) for k in range(12)])
OPTIONS = FollowOptions(silent=4.0, added=1.5, balance=1.0)
ONLY_BALANCE = FollowOptions(silent=0.0, added=0.0, balance=1.0)


def at(nats, pitch: int) -> float:
    return float(nats[v.PITCH[pitch]])


def heard(*beats: str) -> np.ndarray:
    """What sounds in each beat, a digit for each pitch class."""
    return np.array([[int(d) for d in beat] for beat in beats])


def test_what_the_song_does_not_sound_costs_and_what_it_adds_is_welcome():
    """Under C it sounds C and a high A, no fifth and half a third; then nothing is heard."""
    song = Following(heard("900040000900", "0" * 12), OPTIONS)
    nats = song.nats(0, C, IN_C)
    assert at(nats, 60) == pytest.approx(0.0)
    assert at(nats, 64) == pytest.approx(-0.25 * 4.0 * (1 - 4 / 9))
    assert at(nats, 67) == pytest.approx(-4.0)
    assert at(nats, 69) == pytest.approx(1.5)
    assert at(nats, 65) == 0.0
    assert song.nats(12, C, IN_C) is None


def test_the_band_plays_what_lags_behind():
    """The song sounds C and E as long as each other; a C of two beats has sounded: of 30 positions
    (six of them doubted) C has 26.5 and E 2.5, beside shares of .42."""
    song = Following(heard(*["900090000000"] * 3), ONLY_BALANCE)
    assert np.allclose(song.nats(0, C, IN_C), 0.0)
    song.sounds(0, 48, 24)
    half, none = (0.5 + 0.02) / 1.24, 0.02 / 1.24
    nats = song.nats(0, C, IN_C)
    assert at(nats, 60) == at(nats, 48) == pytest.approx(-np.log((24 + 6 * half) / 30 / half))
    assert at(nats, 64) == pytest.approx(np.log(5))
    assert at(nats, 67) == pytest.approx(-np.log(6 * none / 30 / none)), "and G, which is not there"
    assert at(nats, 62) == 0.0, "no note of the chord"
    assert at(song.nats(12, C, IN_C), 64) == pytest.approx(np.log(18 / 6)), "it sounds till there"
    assert np.allclose(song.nats(24, C, IN_C), 0.0), "it has ended"


def test_balance_has_a_limit():
    song = Following(heard("900000000000"), replace(ONLY_BALANCE, balance=50.0))
    song.sounds(0, 48, 24)
    assert at(song.nats(0, C, IN_C), 60) == -MOST_BALANCE


def sheet(*beats: str) -> LeadSheet:
    """Two bars of C, without a tune."""
    return LeadSheet(
        melody=notes_array([]),
        chords=(C,),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=96,
        sounding=heard(*beats),
    )


def playing(part: str, lead: LeadSheet, **more) -> Voicing:
    voicing = Voicing(lead, VoicingOptions(full=0.0), **more)
    voicing.begin_bar()
    voicing.begin_part(part)
    return voicing


def test_what_sounds_comes_on_top_of_chord_and_scale():
    """Over C it sounds C, E and A in the first beat, and nothing in the second."""
    heard_in, options = sheet("900090000900", *["0" * 12] * 7), FollowOptions()
    with_it, plain = (playing("piano", x) for x in (heard_in, replace(heard_in, sounding=None)))
    more = with_it.pitches(0, False) - plain.pitches(0, False)
    assert at(more, 67) == pytest.approx(-options.silent)
    assert at(more, 69) == pytest.approx(options.added)
    assert at(more, 64) == at(more, 65) == 0.0
    assert np.array_equal(with_it.pitches(12, False), plain.pitches(12, False))


def test_colours_cost_more_than_the_fifth():
    """Under C, whose sixth the style may have for nothing, and which the song does not sound."""
    song = Following(heard("900090090000"), OPTIONS)
    nats = song.nats(0, C, IN_C | (np.arange(12) == 9))
    assert at(nats, 69) == pytest.approx(-1.5 * OPTIONS.silent)


def test_each_part_plays_what_those_before_it_did_not():
    voicing = playing("bass", sheet(*["900090000000"] * 8))
    voicing.struck(0, 36)
    voicing.held(0, 36, 24)
    voicing.begin_part("piano")
    nats = voicing.pitches(0, False)
    doubted = 6 * (0.5 + 0.02) / 1.24
    assert at(nats, 64) - at(nats, 60) == pytest.approx(
        FollowOptions().balance * np.log((24 + doubted) / doubted)
    )
    assert at(voicing.pitches(24, False), 64) == pytest.approx(at(voicing.pitches(24, False), 60))


def test_the_bass_keeps_its_root_whatever_the_song_sounds():
    lead = sheet(*["000000090000"] * 8)
    owed = playing("bass", lead)
    plain = playing("bass", replace(lead, sounding=None))
    assert np.array_equal(owed.pitches(0, True), plain.pitches(0, True))
    owed.struck(0, 36)
    owed.held(0, 36, 12)
    assert at(owed.pitches(12, True), 43) > at(owed.pitches(12, True), 36)
