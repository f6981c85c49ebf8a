"""Training: it learns, and a run that was killed goes on to the same curve."""

import json
from dataclasses import replace

import pytest
import tiny_training

from corpora import tiny_corpus
from restyle.errors import RestyleError
from restyle.model.llama import SIZES
from restyle.model.options import TrainOptions, rate_at
from restyle.model.train import train
from restyle.model.windows import WindowOptions

OPTIONS = replace(
    tiny_training.OPTIONS,
    steps=12,
    batch=4,
    valid_every=6,
    valid_windows=2,
    model=replace(SIZES["tiny"], context=128),
    windows=WindowOptions(context=128),
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return tiny_corpus(tmp_path_factory.mktemp("corpus")).folder


def curve(folder) -> list[tuple[int, float]]:
    lines = (folder / "log.jsonl").read_text().splitlines()
    return [(r["step"], r["loss"]) for r in map(json.loads, lines)]


@pytest.fixture(scope="module")
def whole(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    train(corpus, out, OPTIONS)
    return out


def test_it_learns_and_says_what_it_did(whole):
    losses = curve(whole)
    assert [step for step, _ in losses] == list(range(1, 13))
    assert losses[-1][1] < 0.8 * losses[0][1]
    training = json.loads((whole / "training.json").read_text())
    assert training["steps"] == 12 and training["tokens"] == 12 * 4 * 128
    assert set(training["held_out"]) == {"a", "b"}
    assert set(json.loads((whole / "styles.json").read_text())) == {"a", "b"}


class Killed(Exception):
    pass


def test_a_killed_run_goes_on_to_the_same_curve(corpus, whole, tmp_path):
    def kill(report):
        if report.step == 7:  # three steps after the last checkpoint
            raise Killed

    with pytest.raises(Killed):
        train(corpus, tmp_path, OPTIONS, kill)
    with (tmp_path / "log.jsonl").open("a") as log:
        log.write('{"step": 8, "lo')  # the line that was being written
    train(corpus, tmp_path, OPTIONS)
    assert dict(curve(tmp_path)) == pytest.approx(dict(curve(whole)), rel=1e-5)


def test_a_kill_while_saving_leaves_a_checkpoint(corpus, tmp_path, monkeypatch):
    import restyle.model.checkpoint as module

    train(corpus, tmp_path, replace(OPTIONS, steps=4))
    before = (tmp_path / "checkpoint" / "state.json").read_text()

    def broken(*_):
        raise Killed

    monkeypatch.setattr(module, "save_file", broken)
    with pytest.raises(Killed):
        train(corpus, tmp_path, replace(OPTIONS, steps=8))
    assert (tmp_path / "checkpoint" / "state.json").read_text() == before


def test_a_run_without_patience_goes_on_and_one_with_it_keeps_the_best(corpus, tmp_path):
    options = replace(OPTIONS, steps=40, rate=0.5, valid_every=1, patience=2)
    steps = []
    train(corpus, tmp_path, options, lambda line: steps.append(line))
    means = [sum(line.held_out.values()) for line in steps]
    best = means.index(min(means))
    assert len(steps) == best + 3 < 40  # such a rate soon makes it worse
    training = json.loads((tmp_path / "training.json").read_text())
    assert sum(training["held_out"].values()) == pytest.approx(means[best], rel=1e-5)

    more = []
    train(corpus, tmp_path, options, more.append)
    assert not more  # it remembers that its patience is over
    train(corpus, tmp_path, replace(options, patience=0, steps=len(steps) + 2), more.append)
    assert len(more) == 2


def test_label_smoothing_is_no_part_of_the_held_out_loss(corpus, tmp_path):
    plain, smooth = [], []
    options = replace(OPTIONS, steps=1, valid_every=1, rate=0.0)
    train(corpus, tmp_path / "plain", options, plain.append)
    train(corpus, tmp_path / "smooth", replace(options, label_smoothing=0.3), smooth.append)
    assert plain[0].held_out == smooth[0].held_out
    assert plain[0].loss != smooth[0].loss


def test_the_rate_warms_up_holds_and_falls():
    options = TrainOptions(steps=1000, rate=1.0, warm_up=10, decay=0.2)
    assert rate_at(0, options) == pytest.approx(0.1)
    assert rate_at(500, options) == rate_at(700, options) == 1.0
    assert rate_at(900, options) == pytest.approx(0.5)
    assert rate_at(999, options) < 0.01


def test_styles_that_are_not_there_are_named(corpus, tmp_path):
    with pytest.raises(RestyleError, match="no style polka: it has a, b"):
        train(corpus, tmp_path, replace(OPTIONS, styles=("polka",)))
    with pytest.raises(RestyleError, match="not a corpus"):
        train(tmp_path, tmp_path, OPTIONS)
