"""Players keep to their range, wake up, and leave a note."""

import numpy as np
import pytest

from corpora import figures
from restyle.decoding.player import CLOSING, Entry, Player, merged_closing
from restyle.style.style import Style
from restyle.tokens import vocabulary as v

STYLE = Style("b", 1, figures(1, ["drums", "bass"]))  # its bass plays 28 to 60
EVERYTHING = np.ones(v.SIZE, dtype=bool)


def play(player: Player, *pitches: int) -> None:
    for pitch in pitches:
        player.took(v.PITCH[pitch])
    player.end_bar()


def may_leave(player: Player) -> bool:
    return bool(player.restrict(EVERYTHING)[CLOSING].any())


def test_the_range_is_kept():
    allowed = Player("bass", STYLE).restrict(EVERYTHING)
    assert allowed[v.PITCH[28]] and allowed[v.PITCH[60]]
    assert not allowed[v.PITCH[27]] and not allowed[v.PITCH[61]]


def test_a_bass_rests_two_bars_and_comes_back():
    bass = Player("bass", STYLE)
    play(bass, 40)
    for _ in range(2):
        assert may_leave(bass)
        play(bass)
    assert not may_leave(bass)
    bass.took(v.PITCH[40])
    assert may_leave(bass)


def test_bass_and_drums_begin_with_the_song_and_others_by_the_third_bar():
    assert not may_leave(Player("bass", STYLE)) and not may_leave(Player("drums", STYLE))
    strings = Player("strings", STYLE)
    for _ in range(2):
        assert may_leave(strings)
        play(strings)
    assert not may_leave(strings)


def test_a_pickup_may_be_left_to_the_tune():
    bass = Player("bass", STYLE, entry=Entry(pickup=True))
    assert may_leave(bass)
    play(bass)
    assert not may_leave(bass)


def test_a_bass_strikes_at_most_twice_what_is_usual_over_four_bars():
    usual = 6.0
    style = Style("b", 1, {**figures(1, ["drums", "bass"]), "pace": {"bass": [usual, 1.0]}})
    bass = Player("bass", style)
    struck = []
    for _ in range(12):
        places = 0
        while places < 16 and bass.restrict(EVERYTHING)[v.POSITION[0]]:
            bass.took(v.POSITION[places])
            bass.took(v.PITCH[40 + places % 2])
            places += 1
        bass.end_bar()
        struck.append(places)
    four = [sum(struck[i : i + 4]) for i in range(9)]
    assert max(four) <= 4 * 2 * usual
    assert struck[0] == 16  # one bar of semiquavers is no slip
    unknown = Player("bass", STYLE)  # a style that does not know its pace sets no limit
    assert unknown.restrict(EVERYTHING)[v.POSITION[0]]


def test_a_chord_has_at_most_twice_the_usual_notes_and_a_bass_one():
    pace = {"winds": [4.0, 1.4], "keys": [4.0, 0.9], "bass": [4.0, 1.2]}
    style = Style("b", 1, {**figures(1, ["bass", "keys", "winds"]), "pace": pace})
    for part, most in (("winds", 3), ("keys", 2), ("bass", 1)):
        player = Player(part, style)
        player.took(v.POSITION[0])
        for pitch in range(50, 50 + most):
            assert player.restrict(EVERYTHING)[v.PITCH[60]]
            player.took(v.PITCH[pitch])
        allowed = player.restrict(EVERYTHING)
        assert not allowed[v.PITCH.first : v.PITCH.end].any()
        assert allowed[v.POSITION[12]] and may_leave(player)
        player.took(v.POSITION[12])
        assert player.restrict(EVERYTHING)[v.PITCH[60]], "another place, another chord"


def test_after_four_bars_on_one_note_another_must_come():
    bass = Player("bass", STYLE)
    for _ in range(4):
        bass.took(v.PITCH[40])
        assert may_leave(bass)
        bass.end_bar()
    assert may_leave(bass) is True  # a bar of rest is another way out
    bass.took(v.PITCH[40])
    allowed = bass.restrict(EVERYTHING)
    assert not may_leave(bass) and not allowed[v.PITCH[40]] and allowed[v.PITCH[41]]
    bass.took(v.PITCH[47])
    assert may_leave(bass)


def test_where_nothing_would_be_left_the_grammar_decides():
    only = np.zeros(v.SIZE, dtype=bool)
    only[v.EOS] = True
    bass = Player("bass", STYLE)
    for _ in range(5):
        play(bass)
    assert bass.restrict(only)[v.EOS]


def test_closing_is_one_question():
    logits = np.full(v.SIZE, -50.0, dtype=np.float32)
    logits[v.BAR[3]], logits[v.END], logits[v.POSITION[4]] = 2.0, 1.0, 0.0
    allowed = np.zeros(v.SIZE, dtype=bool)
    allowed[[v.EOS, v.POSITION[4]]] = True
    out = merged_closing(logits, allowed)
    assert out[v.EOS] == pytest.approx(np.log(np.exp(2.0) + np.exp(1.0)), abs=1e-4)
    assert out[v.POSITION[4]] == 0.0
    assert merged_closing(logits, ~allowed & False) is logits


def test_nobody_need_play_at_once_in_bars_made_anew():
    assert may_leave(Player("drums", STYLE, entry=Entry(begun=True)))
