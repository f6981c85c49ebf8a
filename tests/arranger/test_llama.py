"""The network that is written out here, beside transformers' Llama of the same weights."""

import json

import pytest
import torch

from restyle.errors import BadModel
from restyle.model.llama import ModelConfig, build, load, save

SMALL = ModelConfig(layers=2, width=128, kv_heads=1, feed_forward=192, context=48)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    torch.manual_seed(3)
    out = tmp_path_factory.mktemp("model")
    save(build(SMALL), out)
    return out


def test_any_tool_that_knows_llama_predicts_the_same(folder):
    from transformers import LlamaForCausalLM

    other = LlamaForCausalLM.from_pretrained(folder, local_files_only=True).eval()
    tokens = torch.randint(0, SMALL.vocab_size, (2, 40), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        there, here = other(input_ids=tokens).logits, load(folder).eval()(tokens)
    assert torch.allclose(there, here, atol=1e-4)


def test_what_comes_later_changes_nothing_before(folder):
    model = load(folder).eval()
    tokens = torch.randint(0, 600, (1, 20), generator=torch.Generator().manual_seed(2))
    changed = tokens.clone()
    changed[0, 15] += 1
    with torch.no_grad():
        before, after = model(tokens)[0], model(changed)[0]
    assert torch.allclose(before[:15], after[:15], atol=1e-5)
    assert not torch.allclose(before[15:], after[15:], atol=1e-5)


@pytest.mark.parametrize("what", ["missing", "cut", "other shape"])
def test_a_damaged_folder_gets_a_sentence(folder, tmp_path, what):
    if what != "missing":
        data = (folder / "model.safetensors").read_bytes()
        (tmp_path / "model.safetensors").write_bytes(data[:500] if what == "cut" else data)
        told = json.loads((folder / "config.json").read_text())
        told["hidden_size"] = 192 if what == "other shape" else told["hidden_size"]
        (tmp_path / "config.json").write_text(json.dumps(told))
    with pytest.raises(BadModel):
        load(tmp_path)
