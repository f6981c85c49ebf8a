"""Rehearsal: passages played again, the best of each kept, and a band that can go back."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from fake import FakeEngine, fake_arranger

from corpora import lead_sheet, repeated
from restyle.decoding.decode import DecodeOptions, Job, arrange_bars
from restyle.decoding.rehearsal import PASSAGE, Heard, Tries, rehearse
from restyle.music.parts import Arrangement
from restyle.music.song import notes_array


class Numbers:
    """A band whose bars are numbers, drawn one after the other."""

    def __init__(self, numbers: list[int]):
        self.bars: list[int] = []
        self._numbers = iter(numbers)

    def play(self, bar: int, rng: np.random.Generator) -> None:
        assert bar == len(self.bars)
        self.bars.append(next(self._numbers))

    def played(self) -> Arrangement:
        return Arrangement({"bass": notes_array([(i, 1, n, 80) for i, n in enumerate(self.bars)])})

    def kept(self) -> list[int]:
        return list(self.bars)

    def restore(self, state: list[int]) -> None:
        self.bars = list(state)


@dataclass
class Sums:
    """Likes high numbers, and is content with `enough` in a passage; after the usual tries with
    what is `fair`."""

    enough: int
    most: int = 3
    usual: int | None = None
    fair: int = 0
    heard: list[tuple[int, int]] = field(default_factory=list)

    def tries(self, first: int, last: int) -> Tries:
        return Tries(self.usual or self.most, self.most) if first < 2 * PASSAGE else Tries()

    def hear(self, played: Arrangement, first: int, last: int) -> Heard:
        self.heard.append((first, last))
        assert len(played.parts["bass"]) == last
        total = int(played.parts["bass"]["pitch"][first:last].sum())
        return Heard(total, total >= self.enough, total >= self.fair)


def passage(number: int) -> list[int]:
    return [number] * PASSAGE


def test_the_best_of_the_tries_stays():
    band, listener = Numbers(passage(2) + passage(5) + passage(3) + [1, 4, 2]), Sums(10**6)
    rehearse(band, 0, PASSAGE + 1, np.random.default_rng(0), listener)
    assert band.bars == [*passage(5), 4]
    assert listener.heard == [(0, PASSAGE)] * 3 + [(PASSAGE, PASSAGE + 1)] * 3


def test_what_is_good_enough_is_not_played_again():
    band, listener = Numbers(passage(2) + passage(7) + passage(8)), Sums(enough=7 * PASSAGE)
    rehearse(band, 0, 2 * PASSAGE, np.random.default_rng(0), listener)
    assert band.bars == passage(7) + passage(8)
    assert len(listener.heard) == 3


@pytest.mark.parametrize(("fair", "heard"), [(0, 2), (7, 3), (8, 4), (10, 5)])
def test_only_what_is_not_fair_is_played_oftener_than_usual(fair, heard):
    numbers = [2, 5, 7, 8, 9]
    band = Numbers([n for number in numbers for n in passage(number)])
    listener = Sums(10**6, most=5, usual=2, fair=fair * PASSAGE)
    rehearse(band, 0, PASSAGE, np.random.default_rng(0), listener)
    assert len(listener.heard) == heard
    assert band.bars == passage(numbers[heard - 1])


def test_later_passages_are_played_once_and_every_bar_is_told_once():
    numbers = passage(1) * 2 + passage(2) * 2 + passage(3) + [9]
    band, listener, told = Numbers(numbers), Sums(10**6, most=2), []
    rehearse(band, 0, 2 * PASSAGE + 1, np.random.default_rng(0), listener, told.append)
    assert told == list(range(2 * PASSAGE + 1))
    assert band.bars[-1] == 3 and max(last for _, last in listener.heard) == 2 * PASSAGE


def test_without_a_listener_it_is_played_straight_through():
    band = Numbers(list(range(20)))
    rehearse(band, 0, 20, np.random.default_rng(0))
    assert band.bars == list(range(20))


class Picky:
    """Plays every passage `most` times and keeps the first, or the last."""

    def __init__(self, most: int, keep: str):
        self._most, self._keep, self._number = most, keep, 0
        self.heard: list[Arrangement] = []

    def tries(self, first: int, last: int) -> Tries:
        return Tries(self._most, self._most)

    def hear(self, played: Arrangement, first: int, last: int) -> Heard:
        self._number += 1
        self.heard.append(played)
        return Heard(self._number if self._keep == "last" else -self._number, False)


@pytest.mark.parametrize("context", [512, 160])  # in the small window bars are forgotten
def test_a_band_that_goes_back_is_where_it_was(context):
    """Each passage is played after the try that stayed, whatever was tried and given up."""
    lead = repeated(lead_sheet(np.random.default_rng(1)), 3)
    for keep in ("first", "last"):
        band, listener = fake_arranger(context), Picky(3, keep)
        style = band.styles["b"]
        options = DecodeOptions(listener=listener)
        rng = np.random.default_rng(0)
        made = arrange_bars(Job(lead, style, style.parts, options), band.engine, rng)
        chosen = [h for i, h in enumerate(listener.heard) if i % 3 == (0 if keep == "first" else 2)]
        for earlier in chosen:
            until = max(int(n["start"].max()) for n in earlier.parts.values() if len(n))
            for part, notes in earlier.parts.items():
                now = made.parts[part]
                assert np.array_equal(now[now["start"] <= until], notes)
        assert len(listener.heard) == 3 * -(-lead.bars // PASSAGE)


def test_trying_once_is_not_trying():
    lead, band = lead_sheet(np.random.default_rng(1)), fake_arranger()
    style = band.styles["b"]

    def made(options: DecodeOptions) -> Arrangement:
        rng = np.random.default_rng(3)
        return arrange_bars(Job(lead, style, style.parts, options), FakeEngine(), rng)

    plain, once = made(DecodeOptions()), made(DecodeOptions(listener=Picky(1, "first")))
    first = made(DecodeOptions(listener=Picky(2, "first")))
    for part, notes in plain.parts.items():
        assert np.array_equal(notes, once.parts[part])
        inside = notes["start"] < lead.bar_starts()[min(PASSAGE, lead.bars)]
        kept = first.parts[part]
        assert np.array_equal(notes[inside], kept[: inside.sum()])
