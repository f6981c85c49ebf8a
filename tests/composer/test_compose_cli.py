"""`restyle compose`: what ships, what it writes, and what it says when it cannot."""

import json
from pathlib import Path

import numpy as np
import pytest

from command_line import WITHOUT_TORCH, restyle, restyle_apart
from restyle.composer import api, weights
from restyle.composer.engine import Network
from restyle.composer.generate import write
from restyle.composer.measure import collapse, in_scale
from restyle.io import read

STYLES = ("classical", "jazz", "pop")


@pytest.mark.slow
def test_a_tune_is_composed_without_torch_and_can_be_restyled(tmp_path: Path) -> None:
    words = ("compose", "--style", "jazz", "--notes", 120, "--print", "-o", "tune.mid")
    done = restyle_apart(*words, cwd=tmp_path, code=WITHOUT_TORCH)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()[0].split()
    assert len(printed) == 120 and "-> tune.mid" in done.stdout
    assert read(tmp_path / "tune.mid").note_count >= 120
    done = restyle("transfer", "tune.mid", "--to", "classical", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tune.classical.mid").is_file()


def test_the_seed_and_the_prime_decide(examples: Path, tmp_path: Path) -> None:
    song = examples / "auld-lang-syne.mid"
    said = []
    for seed in (1, 1, 2):
        done = restyle(
            "compose", "--style", "pop", "--notes", 40, "--seed", seed, "--prime", song, "--json",
            cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout))
    assert said[0] == said[1] and said[0]["notes"] != said[2]["notes"]
    assert len(said[0]["notes"]) == 40 and said[0]["key"] == "F major"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--style", "polka"], "polka"),
        (["--style", "jazz", "--rhythm", "waltz"], "waltz"),
        (["--style", "jazz", "-o", "tune.xyz"], "tune.xyz"),
        (["--style", "jazz", "-o", "nowhere/tune.mid"], "no folder"),
        (["--style", "jazz", "--model", "."], "no composer model"),
        (["--style", "jazz", "--prime", "gone.mid"], "gone.mid"),
        (["--style", "jazz", "--temperature", "9"], "temperature"),
    ],
)
def test_each_fault_has_its_sentence(words: list[str], expected: str, tmp_path: Path) -> None:
    done = restyle("compose", *words, "--notes", 10, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("restyle: ") and done.stderr.count("\n") == 1, done.stderr
    assert expected in done.stderr
    assert not list(tmp_path.iterdir())


def test_training_without_torch_says_what_to_install(tmp_path: Path) -> None:
    words = ("train", "composer", tmp_path, "-o", tmp_path / "model")
    done = restyle_apart(*words, cwd=tmp_path, code=WITHOUT_TORCH)
    assert done.returncode == 1 and "pip install 'restyle[train]'" in done.stderr


@pytest.mark.parametrize("style", STYLES)
def test_what_ships_does_not_collapse(style: str) -> None:
    network = Network(*weights.read(api.model_file("embedding", style)))
    for seed in range(3):
        sheet = write(network, style, 600, seed)
        symbols = sheet.elements["symbol"].tolist()
        found = collapse(symbols)
        assert found.most_frequent < 0.4 and found.longest_run < 25
        assert found.distinct > 0.25 and found.entropy > 2.5
        assert in_scale(symbols, 0 if sheet.mode == "major" else 9, sheet.mode) > 0.65
        assert np.ptp(sheet.elements["start"]) > 100


def test_what_ships_is_small() -> None:
    assert sum(f.stat().st_size for f in api.SHIPPED.iterdir()) < 5 * 2**20
