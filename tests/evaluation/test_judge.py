"""The judge: what it sees, and that what ships is right on real held-out songs where they are."""

from pathlib import Path

import numpy as np
import pytest
from evaluation_songs import notes, sheet, song, swinging, walking

from restyle.analysis import listen
from restyle.critic.features import _harmony, beat_patterns, features, normalised
from restyle.critic.judge import Judge
from restyle.critic.played import played, played_real
from restyle.critic.reference import reference
from restyle.data.manifest import find_songs
from restyle.data.split import split_of
from restyle.errors import RestyleError
from restyle.io import read
from restyle.metrics.facts import facts
from restyle.metrics.measures import Judges, Setting, measured
from restyle.music.parts import Arrangement
from restyle.music.song import Chord
from restyle.style.style import PRETRAINED, load_styles

DATA = Path(__file__).parents[3] / "shared" / "data"


def test_it_sees_pitch_and_rhythm_and_nothing_else():
    one = walking()
    loud = {name: part.copy() for name, part in one.arrangement.parts.items()}
    for part in loud.values():
        part["velocity"] = 120
    other_band = {"strings": loud["bass"], "winds": loud["piano"], "drums": notes((0, 1, 38))}
    same = played(one.lead, Arrangement(other_band), 2.0)
    assert np.array_equal(features(one), features(same))
    assert not np.array_equal(features(one, drums=True), features(same, drums=True))
    assert not np.array_equal(features(one), features(played(one.lead, one.arrangement)))
    assert np.array_equal(
        features(one, swing=False), features(played(one.lead, one.arrangement), swing=False)
    )


def test_it_does_not_hear_whether_a_song_is_in_minor():
    def harmony(quality: str, third: int) -> list[list[float]]:
        chords = (Chord(0, 0, quality),)
        piano = notes((0, 12, 48), (6, 6, 60 + third), (12, 12, 67), (18, 6, 70))
        heard = played(sheet(notes((0, 24, 72 + third)), chords), Arrangement({"piano": piano}))
        return [group.tolist() for group in _harmony(heard)]

    assert harmony("maj", 4) == harmony("min", 3)
    assert harmony("maj", 4) != harmony("maj", 3)


def test_features_are_finite_and_as_many_for_any_song():
    full = features(walking(), drums=True)
    for odd in (song(), song(notes((0, 12, 60))), song(drums=notes((0, 1, 38)))):
        row = features(odd, drums=True)
        assert row.shape == full.shape and np.isfinite(row).all()
    assert normalised(np.zeros(3)).tolist() == [0, 0, 0]


def test_patterns_of_a_beat():
    found = beat_patterns(notes((0, 3, 60), (6, 3, 60), (15, 3, 60), (36, 4, 60), (40, 4, 60)))
    assert found.tolist() == [0b0101, 0b0010, 0, 16 + 0b0010]
    assert len(beat_patterns(notes())) == 0


def test_probabilities_add_up_and_can_be_kept_to_some_styles():
    judge = Judge.load()
    assert set(judge.styles) == set(load_styles(PRETRAINED))
    found = judge.classify(walking())
    assert sum(found.values()) == pytest.approx(1.0)
    assert set(judge.classify(walking(), ("jazz", "pop"))) == {"jazz", "pop"}
    for kind in ("judge", "no-swing", "drums", "apart"):
        assert Judge.load(kind).verdict(swinging(), ("jazz", "classical", "pop")) == "jazz", kind
    with pytest.raises(RestyleError, match="polka"):
        judge.classify(walking(), ("polka",))
    with pytest.raises(RestyleError, match="no judge"):
        Judge.load("ears")


def test_a_song_is_told_from_the_style_of_its_base():
    song, judges = facts(swinging(), reference()), Judges.load()
    held = facts(played(swinging().lead, Arrangement({})), reference())

    def figures(base_style: str, target: str, partner=None) -> dict[str, float]:
        setting = Setting(held, base_style, target, partner, ("classical", "jazz", "pop"))
        return measured(song, setting, reference(), judges)[0]

    assert figures("classical", "jazz")["of_two"] == 1.0
    assert figures("jazz", "classical")["of_two"] == 0.0
    assert "of_two" not in figures("", "jazz")
    assert "nano" in figures("", "jazz", held) and "nano" not in figures("", "jazz", song)
    assert "closer" in figures("", "jazz", song)  # a real song has it, too


def test_what_ships_are_numbers_for_the_features_of_today():
    count = len(features(walking(), drums=True))
    for kind in ("judge", "no-swing", "drums", "apart"):
        judge = Judge.load(kind)
        assert judge.used.max() < count
        assert judge.weights.shape == (len(judge.styles), len(judge.used))
        assert np.isfinite(judge.weights).all()
    held = reference()
    assert set(held.profiles) == set(Judge.load().styles)
    assert held.keep > 1 and len(held.moves) > 1000
    assert np.all(np.diff(held.moves.astype(np.int64)) > 0)


@pytest.mark.skipif(not (DATA / "pop").is_dir(), reason="no unpacked songs here")
def test_held_out_songs_are_recognised():
    right = []
    for style in ("classical", "jazz", "pop"):
        held = [s for s in find_songs([DATA / style]) if split_of(s.style, s.title) == "test"]
        for one in held[:4]:
            heard = played_real(listen(read(one.path)))
            right.append(Judge.load().verdict(heard, ("classical", "jazz", "pop")) == style)
    assert np.mean(right) >= 0.75
