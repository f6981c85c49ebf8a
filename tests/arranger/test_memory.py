"""Form found in a lead sheet, and recalled while sampling."""

import numpy as np

from restyle.decoding.memory import Recall, form_of, parts_of
from restyle.tokens import vocabulary as v

BAR = v.BAR[3]
P, D = v.POSITION, v.DURATION


def bar(chord: int, pitch: int = 0) -> list[int]:
    melody = [P[0], v.PITCH[pitch], D[11]] if pitch else []
    return [BAR, P[0], v.CHORD[chord], *melody]


VERSE = [bar(0, 60), bar(5, 62), bar(7, 64), bar(0, 65)]
CHORUS = [bar(9, 72), bar(2, 74), bar(7, 76), bar(0, 77)]


def test_a_second_verse_repeats_the_first() -> None:
    form = form_of([*VERSE, *CHORUS, *VERSE])
    assert form.source.tolist() == [-1] * 8 + [0, 1, 2, 3]
    assert form.begins.tolist() == [True] + [False] * 7 + [True] + [False] * 3


def test_the_latest_of_equal_verses_is_recalled() -> None:
    form = form_of([*VERSE, *CHORUS, *VERSE, bar(3, 50), *VERSE])
    assert form.source[13:].tolist() == [8, 9, 10, 11]


def test_the_same_chords_under_another_tune_will_do() -> None:
    other = [[*b[:-3], P[0], v.PITCH[80], D[5]] for b in VERSE]
    assert form_of([*VERSE, *CHORUS, *other]).source[8:].tolist() == [0, 1, 2, 3]


def test_a_vamp_and_a_short_likeness_are_no_form() -> None:
    assert (form_of([bar(0, 60 + i) for i in range(4)]).source == -1).all()
    assert (form_of([*VERSE[:3], *CHORUS, *VERSE[:3]]).source == -1).all()
    assert form_of([]).source.size == 0


def test_parts_of_a_bar() -> None:
    tokens = [v.PART[1], P[0], v.PITCH[40], D[3], v.PART[2]]
    assert parts_of(tokens) == {1: [P[0], v.PITCH[40], D[3]], 2: []}


def test_following_the_recall_plays_the_bar_again() -> None:
    played = [P[0], v.PITCH[40], D[3], v.PITCH[47], D[5], P[24], v.PITCH[45], D[2]]
    recall = Recall(played, 2.0)
    out: list[int] = []
    position, key, state = -1, -1, "part"
    while True:
        leaned = recall.lean(position, key, state)
        assert set(leaned.values()) == {2.0}
        token = min(leaned)
        if not (token in P or token in v.PITCH or token in D):
            break
        out.append(token)
        if token in P:
            position, key, state = token, -1, "onset"
        elif token in v.PITCH:
            key, state = token, "pitch"
        else:
            state = "note"
    assert out == played
    assert recall.lean(P[6], v.PITCH[60], "pitch") == {}  # another way: nothing to recall
    assert recall.lean(P[6], v.PITCH[60], "note") == {P[24]: 2.0}


def test_leaning_is_the_same_for_every_part_of_a_silent_bar() -> None:
    recall = Recall([], 1.0)
    leaned = np.array(sorted(recall.lean(-1, -1, "part")))
    assert v.END in leaned and v.PART[0] in leaned and P[0] not in leaned
