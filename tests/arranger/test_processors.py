"""What is likelier, case by case, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from cursors import (
    BAR,
    BASS,
    DRUMS,
    GUITAR,
    PIANO,
    WINDS,
    allowed,
    at,
    pitches,
    sheet,
    tokens,
)
from fake import BAND, USUAL

from restyle.decoding.band import Band, Player
from restyle.decoding.cursor import REGISTER, Cursor
from restyle.decoding.figures import FIGURES
from restyle.decoding.processors.chord import ChordTones
from restyle.decoding.processors.doubling import Doubling
from restyle.decoding.processors.ground import Ground
from restyle.decoding.processors.kit import KickAndSnare
from restyle.decoding.processors.rubs import Rubs
from restyle.decoding.processors.shadow import Shadow
from restyle.decoding.processors.spread import Spread
from restyle.decoding.processors.usual import UsualPlaying
from restyle.decoding.processors.voices import VoiceLeading
from restyle.decoding.state import State
from restyle.tokens import vocabulary as v


def test_chord_tones_are_likelier_the_stronger_the_position():
    where = sheet()
    likes = {}
    for place, words in {"down": ("d3", "@0"), "off": ("d3", "@3")}.items():
        cursor = at(where, PIANO, *words)
        found = ChordTones(where, BAND).process(np.zeros((1, v.SIZE), np.float32), cursor)[0]
        likes[place] = [float(found[v.PITCH[p]]) for p in (60, 62, 61)]
    assert likes["down"] == pytest.approx([0.6, 0.0, -1.0])
    assert likes["off"] == pytest.approx([0.15, 0.0, -0.25])


def test_the_bass_says_which_chord_it_is():
    where = sheet(chords=((0, 0, "maj", 4),))  # C over E
    found = {}
    for part in (BASS, PIANO):
        cursor = at(where, part, "d3", "@0")
        likes = ChordTones(where, BAND).process(np.zeros((1, v.SIZE), np.float32), cursor)[0]
        found[part] = [float(likes[v.PITCH[p]]) for p in (36, 40)]
    assert found[BASS] == pytest.approx([0.6, 0.6 + FIGURES.bass_note])
    assert found[PIANO] == pytest.approx([0.6, 0.6])


def test_a_strange_note_is_better_short():
    where = sheet()
    cursor = at(where, PIANO, "d3", "@3", 61)
    found = ChordTones(where, BAND).process(np.zeros((1, v.SIZE), np.float32), cursor)[0]
    assert found[v.duration_token(12)] == pytest.approx(-FIGURES.held_strange)
    cursor = at(where, PIANO, "d3", "@3", 62)
    found = ChordTones(where, BAND).process(np.zeros((1, v.SIZE), np.float32), cursor)[0]
    assert not found.any()


def test_a_part_does_not_strike_one_pitch_bar_after_bar():
    where = sheet(bars=8)

    def cursor_after(pitches_of: list[int]) -> Cursor:
        cursor = Cursor(where, BAND.parts, 1)
        for number in range(len(pitches_of) + 1):
            cursor.begin_bar(0, number)
            if cursor.begins_phrase(0):
                cursor.take(0, v.DENSITY[0])
            cursor.take(0, cursor.leaving(0))
            if cursor.begins_phrase(0):
                cursor.replay(0, tokens("d3"))
            cursor.replay(0, tokens("@0"))
            if number == len(pitches_of):
                return cursor
            cursor.replay(0, tokens(pitches_of[number], "/12"))
            while cursor.state[0] != State.DONE:
                cursor.take(0, cursor.leaving(0))
                if cursor.begins_phrase(0) and cursor.state[0] == State.PART:
                    cursor.take(0, v.DENSITY[0])
        raise AssertionError

    assert 40 in pitches(allowed("stuck", where, cursor_after([40, 40, 40])))
    assert 40 not in pitches(allowed("stuck", where, cursor_after([40, 40, 40, 40])))
    assert 41 in pitches(allowed("stuck", where, cursor_after([40, 40, 40, 40])))
    assert 40 in pitches(allowed("stuck", where, cursor_after([40, 43, 40, 40])))


def test_what_is_usual_is_played_where_there_are_chords():
    where = sheet(chords=((0, 0, "maj"), (4 * BAR, -1)), bars=8)
    band = replace(BAND, usual={"drums": USUAL, "guitar": USUAL})
    usual = UsualPlaying(where, band)

    def likely(bar: int, part: int) -> list[int]:
        nothing = np.zeros((1, v.SIZE), dtype=np.float32)
        logits = usual.process(nothing, at(where, part, bar=bar, band=band))
        return [i for i in range(v.DENSITY.size) if logits[0, v.DENSITY[i]] == 0]

    assert likely(0, DRUMS) == [5, 6]
    assert likely(0, GUITAR) == [0, 5, 6]  # the piano carries the chords: a guitar may rest
    assert likely(4, DRUMS) == list(range(10))
    assert likely(0, PIANO) == list(range(10))  # nothing is known of pianos
    lead = replace(BAND, usual={"piano": USUAL})  # who carries the chords says them
    cursor = at(where, PIANO, band=lead)
    cursor.replay(0, [v.DENSITY[5], v.SIZE_OF_CHORDS[0], v.REGISTER[5]])
    logits = UsualPlaying(where, lead).process(np.zeros((1, v.SIZE), dtype=np.float32), cursor)
    said = [name for i, name in enumerate(v.FIGURES) if logits[0, v.FIGURE[i]] == 0]
    assert said == ["broken", "held", "chords", "struck", "mixed"]
    cursor = at(where, GUITAR, band=band)
    cursor.take(0, v.DENSITY[5])
    logits = usual.process(np.zeros((1, v.SIZE), dtype=np.float32), cursor)
    assert [logits[0, v.SIZE_OF_CHORDS[i]] == 0 for i in range(5)] == [True, True, *[False] * 3]


def test_a_groove_gets_its_first_kick_and_snare():
    where = sheet()
    kit = KickAndSnare(where, replace(BAND, kit=(0.9, 0.9)))
    nothing = np.zeros((1, v.SIZE), dtype=np.float32)

    def likelier(*words) -> list[int]:
        logits = kit.process(nothing.copy(), at(where, DRUMS, *words))
        return [v.FIRST_DRUM + i for i in range(v.DRUM.size) if logits[0, v.DRUM[i]] > 0]

    assert likelier("@0") == [36]
    assert likelier("@12") == [38]
    assert likelier("@6") == []
    assert likelier("@0", "x36", "@12", "x37", "@24") == []
    no_kick = KickAndSnare(where, replace(BAND, kit=(0.5, 0.9)))
    assert not no_kick.process(nothing.copy(), at(where, DRUMS, "@0")).any()


def test_nobody_but_the_bass_shadows_the_tune():
    where = sheet(tune=((12, 12, 64, 80),))
    doubling = Doubling(where, BAND)

    def less_likely(part: int, *words) -> list[int]:
        logits = np.zeros((1, v.SIZE), dtype=np.float32)
        logits = doubling.process(logits, at(where, part, "d3", *words))
        return [p for p in range(128) if logits[0, v.PITCH[p]] < 0]

    assert less_likely(PIANO, "@12") == [52, 64]
    assert less_likely(PIANO, "@18") == less_likely(PIANO, "@0") == less_likely(BASS, "@12") == []


def test_what_is_a_half_step_from_the_tune_is_less_likely():
    """The tune has C5 on two: B and C sharp of each octave, but not those a major seventh off."""
    where = sheet(tune=((12, 12, 72, 80),))
    rubs = Rubs(where, BAND)

    def less_likely(part: int, *words) -> list[int]:
        logits = np.zeros((1, v.SIZE), dtype=np.float32)
        logits = rubs.process(logits, at(where, part, "d3", *words))
        return [p for p in range(128) if logits[0, v.PITCH[p]] < 0]

    below, above = range(11, 72, 12), range(73, 128, 12)
    assert less_likely(PIANO, "@12") == less_likely(PIANO, "@18") == [*below, *above]
    assert less_likely(PIANO, "@0") == less_likely(BASS, "@12") == []


def test_without_a_bass_the_piano_has_a_left_hand():
    where = sheet()
    alone = Band((Player("piano", "acoustic-piano", 0),))

    def likelier(band: Band, part: int, *words) -> list[int]:
        logits = np.zeros((1, v.SIZE), dtype=np.float32)
        logits = Ground(where, band).process(logits, at(where, part, "d3", *words, band=band))
        return [p for p in range(128) if logits[0, v.PITCH[p]] > 0]

    assert likelier(alone, 0, "@0") == [0, 12, 24, 36, 48]
    assert likelier(alone, 0, "@0", 36, "/12", "@6") == likelier(alone, 0, "@12") == []
    assert likelier(BAND, PIANO, "@0") == []


def test_how_a_part_plays_is_chosen_more_surely_whether_it_plays_is_not():
    where = sheet(chords=((0, 0, "maj"),), bars=8)
    even = (0.1,) * 10, (0.2,) * 5, (0.1,) * 14, (0.125,) * 8
    band = replace(BAND, usual={"guitar": even})
    kind = slice(v.DENSITY.first, v.DENSITY.end)
    logits = np.random.default_rng(0).normal(size=(1, v.SIZE)).astype(np.float32)
    before = np.exp(logits[0, kind])
    after = np.exp(
        UsualPlaying(where, band).process(logits.copy(), at(where, GUITAR, band=band))[0, kind]
    )
    before, after = before / before.sum(), after / after.sum()
    assert after[0] == pytest.approx(before[0], rel=0.02)
    likely = 1 + int(before[1:].argmax())
    assert after[likely] > 1.2 * before[likely]


def test_nobody_rests_two_phrases_on_end():
    where = sheet(chords=((0, 0, "maj"),), bars=12)
    band = replace(BAND, usual={"guitar": USUAL})
    usual = UsualPlaying(where, band)

    def may_rest(bar: int, struck: int | None) -> bool:
        cursor = at(where, GUITAR, bar=bar, band=band)
        if struck is not None:
            cursor.struck[0, GUITAR, 60] = struck
        logits = usual.process(np.zeros((1, v.SIZE), dtype=np.float32), cursor)
        return bool(logits[0, v.DENSITY[0]] == 0)

    assert may_rest(0, None)
    assert may_rest(4, 2 * BAR) and not may_rest(4, None)
    assert may_rest(8, 4 * BAR) and not may_rest(8, 3 * BAR)


def test_winds_may_double_the_tune_sooner_than_a_piano():
    where = sheet(tune=((12, 12, 64, 80),))
    players = (Player("piano", "acoustic-piano", 0), Player("strings", "string-section", 48))
    band = Band((*players, Player("winds", "flute", 73), Player("brass", "horn", 60)))
    doubling = Doubling(where, band)
    off = {}
    for place, player in enumerate(band):
        logits = np.zeros((1, v.SIZE), dtype=np.float32)
        cursor = at(where, place, "d3", "@12", band=band)
        off[player.part] = -float(doubling.process(logits, cursor)[0, v.PITCH[64]])
    assert off["piano"] == off["strings"] == FIGURES.doubling
    assert off["winds"] == off["brass"] == FIGURES.doubling_winds
    assert 0 < FIGURES.doubling_winds < FIGURES.doubling


def test_a_line_leaves_the_bass_its_note():
    """The bass has a C from one to three: a line strikes another note, chords may have it."""
    where = sheet(chords=((0, 0, "maj"),), bars=2)

    def less_likely(figure: str, position: int) -> list[int]:
        cursor = at(where, GUITAR)
        cursor.floor[0, :24] = 36
        said = [v.DENSITY[5], v.SIZE_OF_CHORDS[0], v.REGISTER[5]]
        cursor.replay(0, [*said, v.FIGURE[v.FIGURES.index(figure)], v.POSITION[position]])
        logits = Doubling(where, BAND).process(np.zeros((1, v.SIZE), dtype=np.float32), cursor)
        return [p for p in range(128) if logits[0, v.PITCH[p]] < 0]

    assert less_likely("line", 12) == less_likely("pedal", 0) == list(range(0, 128, 12))
    assert less_likely("line", 24) == less_likely("struck", 12) == []


def test_a_second_part_with_chords_says_another_register():
    where = sheet(bars=2)
    cursor = at(where, GUITAR)
    cursor.attributes[0, PIANO, REGISTER] = 7
    cursor.replay(0, [v.DENSITY[5], v.SIZE_OF_CHORDS[1]])
    logits = Spread(BAND).process(np.zeros((1, v.SIZE), dtype=np.float32), cursor)
    off = -logits[0, v.REGISTER.first : v.REGISTER.end] / FIGURES.spread
    assert off.tolist() == [0] * 6 + [1, 2, 1] + [0] * 5
    cursor = at(where, PIANO)  # the first is asked before the others
    cursor.attributes[0, GUITAR, REGISTER] = 7
    cursor.replay(0, [v.DENSITY[5], v.SIZE_OF_CHORDS[1]])
    assert not Spread(BAND).process(np.zeros((1, v.SIZE), dtype=np.float32), cursor).any()


def test_a_second_part_with_chords_hardly_strikes_what_the_first_has_there():
    where, band = sheet(chords=((0, 0, "maj"),), bars=2), BAND
    first, second = PIANO, GUITAR
    doubling = Doubling(where, band)
    cursor = at(where, second, band=band)
    said = [v.DENSITY[5], v.SIZE_OF_CHORDS[1], v.REGISTER[5], v.FIGURE[4], v.POSITION[12]]
    cursor.replay(0, said)
    held, over, again = (first, 6, 12, 64, 80), (first, 0, 12, 67, 80), (first, 24, 12, 64, 80)
    cursor.notes[0] += [(BASS, 12, 12, 48, 80), over, held, again]
    logits = doubling.process(np.zeros((1, v.SIZE), dtype=np.float32), cursor)
    less = np.flatnonzero(logits[0, v.PITCH.first : v.PITCH.end])
    assert less.tolist() == [64]
    assert logits[0, v.PITCH[64]] == pytest.approx(-FIGURES.doubled_chord)
    leading = at(where, first, band=band)
    leading.replay(
        0, [v.DENSITY[5], v.SIZE_OF_CHORDS[1], v.REGISTER[5], v.FIGURE[4], v.POSITION[0]]
    )
    leading.notes[0].append((second, 0, 12, 64, 80))
    assert not doubling.process(np.zeros((1, v.SIZE), dtype=np.float32), leading).any()


TUNE = ((0, 12, 64, 80), (12, 12, 65, 80), (24, 12, 67, 80), (42, 6, 69, 80), (48, 12, 71, 80))


def test_who_plays_chords_does_not_go_on_in_the_tunes_rhythm():
    where = sheet(tune=TUNE)
    shadow = Shadow(where, BAND)

    def less_likely(part: int, *words, by: Shadow = shadow) -> list[int]:
        logits = np.zeros((1, v.SIZE), dtype=np.float32)
        cursor = at(where, part, "d5", *words)
        found = by.process(logits, cursor)[0, v.POSITION.first : v.POSITION.end]
        return np.flatnonzero(found).tolist()

    assert less_likely(PIANO, "@0", 60, "/12") == []  # one note with the tune is chance
    assert less_likely(PIANO, "@0", 60, "/12", "@12", 60, "/12") == [24]
    assert less_likely(PIANO, "@12", 60, "/12", "@24", 60, "/12") == [42]
    assert less_likely(PIANO, "@0", 60, "/12", "@6", 60, "/6") == []
    assert less_likely(PIANO, "@0", 60, "/12", "@24", 60, "/12") == []  # it left one out
    assert less_likely(PIANO, "@24", 60, "/12", "@42", 60, "/6") == []  # the next bar begins
    assert less_likely(BASS, "@0", 40, "/12", "@12", 40, "/12") == []
    hymns = Shadow(where, replace(BAND, together=0.7))
    assert less_likely(PIANO, "@0", 60, "/12", "@12", 60, "/12", by=hymns) == []


def test_who_holds_long_notes_goes_by_small_steps():
    where = sheet()
    voices = VoiceLeading(where, BAND)

    def off(part: int, *words) -> dict[int, float]:
        logits = np.zeros((1, v.SIZE), dtype=np.float32)
        found = -voices.process(logits, at(where, part, "d5", *words))[0]
        return {pitch: float(found[v.PITCH[pitch]]) for pitch in (60, 65, 66, 72, 84, 96)}

    far = FIGURES.farthest - FIGURES.near
    off_from_c = {60: 0, 65: 0, 66: 1, 72: 7, 84: far, 96: far}
    assert off(WINDS, "@0", 60, "/12", "@12") == pytest.approx(
        {pitch: FIGURES.leap * over for pitch, over in off_from_c.items()}
    )
    assert not any(off(WINDS, "@0").values())  # nothing was before
    assert not any(off(PIANO, "@0", 60, "/12", "@12").values())  # hands may leap
    # of a chord, what is near to any of its notes
    assert off(WINDS, "@0", 60, "/12", 79, "/12", "@12")[84] == pytest.approx(0)
