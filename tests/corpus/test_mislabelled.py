"""Songs that are not what their folder says."""

from dataclasses import replace

import numpy as np

from restyle.data.measure import Measures
from restyle.data.mislabelled import LEAST_SONGS, mislabelled

JAZZ = Measures(("drums", "bass", "piano"), 2.0, 0.8, 150.0, 25.0, {}, {}, {})
POP = Measures(("drums", "bass", "guitar"), 1.0, 0.1, 110.0, 35.0, {}, {}, {})


def songs(like: Measures, count: int, seed: int) -> list[Measures]:
    rng = np.random.default_rng(seed)
    return [
        replace(
            like,
            sevenths=float(np.clip(like.sevenths + 0.1 * rng.standard_normal(), 0, 1)),
            bpm=like.bpm * float(np.exp(0.2 * rng.standard_normal())),
        )
        for _ in range(count)
    ]


def test_a_stranger_in_each_folder_is_found() -> None:
    jazz, pop = songs(JAZZ, 80, 0), songs(POP, 80, 1)
    jazz[17], pop[60] = pop[60], jazz[17]
    assert mislabelled(jazz + pop, ["jazz"] * 80 + ["pop"] * 80) == [17, 140]


def test_a_song_like_no_other_stays() -> None:
    jazz, pop = songs(JAZZ, 80, 0), songs(POP, 80, 1)
    jazz[5] = replace(JAZZ, swing=1.0, bpm=60.0)  # a ballad played straight
    assert mislabelled(jazz + pop, ["jazz"] * 80 + ["pop"] * 80) == []


def test_a_small_folder_is_taken_at_its_word() -> None:
    few = LEAST_SONGS - 1
    jazz, pop = songs(JAZZ, 80, 0), songs(POP, few, 1)
    pop[3] = JAZZ
    assert mislabelled(jazz + pop, ["jazz"] * 80 + ["pop"] * few) == []
    assert mislabelled(jazz, ["jazz"] * 80) == []
