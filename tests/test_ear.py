"""The ear: what it listens for, on songs set down here and on real ones where they are."""

import math
from dataclasses import replace

import numpy as np
import pytest

from restyle.critic.ear import Ear, EarOptions
from restyle.critic.judge import Judge
from restyle.critic.played import played
from restyle.critic.profile import profile
from restyle.decoding.rehearsal import Tries
from restyle.music.beat_chroma import sounding
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Notes, Tempo, notes_array

BARS = 16


def held(*pitches: int, bars: int = BARS) -> Notes:
    """The pitches held through each bar."""
    return notes_array((48 * bar, 48, pitch, 80) for bar in range(bars) for pitch in pitches)


def walking(bars: int = BARS) -> Notes:
    """Crotchets up and down a seventh chord."""
    steps = (36, 40, 43, 46)
    return notes_array((12 * i, 12, steps[i % 4], 80) for i in range(4 * bars))


def sheet(*song: Notes) -> LeadSheet:
    """A lead sheet over a chord of C, heard in a song with that accompaniment."""
    tune = notes_array((48 * bar, 24, 72, 80) for bar in range(BARS))
    meters, tempos, chords = (Meter(0, 4, 4),), (Tempo(0, 120.0),), (Chord(0, 0),)
    plain = LeadSheet(tune, chords, meters, tempos, Key(0), 48 * BARS)
    return replace(plain, sounding=sounding(song, plain.length)) if song else plain


def ear(lead: LeadSheet, **options: float) -> Ear:
    """One that listens for nothing but what is weighed in `options`."""
    weights = {"near": 0.0, "heard": 0.0, "sounds": 0.0, **options}
    return Ear(lead, None, (), options=EarOptions(**weights))


def test_what_the_song_sounds_is_held_against_what_is_played_in_the_passage():
    listening = ear(sheet(held(60, 64, 67)), sounds=1.0)

    def score(*pitches: int, first: int = 0) -> float:
        return listening.hear(Arrangement({"piano": held(*pitches)}), first, first + 8).score

    assert score(48, 52, 55) == pytest.approx(1.0)  # an octave down, the same
    assert score(60, 64) == pytest.approx(2 / math.sqrt(6))
    assert score(61, 63, first=8) == 0.0
    early = Arrangement({"piano": held(61, bars=8)})
    assert listening.hear(early, 8, 16).score == 0.0  # silence sounds like nothing
    drums = {"piano": held(60, 64, 67), "drums": held(38)}
    assert listening.hear(Arrangement(drums), 0, 8).score == pytest.approx(1.0)


def test_a_lead_sheet_without_a_song_asks_for_no_sounds():
    assert ear(sheet(), sounds=1.0).hear(Arrangement({"piano": held(61)}), 0, 8).score == 1.0


def test_near_is_the_cosine_to_the_profile_of_all_up_to_there():
    lead, walks = sheet(), Arrangement({"bass": walking()})
    target = profile(played(lead, walks).without_melody)
    listening = replace(ear(lead, near=1.0), target=target)
    assert listening.hear(walks, 8, 16).score == pytest.approx(1.0)
    mixed = np.concatenate([walking(8), held(36)[8:]])
    half = listening.hear(Arrangement({"bass": mixed}), 8, 16).score
    none = listening.hear(Arrangement({"bass": held(36)}), 8, 16).score
    assert none < half - 0.1 < 0.9


def test_it_is_surer_of_what_sounds_like_the_style():
    """A bass that walks under sevenths off the beat is jazz, an Alberti bass is not."""
    lead = sheet()
    comping = notes_array(
        (24 * i + 6, 3, pitch, 80) for i in range(2 * BARS) for pitch in (52, 58, 62)
    )
    jazz = Arrangement({"bass": walking(), "piano": comping})
    broken = (48, 55, 52, 55)
    alberti = Arrangement(
        {"piano": notes_array((6 * i, 6, broken[i % 4], 80) for i in range(8 * BARS))}
    )
    listening = replace(ear(lead, heard=1.0), styles=("jazz",), swing=2.0)
    assert listening.hear(jazz, 0, 16).score > listening.hear(alberti, 0, 16).score + 1.0
    straight = replace(listening, swing=1.0)
    other = replace(straight, styles=("classical",))
    assert other.hear(alberti, 0, 16).score > straight.hear(alberti, 0, 16).score + 1.0
    either = replace(listening, styles=Judge.load("ear").styles)
    assert either.hear(jazz, 0, 16).score == pytest.approx(0.0, abs=1e-9)
    unknown = replace(listening, styles=("polka",))
    assert unknown.hear(jazz, 0, 16).score == 0.0


def test_enough_is_asked_for_as_firmly_as_the_style_is():
    lead, walks = sheet(), Arrangement({"bass": walking()})
    polka = replace(ear(lead), styles=("polka",))
    assert polka.hear(walks, 0, 8).enough, "nothing to listen for"
    target = profile(played(lead, Arrangement({"bass": held(36)})).without_melody)
    far = replace(polka, target=target)
    assert not far.hear(walks, 0, 8).enough
    assert replace(far, strength=0.0).hear(walks, 0, 8).enough
    unsure = replace(polka, styles=("classical",), swing=2.0)
    assert not unsure.hear(walks, 0, 16).enough
    assert replace(unsure, strength=0.0).hear(walks, 0, 16).enough
    near = replace(polka, target=profile(played(lead, walks).without_melody))
    assert near.hear(walks, 0, 16).enough
    assert not replace(near, strength=1.5).hear(walks, 0, 16).enough, "more is asked for"


def test_it_begins_where_the_band_does_and_stops_when_the_style_is_found():
    options, often, once = EarOptions(3, 5, bars=12), Tries(3, 5), Tries()
    moving = tuple(Chord(48 * bar, (5 * bar) % 12) for bar in range(BARS))
    listening = Ear(replace(sheet(), chords=moving), None, (), options=options)
    passages = range(0, 24, 4)
    assert [listening.tries(bar, bar + 4) for bar in passages] == [often] * 3 + [once] * 3
    later = replace(listening, begin=8)
    assert [later.tries(bar, bar + 4) for bar in passages[2:]] == [often] * 3 + [once]
    long = replace(listening, options=replace(options, long=BARS))
    assert long.tries(0, 4) == Tries(3, 3), "a long song takes long enough"
    only = Arrangement({"piano": held(60)[8:]})
    assert later.hear(only, 8, 16).enough


def test_the_ear_and_the_judge_apart_ship_and_are_two():
    one, two = Judge.load("ear"), Judge.load("apart")
    assert one.styles == two.styles == Judge.load().styles
    assert one.weights.shape != two.weights.shape or not np.allclose(one.weights, two.weights)


def test_what_comes_back_is_not_rehearsed_twice():
    verse = tuple(Chord(48 * bar, (5 * bar) % 7) for bar in range(8))
    twice = (*verse, *(replace(chord, start=chord.start + 48 * 8) for chord in verse))
    listening = Ear(replace(sheet(), chords=twice), None, ())
    assert listening.tries(8, 16) == Tries()
    alone = replace(listening, begin=8)  # the first time was not played here
    assert alone.tries(8, 16).usual == EarOptions().tries
