"""A band plays what returns as it played it before, where its style does."""

from dataclasses import replace

import numpy as np
import pytest
from fake import BAND, FakeSession

from corpora import lead_sheet, repeated
from restyle.decoding.again import stretches
from restyle.decoding.generate import arrange
from restyle.decoding.job import Course, DecodeOptions, Job, Redo
from restyle.music.parts import Arrangement
from restyle.music.song import notes_array

BAR = 48
LEAD = repeated(lead_sheet(np.random.default_rng(3)), 2)
JOB = Job(LEAD, BAND, ((0, 1.0),), returning=1.0)


def played(job: Job, seed: int = 2) -> Arrangement:
    return arrange(job, FakeSession(context=2048), np.random.default_rng(seed))


def bars(arrangement: Arrangement, part: str) -> list[set[tuple[int, int]]]:
    """What is struck in each bar; how long it lasts may be up to what follows."""
    notes = arrangement.parts[part]
    return [
        {(s - b * BAR, p) for s, _, p, _ in notes.tolist() if s // BAR == b}
        for b in range(LEAD.bars)
    ]


def as_before(arrangement: Arrangement, part: str) -> list[bool]:
    found = bars(arrangement, part)
    return [found[b] == found[b - 8] for b in range(8, 16)]


def test_bars_that_return_are_played_as_before_and_the_last_one_is_not():
    made = played(JOB)
    for part in ("drums", "bass", "piano"):
        assert as_before(made, part)[:7] == [True] * 7
    assert not all(as_before(made, part)[7] for part in BAND.parts)


def test_it_is_a_mechanism_like_others():
    for job in (
        replace(JOB, options=DecodeOptions(without=("returns",))),
        replace(JOB, returning=0.0),
    ):
        assert not any(as_before(played(job), "piano"))


def test_the_first_half_does_not_know_of_it():
    plain = played(replace(JOB, returning=0.0))
    made = played(JOB)
    for part in BAND.parts:
        assert bars(made, part)[:8] == bars(plain, part)[:8]


def test_how_often_is_the_styles():
    job = replace(JOB, returning=0.5)
    found = [all(as_before(played(job, seed), "bass")[:7]) for seed in range(24)]
    assert 5 < sum(found) < 19


def test_who_rests_or_another_energy_makes_it_another_stretch():
    rests = Course(rests={"piano": frozenset(range(8, 12))})
    made = played(replace(JOB, course=rests))
    assert not bars(made, "piano")[8] and as_before(made, "bass")[4:7] == [True] * 3
    assert not all(as_before(made, "bass")[:4])
    energy = Course(energy=(0.4,) * 8 + (0.9,) * 8)
    assert not any(as_before(played(replace(JOB, course=energy)), "piano"))


def test_beside_a_kept_part_that_goes_on_differently_bars_are_played_anew():
    bass = notes_array((BAR * b, 24, 36 + b % 8, 80) for b in range(LEAD.bars))
    kept = replace(JOB, kept=Arrangement({"bass": bass}))
    assert as_before(played(kept, 5), "piano")[:7] == [True] * 7
    bass["pitch"][bass["start"] >= 8 * BAR] += 1
    assert not any(as_before(played(replace(JOB, kept=Arrangement({"bass": bass})), 5), "piano"))


def test_bars_of_ones_choice_are_played_anew():
    made = played(JOB)
    anew = played(replace(JOB, redo=Redo(made, 8, 12)), 7)
    assert not all(as_before(anew, "piano")[:4])
    assert as_before(anew, "piano")[4:7] == [True] * 3


@pytest.mark.parametrize("candidates", [1, 3])
def test_rows_go_on_alike(candidates):
    made = played(replace(JOB, options=DecodeOptions(candidates=candidates)))
    assert as_before(made, "guitar")[:7] == [True] * 7


def test_bars_played_again_are_told_one_by_one():
    told: list[int] = []
    session, rng = FakeSession(context=2048), np.random.default_rng(2)
    arrange(JOB, session, rng, lambda done, bars, made: told.append(done))
    assert told == list(range(1, LEAD.bars + 1))


def test_stretches_of_bars():
    again = [-1, -1, 0, 1, -1, 1, 3, 4]
    assert list(stretches(again, 0, 8)) == [(0, 2), (2, 4), (4, 5), (5, 6), (6, 8)]
    assert list(stretches(again, 1, 3)) == [(1, 2), (2, 3)]
