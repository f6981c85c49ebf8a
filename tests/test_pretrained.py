"""The model that ships: the songs in examples/ in each style, looked at as a musician would, and
told apart from models that are bad in a known way by what `restyle evaluate` measures."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import restyle
from restyle.decoding.session import Session
from restyle.metrics.content import melody_kept
from restyle.metrics.musicality import longest_one_note, share_outside, share_with_sevenths
from restyle.music.parts import part_of
from restyle.options import TransferOptions
from restyle.pipeline import Arranger, Result
from restyle.report.cases import Case, file_cases
from restyle.report.run import Arrange, Settings, run_cases
from restyle.style.style import PRETRAINED
from restyle.tokens import vocabulary as v
from unlearnt import untrained

pytestmark = pytest.mark.slow

SONGS = ("auld-lang-syne.mid", "when-the-saints.musicxml", "greensleeves.abc")
BARS = 16
STYLES = ("classical", "jazz", "pop")
SEEDS = (0, 1)
"""Takes of each: a single one of a short tune says little of the style."""

Results = dict[tuple[str, str, int], Result]
"""By song, style and seed."""


@pytest.fixture(scope="module")
def cases(examples) -> list[Case]:
    """The songs, cut short."""
    whole = file_cases([examples / name for name in SONGS])
    ends = [min(BARS, case.lead.bars) for case in whole]
    return [
        replace(case, base=case.base.part(0, end), lead=case.lead.part(0, end))
        for case, end in zip(whole, ends, strict=True)
    ]


@pytest.fixture(scope="module")
def results(cases) -> Results:
    """Every song in every style, with every seed."""
    band = Arranger(threads=1)  # the other core has tests of its own
    return {
        (case.name, style, seed): band.transfer(case.lead, TransferOptions(style, seed=seed))
        for case in cases
        for style in STYLES
        for seed in SEEDS
    }


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


def test_candidates_in_two_threads_read_what_they_do_in_one():
    session = Session.load(PRETRAINED)
    tokens = np.random.default_rng(0).integers(0, v.SIZE, (20, 4, 1))

    def run(rows: slice) -> np.ndarray:
        cache = session.cache(rows.stop - rows.start)
        return np.stack([cache.feed(step[rows]) for step in tokens])

    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(run, (slice(0, 2), slice(2, 4))))
    assert np.array_equal(np.concatenate(halves, axis=1), run(slice(0, 4)))


@pytest.fixture(scope="module")
def means(cases, results) -> dict[str, dict[str, float]]:
    """The measures of three models, over all songs and styles: the one that ships, one that has
    learnt nothing, and one with its styles exchanged, all round."""
    other = dict(zip(STYLES, STYLES[1:] + STYLES[:1], strict=True))
    names = {id(case.lead): case.name for case in cases}
    models: dict[str, Arrange] = {
        "trained": lambda lead, target: results[names[id(lead)], target, 0],
        "untrained": untrained(),
        "shuffled": lambda lead, target: results[names[id(lead)], other[target], 0],
    }
    settings = Settings(STYLES, STYLES, with_mma=False)
    out = {}
    for name, model in models.items():
        rows = [r for r in run_cases(cases, settings, arrange=model) if r.kind == "model"]
        keys = set.intersection(*(set(r.figures) for r in rows))  # not all have all parts
        every = {key: np.array([r.figures[key] for r in rows]) for key in keys}
        out[name] = {k: float(v[np.isfinite(v)].mean()) for k, v in every.items() if (v == v).any()}
    return out


def test_an_untrained_model_comes_out_bad(means):
    good, bad = means["trained"], means["untrained"]
    assert good["melody_kept"] == bad["melody_kept"] == 1.0
    for name in ("chord_root", "chord_third", "chroma", "groove"):
        assert bad[name] < good[name] - 0.1, name
    for name in ("macro", "macro_time_pitch", "macro_onset_duration", "macro_onset_drum"):
        assert bad[name] < good[name] - 0.1, name
    for name in ("closer", "groove_consistency", "scale_consistency", "structure_short"):
        assert bad[name] < good[name], name
    assert bad["outside"] > good["outside"] + 0.03
    assert bad["entropy_4"] > good["entropy_4"]
    # the judge must choose among styles, so noise is of some style to it: it has no say here


def test_a_model_with_shuffled_styles_comes_out_bad_in_style_alone(means):
    good, bad = means["trained"], means["shuffled"]
    assert bad["chance_of_target"] < good["chance_of_target"] - 0.1
    assert bad["recognised"] < good["recognised"]
    assert bad["recognised_no_swing"] < good["recognised_no_swing"]
    assert bad["macro_onset_drum"] < good["macro_onset_drum"] - 0.1
    assert bad["melody_kept"] == 1.0
    # it is the same music in other places: what has nothing to do with style stays
    for name in ("chord_root", "outside", "scale_consistency", "over_repetition"):
        assert bad[name] == pytest.approx(good[name], abs=1e-9), name
