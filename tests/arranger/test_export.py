"""Exporting: the graph predicts what the weights predict, and the folder is whole or not there."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from restyle.decoding.session import Session
from restyle.errors import BadModel, RestyleError
from restyle.model import export as exporting
from restyle.model.dequantise import load_or_dequantise
from restyle.model.export import export
from restyle.model.llama import SIZES, build, load, save
from restyle.model.qat import round_layers, rounded
from restyle.model.shape import Shape
from restyle.tokens import vocabulary

pytestmark = pytest.mark.slow

TOKENS = np.random.default_rng(0).integers(vocabulary.SIZE, size=60)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A tiny model with large random weights, so that its predictions are far from even."""
    folder = tmp_path_factory.mktemp("trained")
    torch.manual_seed(0)
    model = build(SIZES["tiny"])
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim == 2:
                weights.mul_(4)
    save(model, folder)
    (folder / "styles.json").write_text('{"jazz": {}}')
    (folder / "tokenizer.json").write_text("{}")
    (folder / "CARD.md").write_text("trained on nothing")
    (folder / "log.jsonl").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def exported(trained, tmp_path_factory):
    made = {name: tmp_path_factory.mktemp(name) / "model" for name in ("int4", "fp32")}
    for precision, out in made.items():  # transformers cannot load models in several threads
        export(trained, out, precision)
    return made


def exact(folder):
    with torch.no_grad():
        logits = load(folder).eval()(torch.tensor(TOKENS[None]))
    return logits[0].double().log_softmax(dim=-1).numpy()


def predicted(folder):
    cache = Session.load(folder).cache()
    logits = torch.tensor(np.concatenate([cache.feed([token]) for token in TOKENS]))
    return logits.double().log_softmax(dim=-1).numpy()


def test_full_precision_predicts_the_same(trained, exported):
    assert np.abs(predicted(exported["fp32"]) - exact(trained)).max() < 1e-3
    assert Shape.read(exported["fp32"]).divergence < 1e-6


def test_four_bits_predict_nearly_the_same(trained, exported):
    wanted, found = exact(trained), predicted(exported["int4"])
    divergence = (np.exp(wanted) * (wanted - found)).sum(axis=1).mean()
    uneven = (np.exp(wanted) * (wanted + np.log(vocabulary.SIZE))).sum(axis=1).mean()
    assert 0 < divergence < 0.1 * uneven
    assert 0 < Shape.read(exported["int4"]).divergence < 0.1 * uneven


def test_what_learns_rounded_learns_as_it_is_exported(trained, exported):
    model = load(trained).eval()
    round_layers(model)
    with torch.no_grad():
        logits = model(torch.tensor(TOKENS[None]))
    wanted, found = logits[0].double().log_softmax(dim=-1).numpy(), predicted(exported["int4"])
    divergence = (np.exp(wanted) * (wanted - found)).sum(axis=1).mean()
    plain = exact(trained)
    assert divergence < 0.2 * (np.exp(plain) * (plain - found)).sum(axis=1).mean()


def test_what_is_exported_can_go_on_learning_with_the_weights_that_it_has(trained, exported):
    before, after = (
        dict(load_or_dequantise(f).named_parameters()) for f in (trained, exported["int4"])
    )
    assert before.keys() == after.keys()
    for name, weights in before.items():
        wanted = rounded(weights) if ".layers." in name and weights.ndim == 2 else weights
        assert torch.allclose(after[name], wanted, atol=1e-6), name
    with pytest.raises(BadModel, match="only int4"):
        load_or_dequantise(exported["fp32"])


def test_a_damaged_graph_does_not_learn(exported, tmp_path):
    whole = exported["int4"]
    (tmp_path / "restyle.json").write_bytes((whole / "restyle.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes((whole / "model.onnx").read_bytes()[:-5000])
    with pytest.raises(BadModel, match="damaged"):
        load_or_dequantise(tmp_path)


def test_prompt_at_once_or_token_by_token(exported):
    session = Session.load(exported["fp32"])
    slow, fast = session.cache(), session.cache()
    for token in TOKENS:
        last = slow.feed([token])
    assert fast.feed(TOKENS) == pytest.approx(last, abs=1e-3)


def test_what_lies_in_the_folder(trained, exported):
    for precision, folder in exported.items():
        names = {path.name for path in folder.iterdir()}
        assert names == {"model.onnx", "restyle.json", "styles.json", "CARD.md"}
        shape = json.loads((folder / "restyle.json").read_text())
        assert (shape["precision"], shape["vocab_size"]) == (precision, vocabulary.SIZE)
    sizes = [(exported[name] / "model.onnx").stat().st_size for name in ("int4", "fp32")]
    assert sizes[0] < 0.7 * sizes[1]


def without_builder(monkeypatch, made) -> None:
    """The builder takes seconds: an export that is there, with its attention as it ships, stands
    in place of what it builds."""
    monkeypatch.setattr(exporting, "_build", lambda *_: made / "model.onnx")
    monkeypatch.setattr(exporting, "share_prefix", lambda model: None)


def test_earlier_export_is_replaced(exported, trained, tmp_path, monkeypatch):
    out = tmp_path / "model"
    out.mkdir()
    (out / "restyle.json").write_text("{}")
    (out / "stale.json").write_text("{}")
    (out / "NOTES.md").write_text("mine")
    without_builder(monkeypatch, exported["fp32"])
    export(trained, out, "fp32")
    assert {path.name for path in out.iterdir()} == {
        "model.onnx", "restyle.json", "styles.json", "CARD.md", "NOTES.md",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_export_that_predicts_something_else_is_refused(exported, trained, tmp_path, monkeypatch):
    other = tmp_path / "other"
    model = load(trained)
    with torch.no_grad():
        model.model.norm.weight.mul_(-3)
    save(model, other)
    without_builder(monkeypatch, exported["fp32"])
    with pytest.raises(BadModel, match="something else"):
        export(other, tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_damaged_weights(trained, tmp_path):
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "config.json").write_bytes((trained / "config.json").read_bytes())
    (damaged / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(BadModel) as error:
        export(damaged, tmp_path / "model")
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["damaged"]


@pytest.mark.parametrize("config", [None, b"{", b"[]", b"{}"])
def test_no_description_beside_the_weights(tmp_path, config):
    (tmp_path / "model.safetensors").write_bytes(b"")
    if config is not None:
        (tmp_path / "config.json").write_bytes(config)
    with pytest.raises(BadModel):
        export(tmp_path, tmp_path / "out")


def test_not_a_model(tmp_path):
    with pytest.raises(BadModel, match="no trained model"):
        export(tmp_path / "none", tmp_path / "out")


def test_out_holds_other_things(trained, tmp_path):
    (tmp_path / "song.mid").write_bytes(b"")
    with pytest.raises(RestyleError, match="other things"):
        export(trained, tmp_path)
    with pytest.raises(RestyleError, match="is a file"):
        export(trained, tmp_path / "song.mid")
    assert [path.name for path in tmp_path.iterdir()] == ["song.mid"]


def test_trained_folder_itself_is_not_overwritten(trained):
    before = {path.name for path in Path(trained).iterdir()}
    with pytest.raises(RestyleError, match="other things"):
        export(trained, trained)
    assert {path.name for path in Path(trained).iterdir()} == before


def test_missing_packages_are_named(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "find_spec", lambda name: None)
    with pytest.raises(RestyleError, match="restyle\\[train\\]"):
        export(trained, tmp_path / "out")


def test_unknown_precision(trained, tmp_path):
    with pytest.raises(ValueError):
        export(trained, tmp_path / "out", "int3")
