"""How the parts of a style play, counted from songs' tokens."""

import numpy as np
import pytest

from restyle.data.playing import (
    describe_beside,
    describe_kit,
    describe_parts,
    describe_playing,
    kit_shares,
    played_shares,
)
from restyle.music.classes import PARTS
from restyle.tokens import vocabulary as v

BASS = PARTS.index("bass")


def song(densities: list[int]) -> np.ndarray:
    """Phrases of a bass, so dense each; its name stands in the heading, too."""
    tokens = [v.BOS, v.PART[BASS]]
    for density in densities:
        tokens += [v.BAR[0], v.PART[BASS], v.DENSITY[density]]
        if density:
            tokens += [v.SIZE_OF_CHORDS[0], v.REGISTER[2], v.FIGURE[1], v.POSITION[0], v.PITCH[40]]
    return np.array(tokens, dtype=np.uint16)


def test_introductions_and_rests_do_not_count():
    shares = played_shares(song([1, 1, 5, 0, 5, 7, 0, 5]))
    assert shares[BASS, 0, 5] == pytest.approx(0.75)
    assert shares[BASS, 0, 7] == pytest.approx(0.25)
    assert shares[BASS, :, :].sum(axis=1) == pytest.approx(1.0)
    assert shares[BASS, 2, 2] == shares[BASS, 3, 1] == 1
    assert shares.sum() == pytest.approx(4.0)


def test_each_song_has_one_vote():
    songs = [played_shares(song([5] * 30)), played_shares(song([3] * 4)), played_shares(song([2]))]
    said = describe_playing(songs)
    assert list(said) == ["bass"]
    assert said["bass"][0][3] == said["bass"][0][5] == 0.5
    assert [len(row) for row in said["bass"]] == [10, 5, 14, 8]


def test_a_part_is_there_when_it_plays_once_the_song_has_begun():
    songs = [played_shares(song(d)) for d in ([5] * 4, [3] * 4, [2, 2], [0] * 5)]
    assert describe_parts(songs) == {"bass": 0.5}


def test_who_plays_beside_who_says_the_chords():
    piano, bass = PARTS.index("piano"), BASS
    songs = [np.zeros((len(PARTS), 4, v.REGISTERS)) for _ in range(4)]
    for song_, parts in zip(songs, ((piano, bass), (piano,), (bass,), ()), strict=True):
        song_[list(parts), 0, 5] = 1.0
    assert describe_beside(songs) == {"piano": {"bass": 0.5, "piano": 1.0}}
    assert describe_beside(songs[2:]) == {}
    assert describe_beside([]) == {}


def test_of_no_song_nothing_is_said():
    assert describe_playing([]) == {}


def test_kicks_and_snares_are_counted_by_phrase():
    def phrase(*keys: int) -> list[int]:
        drums = [v.PART[0], v.DENSITY[5], v.FIGURE[1], v.POSITION[0]]
        return [v.BAR[0], *drums, *(v.DRUM[key - v.FIRST_DRUM] for key in keys)]

    tokens = [*phrase(36), *phrase(36), *phrase(36, 38), *phrase(42), *phrase(37), *phrase(36, 40)]
    assert kit_shares(np.array(tokens, dtype=np.uint16)).tolist() == [0.5, 0.75]
    assert np.isnan(kit_shares(song([5, 5, 5]))).all()
    assert describe_kit([kit_shares(song([5])), np.array([0.5, 1.0])]) == [0.5, 1.0]
    assert describe_kit([]) == []
