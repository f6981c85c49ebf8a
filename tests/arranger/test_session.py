"""The session: a model folder that is loaded, or refused; the graph that is made of an export."""

import json
import subprocess
import sys

import pytest
from one_layer import CONTEXT, SHAPE, VOCAB, graph

from restyle.decoding.session import Session
from restyle.errors import BadModel
from restyle.model.shape import Shape
from restyle.model.shared_prefix import share_prefix


def test_only_one_head_of_keys_can_be_shared():
    with pytest.raises(BadModel, match="one head"):
        share_prefix(graph(heads=2))
    model = graph()
    share_prefix(model)
    with pytest.raises(BadModel, match="without"):
        share_prefix(model)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("restyle.json", None),
        ("restyle.json", b"{"),
        ("restyle.json", b"[]"),
        ("restyle.json", b'{"format": 2, "layers": 1}'),
        ("restyle.json", json.dumps({"format": 1, **SHAPE}).encode()),
        ("restyle.json", json.dumps({"format": 2, **SHAPE, "layers": 2}).encode()),
        ("restyle.json", json.dumps({"format": 2, **SHAPE, "head_size": 32}).encode()),
        ("restyle.json", json.dumps({"format": 2, **SHAPE, "vocab_size": 99}).encode()),
        ("model.onnx", None),
        ("model.onnx", b""),
        ("model.onnx", b"no graph"),
    ],
)
def test_bad_model_folders(folder, tmp_path, name, content):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadModel) as error:
        Session.load(tmp_path)
    assert "\n" not in str(error.value)


def test_folder_that_is_not_there(tmp_path):
    with pytest.raises(BadModel, match="is not a model"):
        Session.load(tmp_path / "none")


def test_shape_is_what_stands_in_the_folder(folder, session):
    assert Shape.read(folder) == session.shape == Shape(**SHAPE)
    assert (session.context, session.vocab_size) == (CONTEXT, VOCAB)


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, restyle.decoding.session, restyle.decoding.sampler\n"
        "print({'torch', 'transformers', 'onnxruntime', 'symusic', 'music21'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
