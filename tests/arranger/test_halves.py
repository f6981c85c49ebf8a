"""Halves: long songs shared out, played by one or by two, and put together again."""

import os
import signal
from dataclasses import dataclass, field, replace
from functools import reduce

import joblib
import numpy as np
import pytest
from fake import FakeEngine, fake_arranger

from corpora import lead_sheet, repeated
from restyle.critic.ear import Ear
from restyle.decoding.decode import DecodeOptions, Job
from restyle.decoding.engine import Engine
from restyle.decoding.halves import (
    LEAST_BARS,
    LEAST_OPENING,
    Halves,
    arrange_song,
    halves_of,
)
from restyle.decoding.rehearsal import PASSAGE, Heard, Tries
from restyle.decoding.second import SecondProcess, Work, can_help
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.pipeline import PRETRAINED, Arranger


def through_composed(bars: int, seed: int = 0) -> LeadSheet:
    """A song in which nothing comes back: any of 24 chords follows any other."""
    rng = np.random.default_rng(seed)
    lead = reduce(LeadSheet.followed_by, [lead_sheet(rng) for _ in range(bars // 8)])
    chords = [
        replace(chord, root=int(rng.integers(12)), quality=str(rng.choice(["maj", "min"])))
        for chord in lead.chords
    ]
    return replace(lead, chords=tuple(chords))


def test_a_song_without_repeats_is_halved_after_the_shortest_opening():
    lead = through_composed(80)
    # 16 bars, and then 32 and 32
    assert halves_of(lead) == Halves(opening=LEAST_OPENING, seam=48)


def test_a_short_song_is_not_halved():
    assert halves_of(through_composed(LEAST_BARS - 8)) is None


def test_the_second_half_knows_what_it_repeats():
    """Of the form intro, A, B, A, B the second half begins with the second A, after A and B."""
    intro, a, b = (through_composed(bars, seed) for seed, bars in enumerate((8, 16, 16)))
    lead = reduce(LeadSheet.followed_by, [intro, a, b, a, b])
    assert halves_of(lead) == Halves(opening=40, seam=56)


def test_a_song_whose_end_repeats_all_of_it_is_not_halved():
    whole = through_composed(64)
    lead = whole.followed_by(through_composed(8, 9)).followed_by(whole.part(8, 64))
    halves = halves_of(lead)
    assert halves is None or halves.opening >= 56


def test_the_seam_is_on_a_beat():
    """Where bars of 7/8 put every other bar line between two beats, the seam is on the others."""
    lead = through_composed(96)
    odd = replace(lead, meters=(replace(lead.meters[0], numerator=7, denominator=8),))
    odd = replace(odd, length=odd.bars * 42, chords=odd.chords[:1])
    halves = halves_of(odd)
    assert halves is not None
    assert odd.bar_starts()[halves.seam] % 12 == odd.bar_starts()[halves.opening] % 12 == 0


@dataclass
class Friend:
    """Plays the second half at once, in this process; or never, when `ill`."""

    engine: FakeEngine
    ill: bool = False
    ready: bool = True
    made: object = None
    played: list[str] = field(default_factory=list)

    def start(self, work: Work) -> None:
        self.played.append(type(work).__name__)
        self.made = None if self.ill else work.play(self.engine)

    def finish(self) -> object:
        return self.made


def arranged(lead: LeadSheet, helper: Friend | None, told: list[tuple[int, int]]) -> Arrangement:
    band = fake_arranger()
    style, rng = band.styles["b"], np.random.default_rng(4)
    report = lambda done, bars: told.append((done, bars))  # noqa: E731
    job = Job(lead, style, style.parts, DecodeOptions())
    return arrange_song(job, band.engine, rng, report, helper)


def same(a: Arrangement, b: Arrangement) -> bool:
    return all(np.array_equal(notes, b.parts[part]) for part, notes in a.parts.items())


@dataclass(frozen=True)
class Choosy:
    """Has every passage played five times, and likes the one that its notes happen to say."""

    tried: list[tuple[int, int]]

    def tries(self, first: int, last: int) -> Tries:
        return Tries(5, 5)

    def hear(self, played: Arrangement, first: int, last: int) -> Heard:
        self.tried.append((first, last))
        return Heard(sum(int(n["pitch"].sum()) for n in played.parts.values()) % 97, False)


@pytest.mark.parametrize("bars", [24, 48])
@pytest.mark.parametrize(("ill", "ready"), [(False, True), (True, True), (False, False)])
def test_a_friend_plays_every_second_try_and_the_result_is_the_same(bars, ill, ready):
    lead, band = through_composed(bars), fake_arranger()
    options = DecodeOptions(listener=Choosy([]))
    job = Job(lead, band.styles["b"], band.styles["b"].parts, options)
    friend = Friend(FakeEngine(), ill, ready)
    alone = arrange_song(job, FakeEngine(), np.random.default_rng(4))
    together = arrange_song(job, FakeEngine(), np.random.default_rng(4), None, friend)
    assert same(alone, together)
    halves = halves_of(lead, options.listener)
    passages = (halves.opening if halves else bars) // PASSAGE
    halved = ["SecondHalf"] if halves else []
    assert friend.played == ["Try"] * (2 * passages * ready) + halved


@pytest.mark.parametrize("ill", [False, True])
def test_one_plays_what_two_play(ill):
    lead, told = through_composed(64), []
    alone = arranged(lead, None, told)
    assert told == [(done, 64) for done in range(1, 65)]
    assert same(alone, arranged(lead, Friend(FakeEngine(), ill), []))


def test_every_bar_is_played_and_nothing_is_held_over_the_seam():
    lead = through_composed(64)
    halves, made = halves_of(lead), arranged(lead, None, [])
    assert halves is not None
    lines = lead.bar_starts()
    seam = lines[halves.seam]
    bars = {
        int(b) for n in made.parts.values() for b in np.searchsorted(lines, n["start"], "right")
    }
    assert len(bars) > 48 and {1, halves.seam, halves.seam + 1, 64} <= {
        b + d for b in bars for d in (0, 1)
    }
    for notes in made.parts.values():
        before = notes[notes["start"] < seam]
        assert (before["start"] + before["duration"] <= seam).all()
        assert (notes["start"] + notes["duration"] <= lead.length).all()


def test_the_opening_is_rehearsed_and_the_halves_are_not():
    lead, listener, band = through_composed(64), Choosy([]), fake_arranger()
    options = DecodeOptions(listener=listener)
    arrange_song(
        Job(lead, band.styles["b"], band.styles["b"].parts, options),
        band.engine,
        np.random.default_rng(4),
    )
    # of five tries with a friend three are made one after the other: 32, and then 24 and 24
    assert halves_of(lead) == halves_of(lead, listener) == Halves(16, 40)
    assert listener.tried == [(bar, bar + 4) for bar in range(0, 16, 4) for _ in range(5)]


def test_a_second_process_plays_what_this_one_would():
    lead = repeated(lead_sheet(np.random.default_rng(1)), 6)
    band = Arranger()
    engine = band.engine.on_one_core()
    assert engine._session.get_session_options().intra_op_num_threads == 1
    assert engine.on_one_core() is engine
    style = band.styles["classical"]
    target = band.profiles[style.slot]
    options = DecodeOptions(listener=Ear(lead, target, ("classical",), strength=2.0))

    def made(helper: SecondProcess | None) -> Arrangement:
        rng = np.random.default_rng(2)
        return arrange_song(Job(lead, style, ("piano",), options), engine, rng, None, helper)

    alone = made(None)
    with SecondProcess(PRETRAINED) as helper:
        assert same(alone, made(helper))
        assert helper.finish() is not None
        for pid in helper._executor._processes:  # somebody ends it
            os.kill(pid, signal.SIGTERM)
        assert same(alone, made(helper))


@dataclass
class Telling:
    """Takes its time to be sent, and tells what came."""

    numbers: list[int]

    def play(self, engine: Engine) -> int:
        return self.numbers[-1]


def test_what_is_sent_is_what_it_was_when_it_was_sent():
    with SecondProcess(PRETRAINED) as helper:
        for number in range(3):
            work = Telling([number] * 10**6)
            helper.start(work)
            work.numbers[-1] = -1
            assert helper.finish() == number


def test_one_of_several_processes_and_one_core_have_no_second_process(monkeypatch):
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(can_help)() for _ in range(2)) == [False] * 2
    monkeypatch.setattr(joblib, "cpu_count", lambda: 2)
    assert can_help()
    monkeypatch.setattr(joblib, "cpu_count", lambda: 1)
    assert not can_help()
