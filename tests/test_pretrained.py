"""The model that ships: the songs in examples/ in each style, looked at as a musician would."""

from itertools import pairwise

import numpy as np
import pytest

import restyle
from restyle.decoding.session import Session
from restyle.metrics.content import melody_kept
from restyle.metrics.musicality import longest_one_note, share_outside, share_with_sevenths
from restyle.music.parts import part_of
from restyle.options import TransferOptions
from restyle.pipeline import Result, arranger
from restyle.reading import open_lead
from restyle.style.style import PRETRAINED
from restyle.tokens import vocabulary as v

SONGS = ("auld-lang-syne.mid", "greensleeves.abc", "when-the-saints.musicxml")
STYLES = ("classical", "jazz", "pop")
SEEDS = (1, 2, 3)
"""Takes of each: a single one of a short tune says little of the style."""


@pytest.fixture(scope="module")
def results(examples) -> dict[tuple[str, str, int], Result]:
    """Every example in every style, with every seed."""
    made = {}
    for name in SONGS:
        lead, _ = open_lead(examples / name)
        for style in STYLES:
            for seed in SEEDS:
                options = TransferOptions(style, seed=seed)
                made[name, style, seed] = arranger().transfer(lead, options)
    return made


def test_it_fits_in_the_package():
    size = sum(file.stat().st_size for file in PRETRAINED.rglob("*"))
    assert size < 25 * 2**20


def test_the_melody_is_kept(results):
    for result in results.values():
        assert melody_kept(result.lead, result.song, result.swing) == 1.0


def test_each_style_has_its_band(results):
    for (_, style, _), result in results.items():
        tracks = [t for t in result.song.tracks if len(t.notes) and not t.is_melody]
        parts = {part_of(t.program, t.is_drum) for t in tracks}
        assert ("drums" in parts) == ("bass" in parts) == (style != "classical")


def test_jazz_adds_sevenths_and_swings(results):
    jazz = [r for (_, style, _), r in results.items() if style == "jazz"]
    plain = [r for (_, style, _), r in results.items() if style == "classical"]

    def rich(some: list[Result]) -> float:
        return float(np.mean([share_with_sevenths(r.takes[0].arrangement, r.lead) for r in some]))

    assert rich(jazz) > rich(plain)
    assert all(r.swing > 1.2 for r in jazz if r.lead.meters[0].denominator == 4)
    assert all(r.swing == 1.0 for r in plain)


def test_nobody_is_out_of_tune_or_stuck(results):
    for result in results.values():
        band = result.takes[0].arrangement
        assert share_outside(band, result.lead) < 0.2
        for part, notes in band.parts.items():
            if part != "drums":
                assert longest_one_note(notes, result.lead) <= 4, part


def test_the_band_plays_from_beginning_to_end(results):
    for result in results.values():
        lines = result.lead.bar_starts()
        every = np.concatenate(list(result.takes[0].arrangement.parts.values()))["start"]
        silent = [
            bar
            for bar, (begin, end) in enumerate(pairwise(lines))
            if not ((every >= begin) & (every < end)).any()
        ]
        assert len(silent) <= 2 + result.lead.bars // 8


def test_from_python_in_one_line(examples, tmp_path):
    song = restyle.transfer(examples / "auld-lang-syne.mid", to="jazz", seed=1)
    song.write(str(tmp_path / "out.mid"))
    assert restyle.read(tmp_path / "out.mid").note_count == song.note_count
    assert restyle.hear(song).bars >= 16


def test_one_thread_and_two_predict_the_same():
    one, two = (Session.load(PRETRAINED, threads=count).cache() for count in (1, 2))
    tokens = np.random.default_rng(0).integers(0, v.SIZE, 80)
    assert np.array_equal(one.feed(tokens[:60]), two.feed(tokens[:60]))
    for token in tokens[60:]:
        assert np.array_equal(one.feed([token]), two.feed([token]))
