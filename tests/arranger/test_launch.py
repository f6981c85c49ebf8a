"""Training in two processes, as `accelerate launch` starts them; on a CPU they talk by gloo."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState
from safetensors.torch import load_file
from tiny_training import OPTIONS, STYLES

from corpora import tiny_corpus
from restyle.model import train
from restyle.model.options import rate_at
from restyle.model.train import Run

pytestmark = pytest.mark.slow

LAUNCH = (
    "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
    "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no",
    "--num_cpu_threads_per_process", "1", "--main_process_port", "0",
)  # fmt: skip
HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def in_float32(monkeypatch):
    """Also on machines that compute in bfloat16, where sums in another order differ by more. A
    process has one precision, until it is told to forget it."""
    monkeypatch.setattr(train, "fast_bf16", lambda: False)
    AcceleratorState._reset_state()
    yield
    AcceleratorState._reset_state()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return tiny_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def launched(corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("launched")
    no_gpu = {"CUDA_VISIBLE_DEVICES": ""}  # one GPU would not do for two processes
    paths = [str(HERE), str(HERE.parent), *sys.path]
    done = subprocess.run(
        [sys.executable, *LAUNCH, str(HERE / "two_processes.py"), str(corpus.folder), str(out)],
        capture_output=True,
        text=True,
        timeout=500,
        env={**os.environ, **no_gpu, "PYTHONPATH": os.pathsep.join(p for p in paths if p)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return out


def weights(folder: Path, rank: int) -> dict[str, torch.Tensor]:
    return load_file(str(folder / f"rank{rank}.safetensors"))


def curve(folder: Path) -> dict[int, float]:
    lines = (folder / "log.jsonl").read_text().splitlines()
    return {r["step"]: r["loss"] for r in map(json.loads, lines)}


def by_hand(corpus, out: Path) -> tuple[Run, list[float]]:
    """The same steps in one process: the mean of the gradients of both processes' windows."""
    run, losses = Run(corpus, STYLES, out, OPTIONS), []
    for step in range(OPTIONS.steps):
        run.model.train()
        both = [run.loss(run.batch(step, rank)) for rank in range(2)]
        loss = sum(both) / 2
        run.accelerator.backward(loss)
        run.take_step(rate_at(step, OPTIONS))
        losses.append(float(loss.detach()))
    return run, losses


def test_both_processes_have_the_weights_of_one_that_sees_all_windows(corpus, launched, tmp_path):
    one, two = weights(launched / "whole", 0), weights(launched / "whole", 1)
    run, losses = by_hand(corpus, tmp_path)
    assert one.keys() == two.keys() == dict(run.raw.named_parameters()).keys()
    for name, weight in run.raw.named_parameters():
        assert torch.equal(one[name], two[name])
        torch.testing.assert_close(one[name], weight.detach(), rtol=1e-3, atol=1e-5)
    logged = curve(launched / "whole")
    assert list(logged.values()) == pytest.approx(losses, rel=1e-4)
    assert losses[-1] < losses[0]


def test_what_is_logged_counts_both_processes(corpus, launched, tmp_path):
    last = json.loads((launched / "whole" / "log.jsonl").read_text().splitlines()[-1])
    assert last["tokens"] == 2 * OPTIONS.steps * OPTIONS.batch * 64
    run, _ = by_hand(corpus, tmp_path)
    assert last["held_out"] == pytest.approx(run.held_out(), rel=1e-4)


def test_a_broken_off_run_of_two_goes_on_to_the_same_weights(launched):
    assert curve(launched / "broken") == pytest.approx(curve(launched / "whole"), rel=1e-5)
    for rank in range(2):
        for name, weight in weights(launched / "whole", rank).items():
            again = weights(launched / "broken", rank)[name]
            torch.testing.assert_close(weight, again, rtol=1e-5, atol=1e-7)
