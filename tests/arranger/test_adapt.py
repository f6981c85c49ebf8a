"""A style of one's own, from a tiny model and a tiny corpus."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from corpora import arrangement, figures, lead_sheet
from restyle.critic.likeness import load_profiles, profile_corpus
from restyle.data.shards import Entry, open_corpus, write_corpus
from restyle.errors import BadModel, RestyleError
from restyle.model.dequantise import load_or_dequantise
from restyle.model.export import export
from restyle.model.finetune import adapt
from restyle.model.llama import SIZES, build, load, save
from restyle.model.lora import Adapted, add_adapters, fold_adapters
from restyle.model.options import AdaptOptions
from restyle.style.style import PRETRAINED, load_styles
from restyle.tokens import encode, heading_of
from restyle.tokens import vocabulary as v

SMALL = replace(SIZES["tiny"], context=128)
OPTIONS = AdaptOptions(steps=5, batch=2, rehearsed=2, context=128, valid_every=5, valid_windows=2)


@pytest.fixture(scope="module")
def parent(tmp_path_factory) -> Path:
    """An untrained model of styles a and b."""
    folder = tmp_path_factory.mktemp("parent")
    torch.manual_seed(0)
    save(build(SMALL), folder)
    styles = {"a": figures(0, ["bass"]), "b": figures(1, ["drums", "bass"])}
    (folder / "styles.json").write_text(json.dumps(styles))
    return folder


def songs(folder: Path, name: str = "walk", count: int = 10) -> Path:
    """A corpus of one style, in slot 0, as `restyle corpus` leaves it."""
    rng = np.random.default_rng(3)
    made = []
    for number in range(count):
        lead = lead_sheet(rng)
        band = arrangement(lead, "b")
        tokens = np.array(encode(lead, band, heading_of(lead, band.names, 0, "swing")))
        entry = Entry(f"{number}", f"{number}", name, "train", "made", 0, 0, len(tokens))
        made.append((entry, tokens.astype(np.uint16)))
    write_corpus(folder, made, {name: figures(0, ["drums", "bass"])}, {})
    return folder


@pytest.mark.parametrize("adapters", [0, 4])
def test_a_style_is_learnt_beside_the_others(parent, tmp_path, adapters):
    corpus = songs(tmp_path / "corpus")
    seen = []
    options = replace(OPTIONS, adapters=adapters, rate=3e-3)
    told = adapt(corpus, parent, tmp_path / "out", options, seen.append)
    assert [line.step for line in seen] == [1, 2, 3, 4, 5]
    assert told["held_out"]["walk"] < told["held_out_before"]["walk"]
    assert told["songs"]["valid"] == 1 and told["drift"] >= 0
    styles = load_styles(tmp_path / "out")
    assert {name: style.slot for name, style in styles.items()} == {"a": 0, "b": 1, "walk": 2}
    before, after = load(parent), load(tmp_path / "out")
    assert {n for n, _ in before.named_parameters()} == {n for n, _ in after.named_parameters()}
    if adapters:  # of the embeddings only the new style's has moved
        old, new = (m.model.embed_tokens.weight.detach().numpy() for m in (before, after))
        moved = np.flatnonzero(np.abs(old - new).max(axis=1) > 1e-7)
        assert moved.tolist() == [v.STYLE[3]]


def test_the_same_seed_learns_the_same(parent, tmp_path):
    corpus = songs(tmp_path / "corpus")
    losses = []
    for run in ("one", "two"):
        seen = []
        adapt(corpus, parent, tmp_path / run, replace(OPTIONS, steps=2), seen.append)
        losses.append([line.loss for line in seen])
    assert losses[0] == losses[1]


@pytest.mark.parametrize("adapters", [0, 4])
def test_a_run_that_is_killed_goes_on_to_the_same_weights(parent, tmp_path, adapters):
    corpus = songs(tmp_path / "corpus")
    options = replace(OPTIONS, steps=6, valid_every=2, adapters=adapters)
    whole, rest, said, begun = [], [], [], []
    told = adapt(corpus, parent, tmp_path / "whole", options, whole.append, begins=begun.append)

    def killed(line):
        if line.step == 5:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        adapt(corpus, parent, out, options, killed)
    assert not (out / "model.safetensors").exists()
    again = adapt(corpus, parent, out, options, rest.append, said.append, begun.append)
    assert begun == [0, 4]
    assert [line.step for line in rest] == [5, 6]
    assert [line.loss for line in rest] == [line.loss for line in whole[4:]]
    assert said[-1] == "goes on after step 4"
    assert {**again, "seconds": 0} == {**told, "seconds": 0}
    one, other = (load(tmp_path / run).state_dict() for run in ("whole", "out"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not (out / "checkpoint").exists()


def test_an_unfinished_run_is_not_gone_on_with_in_another_way(parent, tmp_path):
    corpus = songs(tmp_path / "corpus")

    def killed(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapt(corpus, parent, tmp_path / "out", replace(OPTIONS, valid_every=1), killed)
    with pytest.raises(RestyleError, match="other songs or options"):
        adapt(corpus, parent, tmp_path / "out", OPTIONS)
    with pytest.raises(BadModel, match="not finished"):
        export(tmp_path / "out", tmp_path / "exported")


def test_the_shipped_model_can_be_learnt_from(tmp_path):
    model = load_or_dequantise(PRETRAINED)
    assert model.config == replace(SIZES["base"], dropout=0.0)


def test_the_weights_of_the_least_held_out_loss_are_kept(parent, tmp_path):
    corpus = songs(tmp_path / "corpus")
    options = replace(OPTIONS, steps=6, valid_every=1, rate=0.5, warm_up=3)  # soon far too far
    seen = []
    told = adapt(corpus, parent, tmp_path / "out", options, seen.append)
    best = min(seen, key=lambda line: line.held_out)
    assert best.step < seen[-1].step
    assert told["steps"] == best.step
    assert told["held_out"]["walk"] == pytest.approx(best.held_out, abs=1e-5)


def test_adapters_change_nothing_until_they_learn_and_fold_into_the_same():
    torch.manual_seed(1)
    model = build(SMALL).eval()
    tokens = torch.arange(20)[None]
    with torch.no_grad():
        plain = model(tokens)
        add_adapters(model, 3)
        assert torch.allclose(model(tokens), plain, atol=1e-6)
        for module in model.modules():
            if isinstance(module, Adapted):
                module.up.normal_(0, 0.1)
        moved = model(tokens)
        assert not torch.allclose(moved, plain, atol=1e-3)
        fold_adapters(model)
        assert not any(isinstance(module, Adapted) for module in model.modules())
        assert torch.allclose(model(tokens), moved, atol=1e-4)


def test_what_cannot_be_learnt_is_said(parent, tmp_path):
    with pytest.raises(RestyleError, match="knows a style 'a' already"):
        adapt(songs(tmp_path / "a", "a"), parent, tmp_path / "out", OPTIONS)
    with pytest.raises(RestyleError, match="Only 3 songs"):
        adapt(songs(tmp_path / "few", count=3), parent, tmp_path / "out", OPTIONS)
    with pytest.raises(BadModel):
        adapt(songs(tmp_path / "walk"), tmp_path, tmp_path / "out", OPTIONS)
    assert not (tmp_path / "out").exists()


def test_the_profile_of_a_new_style_is_kept(parent, tmp_path):
    corpus = open_corpus(songs(tmp_path / "corpus"))
    (tmp_path / "styles.json").write_text(json.dumps(corpus.styles))
    profile_corpus(corpus, tmp_path)
    found = load_profiles(tmp_path, list(load_styles(tmp_path).values()))
    assert found[0]["onset_drum"].sum() == pytest.approx(1.0, abs=0.01)
